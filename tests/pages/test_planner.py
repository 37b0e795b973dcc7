"""The year planner: what stands in it for whom, at what price; moving; a year's plan taken over to the next."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.core.outbox import OutboxMessage
from app.groups.models import WorkingGroup
from app.meetings.models import Meeting, MeetingSeries
from app.meetings.rules import Precision, Visibility
from app.meetings.rules.series import SeriesPlan
from app.meetings.service import MeetingPlan, cancel_meeting
from app.meetings.service.series import create_series
from app.membership.rules import Role
from app.pages.planner.laying import Entry, Kind, Marked, Month, Part, density, last_day, lay_out, notable
from app.people.models import Person
from tests.browsing import Browser, Visit
from tests.factories.availability import make_absence, make_band
from tests.factories.groups import make_community, make_group
from tests.factories.meetings import make_meeting, make_series
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association
from tests.factories.programme import make_milestone
from tests.factories.scheduling import make_poll
from tests.queries import counted_queries

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cora(app: Flask) -> Person:
    return make_account("Cora Coordinator")


@pytest.fixture
def group(cora: Person) -> WorkingGroup:
    return make_group("water", names={"en": "Water"}, coordinators=(cora,))


def entry(first: date, last: date | None = None, **values: object) -> Entry:
    fields = {
        "kind": Kind.MEETINGS,
        "label": "Water",
        "title": "Call",
        "url": "/",
        "community_slug": "climate",
        **values,
    }
    return Entry(first=first, last=last or first, **fields)  # type: ignore[arg-type]


def cell(page: Browser, day: str) -> str:
    """What stands on one day of the page."""
    return page.text.split(f'data-day="{day}"')[1].split('data-day="')[0]


def test_what_is_laid_out_on_which_day() -> None:
    over_new_year = entry(date(2026, 12, 30), date(2027, 1, 2))
    sometime = entry(date(2027, 5, 1), date(2027, 5, 31), of_month=True)
    band = Marked(1, "Plenary", "avoid")
    marked = {date(2027, 1, 31) + timedelta(days=number): [band] for number in range(3)}
    months = lay_out(2027, [over_new_year, sometime], {date(2027, 1, 1): "New Year"}, marked, date(2027, 1, 4))
    january, february = months[0].days, months[1].days
    assert [len(month.days) for month in months][:2] == [31, 28]
    assert [[one.part for one in day.placed] for day in january[:3]] == [[Part.GOES_ON], [Part.ENDS], []]
    assert [day.today for day in january[:5]] == [False, False, False, True, False]
    assert (january[0].holiday, january[1].weekend, january[3].weekend) == ("New Year", True, False)
    assert [stripe.named for day in (january[30], *february[:2]) for stripe in day.stripes] == [True, True, False]
    assert months[4].loose == [sometime] and not any(day.placed for day in months[4].days)
    assert not months[5].says_something


def test_a_full_year_is_printed_smaller() -> None:
    def of(size: int) -> list[Month]:
        days = [date(2027, 1 + number % 12, 1 + number // 12 % 28) for number in range(size)]
        return lay_out(2027, [entry(day) for day in days], {}, {}, NOW.date())

    assert [density(of(size)) for size in (500, 900, 1500)] == [("roomy", True), ("dense", True), ("tight", False)]
    uneven = [entry(date(2027, 3 + number % 2, 1 + number // 5 + number % 2 * 10)) for number in range(40)]
    assert density(lay_out(2027, uneven, {}, {}, NOW.date())) == ("roomy", False)


def test_what_ends_at_midnight_is_over_the_evening_before() -> None:
    assert last_day(datetime(2027, 3, 1, 22), datetime(2027, 3, 2)) == date(2027, 3, 1)
    assert last_day(datetime(2027, 3, 1, 22), datetime(2027, 3, 2, 1)) == date(2027, 3, 2)


def test_holidays_of_few_are_not_marked() -> None:
    people = {date(2027, 1, 1): 100, date(2027, 5, 1): 10, date(2027, 7, 11): 9}
    assert notable(people) == {date(2027, 1, 1), date(2027, 5, 1)}
    assert notable({}) == set()


def test_a_visitor_sees_what_is_public(group: WorkingGroup, browser: Browser, visit: Visit, cora: Person) -> None:
    make_membership(group, make_account("Memo"), association=make_association("DST", country="DE"))
    make_meeting(group, datetime(2027, 3, 12, 10), title="Spring meeting")
    make_meeting(group, datetime(2027, 3, 15, 14), ends=datetime(2027, 3, 17, 12), title="Retreat", tentative=True)
    cancel_meeting(make_meeting(group, datetime(2027, 3, 18, 9), title="Gone").id, None, actor_id=None)
    make_meeting(group, datetime(2027, 3, 19, 9), title="Inner circle", visibility=Visibility.MEMBERS)
    make_meeting(group, datetime(2027, 12, 31, 23), ends=datetime(2028, 1, 1, 1), title="Fireworks")
    make_milestone(group, date(2027, 3, 22), title="Answer on heat", first_day=date(2027, 2, 1))
    make_poll(group, title="Looking for a day")
    make_band()
    page = browser.open("/planner?year=2027")
    assert page.status == 200
    assert "10:00" in cell(page, "2027-03-12") and "Spring meeting" in cell(page, "2027-03-12")
    assert all("Retreat" in cell(page, f"2027-03-{day}") for day in (15, 16, 17))
    assert "Tentative" in cell(page, "2027-03-15")
    assert '<s class="planner-label">' in cell(page, "2027-03-18") and "Cancelled" in cell(page, "2027-03-18")
    assert "Answer on heat ends" in cell(page, "2027-03-22") and "begins" in cell(page, "2027-02-01")
    assert "German Unity Day · Germany" in cell(page, "2027-10-03")
    assert "Fireworks" in cell(page, "2027-12-31")
    for hidden in ("Inner circle", "Looking for a day", "Plenary", "data-move", "/repeat"):
        assert hidden not in page.text
    seen = visit(cora).open("/planner?year=2027")
    assert "Members only" in cell(seen, "2027-03-19")
    assert "Looking for a day" in cell(seen, "2027-03-10")
    assert "Plenary" in cell(seen, "2027-03-08") and "Plenary" in cell(seen, "2027-03-11")
    assert "data-move" in cell(seen, "2027-03-15") and "data-move" not in cell(seen, "2027-03-16")
    assert "data-move" not in cell(seen, "2027-03-18")
    assert "Fireworks" in cell(visit(cora).open("/planner?year=2028"), "2028-01-01")


def test_filters(group: WorkingGroup, browser: Browser, visit: Visit, cora: Person) -> None:
    fire = make_group("fire", community=make_community("safety"), names={"en": "Fire"})
    make_meeting(group, datetime(2027, 3, 12, 10), title="Spring meeting")
    make_meeting(fire, datetime(2027, 3, 12, 10), title="Drill")
    make_milestone(group, date(2027, 3, 22))

    def shown(who: Browser, question: str) -> list[bool]:
        text = who.open(f"/planner?year=2027{question}").text
        return [title in text for title in ("Spring meeting", "Drill", "Consultation on heat")]

    assert shown(browser, "") == [True, True, True]
    assert shown(browser, "&group=water") == [True, False, True]
    assert shown(browser, "&community=safety") == [False, True, False]
    assert shown(browser, "&show=deadlines") == [False, False, True]
    assert shown(visit(cora), "&mine=1") == [True, False, True]
    assert browser.open("/planner?group=nothing").status == browser.open("/planner?community=nothing").status == 404
    assert "<h1>Year planner 2026</h1>" in browser.open("/planner?year=9999999999").text


def test_what_is_known_by_month_alone(group: WorkingGroup, browser: Browser) -> None:
    found = make_meeting(group, datetime(2027, 5, 1, 10), title="In Riga")
    found.plan(datetime(2027, 5, 1), datetime(2027, 6, 1), "Europe/Brussels")
    found.precision = Precision.MONTH
    db.session.commit()
    text = browser.open("/planner?year=2027").text
    may = text.split('id="month-5"')[1].split('class="planner-days"')[0]
    assert "In Riga" in may and text.count("In Riga") == may.count("In Riga")


def test_a_fixed_number_of_statements(group: WorkingGroup, visit: Visit, cora: Person) -> None:
    page = visit(cora)

    def price() -> int:
        with counted_queries() as sent:
            page.open("/planner?year=2027")
        return len(sent)

    make_meeting(group)
    price()
    before = price()
    for number in range(4):
        other = make_group(f"other-{number}", names={"en": f"Other {number}"})
        make_membership(other, make_account(), association=make_association(f"A{number}", country="FR"))
        make_meeting(other, datetime(2027, 4, 1 + number, 10))
        make_milestone(other)
        make_poll(other)
    assert price() == before <= 20


def test_moving_leads_to_the_check_and_saves_nothing(group: WorkingGroup, visit: Visit, cora: Person) -> None:
    member = make_account("Memo")
    make_membership(group, member)
    make_absence(member)
    found = make_meeting(group, datetime(2027, 3, 12, 22), ends=datetime(2027, 3, 13, 1))
    page = visit(cora).open(f"/meetings/{found.reference}/move")
    assert page.status == 200 and 'value="2027-03-12"' in page.text
    page.open(f"/meetings/{found.reference}/move?day=2027-03-15")
    assert "Mon 15 March 2027, 22:00 – Tue 16 March 2027, 01:00" in page.text
    assert "1 member is taken elsewhere" in page.text
    db.session.expire_all()
    assert found.starts_local == datetime(2027, 3, 12, 22)
    page.send(f"/meetings/{found.reference}/edit", step="save")
    db.session.expire_all()
    assert (found.starts_local, found.ends_local) == (datetime(2027, 3, 15, 22), datetime(2027, 3, 16, 1))


@pytest.mark.parametrize("day", ["", "soon", "2099-01-01", "2027-02-30"])
def test_days_that_cannot_be(group: WorkingGroup, visit: Visit, cora: Person, day: str) -> None:
    found = make_meeting(group)
    assert visit(cora).open(f"/meetings/{found.reference}/move?day={day}").status == 422


def test_a_meeting_planned_again_has_all_but_the_day(group: WorkingGroup, visit: Visit, cora: Person) -> None:
    found = make_meeting(group, venue="Town hall", join_link="https://meet.example.org/secret")
    page = visit(cora).open(f"/meetings/{found.reference}")
    link = f"/groups/water/meetings/new?like={found.reference}"
    assert link in page.text
    fields = page.open(link).form(having="starts_on")["fields"]
    assert (fields["title"], fields["venue"], fields["starts_time"]) == ("Spring meeting", "Town hall", "10:00")
    assert (fields["starts_on"], fields["join_link"]) == ("", "https://meet.example.org/secret")
    elsewhere = make_meeting(make_group("fire"), title="Not theirs", visibility=Visibility.MEMBERS)
    assert "Not theirs" not in page.open(f"/groups/water/meetings/new?like={elsewhere.reference}").text


@pytest.fixture
def full_year(group: WorkingGroup) -> WorkingGroup:
    """A meeting, one cancelled, a fortnightly series, a list of dates."""
    make_meeting(group, datetime(2026, 12, 4, 10), title="Assembly", venue="Town hall")
    cancel_meeting(make_meeting(group, datetime(2026, 12, 5, 10), title="Gone").id, None, actor_id=None)
    make_series(group, datetime(2026, 11, 25, 10), date(2026, 12, 23))
    listed = MeetingPlan("Boards", datetime(2026, 12, 1, 9), datetime(2026, 12, 1, 10), "Europe/Brussels")
    create_series(group.id, SeriesPlan(listed, None, date(2026, 12, 8),
                                       picked=(date(2026, 12, 1), date(2026, 12, 8))), actor_id=None)  # fmt: skip
    return group


def test_taking_a_year_over(full_year: WorkingGroup, visit: Visit, cora: Person) -> None:
    member = make_account("Memo")
    make_membership(full_year, member)
    make_absence(member, datetime(2027, 12, 3), datetime(2027, 12, 4))
    db.session.execute(OutboxMessage.__table__.delete())
    db.session.commit()
    page = visit(cora).open("/planner?year=2026&group=water")
    assert "/groups/water/repeat?year=2026" in page.text
    page.open("/groups/water/repeat?year=2026")
    fields = page.form(having="creation_key")["fields"]
    assert sorted(value for name, value in fields.items() if name.endswith("-day")) == [
        "2027-11-24", "2027-11-30", "2027-12-03", "2027-12-07",
    ]  # fmt: skip
    assert "Gone" not in page.text
    page.send(having="creation_key", step="check")
    first, second = page.text.split("nothing speaks against")
    assert "Fri 3 December 2027" in first and "1 member is taken elsewhere" in first
    assert "Wed 22 December 2027" in second
    assert db.session.scalars(select(Meeting).where(Meeting.starts_local > datetime(2027, 1, 1))).all() == []
    key = page.form(having="creation_key")["fields"]["creation_key"]
    checked = page.page
    page.send(having="creation_key", step="save")
    assert page.status == 200 and "6 dates are planned." in page.text
    made = db.session.scalars(
        select(Meeting).where(Meeting.starts_local > datetime(2027, 1, 1)).order_by(Meeting.starts_at)
    ).all()
    assert [(one.title, f"{one.starts_local:%d.%m. %H}") for one in made] == [
        ("Fortnightly call", "24.11. 10"), ("Boards", "30.11. 09"), ("Assembly", "03.12. 10"), ("Boards", "07.12. 09"),
        ("Fortnightly call", "08.12. 10"), ("Fortnightly call", "22.12. 10"),
    ]  # fmt: skip
    assert {one.status for one in made} == {"TENTATIVE"}
    assert len({one.series_id for one in made if one.title == "Boards"}) == 1
    mails = db.session.scalars(select(OutboxMessage)).all()
    assert [(mail.subject, mail.recipient) for mail in mails] == [("6 new dates: Water", f"Memo <{member.email}>")]
    assert "Fri 3 December 2027, 10:00–12:00 (Brussels): Assembly" in (mails[0].text or "")
    page.page = checked
    page.send(having="creation_key", step="save", creation_key=key)
    assert "6 dates are planned." in page.text
    assert len(db.session.scalars(select(Meeting).where(Meeting.starts_local > datetime(2027, 1, 1))).all()) == 6
    assert db.session.query(MeetingSeries).count() == 4
    again = page.open("/groups/water/repeat?year=2026")
    assert [value for name, value in again.form(having="creation_key")["fields"].items() if name.endswith("take")] == [
        None
    ] * 4


def test_what_cannot_be_taken_over(full_year: WorkingGroup, visit: Visit, cora: Person) -> None:
    page = visit(cora).open("/groups/water/repeat?year=2026")
    names = [name for name in page.form(having="creation_key")["fields"] if name.endswith("-take")]
    page.send(having="creation_key", step="check", **dict.fromkeys(names))
    assert page.status == 422 and "Tick at least one meeting." in page.text
    series = re.search(r'name="(rows-\d+)-source"[^>]*value="series-', page.text)
    assert series
    page.send(having="creation_key", step="check", **{f"{series[1]}-take": "y", f"{series[1]}-day": "2027-11-25"})
    assert page.status == 422 and "not one of those that the rule gives" in page.text
    page.send(having="creation_key", step="check", **{f"{series[1]}-take": "y", f"{series[1]}-day": ""})
    assert page.status == 422 and "This is needed." in page.text


def test_chairs_may_and_members_may_not(full_year: WorkingGroup, visit: Visit) -> None:
    chair, member = make_account("Chira"), make_account("Memo")
    make_membership(full_year, chair, role=Role.CHAIR)
    make_membership(full_year, member)
    assert visit(chair).open("/groups/water/repeat").status == 200
    assert visit(member).open("/groups/water/repeat").status == 403
    assert "/repeat" not in visit(member).open("/planner?year=2026").text
