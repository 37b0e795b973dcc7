"""What becomes of meetings when a backup is restored or the rules of time zones change."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select, update

from app.core import clock, zones
from app.core.db import db, write, writing
from app.core.errors import DomainError
from app.meetings import rules
from app.meetings.models import Meeting, SeriesPart
from app.meetings.service import booking
from app.meetings.service.locking import locked
from app.meetings.signals import meeting_changed

log = logging.getLogger(__name__)


def leap_sequences() -> None:
    """Let every meeting, and every part of a series, be a new revision, within a transaction: a backup was restored.

    Calendar programs ignore what has a lower SEQUENCE than they have seen, and they may have seen more than the backup.
    """
    leap = {"sequence": Meeting.sequence + rules.LEAP, "modified_at": clock.now(), "version": Meeting.version + 1}
    parts = {"sequence": SeriesPart.sequence + rules.LEAP, "modified_at": clock.now()}
    for statement in (update(Meeting).values(leap), update(SeriesPart).values(parts)):
        writing().execute(statement.execution_options(synchronize_session=False))


def rederive_instants() -> int:
    """Work out all instants anew from the wall-clock times, after new zone rules came; say how many meetings moved.

    SEQUENCE stays: what was planned is the same, only UTC's view of it changed.
    """
    moved = 0
    stale = _ids_with_stale_instants()
    for start in range(0, len(stale), 200):
        with write() as session:
            for meeting_id in stale[start : start + 200]:
                meeting = locked(meeting_id)
                instants = _instants(meeting.starts_local, meeting.ends_local, meeting.time_zone)
                if instants != (meeting.starts_at, meeting.ends_at):
                    meeting.starts_at, meeting.ends_at = instants
                    meeting.modified_at = clock.now()
                    session.flush()
                    meeting_changed.send(meeting)
                    _move_booking(meeting)
                    moved += 1
    return moved


def _move_booking(meeting: Meeting) -> None:
    """Where the room is another's at that hour by the new rules, people must see to it: the booking stays as it was."""
    try:
        booking.keep([meeting])
    except DomainError:
        log.warning("a room's booking could not follow its meeting", extra={"meeting_id": meeting.id})


def _ids_with_stale_instants() -> list[int]:
    stale = []
    rows = db.session.execute(
        select(
            Meeting.id, Meeting.starts_local, Meeting.ends_local, Meeting.time_zone, Meeting.starts_at, Meeting.ends_at
        ).execution_options(yield_per=5_000)
    )
    for meeting_id, starts, ends, zone, starts_at, ends_at in rows:
        try:
            fresh = _instants(starts, ends, zone)
        except zones.UnknownZone:
            log.warning("a meeting's time zone is gone", extra={"meeting_id": meeting_id, "time_zone": zone})
            continue
        if fresh != (starts_at, ends_at):
            stale.append(meeting_id)
    return stale


def _instants(starts: datetime, ends: datetime, zone: str) -> tuple[datetime, datetime]:
    """Where new rules let a time vanish, the end could come before the start: then the length as planned counts."""
    starts_at, ends_at = zones.to_utc(starts, zone), zones.to_utc(ends, zone)
    return starts_at, ends_at if ends_at > starts_at else starts_at + (ends - starts)
