"""A meeting as a VEVENT: what it says, and what it never says."""

from __future__ import annotations

from datetime import UTC, datetime

import icalendar
import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings

from app.calendars.components import component_of, stamp
from app.core import zones
from app.core.db import db
from app.groups.models import WorkingGroup
from app.meetings import service
from app.meetings.models import Meeting, Visibility
from tests.calendars.reading import logical_lines, values
from tests.calendars.test_content import ANYTHING, NASTY
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.people import make_account

SECRET = "https://meet.example.org/room/9f3c?pwd=topsecret"


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    return make_group("climate", names={"en": "Climate, energy; water", "fr": "Climat, énergie ; eau"})


def event_of(meeting: Meeting, language: str = "en") -> icalendar.Event:
    event = icalendar.Event.from_ical(component_of(meeting, language).content)
    assert isinstance(event, icalendar.Event)
    return event


def test_everything_a_client_wants_is_there(group: WorkingGroup) -> None:
    with time_machine.travel(datetime(2026, 11, 25, 9, 0, 0, 900_000, tzinfo=UTC), tick=False):
        meeting = make_meeting(
            group,
            datetime(2027, 7, 1, 10, 0),
            title="Heat, water; towns",
            venue="Town hall, Mustergasse 5",
            description="## Agenda\n\n- [the paper](https://example.org/paper)\n- *decisions*",
        )
    with time_machine.travel(datetime(2026, 11, 26, 8, 30, tzinfo=UTC), tick=False):
        service.cancel_meeting(meeting.id, "Too few", actor_id=None)
    body = component_of(meeting, "en").content
    assert logical_lines(body) == [
        "BEGIN:VEVENT",
        f"UID:{meeting.uid}",
        "DTSTAMP:20261126T083000Z",
        "CREATED:20261125T090000Z",
        "LAST-MODIFIED:20261126T083000Z",
        "SEQUENCE:1",
        "DTSTART;TZID=Europe/Brussels:20270701T100000",
        "DTEND;TZID=Europe/Brussels:20270701T120000",
        "SUMMARY:Heat\\, water\\; towns",
        "DESCRIPTION:Agenda\\n\\n- the paper (https://example.org/paper)\\n- decisions\\n\\n"
        f"http://localhost/meetings/{meeting.reference}",
        "LOCATION:Town hall\\, Mustergasse 5",
        f"URL:http://localhost/meetings/{meeting.reference}",
        "CATEGORIES:Climate\\, energy\\; water",
        "CLASS:PUBLIC",
        "STATUS:CANCELLED",
        "TRANSP:TRANSPARENT",
        "ORGANIZER;CN=Roundtable:mailto:secretariat@example.org",
        "END:VEVENT",
    ]


def test_the_group_is_named_in_the_feeds_language(group: WorkingGroup) -> None:
    meeting = make_meeting(group)
    assert event_of(meeting, "fr").categories == ["Climat, énergie ; eau"]
    assert event_of(meeting, "en").categories == ["Climate, energy; water"]


@pytest.mark.parametrize(
    ("zone", "local"),
    [
        ("Europe/Brussels", datetime(2027, 3, 27, 10)),
        ("Europe/Brussels", datetime(2027, 3, 29, 10)),
        ("Europe/Brussels", datetime(2027, 10, 30, 10)),
        ("Europe/Brussels", datetime(2027, 11, 1, 10)),
        ("Europe/Dublin", datetime(2027, 7, 1, 10)),
        ("Africa/Casablanca", datetime(2027, 2, 20, 10)),
        ("Asia/Kathmandu", datetime(2027, 7, 1, 10)),
        ("America/Sao_Paulo", datetime(2028, 1, 10, 10)),
        ("UTC", datetime(2027, 7, 1, 10)),
    ],
)
def test_times_are_local_with_their_zone(group: WorkingGroup, zone: str, local: datetime) -> None:
    meeting = make_meeting(group, local, time_zone=zone)
    event = event_of(meeting)
    assert event.start == local.replace(tzinfo=zones.zone(zone))
    assert event.start.astimezone(UTC) == meeting.starts_at
    assert event.end.astimezone(UTC) == meeting.ends_at
    component = component_of(meeting, "en")
    assert component.zones == (() if zone == "UTC" else (zone,))
    (start,) = values(component.content, "DTSTART")
    assert start.endswith("Z") == (zone == "UTC")


