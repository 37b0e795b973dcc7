"""Reads for pages and for other features: one's own absences and calendars, marked periods, marks of days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.availability import policy, public_holidays
from app.availability.gathering import bands_between, calendars
from app.availability.holiday_words import holiday_name
from app.availability.models import Absence, Band, BusyCalendar, BusyPeriod
from app.availability.slots import Wish
from app.core import clock, dates
from app.core.db import db
from app.core.i18n import translated
from app.core.pagination import Page, paginate
from app.groups.models import WorkingGroup
from app.people.queries import country_name
from app.people.viewer import Viewer


@dataclass(frozen=True)
class HolidayMark:
    """A public holiday: where, what it is called, and how many of those concerned live by it."""

    country: str
    """Its name."""
    name: str
    people: int


@dataclass(frozen=True)
class BandMark:
    """A marked period that covers the day."""

    id: int
    name: str
    wish: Wish
    city: str | None


@dataclass
class DayMarks:
    """What is marked on one day."""

    holidays: list[HolidayMark] = field(default_factory=list)
    bands: list[BandMark] = field(default_factory=list)


def marks(first: date, last: date, viewer: Viewer, group_ids: Collection[int]) -> dict[date, DayMarks]:
    """{day: public holidays of the groups' people, most concerned first, and marked periods}; other days are left out.

    For pages that show days: previews of a series, the planner, polls.
    """
    wanted = frozenset(group_ids)
    found: dict[date, DayMarks] = defaultdict(DayMarks)
    concerned: dict[date, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for calendar, number in calendars(wanted).items() if wanted else ():
        for day in public_holidays.days(calendar, range(first.year, last.year + 1)):
            if first <= day <= last:
                concerned[day][calendar[:2], holiday_name(calendar, day)] += number
    for day, places in concerned.items():
        listed = [HolidayMark(country_name(code), name, number) for (code, name), number in places.items()]
        found[day].holidays = sorted(listed, key=lambda mark: (-mark.people, mark.country, mark.name))
    begins, ends = (datetime.combine(day, time(12), UTC) for day in (first, last))
    for band in bands_between(viewer, wanted, begins, ends):
        mark = BandMark(band.id, translated(band.names), Wish(band.wish), band.city)
        day = max(first, band.starts_on)
        while day <= min(last, band.ends_on):
            found[day].bands.append(mark)
            day += timedelta(days=1)
    return dict(sorted(found.items()))


def absence(absence_id: int) -> Absence | None:
    """One absence."""
    return db.session.get(Absence, absence_id)


def absences_of(person_id: int) -> tuple[Sequence[Absence], Sequence[Absence]]:
    """A person's absences: those not over, soonest first, and those that are, the latest first."""
    found = db.session.scalars(
        select(Absence).where(Absence.person_id == person_id).order_by(Absence.starts_local, Absence.id)
    ).all()
    now = clock.now().replace(tzinfo=None)
    return [one for one in found if one.ends_local > now], [one for one in reversed(found) if one.ends_local <= now]


def band(band_id: int) -> Band | None:
    """A marked period with what it is for."""
    return db.session.get(Band, band_id, options=_SCOPE)


def bands_page(viewer: Viewer, number: int, *, group: WorkingGroup | None = None, past: bool = False) -> Page[Band]:
    """Marked periods ahead, or over, that the viewer may know of: those for everybody and communities, or a group's."""
    found = select(Band).options(*_SCOPE).where(policy.visible_bands(viewer))
    found = found.where(Band.group_id == group.id) if group is not None else found.where(Band.group_id.is_(None))
    today = dates.today()
    if past:
        return paginate(found.where(Band.ends_on < today).order_by(Band.starts_on.desc(), Band.id.desc()), number)
    return paginate(found.where(Band.ends_on >= today).order_by(Band.starts_on, Band.id), number)


def calendar(calendar_id: int) -> BusyCalendar | None:
    """One busy calendar."""
    return db.session.get(BusyCalendar, calendar_id)


def calendars_of(person_id: int) -> Sequence[tuple[BusyCalendar, int]]:
    """A person's busy calendars with how many busy times ahead were read from each."""
    ahead = (
        select(func.count())
        .select_from(BusyPeriod)
        .where(BusyPeriod.calendar_id == BusyCalendar.id, BusyPeriod.ends_at > clock.now())
        .scalar_subquery()
    )
    found = db.session.execute(
        select(BusyCalendar, ahead).where(BusyCalendar.person_id == person_id).order_by(BusyCalendar.id)
    )
    return [(one, number) for one, number in found]


_SCOPE = (joinedload(Band.community), joinedload(Band.group).joinedload(WorkingGroup.community))
