"""Milestones in a group's feed: whole days that block nobody, stored and assembled as meetings are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from app.calendars.models import CalendarComponent, Feed, StoredFeed
from app.core.db import db, write
from app.groups import service as groups
from app.groups.models import WorkingGroup
from app.groups.service.facts import CommunityFacts
from app.meetings.rules import Visibility
from app.programme import service
from app.programme.models import Milestone
from app.programme.rules import Kind
from app.programme.signals import milestone_changed
from tests.calendars.reading import values
from tests.factories.groups import make_community, make_group
from tests.factories.meetings import make_meeting
from tests.factories.programme import make_milestone

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
FEED = "/groups/climate/calendar.ics"


@pytest.fixture
def group(app: Flask) -> Iterator[WorkingGroup]:
    with time_machine.travel(NOW, tick=False):
        community = make_community("green", goals={"en": "Cool, green towns", "fr": "Des villes fraîches"})
        yield make_group("climate", names={"en": "Climate, water", "fr": "Climat, eau"}, community=community)


def poll(client: FlaskClient, address: str = FEED) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.data


def events(body: bytes) -> list[icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(body)
    assert isinstance(calendar, icalendar.Calendar) and calendar.errors == []
    return calendar.events


def test_what_stands_in_the_feed(group: WorkingGroup, client: FlaskClient) -> None:
    milestone = make_milestone(
        group, date(2027, 3, 12), first_day=date(2027, 1, 4), file_reference="COM(2026) 123; final",
        link="https://have-your-say.example/1", description="**Draft** by *us*", goal_id=group.community_id,
        title="Heat\nin towns, now",
    )  # fmt: skip
    (event,) = events(poll(client))
    assert (event["UID"], event["SUMMARY"]) == (milestone.uid, "Heat in towns, now")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2027, 1, 4), date(2027, 3, 13)), "the end is exclusive"
    assert event["DTSTART"].params["VALUE"] == event["DTEND"].params["VALUE"] == "DATE"
    assert (event["TRANSP"], event["STATUS"], event["CLASS"], event["SEQUENCE"]) == (
        "TRANSPARENT", "CONFIRMED", "PUBLIC", 0,
    )  # fmt: skip
    assert event["CATEGORIES"].cats == ["Climate, water"]
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == NOW
    page = f"http://localhost/milestones/{milestone.reference}"
    assert event["URL"] == page
    assert str(event["DESCRIPTION"]).split("\n") == [
        "Consultation deadline", "Reference: COM(2026) 123; final", "https://have-your-say.example/1",
        "Impact Goal: Cool, green towns", "", "Draft by us", "", page,
    ]  # fmt: skip
    assert "ATTENDEE" not in event
    (french,) = events(poll(client, f"{FEED}?lang=fr"))
    assert french["CATEGORIES"].cats == ["Climat, eau"]
    assert "Objectif d’impact : Des villes fraîches" in french["DESCRIPTION"].replace("\u00a0", " ")


def test_meetings_come_first_then_milestones_by_day(group: WorkingGroup, client: FlaskClient) -> None:
    make_milestone(group, date(2027, 5, 2), title="Second")
    make_milestone(group, date(2027, 1, 2), title="First")
    make_meeting(group, title="Meeting")
    make_milestone(make_group("other"), title="Elsewhere")
    body = poll(client)
    assert values(body, "SUMMARY") == ["Meeting", "First", "Second"]
    assert values(body, "TZID") == ["Europe/Brussels"]


def test_a_feed_of_days_alone_needs_no_zone_and_is_a_calendar(group: WorkingGroup, client: FlaskClient) -> None:
    make_milestone(group)
    body = poll(client)
    assert values(body, "TZID") == [] and len(events(body)) == 1


def test_members_alone_know_of_what_is_theirs(group: WorkingGroup, client: FlaskClient) -> None:
    milestone = make_milestone(group)
    make_milestone(group, title="Closed", visibility=Visibility.MEMBERS)
    assert values(poll(client), "SUMMARY") == ["Consultation on heat"]
    hidden = replace(service.plan_of(milestone), visibility=Visibility.MEMBERS)
    service.change_milestone(milestone.id, hidden, version=milestone.version, actor_id=None)
    assert b"VEVENT" not in poll(client)
    assert db.session.scalar(select(func.count()).select_from(CalendarComponent)) == 0


def test_moving_and_dropping_show_and_being_done_does_not_move_anything(
    group: WorkingGroup, client: FlaskClient
) -> None:
    milestone = make_milestone(group, kind=Kind.MILESTONE)
    before = poll(client)
    service.mark(milestone.id, done=True, actor_id=None)
    done = poll(client)
    assert (values(done, "STATUS"), values(done, "SEQUENCE")) == (["CONFIRMED"], ["0"])
    moved = replace(service.plan_of(milestone), first_day=date(2027, 4, 1), last_day=date(2027, 4, 1))
    service.change_milestone(milestone.id, moved, version=milestone.version, actor_id=None)
    (event,) = events(poll(client))
    assert (event["DTSTART"].dt, event["SEQUENCE"]) == (date(2027, 4, 1), 1)
    service.drop(milestone.id, "Nobody wants it", actor_id=None)
    dropped = poll(client)
    assert (values(dropped, "STATUS"), values(dropped, "SEQUENCE")) == (["CANCELLED"], ["2"])
    assert values(dropped, "UID") == values(before, "UID")
    assert b"Nobody wants" not in dropped


def test_nothing_written_means_the_same_bytes_whenever_they_are_made(group: WorkingGroup, client: FlaskClient) -> None:
    make_milestone(group, goal_id=group.community_id)
    make_meeting(group)
    first = client.get(FEED)
    with write() as session:
        session.execute(delete(StoredFeed))
        session.execute(delete(CalendarComponent))
    with time_machine.travel(NOW + timedelta(days=9)):
        again = client.get(FEED)
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
    kept = db.session.execute(select(CalendarComponent.kind, CalendarComponent.language)).all()
    assert sorted(kept) == [("meeting", "en"), ("milestone", "en")], "what was polled was kept"


def test_the_past_leaves_after_400_days(group: WorkingGroup, client: FlaskClient) -> None:
    make_milestone(group, date(2026, 12, 1), title="First")
    make_milestone(group, date(2027, 1, 15), title="Second")
    over = datetime(2026, 12, 2, tzinfo=UTC) + timedelta(days=400)
    with time_machine.travel(over - timedelta(seconds=1), tick=False):
        assert values(poll(client), "SUMMARY") == ["First", "Second"]
        assert db.session.scalars(select(StoredFeed.stale_at)).one() == over
    with time_machine.travel(over, tick=False):
        assert values(poll(client), "SUMMARY") == ["Second"]


def test_a_new_goal_reaches_the_feeds_of_all_who_serve_it(group: WorkingGroup, client: FlaskClient) -> None:
    other = make_group("other")
    make_milestone(other, goal_id=group.community_id)
    address = "/groups/other/calendar.ics"
    assert b"Cool\\, green towns" in poll(client, address).replace(b"\r\n ", b"")
    before = CommunityFacts.of(group.community)
    wanted = replace(before, goals={"en": "Cooler towns"})
    groups.edit_community(group.community_id, wanted, version=group.community.version, actor_id=None)
    assert b"Impact Goal: Cooler towns" in poll(client, address).replace(b"\r\n ", b"")


def test_a_rollback_leaves_the_feed_as_it_was(group: WorkingGroup, client: FlaskClient) -> None:
    milestone = make_milestone(group)
    before = client.get(FEED)
    version = db.session.scalars(select(Feed.version).where(Feed.kind == "group")).one()
    with pytest.raises(RuntimeError, match="broken"), write():
        found = db.session.get_one(Milestone, milestone.id)
        found.title = "Never"
        db.session.flush()
        milestone_changed.send(found)
        raise RuntimeError("broken")
    assert db.session.scalars(select(Feed.version).where(Feed.kind == "group")).one() == version
    assert client.get(FEED).headers["ETag"] == before.headers["ETag"]
