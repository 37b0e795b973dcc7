"""What the worker does with busy calendars: reads the next that is due, by programs of their own (`foreign`).

The row is claimed with a lease. What is wrong stands on it for its owner to read; addresses come into no log. After a
failure the pause grows; what was read before stays, as it is better than nothing, until it has passed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, or_, select
from sqlalchemy.orm import undefer

from app.availability.foreign import apart
from app.availability.foreign.apart import Stopping, Unreadable, never
from app.availability.models import BusyCalendar, BusyPeriod
from app.availability.rules import Problem
from app.core import clock
from app.core.db import any_due, lock, write
from app.core.settings import settings

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=3)
EVERY = timedelta(hours=6)
"""After which a calendar is read again."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(hours=1), timedelta(hours=24)
"""After a failure, doubled each time."""
AHEAD = timedelta(days=400)
"""How far busy times are read; of a file, which is read once, twice as far."""
BATCH = 2_000


@dataclass(frozen=True)
class Claim:
    """A calendar that this worker alone reads until its lease ends."""

    id: int
    lease_until: datetime
    zone: str
    address: str | None = field(repr=False)
    content: bytes | None = field(repr=False)


def read_next(stopping: Callable[[], bool] = never, allowed: Collection[str] = ()) -> bool:
    """Read the next calendar that is due; whether there was one. `allowed`: see `apart.fetch`."""
    if stopping() or not any_due(_due()):
        return False
    claim = _claim()
    if claim is None:
        return False
    try:
        _note(claim, _read(claim, stopping, allowed))
    except Unreadable as error:
        log.info("a busy calendar cannot be read", extra={"calendar": claim.id, "problem": error.problem.value})
        _fail(claim, error.problem)
    except Stopping:
        _let_go(claim)
    return True


def _read(claim: Claim, stopping: Callable[[], bool], allowed: Collection[str]) -> list[tuple[int, int]]:
    content = claim.content
    if content is None:
        if claim.address is None:
            raise Unreadable(Problem.ADDRESS)
        content = apart.fetch(claim.address, allowed=allowed, stopping=stopping)
    now = clock.now()
    until = now + (AHEAD if claim.content is None else AHEAD * 2)
    return apart.busy_times(content, now - timedelta(days=1), until, claim.zone, stopping=stopping)


def _due() -> ColumnElement[bool]:
    now = clock.now()
    free = or_(BusyCalendar.lease_until.is_(None), BusyCalendar.lease_until <= now)
    return (BusyCalendar.next_read_at <= now) & free


def _claim() -> Claim | None:
    with write() as session:
        calendar = session.scalar(
            select(BusyCalendar)
            .where(_due())
            .options(undefer(BusyCalendar.address), undefer(BusyCalendar.content))
            .order_by(BusyCalendar.next_read_at, BusyCalendar.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if calendar is None:
            return None
        calendar.lease_until = clock.now() + LEASE
        zone = calendar.person.time_zone or settings().default_time_zone
        return Claim(calendar.id, calendar.lease_until, zone, calendar.address, calendar.content)


def _note(claim: Claim, spans: list[tuple[int, int]]) -> None:
    """Put what was read in place of what was there."""
    with write() as session:
        calendar = _still_ours(claim)
        if calendar is None:
            return
        session.execute(delete(BusyPeriod).where(BusyPeriod.calendar_id == claim.id))
        rows = [
            {"calendar_id": claim.id, "starts_at": _instant(begins), "ends_at": _instant(ends)}
            for begins, ends in spans
        ]
        for start in range(0, len(rows), BATCH):
            session.execute(insert(BusyPeriod), rows[start : start + BATCH])
        now = clock.now()
        calendar.read_at, calendar.problem, calendar.failures = now, None, 0
        calendar.lease_until = calendar.content = None
        calendar.next_read_at = None if calendar.from_file else now + EVERY


def _fail(claim: Claim, problem: Problem) -> None:
    """Say what was wrong, and when it is tried again; a file is not, and goes."""
    with write():
        calendar = _still_ours(claim)
        if calendar is None:
            return
        pause = min(FIRST_PAUSE * 2 ** min(calendar.failures, 10), LONGEST_PAUSE)
        calendar.problem = problem
        calendar.failures += 1
        calendar.lease_until = calendar.content = None
        calendar.next_read_at = None if calendar.from_file else clock.now() + pause


def _let_go(claim: Claim) -> None:
    """The worker stops: another one reads it at once."""
    with write():
        calendar = _still_ours(claim)
        if calendar is not None:
            calendar.lease_until = None


def _still_ours(claim: Claim) -> BusyCalendar | None:
    """None where it was removed, or taken over after the lease ended."""
    calendar = lock(BusyCalendar, claim.id)
    return calendar if calendar is not None and calendar.lease_until == claim.lease_until else None


def _instant(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