def test_a_zone_that_left_the_list_is_written_in_utc(group: WorkingGroup) -> None:
    meeting = make_meeting(group, datetime(2027, 7, 1, 10, 0))
    meeting.time_zone = "Europe/Atlantis"
    component = component_of(meeting, "en")
    db.session.rollback()
    assert component.zones == ()
    assert values(component.content, "DTSTART") == ["20270701T080000Z"]


def test_tentative_and_cancelled(group: WorkingGroup) -> None:
    meeting = make_meeting(group, tentative=True)
    assert (values(component_of(meeting, "en").content, "STATUS"), meeting.sequence) == (["TENTATIVE"], 0)
    service.cancel_meeting(meeting.id, None, actor_id=None)
    body = component_of(meeting, "en").content
    assert values(body, "STATUS") == ["CANCELLED"]
    assert values(body, "SEQUENCE") == ["1"]
    service.reinstate_meeting(meeting.id, actor_id=None)
    body = component_of(meeting, "en").content
    assert values(body, "STATUS") == ["CONFIRMED"]
    assert values(body, "SEQUENCE") == ["2"]
    assert values(body, "TRANSP") == ["OPAQUE"]


def test_what_is_private_is_in_no_field(app: Flask) -> None:
    coordinator = make_account("Carla Coordinator", email="carla@private.example")
    group = make_group("climate", coordinators=(coordinator,))
    meeting = make_meeting(group, join_link=SECRET, actor_id=coordinator.id, description="Open to all.")
    service.cancel_meeting(meeting.id, "Our hidden reason", actor_id=coordinator.id)
    for language in ("en", "fr"):
        body = component_of(meeting, language).content.replace(b"\r\n ", b"").decode()
        for private in ("meet.example.org", "topsecret", "Carla", "private.example", "hidden reason"):
            assert private not in body
        assert "ATTENDEE" not in body
        assert "CONFERENCE" not in body


def test_a_link_typed_into_a_public_field_is_the_text_it_is(group: WorkingGroup) -> None:
    """Who writes the join link into the public description means everybody to see it; the field itself is not used."""
    meeting = make_meeting(group, join_link=SECRET, description=f"Join at {SECRET}", venue="Online")
    body = component_of(meeting, "en").content
    assert values(body, "DESCRIPTION")[0].count("topsecret") == 1
    assert not any("topsecret" in value for name in ("LOCATION", "URL", "SUMMARY") for value in values(body, name))


def test_members_only_is_private(group: WorkingGroup) -> None:
    meeting = make_meeting(group, visibility=Visibility.MEMBERS, join_link=SECRET)
    body = component_of(meeting, "en").content
    assert values(body, "CLASS") == ["PRIVATE"]
    assert b"topsecret" not in body.replace(b"\r\n ", b"")


def test_the_same_data_give_the_same_bytes(group: WorkingGroup) -> None:
    meeting = make_meeting(group)
    first = component_of(meeting, "en")
    with time_machine.travel(datetime(2031, 1, 1, tzinfo=UTC)):
        db.session.expire_all()
        assert component_of(meeting, "en") == first
    assert stamp([group], "en") != stamp([group], "fr")


@given(title=ANYTHING | NASTY, venue=ANYTHING | NASTY, description=ANYTHING | NASTY, name=NASTY)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_people_type_makes_one_valid_event(
    group: WorkingGroup, title: str, venue: str, description: str, name: str
) -> None:
    meeting = Meeting(
        uid="a@b", reference="abc", group=WorkingGroup(slug="x", names={"en": name}), title=title, venue=venue,
        description=description, visibility=Visibility.PUBLIC, status="CONFIRMED", sequence=0,
        created_at=datetime(2026, 1, 1, tzinfo=UTC), modified_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    meeting.plan(datetime(2027, 3, 12, 10), datetime(2027, 3, 12, 12), "Europe/Brussels")
    body = component_of(meeting, "en").content
    names = [line.partition(":")[0].partition(";")[0] for line in logical_lines(body)]
    assert [each for each in names if each != "LOCATION"] == [
        "BEGIN", "UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY",
        "DESCRIPTION", "URL", "CATEGORIES", "CLASS", "STATUS", "TRANSP", "ORGANIZER", "END",
    ]  # fmt: skip
    event = icalendar.Event.from_ical(body)
    assert event.errors == []
    db.session.expunge_all()
