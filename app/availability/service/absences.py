"""When somebody is away: said, changed and taken back by themselves alone."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.availability.models import Absence
from app.availability.rules import AbsencePlan, check_absence
from app.core import dates
from app.core.db import lock, write
from app.core.errors import DomainError
from app.people.models import Person

MOST = 200
"""Of one person."""


def enter_absence(person_id: int, plan: AbsencePlan) -> Absence:
    """Note an absence; the same one said twice is one. Raises DomainError."""
    check_absence(plan, dates.today())
    starts, ends = plan.span
    with write() as session:
        lock(Person, person_id)
        same = select(Absence).where(
            Absence.person_id == person_id, Absence.starts_local == starts, Absence.ends_local == ends,
            Absence.time_zone == plan.time_zone,
        )  # fmt: skip
        made = session.scalar(same)
        if made is not None:
            return made
        number = session.scalar(select(func.count()).select_from(Absence).where(Absence.person_id == person_id)) or 0
        if number >= MOST:
            raise DomainError(_l("At most %(number)d absences are kept. Remove old ones first.", number=MOST))
        made = Absence(person_id=person_id)
        _write(made, plan)
        session.add(made)
    return made


def change_absence(absence_id: int, plan: AbsencePlan) -> None:
    """Let it be at another time, or say otherwise. Raises DomainError."""
    check_absence(plan, dates.today())
    with write():
        absence = lock(Absence, absence_id)
        if absence is None:
            raise DomainError(_l("This absence is gone."))
        _write(absence, plan)


def remove_absence(absence_id: int) -> None:
    """Forget it; harmless when it is gone already."""
    with write() as session:
        absence = lock(Absence, absence_id)
        if absence is not None:
            session.delete(absence)


def _write(absence: Absence, plan: AbsencePlan) -> None:
    absence.starts_local, absence.ends_local = plan.span
    absence.time_zone = plan.time_zone
    absence.whole_days = plan.begins is None and plan.ends is None
    absence.note = plan.note or None
