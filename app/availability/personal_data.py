"""What this feature keeps about people: when they are away, and when their own calendars say busy."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from app.availability.models import Absence, BusyCalendar, BusyPeriod
from app.availability.words import PROBLEMS
from app.core import dates
from app.core.db import db, writing
from app.core.personal import Basis, Claim, Processing, Section, Swept, entry, sweep
from app.core.settings import settings
from app.people.models import Person

ABSENCE = Claim(
    "absences",
    personal={
        "starts_local": _l("from"),
        "ends_local": _l("until"),
        "time_zone": _l("time zone"),
        "note": _l("note to yourself"),
    },
    other=("id", "person_id", "whole_days"),
)
CALENDAR = Claim(
    "busy_calendars",
    personal={
        "label": _l("name"),
        "address": _l("address"),
        "content": _l("file"),
        "from_file": _l("from a file"),
        "created_at": _l("added"),
        "read_at": _l("read"),
        "problem": _l("problem"),
    },
    other=("id", "person_id", "next_read_at", "lease_until", "failures"),
    withheld=("address", "content"),
)
PERIOD = Claim(
    "busy_periods",
    personal={"starts_at": _l("from"), "ends_at": _l("until")},
    other=("id", "calendar_id"),
)

PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="availability",
        title=_l("When people are not free"),
        people=_l("Those who note absences or have a calendar read"),
        purpose=_l("To find times for meetings at which most people can come."),
        basis=Basis.CONSENT,
        recipients=_l("Nobody: those who plan meetings learn how many people are taken elsewhere, not who, nor why."),
        kept=lambda: _l(
            "Until they are removed, and %(days)d days after they have passed; of calendars, begin and end of busy "
            "times alone, until the calendar is removed.", days=settings().absence_kept_days,
        ),
        exported=_l("Your absences, your calendars without their secret addresses, and the busy times read from them."),
        erased=_l("Everything is deleted."),
        claims=(ABSENCE, CALENDAR, PERIOD),
    ),
)  # fmt: skip
IMPERSONAL: tuple[str, ...] = ("bands",)


def export(person: Person) -> list[Section]:
    """Absences, calendars, and the busy times that were read."""
    absences = db.session.scalars(
        select(Absence).where(Absence.person_id == person.id).order_by(Absence.starts_local, Absence.id)
    )
    calendars = db.session.scalars(
        select(BusyCalendar).where(BusyCalendar.person_id == person.id).order_by(BusyCalendar.id)
    ).all()
    periods = db.session.scalars(
        select(BusyPeriod)
        .where(BusyPeriod.calendar_id.in_([one.id for one in calendars]))
        .order_by(BusyPeriod.starts_at, BusyPeriod.id)
    )
    return [
        Section(
            "absences",
            _l("Absences"),
            [
                entry(ABSENCE, one, starts_local=_local(one.starts_local), ends_local=_local(one.ends_local))
                for one in absences
            ],
        ),
        Section(
            "busy_calendars",
            _l("Busy calendars"),
            [
                entry(CALENDAR, one, problem=PROBLEMS[one.problem] if one.problem else None)
                for one in calendars
            ],
        ),
        Section("busy_periods", _l("Busy times"), [entry(PERIOD, one) for one in periods]),
    ]  # fmt: skip


def _local(value: datetime) -> str:
    """A wall-clock time in words."""
    return f"{dates.day(value)}, {dates.hour(value)}"


def erase(person: Person) -> None:
    """Delete everything."""
    session = writing()
    own = select(BusyCalendar.id).where(BusyCalendar.person_id == person.id)
    session.execute(delete(BusyPeriod).where(BusyPeriod.calendar_id.in_(own)))
    session.execute(delete(BusyCalendar).where(BusyCalendar.person_id == person.id))
    session.execute(delete(Absence).where(Absence.person_id == person.id))


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Delete what has passed: absences, and busy times."""
    until = now - timedelta(days=settings().absence_kept_days)
    return [
        sweep(_("Past absences"), "ABSENCE_KEPT_DAYS", Absence, Absence.ends_local < until.replace(tzinfo=None),
              delete(Absence), dry_run=dry_run),
        sweep(_("Past busy times"), "ABSENCE_KEPT_DAYS", BusyPeriod, BusyPeriod.ends_at < until,
              delete(BusyPeriod), dry_run=dry_run),
    ]  # fmt: skip
