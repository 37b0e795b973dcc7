"""Rooms are booked by the meetings that take place in them: kept in step within the transaction that changes those."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from app.core import zones
from app.core.dates import place_of, span
from app.core.db import writing
from app.core.errors import DomainError
from app.meetings import room_queries
from app.meetings.models import Meeting, Room, RoomBooking
from app.meetings.rules import MeetingPlan
from app.meetings.rules.rooms import Claim, claims_room, clashing
from app.meetings.service.rooms import locked


class RoomTaken(DomainError):
    """Another meeting has the room then. Which one is not said: the reader may not know of it."""

    def __init__(self, room: Room, taken: Claim, zone: str, others: int) -> None:
        when = f"{span(zones.to_local(taken.starts_at, zone), zones.to_local(taken.ends_at, zone))} ({place_of(zone)})"
        words = _("%(room)s is taken: %(when)s.", room=room.name, when=when)
        if others:
            words += " " + ngettext("So it is on %(num)s more date.", "So it is on %(num)s more dates.", others)
        super().__init__(f"{words} {_('Choose another room or another time.')}", "room_id")


def keep(meetings: Collection[Meeting]) -> None:
    """Let each of these meetings have the room it says, and no other. Raises DomainError where one is taken.

    Who asks for a room locks it first: of many who ask at once, one gets it and the others are told so.
    """
    session = writing()
    session.flush()
    known = {meeting.id: meeting for meeting in meetings}
    wanted = {claim.meeting_id: claim for claim in map(_wanted, meetings) if claim is not None}
    rows = session.scalars(select(RoomBooking).where(RoomBooking.meeting_id.in_(sorted(known)))).all()
    held = {row.meeting_id: Claim(row.meeting_id, row.room_id, row.starts_at, row.ends_at) for row in rows}
    fresh = [claim for key, claim in wanted.items() if held.get(key) != claim]
    if fresh:
        stays = [claim for key, claim in wanted.items() if held.get(key) == claim]
        _check(fresh, stays, known, {claim.room_id for claim in held.values()})
    for row in rows:
        if held[row.meeting_id] != wanted.get(row.meeting_id):
            session.delete(row)
    session.flush()  # first they leave, then they come: dates of a series may take each other's place
    session.add_all(RoomBooking(**vars(claim)) for claim in fresh)
    session.flush()
    for meeting in meetings:
        session.expire(meeting, ["booking"])


def foresee(plan: MeetingPlan, meeting_id: int = 0) -> None:
    """Say before anything is saved that another has the room then. Raises RoomTaken."""
    if plan.room_id is None or not claims_room(plan, cancelled=False):
        return
    wanted = Claim(meeting_id, plan.room_id, plan.starts_at, plan.ends_at)
    clashes = clashing([wanted], room_queries.claims([plan.room_id], wanted.starts_at, wanted.ends_at))
    room = room_queries.room_at(plan.room_id)
    if clashes and room is not None:
        raise RoomTaken(room, clashes[0][1], plan.time_zone, 0)


def _check(
    fresh: Collection[Claim], stays: Collection[Claim], known: Mapping[int, Meeting], had: Collection[int]
) -> None:
    rooms = {}
    for room_id in sorted({claim.room_id for claim in fresh}):
        room = locked(room_id)
        if room is None or not (room.in_use or room_id in had):
            raise DomainError(_l("This room cannot be booked any more. Choose another one."), "room_id")
        rooms[room_id] = room
    starts, ends = min(claim.starts_at for claim in fresh), max(claim.ends_at for claim in fresh)
    others = [claim for claim in room_queries.claims(rooms, starts, ends) if claim.meeting_id not in known]
    clashes = clashing(fresh, [*others, *stays])
    if clashes:
        mine, taken = clashes[0]
        raise RoomTaken(rooms[mine.room_id], taken, known[mine.meeting_id].time_zone, len(clashes) - 1)


def _wanted(meeting: Meeting) -> Claim | None:
    if meeting.room_id is None or not claims_room(meeting.said, cancelled=meeting.is_cancelled):
        return None
    return Claim(meeting.id, meeting.room_id, meeting.starts_at, meeting.ends_at)
