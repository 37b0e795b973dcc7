"""Dates kept free for open polls count when somebody looks for a time; who may not know of a poll finds no trace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.availability import finding
from app.availability.finding import Found, Search
from app.availability.gathering import Need
from app.availability.models import BusyCalendar, BusyPeriod
from app.core.db import db, write
from app.groups.models import WorkingGroup
from app.membership.rules import Role
from app.people.models import Person
from app.people.viewer import SignedIn
from app.scheduling import queries, service
from app.scheduling.models import Poll
from app.scheduling.service import Outcome
from tests.availability.conftest import Scene, scene
from tests.browsing import Browser, Visit
from tests.factories.availability import make_absence, make_calendar
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_person
from tests.factories.scheduling import make_poll, say
from tests.meetings.conftest import Cast, november, people, signed_in
from tests.meetings.test_of_few import RANDOM, answers, pages
from tests.queries import counted_queries

__all__ = ["november", "people", "scene"]
MONDAY = datetime(2027, 3, 15, 10)
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
CLOSES = datetime(2027, 3, 10, 17)
OF_HEAT = "3 members keep this time free for the date poll “Spring meeting” (Heat)"
FIND = (
    "/groups/heat/find-a-time?minutes=120&first=2027-03-15&last=2027-03-19&opens=09:00&closes=13:00"
    "&time_zone=Europe/Brussels&needed=nobody&how=after"
)
PLAN = {"title": "Chosen", "starts_on": "2027-03-15", "starts_time": "10:30", "ends_time": "12:00"}


def poll_of(group: WorkingGroup, *dates: datetime, **values: Any) -> Poll:
    return make_poll(group, dates or (MONDAY,), closes=CLOSES, **values)


def search(*groups: WorkingGroup, days: int = 1, need: Need | None = None) -> Search:
    first = MONDAY.date()
    return Search(
        group_ids=frozenset(group.id for group in groups), first=first, last=first + timedelta(days=days - 1),
        minutes=120, zone="Europe/Brussels", opens=time(10), closes=time(12), need=need or Need(),
    )  # fmt: skip


def find(app: Flask, by: Person, *groups: WorkingGroup, **values: Any) -> Found:
    assert by.account is not None
    with app.test_request_context("/?lang=en"):
        return finding.find(SignedIn(by.account), search(*groups, **values))


def reasons(found: Found) -> list[str]:
    (proposal,) = found.proposals
    return [reason.text for reason in proposal.reasons]


def days(found: Found) -> list[date]:
    return [date.fromisoformat(proposal.start.parts["starts_on"]) for proposal in found.proposals]


def checked(browser: Browser, path: str = "/groups/heat/meetings/new", **values: Any) -> str:
    """The page that asks to check what is planned."""
    return browser.open(path).send(having="title", step="check", **{**PLAN, **values}).text


# Who may know of a poll -----------------------------------------------------------------------------------------------


def test_who_may_know_of_the_poll_reads_which_and_how_many(app: Flask, scene: Scene) -> None:
    poll = poll_of(scene.heat)
    found = find(app, scene.coordinator, scene.heat)
    assert (reasons(found), found.proposals[0].summary) == ([OF_HEAT], "Everybody is free")
    assert found.proposals[0].reasons[0].url == f"/polls/{poll.reference}"
    assert found.proposals[0].reasons[0].against


def test_only_those_count_who_have_not_said_no(app: Flask, scene: Scene) -> None:
    poll = poll_of(scene.heat)
    say(poll, scene.anna.id, "no")
    say(poll, scene.bert.id, "if_need_be")
    assert reasons(find(app, scene.coordinator, scene.heat)) == [OF_HEAT.replace("3", "2")]
    say(poll, scene.bert.id, "no")
    assert reasons(find(app, scene.coordinator, scene.heat)) == [OF_HEAT.replace("3 members keep", "1 member keeps")]
    say(poll, scene.coordinator.id, "no")
    assert reasons(find(app, scene.coordinator, scene.heat)) == []


@pytest.mark.parametrize("end", ["closed", "cancelled", "withdrawn"])
def test_what_is_decided_or_withdrawn_is_free(app: Flask, scene: Scene, end: str) -> None:
    poll = poll_of(scene.heat, MONDAY, TUESDAY)
    monday, tuesday = poll.offered
    if end == "closed":
        service.close(poll.id, tuesday.id, Outcome("Spring"), scene.coordinator.id)
    elif end == "cancelled":
        service.cancel(poll.id, "Too early", scene.coordinator.id)
    else:
        changes = service.PollChanges(poll.title, None, (), (), withdrawn=(monday.id,))
        service.change(poll.id, changes, poll.version, scene.coordinator.id)
    assert reasons(find(app, scene.coordinator, scene.heat)) == []


def test_each_person_once_by_what_weighs_most(app: Flask, scene: Scene) -> None:
    poll_of(scene.heat)
    poll_of(scene.heat, title="Another poll")
    make_absence(scene.bert)
    need = Need(people=frozenset({scene.anna.id}))
    assert reasons(find(app, scene.coordinator, scene.heat, need=need)) == [
        "1 member is taken elsewhere",
        f"{OF_HEAT.replace('3', '2')} – 1 of them must be there",
    ]


def test_a_time_kept_free_weighs_less_than_a_meeting(app: Flask, scene: Scene) -> None:
    make_meeting(scene.heat, MONDAY)
    poll_of(scene.heat, TUESDAY)
    found = find(app, scene.coordinator, scene.heat, days=3)
    assert days(found) == [WEDNESDAY.date(), TUESDAY.date(), MONDAY.date()]


def test_a_poll_names_nobody_whom_the_viewer_may_not_know_to_be_there(app: Flask, scene: Scene) -> None:
    """The coordinator of heat sees the poll of both groups, and that Cleo is asked, but not who is in water."""
    poll_of(scene.heat, further_groups=(scene.water.id,))
    assert reasons(find(app, scene.coordinator, scene.heat, scene.water)) == ["1 member is taken elsewhere", OF_HEAT]


# Who may not ----------------------------------------------------------------------------------------------------------


def group_poll(scene: Scene) -> None:
    poll_of(scene.water, MONDAY, TUESDAY, title="Zyzzyva conclave")


def poll_of_few(scene: Scene) -> None:
    poll_of(
        scene.water, MONDAY, TUESDAY, title="Zyzzyva conclave", named=True, people=(scene.bert.id, scene.cleo.id)
    )  # fmt: skip


def busy_calendar(scene: Scene) -> None:
    spans = [(day.replace(hour=9, tzinfo=UTC), day.replace(hour=11, tzinfo=UTC)) for day in (MONDAY, TUESDAY)]
    for person in (scene.bert, scene.cleo):
        make_calendar(person, spans)


def pages_of(browser: Browser) -> list[bytes]:
    """What somebody who plans heat's meetings reads where a time is found or chosen."""
    read = [browser.open(f"{FIND}{more}").text for more in ("", "&groups=water", "&needed=leading")]
    read.append(checked(browser))
    read.append(checked(browser, "/groups/heat/series/new", every="1", until="2027-03-29"))
    return [RANDOM.sub(b"", page.encode()) for page in read]


