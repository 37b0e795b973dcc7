"""Rooms of an invented house and meetings in them; meetings known by their days or month; several days; languages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.plan import MARK, Plan
from app.groups.models import WorkingGroup
from app.meetings.models import Meeting, Room, RoomBooking, Status, Visibility
from app.meetings.rules import Precision, ShownAs, span_of_days, span_of_month
from app.meetings.rules.rooms import Claim, Equipment, clashing

HOUSE = "Rue de l’Exemple 1, 1000 Brussels"
ROOMS = (
    ("Atrium", 120, (Equipment.WHEELCHAIR, Equipment.INDUCTION_LOOP, Equipment.BOOTHS, Equipment.VIDEOCONFERENCE,
                     Equipment.PROJECTOR, Equipment.MICROPHONES)),
    ("Danube", 24, (Equipment.WHEELCHAIR, Equipment.VIDEOCONFERENCE, Equipment.PROJECTOR)),
    ("Tagus", 8, (Equipment.WHITEBOARD,)),
)  # fmt: skip
SLUG = "climate-and-energy"
"""The group whose coordinator can be signed in as."""
MOST_BOOKED = 30
LOOKED_AT = 200


def invent_places(session: Session, plan: Plan) -> None:
    """Let meetings that are planned already be elsewhere, or known less well."""
    rooms = [
        Room(name=f"{name} {MARK}", address=HOUSE, capacity=seats, equipment=list(equipment), demo=True)
        for name, seats, equipment in ROOMS
    ]
    session.add_all(rooms)
    session.flush()
    ahead = session.scalars(
        select(Meeting)
        .join(WorkingGroup)
        .where(Meeting.starts_at > plan.ago(-20), Meeting.status == Status.CONFIRMED)
        .where(Meeting.visibility == Visibility.PUBLIC)
        .order_by(WorkingGroup.slug != SLUG, Meeting.starts_at, Meeting.reference)
        .limit(LOOKED_AT)
    ).all()
    kinds = (_several_days, _month, _daily_hours, _days)
    for meeting, change in zip(ahead, kinds, strict=False):
        change(plan, meeting)
        if meeting.precision == Precision.HOURS:
            meeting.spoken, meeting.interpreted = ["en", "fr"], ["de", "en", "fr"]
    _book(session, rooms, ahead[len(kinds) :])
    session.flush()


def _several_days(plan: Plan, meeting: Meeting) -> None:
    """Two days, shown as one bar; its interpreters are to be booked soon."""
    first = _weekday(plan, 40)
    _say(
        meeting, first, first + timedelta(days=1, hours=3), "Europe/London",
        title=f"Two days on heating networks {MARK}", venue="House of Local Government", mode=None,
        address="Sample Street 7, Edinburgh", remark="Bring your identity card: the house asks for it at the door.",
        book_interpreters=30, release_interpreters=20,
    )  # fmt: skip


def _daily_hours(plan: Plan, meeting: Meeting) -> None:
    """Three days, of which calendars show the hours; its interpreters are booked."""
    first = _weekday(plan, 75, monday=True)
    _say(
        meeting, first, first + timedelta(days=2, hours=7), "Europe/Helsinki", shown_as=ShownAs.DAILY_HOURS,
        title=f"Study visit: the energy plan of a region {MARK}", venue="Kuntatalo",
        address="Esimerkkikatu 14, Helsinki", book_interpreters=60, release_interpreters=14, interpreters_booked=True,
    )  # fmt: skip


def _days(plan: Plan, meeting: Meeting) -> None:
    """Two days of the year after: save the date."""
    first = _weekday(plan, 430, monday=True).date()
    starts, ends = span_of_days(first, first + timedelta(days=1))
    _say(
        meeting, starts, ends, "Europe/Lisbon", precision=Precision.DAYS, title=f"Conference of the members {MARK}",
        venue="Lisbon", address=None,
    )  # fmt: skip


def _month(plan: Plan, meeting: Meeting) -> None:
    """The month and the city, two years ahead."""
    starts, ends = span_of_month(plan.today + timedelta(days=740))
    _say(
        meeting,
        starts,
        ends,
        "Europe/Vienna",
        precision=Precision.MONTH,
        title=f"General assembly {MARK}",
        venue="Vienna",
        address=None,
    )


def _say(meeting: Meeting, starts: datetime, ends: datetime, zone: str, **values: Any) -> None:
    meeting.join_link = None
    meeting.plan(starts, ends, zone)
    for name, value in values.items():
        setattr(meeting, name, value)


def _book(session: Session, rooms: list[Room], meetings: Iterable[Meeting]) -> None:
    """Give each of some meetings in the house a room that is free."""
    taken: list[Claim] = []
    for number, meeting in enumerate(one for one in meetings if one.venue is None):
        if len(taken) == MOST_BOOKED:
            break
        room = rooms[number % len(rooms)]
        claim = Claim(meeting.id, room.id, meeting.starts_at, meeting.ends_at)
        if clashing([claim], taken):
            continue
        taken.append(claim)
        meeting.room_id, meeting.venue, meeting.address = room.id, room.name, room.address
        meeting.spoken = ["en"] if number % 3 else ["en", "fr"]
        session.add(RoomBooking(**vars(claim)))


def _weekday(plan: Plan, days: int, *, monday: bool = False) -> datetime:
    """A morning so many days ahead, with working days after it."""
    day = plan.today + timedelta(days=days)
    if monday or day.weekday() > 3:
        day -= timedelta(days=day.weekday())
    return datetime.combine(day, time(9, 30))
