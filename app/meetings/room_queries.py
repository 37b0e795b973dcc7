"""Reads of rooms and of what they are booked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.groups.models import WorkingGroup
from app.meetings.models import JointGroup, Meeting, Room, RoomBooking
from app.meetings.rules.rooms import Claim

MOST_LISTED = 5_000
"""Bookings that one page or file holds."""


def rooms() -> Sequence[Room]:
    """All of them by name, those out of use too."""
    return db.session.scalars(select(Room).order_by(Room.name)).all()


def room_at(room_id: int) -> Room | None:
    """The room of that number."""
    return db.session.get(Room, room_id) if room_id < 2**31 else None


def bookings(room: Room, *, past: bool = False) -> Sequence[RoomBooking]:
    """What it is booked for that is not over, soonest first; or what is over, the latest first. With the meetings."""
    now = clock.now()
    time = RoomBooking.ends_at <= now if past else RoomBooking.ends_at > now
    order = RoomBooking.starts_at.desc() if past else RoomBooking.starts_at
    meeting = joinedload(RoomBooking.meeting)
    known = (  # what `policy.see` asks of each
        meeting.joinedload(Meeting.group).joinedload(WorkingGroup.community),
        meeting.selectinload(Meeting.joint_groups).joinedload(JointGroup.group),
        meeting.selectinload(Meeting.people),
    )
    return db.session.scalars(
        select(RoomBooking)
        .where(RoomBooking.room_id == room.id, time)
        .options(*known)
        .order_by(order)
        .limit(MOST_LISTED)
    ).all()


def booked_ahead() -> dict[int, int]:
    """{room id: how many bookings of it are not over}."""
    counted = (
        select(RoomBooking.room_id, func.count()).where(RoomBooking.ends_at > clock.now()).group_by(RoomBooking.room_id)
    )
    return {room_id: number for room_id, number in db.session.execute(counted)}  # noqa: C416 - rows have no types


def claims(room_ids: Collection[int], starts_at: datetime, ends_at: datetime) -> list[Claim]:
    """Who has these rooms within a time."""
    found = db.session.execute(
        select(RoomBooking.meeting_id, RoomBooking.room_id, RoomBooking.starts_at, RoomBooking.ends_at).where(
            RoomBooking.room_id.in_(sorted(room_ids)), RoomBooking.starts_at < ends_at, RoomBooking.ends_at > starts_at
        )
    )
    return [Claim(*row) for row in found]