@pytest.mark.parametrize("hidden", [group_poll, poll_of_few])
def test_a_poll_that_one_may_not_know_of_is_as_a_private_calendar(
    scene: Scene, visit: Visit, hidden: Callable[[Scene], None]
) -> None:
    """Byte by byte, the order of the times found included. Who plans for heat is outside: Cleo's group asks Bert."""
    make_membership(scene.heat, make_person("Other"))
    make_absence(scene.anna, datetime(2027, 3, 17), datetime(2027, 3, 20))
    plain = pages_of(visit(scene.coordinator))
    busy_calendar(scene)
    private = {person.id: pages_of(visit(person)) for person in (scene.coordinator, scene.anna)}
    assert private[scene.coordinator.id] != plain, "the times of the private calendar count"
    with write() as session:
        session.execute(delete(BusyPeriod))
        session.execute(delete(BusyCalendar))
    hidden(scene)
    for person in (scene.coordinator, scene.anna):
        found = pages_of(visit(person))
        assert found == private[person.id], person.full_name
        assert b"1 member is taken elsewhere" in found[0] and b"date poll" not in b"".join(found)


def test_a_poll_of_few_is_named_to_those_few(scene: Scene, visit: Visit) -> None:
    make_membership(scene.heat, scene.cleo, role=Role.CHAIR)
    poll_of_few(scene)
    said = checked(visit(scene.cleo))
    assert "2 members keep this time free for the date poll “Zyzzyva conclave” (Water)" in said


def test_a_poll_that_asks_nobody_of_the_group_changes_nothing(scene: Scene, visit: Visit) -> None:
    # With water, of which the coordinator is not one, Cleo would count as taken.
    def read() -> list[bytes]:
        return [page for number, page in enumerate(pages_of(visit(scene.coordinator))) if number != 1]

    before = read()
    poll_of(scene.water, MONDAY, TUESDAY, named=True, people=(scene.cleo.id,), title="Zyzzyva conclave")
    assert read() == before


