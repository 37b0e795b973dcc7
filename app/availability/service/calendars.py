"""Busy calendars as their owners bring and remove them. The worker reads them: `reading.py`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from app.availability.foreign.fetching import Refused, normal_address
from app.availability.models import BusyCalendar, BusyPeriod
from app.availability.rules import MOST_BYTES, MOST_CALENDARS
from app.core import clock
from app.core.db import lock, write
from app.core.errors import DomainError
from app.people.models import Person

LONGEST_ADDRESS = 2000


def add_address(person_id: int, label: str, address: str) -> BusyCalendar:
    """Have the calendar at an address read from now on. Raises DomainError."""
    try:
        address = normal_address(address)
    except Refused:
        raise DomainError(
            _l("Give the whole address of a calendar, beginning with https:// or webcal://."), "address"
        ) from None
    return _add(BusyCalendar(person_id=person_id, label=label, address=address, from_file=False))


def add_file(person_id: int, label: str, content: bytes) -> BusyCalendar:
    """Have a file read, once. Raises DomainError."""
    if len(content) > MOST_BYTES:
        raise DomainError(_l("The file is larger than %(most)d megabytes.", most=MOST_BYTES // 1_000_000), "file")
    if b"BEGIN:VCALENDAR" not in content[:10_000].upper():
        raise DomainError(_l("This is no calendar file (.ics)."), "file")
    return _add(BusyCalendar(person_id=person_id, label=label, content=content, from_file=True))


def read_again(calendar_id: int) -> None:
    """Have it read as soon as the worker can, whatever happened before."""
    with write():
        calendar = lock(BusyCalendar, calendar_id)
        if calendar is not None and (not calendar.from_file or calendar.content is not None):
            calendar.next_read_at = clock.now()
            calendar.failures = 0


def remove_calendar(calendar_id: int) -> None:
    """Forget it and all that was read from it; harmless when it is gone already."""
    with write() as session:
        calendar = lock(BusyCalendar, calendar_id)
        if calendar is not None:
            session.execute(delete(BusyPeriod).where(BusyPeriod.calendar_id == calendar_id))
            session.delete(calendar)


def _add(calendar: BusyCalendar) -> BusyCalendar:
    with write() as session:
        lock(Person, calendar.person_id)
        own = select(func.count()).select_from(BusyCalendar).where(BusyCalendar.person_id == calendar.person_id)
        if (session.scalar(own) or 0) >= MOST_CALENDARS:
            raise DomainError(
                _l("At most %(number)d calendars of one person are read. Remove one first.", number=MOST_CALENDARS)
            )
        calendar.created_at = calendar.next_read_at = clock.now()
        session.add(calendar)
    return calendar
