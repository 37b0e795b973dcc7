"""Absences, marked days and busy calendars for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from app.availability.models import Absence, Band, BusyCalendar, BusyPeriod
from app.availability.rules import BandKind
from app.availability.slots import Wish
from app.core.db import db
from app.people.models import Person
from tests.factories.people import LONG_AGO


def make_absence(
    person: Person, starts: datetime | None = None, ends: datetime | None = None, **values: object
) -> Absence:
    """Away on 15 March 2027, by the clock of Brussels, unless said otherwise."""
    fields = {"time_zone": "Europe/Brussels", "whole_days": starts is None, "note": "a secret reason", **values}
    absence = Absence(
        person_id=person.id,
        starts_local=starts or datetime(2027, 3, 15),
        ends_local=ends or datetime(2027, 3, 16),
        **fields,
    )
    db.session.add(absence)
    db.session.commit()
    return absence


def make_band(
    first: date = date(2027, 3, 8), last: date = date(2027, 3, 11), wish: Wish = Wish.AVOID, **values: object
) -> Band:
    """A week of plenary sessions in Strasbourg, for everybody."""
    fields = {"kind": BandKind.SESSION, "names": {"en": "Plenary", "fr": "Plénière"}, "city": "Strasbourg", **values}
    band = Band(starts_on=first, ends_on=last, wish=wish, **fields)
    db.session.add(band)
    db.session.commit()
    return band


def make_calendar(
    person: Person, spans: Sequence[tuple[datetime, datetime]] = (), *, from_file: bool = False, **values: object
) -> BusyCalendar:
    """A calendar that was read, with these busy times."""
    fields = {"address": None if from_file else "https://cal.example/secret", "read_at": LONG_AGO, **values}
    calendar = BusyCalendar(person_id=person.id, label="Work", from_file=from_file, created_at=LONG_AGO, **fields)
    db.session.add(calendar)
    db.session.flush()
    db.session.add_all(BusyPeriod(calendar_id=calendar.id, starts_at=one, ends_at=other) for one, other in spans)
    db.session.commit()
    return calendar
