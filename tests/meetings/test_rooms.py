"""Rooms of the house: booked with the meetings, never twice at once, and what others may know of that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.core.db import db, write
from app.core.errors import DomainError
from app.meetings.models import Meeting, Room, RoomBooking, Visibility
from app.meetings.rules import MeetingPlan, Precision, span_of_month
from app.meetings.rules.pattern import Frequency, Pattern, Weekday
from app.meetings.rules.series import SeriesPlan
from app.meetings.service import cancel_meeting, change_meeting, reinstate_meeting
from app.meetings.service import series as series_service
from app.meetings.service.booking import RoomTaken
from app.meetings.service.rooms import offer_room
from tests.browsing import Browser
from tests.factories.meetings import make_meeting
from tests.factories.rooms import make_room
from tests.meetings.conftest import Cast, signed_in
from tests.meetings.test_views import edit_path, plan, send, text, the_meeting
from tests.queries import counted_queries

AT = datetime(2027, 3, 12, 10)


def booked() -> list[tuple[int, datetime, datetime]]:
    db.session.rollback()
    rows = db.session.scalars(sa.select(RoomBooking).order_by(RoomBooking.starts_at))
    return [(row.meeting_id, row.starts_at, row.ends_at) for row in rows]


def change(meeting: Meeting, **values: object) -> None:
    said = replace(meeting.said, **values)  # type: ignore[arg-type]
    change_meeting(meeting.id, said, version=meeting.version, actor_id=None)


def downloaded(browser: Browser, path: str) -> str:
    with browser.client.get(f"{path}?format=csv") as answer:
        return str(answer.text)


@pytest.fixture
def room(people: Cast) -> Room:
    return make_room()


def test_a_room_follows_its_meeting(room: Room, people: Cast) -> None:
    meeting = make_meeting(people.group, AT, room_id=room.id)
    assert booked() == [(meeting.id, datetime(2027, 3, 12, 9, tzinfo=UTC), datetime(2027, 3, 12, 11, tzinfo=UTC))]
    change(meeting, starts=datetime(2027, 3, 13), ends=datetime(2027, 3, 14), precision=Precision.DAYS)
    assert booked() == [(meeting.id, datetime(2027, 3, 12, 23, tzinfo=UTC), datetime(2027, 3, 13, 23, tzinfo=UTC))]
    cancel_meeting(meeting.id, None, actor_id=None)
    assert booked() == []
    reinstate_meeting(meeting.id, actor_id=None)
    assert len(booked()) == 1
    change(meeting, room_id=None)
    assert booked() == []


def test_never_twice_at_once(room: Room, people: Cast) -> None:
    private = make_meeting(people.group, AT, room_id=room.id, title="Secret", visibility=Visibility.MEMBERS)
    with pytest.raises(RoomTaken) as refused:
        make_meeting(people.group, datetime(2027, 3, 12, 11, 30), room_id=room.id)
    assert refused.value.field == "room_id" and "Secret" not in str(refused.value.message)
    assert "Room 3 is taken: Fri 12 March 2027, 10:00–12:00 (Brussels)" in str(refused.value.message)
    after = make_meeting(people.group, datetime(2027, 3, 12, 12), room_id=room.id)
    elsewhere = make_meeting(people.group, AT, room_id=make_room("Room 4").id)
    assert len(booked()) == 3
    with pytest.raises(RoomTaken):
        change(after, starts=AT)
    with pytest.raises(RoomTaken):
        change(elsewhere, room_id=room.id)
    cancel_meeting(private.id, None, actor_id=None)
    change(elsewhere, room_id=room.id)
    with pytest.raises(RoomTaken):
        reinstate_meeting(private.id, actor_id=None)
    reinstate_meeting(private.id, actor_id=None, without_room=True)
    assert private.room_id is None and not private.is_cancelled


def test_the_database_itself_refuses(room: Room, people: Cast) -> None:
    first, second = make_meeting(people.group, AT, room_id=room.id), make_meeting(people.group, AT)
    with pytest.raises(IntegrityError), write() as session:
        session.add(
            RoomBooking(meeting_id=second.id, room_id=room.id, starts_at=first.starts_at, ends_at=first.ends_at)
        )


def test_out_of_use(room: Room, people: Cast) -> None:
    meeting = make_meeting(people.group, AT, room_id=room.id)
    offer_room(room.id, offered=False, actor_id=None)
    with pytest.raises(DomainError, match="room_id"):
        make_meeting(people.group, datetime(2027, 4, 12, 10), room_id=room.id)
    change(meeting, ends=datetime(2027, 3, 12, 13))
    assert len(booked()) == 1, "what is booked stays booked, and may last longer"


def test_no_room_for_a_month(app: Flask, room: Room, people: Cast) -> None:
    starts, ends = span_of_month(date(2027, 5, 1))
    with pytest.raises(DomainError, match="room_id"):
        make_meeting(people.group, starts, ends=ends, precision=Precision.MONTH, room_id=room.id)
    page = plan(signed_in(app, people.coordinator), room_id=str(room.id), venue="", precision="month", month="2027-05")
    assert page.status == 200 and "Room 3" not in text(page), "the field is not shown then"


def test_every_date_of_a_series_has_the_room(room: Room, people: Cast) -> None:
    first = MeetingPlan("Weekly", AT, datetime(2027, 3, 12, 12), "Europe/Brussels", room_id=room.id)
    weekly = SeriesPlan(first, Pattern(Frequency.WEEKLY, 1, weekdays=(Weekday.FR,)), date(2027, 4, 2))
    made = series_service.create_series(people.group.id, weekly, actor_id=None)
    assert len(booked()) == 4
    later = replace(weekly, first=replace(first, starts=datetime(2027, 3, 12, 11), ends=datetime(2027, 3, 12, 13)))
    series_service.change_series(made.id, AT, later, version=made.version, actor_id=None)
    assert [starts.hour for _meeting, starts, _ends in booked()] == [10, 10, 10, 9], "summer time begins on 28 March"
    with pytest.raises(RoomTaken, match="room_id"):
        make_meeting(people.group, datetime(2027, 3, 26, 12), room_id=room.id)
    series_service.end_series(made.id, made.meetings[1].recurrence_id or AT, None, actor_id=None)
    assert len(booked()) == 1


def test_the_form_books_and_says_what_is_wrong(app: Flask, room: Room, people: Cast) -> None:
    small = make_room("Cupboard", 2, None, "whiteboard")
    browser = signed_in(app, people.coordinator)
    page = plan(browser, room_id=str(small.id), venue="")
    assert "Cupboard has 2 seats; 3 people may come." in text(page)
    assert "Cupboard has 2 seats" not in text(plan(browser, room_id=str(small.id), venue="", visibility="chairs"))
    page = plan(browser, room_id=str(small.id), venue="")
    send(page, "save")
    meeting = the_meeting()
    assert (meeting.venue, meeting.room_id, len(booked())) == ("Cupboard", small.id, 1)
    page = plan(browser, room_id=str(small.id), venue="")
    assert page.status == 422 and "Cupboard is taken: Fri 12 March 2027, 10:00–12:00" in text(page)
    assert 'id="room_id-error"' in page.text
    send(send(browser.open(edit_path(meeting)), "check", room_id=str(room.id)), "save")
    meeting = the_meeting()
    assert (meeting.venue, meeting.address) == ("Room 3", "Rue X 1, Brussels"), "the place goes with the room"
    cancel_meeting(meeting.id, None, actor_id=None)
    make_meeting(people.group, AT, room_id=room.id, title="Quicker")
    page = browser.open(f"/meetings/{meeting.reference}/reinstate")
    page = page.send(having="status")
    assert page.status == 422 and "Room 3 is taken" in text(page)
    page.send(having="status", without_room="y")
    db.session.rollback()
    assert not meeting.is_cancelled and meeting.room_id is None and meeting.venue is None


def test_a_rooms_page_and_file_keep_what_one_may_not_know(app: Flask, room: Room, people: Cast) -> None:
    make_meeting(people.group, AT, room_id=room.id, title="Hidden", visibility=Visibility.MEMBERS)
    for week in range(1, 4):
        make_meeting(people.group, datetime(2027, 3, 12 + 2 * week, 10), room_id=room.id, title="Open")
    path = f"/rooms/{room.id}"
    page = signed_in(app, people.elsewhere).open(path)
    assert "Hidden" not in page.text and "10:00–12:00 taken" in text(page) and page.text.count(">Open</a>") == 3
    assert "Hidden" in signed_in(app, people.chair).open(path).text
    browser = signed_in(app, people.elsewhere)
    file = downloaded(browser, path)
    assert "Hidden" not in file and file.count("taken") == 1 and file.count("Open") == 3
    with counted_queries() as statements:
        browser.open(path)
    assert len(statements) <= 10, statements


def test_administrators_add_and_change_rooms(app: Flask, people: Cast) -> None:
    browser = signed_in(app, people.administrator)
    page = browser.open("/admin/rooms/new").send(having="name", name="Attic", capacity="30", equipment=["booths"])
    assert page.path == "/admin/rooms" and "interpreting booths" in page.text and "Attic" in page.text
    made = db.session.scalars(sa.select(Room)).one()
    page = browser.open("/admin/rooms/new").send(having="name", name="Attic")
    assert page.status == 422 and "There is a room of this name already" in page.text
    browser.open(f"/admin/rooms/{made.id}/edit").send(having="name", capacity="31")
    db.session.rollback()
    assert (made.capacity, made.equipment, made.in_use) == (31, ["booths"], True)
    assert "Attic,,31,interpreting booths,in use,0" in downloaded(browser, "/admin/rooms")
    assert "changed the room" in text(browser.open("/admin/audit")) and "Attic" in browser.open("/admin/audit").text
