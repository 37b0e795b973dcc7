"""A group's feed as a whole: what it says of itself, what stands in it, and when that changes."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import time_machine
from dateutil import tz
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update

from app.calendars import components, sources
from app.calendars.build import build
from app.calendars.feeds import FeedKey, FeedKind
from app.calendars.forms import Form
from app.calendars.models import CalendarComponent, Feed, StoredFeed
from app.calendars.service import raise_versions
from app.core import version, zones
from app.core.db import db, write
from app.groups.models import WorkingGroup
from app.groups.signals import group_changed
from app.meetings import service
from app.meetings.models import Meeting, Visibility
from app.meetings.signals import meeting_changed
from tests.calendars.reading import logical_lines, values
from tests.factories.groups import make_community, make_group
from tests.factories.meetings import make_meeting

DAYS = ((2026, 12, 1), (2027, 3, 27), (2027, 3, 29), (2027, 7, 7), (2027, 10, 30), (2027, 11, 1))
"""Before and after the changes of the clocks."""
FEED = "/groups/climate/calendar.ics"


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    community = make_community("green", colour_light="#1b6e45")
    return make_group("climate", names={"en": "Climate", "fr": "Climat"}, community=community)


def poll(client: FlaskClient, address: str = FEED) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.data


def titles(body: bytes) -> list[str]:
    return values(body, "SUMMARY")


def calendar_of(body: bytes) -> icalendar.Calendar:
    calendar = icalendar.Calendar.from_ical(body)
    assert isinstance(calendar, icalendar.Calendar)
    return calendar


def test_what_a_feed_says_of_itself(group: WorkingGroup, client: FlaskClient) -> None:
    make_meeting(group)
    lines = logical_lines(poll(client, f"{FEED}?lang=fr"))
    assert lines[: lines.index("BEGIN:VTIMEZONE")] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Roundtable//Roundtable {version.VERSION}//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:Climat",
        "X-WR-CALNAME:Climat",
        lines[7],
        lines[7].replace("DESCRIPTION:", "X-WR-CALDESC:"),
        "COLOR:seagreen",
        "X-APPLE-CALENDAR-COLOR:#1b6e45",
        "URL:http://localhost/groups/climate",
        "SOURCE;VALUE=URI:http://localhost/groups/climate/calendar.ics?lang=fr",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "X-WR-TIMEZONE:Europe/Brussels",
    ]
    assert lines[7].startswith("DESCRIPTION:")
    assert "Climat" in lines[7]
    assert lines[-1] == "END:VCALENDAR"
    assert "SOURCE;VALUE=URI:http://localhost/groups/climate/calendar.ics" in logical_lines(poll(client))


def test_an_empty_feed_is_a_calendar_with_the_groups_zone(app: Flask, client: FlaskClient) -> None:
    make_group("climate", time_zone="Asia/Tbilisi")
    body = poll(client)
    assert values(body, "TZID") == ["Asia/Tbilisi"]
    assert b"VEVENT" not in body
    assert calendar_of(body).errors == []
    assert poll(client) == body


def test_one_vtimezone_for_each_zone_used(group: WorkingGroup, client: FlaskClient) -> None:
    for day, zone in enumerate(("Europe/Dublin", "Africa/Casablanca", "Europe/Dublin", "UTC"), start=1):
        make_meeting(group, datetime(2027, 6, day, 10), time_zone=zone)
    body = poll(client)
    assert values(body, "TZID") == ["Africa/Casablanca", "Europe/Dublin"]
    assert sorted(set(calendar_of(body).get_used_tzids())) == ["Africa/Casablanca", "Europe/Dublin"]
    assert calendar_of(body).get_missing_tzids() == set()


def test_every_instant_is_read_back_by_others(group: WorkingGroup, client: FlaskClient) -> None:
    meetings = [
        make_meeting(group, datetime(year, month, day, hour), time_zone=zone)
        for zone, hour in (("Europe/Brussels", 9), ("Africa/Casablanca", 14), ("America/Sao_Paulo", 10), ("UTC", 8))
        for year, month, day in (
            (2026, 12, 1),
            (2027, 3, 27),
            (2027, 3, 29),
            (2027, 7, 7),
            (2027, 10, 30),
            (2027, 11, 1),
        )
    ]
    body = poll(client)
    wanted = {meeting.uid: (meeting.starts_at, meeting.ends_at) for meeting in meetings}
    events = calendar_of(body).events
    assert {str(e["UID"]): (e.start.astimezone(UTC), e.end.astimezone(UTC)) for e in events} == wanted
    zones_read = tz.tzical(io.StringIO(body.replace(b"\r\n ", b"").decode()))
    for event in events:
        params = event["DTSTART"].params
        zone = zones_read.get(params["TZID"]) if "TZID" in params else UTC
        assert event.start.replace(tzinfo=zone).astimezone(UTC) == wanted[str(event["UID"])][0]


def test_events_come_by_start_then_uid(group: WorkingGroup, client: FlaskClient) -> None:
    for day in (5, 2, 9, 2, 2):
        make_meeting(group, datetime(2027, 3, day, 10))
    found = [(event.start, str(event["UID"])) for event in calendar_of(poll(client)).events]
    assert found == sorted(found)


def test_what_members_alone_may_know_of_is_not_there(group: WorkingGroup, client: FlaskClient) -> None:
    shown = make_meeting(group, title="Open day")
    make_meeting(group, title="Closed strategy talk", visibility=Visibility.MEMBERS)
    assert titles(poll(client)) == ["Open day"]
    plan = service.plan_of(shown)
    hidden = plan.__class__(**{**plan.__dict__, "visibility": Visibility.MEMBERS})
    service.change_meeting(shown.id, hidden, version=shown.version, actor_id=None)
    body = poll(client)
    assert b"VEVENT" not in body
    assert db.session.scalar(select(func.count()).select_from(CalendarComponent)) == 0
    service.change_meeting(shown.id, plan, version=shown.version, actor_id=None)
    assert titles(poll(client)) == ["Open day"]


def test_a_change_behind_closed_doors_does_not_show(group: WorkingGroup, client: FlaskClient) -> None:
    with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC)) as clock:
        make_meeting(group)
        clock.shift(60)
        before = client.get(FEED)
        clock.shift(60)
        make_meeting(group, title="Closed", visibility=Visibility.MEMBERS)
        clock.shift(60)
        after = client.get(FEED)
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])
    assert after.headers["Last-Modified"] == before.headers["Last-Modified"] == "Wed, 25 Nov 2026 09:00:00 GMT"


def test_a_cancelled_meeting_stays_as_cancelled(group: WorkingGroup, client: FlaskClient) -> None:
    meeting = make_meeting(group, join_link="https://meet.example.org/secret")
    before = poll(client)
    service.cancel_meeting(meeting.id, "The chair is ill", actor_id=None)
    body = poll(client)
    assert (values(before, "STATUS"), values(before, "SEQUENCE")) == (["CONFIRMED"], ["0"])
    assert (values(body, "STATUS"), values(body, "SEQUENCE")) == (["CANCELLED"], ["1"])
    assert values(body, "UID") == values(before, "UID")
    assert b"chair is ill" not in body
    assert b"meet.example" not in body


def test_nothing_written_means_the_same_bytes_whenever_they_are_made(group: WorkingGroup, client: FlaskClient) -> None:
    make_meeting(group)
    make_meeting(group, datetime(2027, 5, 1, 10), time_zone="Europe/Athens")
    first = client.get(FEED)
    with write() as session:  # as after a restart on a database without what can be made again
        session.execute(delete(StoredFeed))
        session.execute(delete(CalendarComponent))
    with time_machine.travel(datetime(2026, 12, 24, 12, tzinfo=UTC)):
        again = client.get(FEED)
    assert again.data == first.data
    assert again.headers["ETag"] == first.headers["ETag"]


def test_the_past_leaves_after_400_days(group: WorkingGroup, client: FlaskClient) -> None:
    with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC)):
        make_meeting(group, datetime(2026, 12, 1, 10), title="First")
        make_meeting(group, datetime(2027, 1, 15, 10), title="Second")
    end = zones.to_utc(datetime(2026, 12, 1, 12), "Europe/Brussels")
    with time_machine.travel(end + timedelta(days=400, seconds=-1), tick=False):
        full = client.get(FEED)
    assert titles(full.data) == ["First", "Second"]
    with time_machine.travel(end + timedelta(days=400), tick=False):
        gone = client.get(FEED)
        assert titles(gone.data) == ["Second"]
        since = {"If-Modified-Since": full.headers["Last-Modified"]}
        assert client.get(FEED, headers=since).status_code == 200
    with time_machine.travel(end + timedelta(days=401), tick=False):
        later = client.get(FEED)
        assert later.data == gone.data
        assert later.headers["Last-Modified"] == gone.headers["Last-Modified"] != full.headers["Last-Modified"]
        stored = db.session.scalars(select(StoredFeed)).one()
        assert stored.stale_at == zones.to_utc(datetime(2027, 1, 15, 12), "Europe/Brussels") + timedelta(days=400)


def test_a_renamed_group_is_renamed_in_every_event(group: WorkingGroup, client: FlaskClient) -> None:
    make_meeting(group)
    before = poll(client)
    with write():
        group.names = {"en": "Climate and water", "fr": "Climat et eau"}
        db.session.flush()
        group_changed.send(group)
    after = poll(client)
    assert values(before, "CATEGORIES") == values(before, "NAME") == ["Climate"]
    assert values(after, "CATEGORIES") == values(after, "NAME") == ["Climate and water"]
    assert values(poll(client, f"{FEED}?lang=fr"), "CATEGORIES") == ["Climat et eau"]
    kept = db.session.scalars(select(CalendarComponent.content).where(CalendarComponent.language == "en")).one()
    assert "Climate and water" in kept


def test_a_community_colours_its_groups_feeds(group: WorkingGroup, client: FlaskClient) -> None:
    assert values(poll(client), "X-APPLE-CALENDAR-COLOR") == ["#1b6e45"]
    with write():
        group.community.colour_light = "#1a56a8"
        db.session.flush()
        group_changed.send(group.community)
    assert values(poll(client), "X-APPLE-CALENDAR-COLOR") == ["#1a56a8"]
    assert values(poll(client), "COLOR") == ["royalblue"]


def test_meetings_written_past_the_service_are_made_when_needed(group: WorkingGroup, client: FlaskClient) -> None:
    poll(client)
    with write() as session:
        now = datetime(2026, 11, 25, 9, tzinfo=UTC)
        meeting = Meeting(uid="bulk@localhost", group_id=group.id, title="From a file", created_at=now, modified_at=now)
        meeting.plan(datetime(2027, 3, 1, 10), datetime(2027, 3, 1, 11), "Europe/Brussels")
        session.add(meeting)
        raise_versions([FeedKey(FeedKind.GROUP, group.id)])
    assert titles(poll(client)) == ["From a file"]
    kept = db.session.scalars(select(CalendarComponent)).all()
    assert [(component.language, component.zones) for component in kept] == [("en", ["Europe/Brussels"])]


def test_another_build_makes_everything_anew(
    app: Flask, group: WorkingGroup, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC)) as clock:
        meeting = make_meeting(group)
        clock.shift(10)
        first = client.get(FEED)
        clock.shift(10)
        monkeypatch.setattr(version, "VERSION", "9.9.9")
        monkeypatch.delitem(app.extensions, "roundtable_calendar_build")
        door = app.extensions["roundtable_door"]
        monkeypatch.setattr(door, "build", build())
        second = client.get(FEED)
        clock.shift(10)
        since = {"If-Modified-Since": first.headers["Last-Modified"]}
        assert client.get(FEED, headers=since).status_code == 200
    assert b"Roundtable 9.9.9" in second.data
    assert first.headers["ETag"] != second.headers["ETag"]
    assert values(first.data, "DTSTAMP") == values(second.data, "DTSTAMP")
    stamps = set(db.session.scalars(select(CalendarComponent.stamp).where(CalendarComponent.target_id == meeting.id)))
    assert len(stamps) == 2  # English was polled and made anew, French waits for its own poll


def test_what_is_made_anew_leaves_no_zone_behind(group: WorkingGroup, client: FlaskClient) -> None:
    make_meeting(group)
    before = poll(client)
    with write() as session:
        session.execute(update(CalendarComponent).values(zones=["Asia/Tokyo"], stamp="another"))
        raise_versions([FeedKey(FeedKind.GROUP, group.id)])
    assert poll(client) == before
    assert b"Asia/Tokyo" not in before


def test_a_rollback_leaves_the_feed_as_it_was(group: WorkingGroup, client: FlaskClient) -> None:
    meeting = make_meeting(group)
    before = client.get(FEED)
    version = db.session.scalars(select(Feed.version).where(Feed.kind == "group")).one()
    with pytest.raises(RuntimeError, match="broken"), write():
        found = db.session.get_one(Meeting, meeting.id)
        found.title = "Never"
        db.session.flush()
        meeting_changed.send(found)
        raise RuntimeError("broken")
    assert db.session.scalars(select(Feed.version).where(Feed.kind == "group")).one() == version
    assert client.get(FEED).headers["ETag"] == before.headers["ETag"]


def test_a_change_serialises_one_meeting_only(
    group: WorkingGroup, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    meetings = [make_meeting(group, datetime(2027, 3, day, 10)) for day in range(1, 6)]
    poll(client)
    made: list[int] = []

    def note(meeting: Meeting, language: str, form: Form) -> components.Component:
        made.append(meeting.id)
        return components.component_of(meeting, language, form)

    monkeypatch.setattr(sources, "component_of", note)
    service.cancel_meeting(meetings[2].id, None, actor_id=None)
    poll(client)
    assert made == [meetings[2].id] * 2  # in two languages