def test_a_poll_of_few_leaves_no_trace_on_any_page(app: Flask, people: Cast) -> None:
    """As of a meeting of few: all pages are read by each kind of outsider before there is one, and after."""
    asked = make_account("Nina Named")
    make_membership(people.group, asked)
    sought = "minutes=120&first=2026-12-07&last=2026-12-11&opens=09:00&closes=17:00&time_zone=Europe/Brussels"
    addresses = [*pages(app), f"/groups/other/find-a-time?{sought}&needed=nobody&how=after"]
    outsiders = {"visitor": None, "member": people.member, "coordinator elsewhere": people.elsewhere}
    browsers = {name: signed_in(app, person) for name, person in outsiders.items()}
    before = {name: answers(browser, addresses) for name, browser in browsers.items()}
    make_poll(
        people.group, (datetime(2026, 12, 8, 10),), actor_id=people.coordinator.id, closes=datetime(2026, 12, 1, 17),
        title="Secret poll", named=True, people=(asked.id, people.chair.id),
    )  # fmt: skip
    for name, browser in browsers.items():
        after = answers(browser, addresses)
        assert [one for one in addresses if after[one] != before[name][one]] == [], name
    own = sought.replace("2026-12-07", "2026-12-08").replace("2026-12-11", "2026-12-08")
    own = own.replace("09:00", "10:00").replace("17:00", "12:00")
    page = signed_in(app, people.coordinator).open(f"/groups/climate/find-a-time?{own}&needed=nobody&how=after")
    assert "2 members keep this time free for the date poll “Secret poll”" in page.text


# The pages ------------------------------------------------------------------------------------------------------------


def test_the_finder_and_the_warnings_lead_to_the_poll(scene: Scene, visit: Visit) -> None:
    poll = poll_of(scene.heat)
    link = f'<a href="/polls/{poll.reference}">{OF_HEAT}</a>'
    browser = visit(scene.coordinator)
    assert link in browser.open(FIND.replace("09:00", "10:00").replace("13:00", "12:00")).text
    assert checked(browser).count(link) == 1
    assert checked(browser, "/groups/heat/series/new", every="1", until="2027-03-29").count(link) == 1
    assert "keep this time free" not in checked(browser, starts_time="12:00", ends_time="13:00"), "right after it"
    meeting = make_meeting(scene.heat, WEDNESDAY)
    browser.open(f"/meetings/{meeting.reference}/edit").send(having="title", step="check", starts_on="2027-03-15")
    assert browser.text.count(link) == 1


def test_in_french(scene: Scene, visit: Visit) -> None:
    poll_of(scene.heat)
    say(poll_of(scene.heat, title="Sondage"), scene.anna.id, "no")
    page = visit(scene.coordinator, "fr").open(f"{FIND}&lang=fr").text
    assert "3 membres gardent ce moment libre pour le sondage de dates «\xa0Spring meeting\xa0» (Chaleur)" in page


def test_a_poll_that_is_decided_does_not_clash_with_itself(scene: Scene, visit: Visit) -> None:
    poll = poll_of(scene.heat, MONDAY, TUESDAY)
    browser = visit(scene.coordinator)

    def deciding() -> str:
        return browser.open(f"/polls/{poll.reference}/close").send(having="title", step="check").text

    assert "You are about to make a meeting" in deciding() and "What speaks against" not in browser.text
    other = poll_of(scene.heat, title="Another poll")
    make_absence(scene.bert)
    assert f'/polls/{other.reference}">2 members keep this time free for the date poll “Another poll”' in deciding()
    assert "1 member is taken elsewhere" in browser.text and "Spring meeting” (Heat)" not in browser.text
    browser.send(having="title", step="save")
    assert poll_state(poll) == "closed", "a warning forbids nothing"


def poll_state(poll: Poll) -> str | None:
    db.session.rollback()
    return db.session.scalar(select(Poll.state).where(Poll.id == poll.id))


def test_of_a_poll_of_few_only_those_who_are_asked_are_lost(scene: Scene, visit: Visit) -> None:
    poll = poll_of(scene.heat, named=True, people=(scene.anna.id,))
    make_absence(scene.bert)
    browser = visit(scene.coordinator)
    browser.open(f"/polls/{poll.reference}/close").send(having="title", step="check")
    assert "What speaks against" not in browser.text
    make_absence(scene.anna)
    browser.open(f"/polls/{poll.reference}/close").send(having="title", step="check")
    assert "1 member is taken elsewhere" in browser.text


def test_many_polls_take_no_more_statements(scene: Scene, visit: Visit) -> None:
    browser = visit(scene.coordinator)
    poll_of(scene.heat)
    with counted_queries() as few:
        browser.open(FIND)
    for number in range(5):
        poll_of(scene.heat, MONDAY, TUESDAY, WEDNESDAY, title=f"Poll {number}")
        poll_of(scene.water, MONDAY, TUESDAY, title=f"Hidden {number}")
        make_membership(scene.heat, make_account(f"Person {number}"))
    with counted_queries() as many:
        browser.open(FIND)
    assert len(many) <= len(few) <= 22


def test_holds_of_people_who_are_selected(scene: Scene) -> None:
    poll_of(scene.heat)
    span = (MONDAY.replace(tzinfo=UTC) - timedelta(days=1), MONDAY.replace(tzinfo=UTC) + timedelta(days=1))
    ids = [scene.anna.id, scene.cleo.id]
    assert queries.holds(select(Person.id).where(Person.id.in_(ids)), *span) == queries.holds(ids, *span)
    assert [hold.person_id for hold in queries.holds(ids, *span)] == [scene.anna.id]
    assert queries.holds([], *span) == []
