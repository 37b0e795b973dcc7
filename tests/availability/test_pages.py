"""The pages of people's time, as browsers without scripts use them."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.availability import personal_data
from app.availability.models import Absence, Band, BusyCalendar, BusyPeriod
from app.availability.rules import BandKind, Period
from app.availability.service import BandFacts, Marking, change_band, mark
from app.availability.slots import Wish
from app.core.audit import AuditEntry
from app.core.conflicts import EditConflict
from app.core.db import db, write
from app.meetings.models import Meeting
from app.people.models import Person
from tests.availability.conftest import NOW, Scene
from tests.availability.hostile import GOOD
from tests.browsing import Visit
from tests.factories.availability import make_absence, make_band, make_calendar
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_person
from tests.queries import counted_queries

FIND = (
    "/groups/heat/find-a-time?minutes=120&first=2027-03-08&last=2027-03-19&opens=09:00&closes=17:30"
    "&time_zone=Europe/Brussels&needed=leading&how=after"
)


def test_an_absence_from_noting_to_removing(scene: Scene, visit: Visit) -> None:
    page = visit(scene.anna).open("/me/absences")
    page.send("/me/absences", first="2027-03-15", last="2027-03-19", note="Dentist")
    assert "Mon 15 March 2027 – Fri 19 March 2027" in page.text and "Dentist" in page.text
    page.send("/me/absences", first="2027-03-15", last="2027-03-19")
    assert page.text.count("Mon 15 March 2027 – Fri 19 March 2027</p>") == 1, "said twice, noted once"
    page.open("/me/absences/1/edit").send("/edit", first="2027-03-15", last="", begins="09:00", ends="12:30")
    assert "Mon 15 March 2027, 09:00 – 12:30 (Brussels)" in page.text
    page.send("/remove")
    assert "Nothing noted" in page.text


def test_an_absence_that_cannot_be_is_said(scene: Scene, visit: Visit) -> None:
    page = visit(scene.anna).open("/me/absences").send("/me/absences", first="2027-03-15", last="2027-03-14")
    assert page.status == 422 and "The last day comes before the first." in page.text


def test_the_address_of_a_calendar_is_never_shown(scene: Scene, visit: Visit) -> None:
    page = visit(scene.anna).open("/me/busy-calendars")
    page.send("/me/busy-calendars", label="Work", address="webcal://cal.example/SECRET.ics")
    assert "Is being read" in page.text and "SECRET" not in page.text
    calendar = db.session.scalars(select(BusyCalendar)).one()
    assert calendar.address == "https://cal.example/SECRET.ics"
    assert "SECRET" not in page.open("/me/data").text and "SECRET" not in page.open("/me/data.json").text
    page.open("/me/busy-calendars").send("/remove")
    assert "No calendar yet" in page.text


def test_why_a_calendar_cannot_be_read_is_said_to_its_owner(scene: Scene, visit: Visit) -> None:
    make_calendar(scene.anna, problem="private", next_read_at=NOW)
    page = visit(scene.anna).open("/me/busy-calendars")
    assert "leads into a private network" in page.text and "cal.example" not in page.text
    page.send("/read")
    assert "is being read" in page.text


def test_a_calendar_as_a_file(scene: Scene, visit: Visit) -> None:
    page = visit(scene.anna).open("/me/busy-calendars")
    for content, status in ((GOOD, 200), (b"PK", 422)):
        fields = page.form("/file")["fields"] | {"file_label": "Away", "file": (io.BytesIO(content), "a.ics")}
        answer = page.client.post("/me/busy-calendars/file", data=fields, follow_redirects=True)
        assert answer.status_code == status
    assert db.session.scalars(select(BusyCalendar.label)).all() == ["Away"]


def test_a_pasted_list_is_said_back_before_it_is_saved(scene: Scene, visit: Visit) -> None:
    page = visit(make_account("Admin", administrator=True)).open("/bands/new")
    values = {"names__en": "Plenary", "kind": "session", "wish": "avoid", "city": "Strasbourg"}
    page.send("/bands/new", **values, periods="18–21 January 2028\nnonsense", step="check")
    assert page.status == 422 and "Line 2 is not understood" in page.text
    page.send("/bands/new", periods="18–21 January 2028\n2028-02-14 – 2028-02-17", step="check")
    assert "Tue 18 January 2028 – Fri 21 January 2028" in page.text and "Nothing is saved yet" in page.text
    assert db.session.scalars(select(Band)).all() == []
    page.send("/bands/new", step="change")
    assert page.form("/bands/new")["fields"]["periods"].startswith("18–21")
    page.send("/bands/new", step="check").send("/bands/new", step="save")
    assert "2 periods are marked." in page.text and "Plenary, Strasbourg" in page.text
    assert [entry.action for entry in db.session.scalars(select(AuditEntry))] == ["band.entered"] * 2


def test_a_coordinator_marks_changes_and_removes_days_of_the_group(scene: Scene, visit: Visit) -> None:
    page = visit(scene.coordinator).open("/groups/heat/bands/new")
    values = {"names__en": "Fair", "periods": "2027-04-14", "step": "check"}
    page.send("/groups/heat/bands/new", **values).send("/groups/heat/bands/new", step="save")
    band = db.session.scalars(select(Band)).one()
    assert (band.group_id, band.kind, band.wish) == (scene.heat.id, "event", "wanted")
    page.open(f"/bands/{band.id}/edit").send("/edit", ends_on="2027-04-15", city="Ghent")
    assert "Wed 14 April 2027 – Thu 15 April 2027" in page.text and "Fair, Ghent" in page.text
    page.open(f"/bands/{band.id}/edit").send("/remove")
    assert "No days are marked" in page.text
    assert "Fair" not in visit(scene.cleo).open("/bands").text


def test_what_is_marked_already_is_not_marked_twice(scene: Scene) -> None:
    marking = Marking({"en": "Plenary"}, BandKind.SESSION, Wish.AVOID)
    days = [Period(date(2027, 4, 12), date(2027, 4, 15))]
    assert [mark(days, marking, actor_id=None), mark(days, marking, actor_id=None)] == [1, 0]


def test_two_who_change_marked_days_at_once(scene: Scene) -> None:
    band = make_band()
    facts = BandFacts.of(band)
    key, version = band.id, band.version
    change_band(key, BandFacts(**{**vars(facts), "city": "Brussels"}), version=version, actor_id=None)
    with pytest.raises(EditConflict):
        change_band(key, BandFacts(**{**vars(facts), "city": "Ghent"}), version=version, actor_id=None)


def test_a_time_is_found_and_planned(scene: Scene, visit: Visit) -> None:
    make_absence(scene.anna, datetime(2027, 3, 1), datetime(2027, 3, 17), note="Operation")
    make_band()
    page = visit(scene.coordinator).open("/groups/heat/find-a-time")
    assert page.status == 200 and '<h2 id="times"' not in page.text
    page.open(FIND)
    assert "3 people count." in page.text and "1 of them must be there." in page.text
    assert "Wed 17 March 2027, 09:00–11:00 (Brussels)" in page.text
    assert page.text.index("Wed 17 March") < page.text.index("Mon 15 March")
    assert "1 member is taken elsewhere – must be there" in page.text and "Operation" not in page.text
    form = page.open("/groups/heat/meetings/new?starts_on=2027-03-17&starts_time=09:00&ends_time=11:00"
                     "&time_zone=Europe/Lisbon").form(having="title")  # fmt: skip
    assert {name: form["fields"][name] for name in ("starts_on", "starts_time", "ends_time", "time_zone")} == {
        "starts_on": "2027-03-17", "starts_time": "09:00", "ends_time": "11:00", "time_zone": "Europe/Lisbon",
    }  # fmt: skip
    page.send(title="Found", step="save")
    assert db.session.scalars(select(Meeting.title)).all() == ["Found"]


def test_the_page_that_asks_to_check_warns_of_clashes(scene: Scene, visit: Visit) -> None:
    make_absence(scene.anna)
    make_band(date(2027, 3, 15), date(2027, 3, 18))
    page = visit(scene.coordinator).open("/groups/heat/meetings/new")
    plan = {"title": "Spring", "starts_on": "2027-03-15", "starts_time": "10:00", "ends_time": "12:00"}
    page.send(**plan, step="check")
    assert "1 member is taken elsewhere" in page.text and "Plenary (to be avoided)" in page.text
    page.send(step="save")
    assert "Spring" in page.text, "a warning forbids nothing"
    reference = db.session.scalars(select(Meeting.reference)).one()
    page.open(f"/meetings/{reference}/edit").send(starts_time="10:30", step="check")
    assert "1 member is taken elsewhere" in page.text and "At “Spring”" not in page.text, "it is no clash with itself"
    page.open(f"/meetings/{reference}/edit").send(title="Another", step="check")
    assert "taken elsewhere" not in page.text


def test_nonsense_in_a_link_to_plan_is_left_out(scene: Scene, visit: Visit) -> None:
    page = visit(scene.coordinator).open("/groups/heat/meetings/new?starts_on=soon&starts_time=25:99&time_zone=Mars/X")
    fields = page.form(having="title")["fields"]
    assert (page.status, fields["starts_on"], fields["time_zone"]) == (200, "", "Europe/Brussels")


@pytest.mark.parametrize(
    "change",
    ["first=soon", "last=2027-03-01", "last=2028-03-01", "minutes=7", "opens=17:00", "groups=no-such-group",
     "time_zone=Mars/X", "first=0001-01-01&last=0001-01-02", "first=9999-12-30&last=9999-12-31", "people=x"],
)  # fmt: skip
def test_what_cannot_be_looked_for_is_said(scene: Scene, visit: Visit, change: str) -> None:
    name = change.partition("=")[0]
    rest = "&".join(part for part in FIND.partition("?")[2].split("&") if not part.startswith((f"{name}=", "last=")))
    last = "" if "last=" in change else "&last=2027-03-19"
    page = visit(scene.coordinator).open(f"/groups/heat/find-a-time?{rest}&{change}{last}")
    assert page.status == 422 and "There is a problem" in page.text


def test_many_people_take_no_more_statements(app: Flask, scene: Scene, visit: Visit) -> None:
    browser = visit(scene.coordinator)
    with counted_queries() as few:
        browser.open(FIND)
    for number in range(6):
        person = make_person(f"Person {number}")
        make_membership(scene.heat, person, association=scene.belgian)
        make_membership(scene.water, person, association=scene.belgian)
        make_absence(person)
        make_calendar(person, [(NOW, NOW.replace(hour=12))])
    with counted_queries() as many:
        browser.open(FIND)
    assert len(many) <= len(few) and len(many) <= 21


def test_export_and_erasure(app: Flask, scene: Scene) -> None:
    make_absence(scene.anna)
    make_calendar(scene.anna, [(NOW, NOW.replace(hour=12))])
    make_absence(scene.bert)
    anna = db.session.get_one(Person, scene.anna.id)
    with app.test_request_context("/?lang=en"):
        sections = {section.key: section.entries for section in personal_data.export(anna)}
    assert {key: len(entries) for key, entries in sections.items()} == {
        "absences": 1, "busy_calendars": 1, "busy_periods": 1,
    }  # fmt: skip
    assert "secret" not in str([fact.value for fact in sections["busy_calendars"][0]])
    for _twice in range(2):
        with write():
            personal_data.erase(db.session.get_one(Person, scene.anna.id))
    left = [len(db.session.scalars(select(model)).all()) for model in (Absence, BusyCalendar, BusyPeriod)]
    assert left == [1, 0, 0], "Bert's absence stays"


def test_what_has_passed_is_forgotten(scene: Scene) -> None:
    make_absence(scene.anna, datetime(2027, 1, 4), datetime(2027, 1, 9))
    make_absence(scene.anna)
    make_calendar(scene.anna, [(NOW.replace(month=1), NOW.replace(month=1, hour=12)), (NOW, NOW.replace(hour=12))])
    assert [swept.number for swept in personal_data.retain(NOW, dry_run=True)] == [1, 1]
    personal_data.retain(NOW, dry_run=False)
    assert len(db.session.scalars(select(Absence)).all()) == len(db.session.scalars(select(BusyPeriod)).all()) == 1


def test_times_that_were_found_are_put_to_the_members(scene: Scene, visit: Visit) -> None:
    page = visit(scene.coordinator).open(FIND)
    times = next(form["fields"] for form in page.forms() if "option" in form["fields"])
    assert times["minutes"] == "120" and times["zone"] == "Europe/Brussels"
    page = page.open("/groups/heat/polls/new?option=2027-03-08T09:00&option=2027-03-09T10:30&minutes=120")
    fields = page.form(having="title")["fields"]
    assert (fields["options-0-day"], fields["options-0-start"]) == ("2027-03-08", "09:00")
    assert (fields["options-1-day"], fields["options-1-start"]) == ("2027-03-09", "10:30")
