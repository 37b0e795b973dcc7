"""What absences, marked periods and busy calendars may be. Pure: no database, no request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache

from babel import Locale
from flask_babel import lazy_gettext as _l

from app.availability.slots import Wish
from app.core import zones
from app.core.errors import DomainError

LONGEST_ABSENCE = timedelta(days=400)
LONGEST_BAND = 120
"""Days."""
MOST_BANDS = 120
"""Periods entered at once."""
YEARS_BACK, YEARS_AHEAD = 1, 10
MOST_CALENDARS = 5
"""Of one person."""
MOST_BYTES = 5_000_000
"""The largest calendar that is read."""


class BandKind(StrEnum):
    """What a marked period is."""

    SESSION = "session"
    COMMITTEE = "committee"
    RECESS = "recess"
    EVENT = "event"


USUAL_WISH: Mapping[BandKind, Wish] = {
    BandKind.SESSION: Wish.AVOID,
    BandKind.COMMITTEE: Wish.NEUTRAL,
    BandKind.RECESS: Wish.AVOID,
    BandKind.EVENT: Wish.WANTED,
}
"""What a kind mostly means to those who plan, where nobody says otherwise."""


class Problem(StrEnum):
    """Why a calendar could not be read."""

    ADDRESS = "address"
    """Not an address of the web."""
    PRIVATE = "private"
    """It leads into a private network."""
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    MISSING = "missing"
    """Nothing is there (404, 410)."""
    FORBIDDEN = "forbidden"
    """It wants a sign-in (401, 403)."""
    ANSWER = "answer"
    """The server answers with an error, or not by the rules."""
    REDIRECTS = "redirects"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    NO_CALENDAR = "no_calendar"
    TOO_MANY = "too_many"
    TOO_OFTEN = "too_often"
    """Something repeats by the hour, the minute or the second."""
    TOO_HARD = "too_hard"
    """What repeats could not be worked out in the time allowed."""


@dataclass(frozen=True)
class AbsencePlan:
    """When somebody is away, as they say it; without hours, for whole days."""

    first: date
    last: date
    time_zone: str
    begins: time | None = None
    ends: time | None = None
    note: str | None = None

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From when until when, by the clock of the zone."""
        starts = datetime.combine(self.first, self.begins or time())
        return starts, datetime.combine(self.last, self.ends) if self.ends else datetime.combine(
            self.last + timedelta(days=1), time()
        )


def check_absence(plan: AbsencePlan, today: date) -> None:
    """Refuse what cannot be. Raises DomainError."""
    _check_year(plan.first, today, "first")
    _check_year(plan.last, today, "last")
    if plan.last < plan.first:
        raise DomainError(_l("The last day comes before the first."), "last")
    starts, ends = plan.span
    if ends <= starts:
        raise DomainError(_l("The end must come after the start."), "ends")
    if ends - starts > LONGEST_ABSENCE:
        raise DomainError(_l("That is more than a year. Is the last day right?"), "last")
    try:
        zones.zone(plan.time_zone)
    except zones.UnknownZone:
        raise DomainError(_l("Choose a time zone from the list."), "time_zone") from None


@dataclass(frozen=True)
class Period:
    """Days from one to another."""

    first: date
    last: date


def check_period(period: Period, today: date, field: str = "last") -> None:
    """Refuse what cannot be. Raises DomainError."""
    _check_year(period.first, today, field)
    if period.last < period.first:
        raise DomainError(_l("The last day comes before the first."), field)
    if (period.last - period.first).days >= LONGEST_BAND:
        raise DomainError(_l("A marked period has at most %(days)d days.", days=LONGEST_BAND), field)


def read_periods(text: str, languages: tuple[str, ...], today: date) -> list[Period]:
    """The periods that someone typed or pasted, one a line, in the order of time, each once. Raises DomainError.

    Days as 2027-01-18, 18/01/2027, 18.1.2027 or 18 January 2027; from and to with a hyphen, a dash, "to" or "au"
    between them, and the month and the year of the first may be left out: 18–21 January 2027.
    """
    found: dict[Period, None] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        period = _read_line(line, languages)
        if period is None:
            raise DomainError(
                _l("Line %(number)d is not understood: “%(line)s”. Write days like 2027-01-18 – 2027-01-21.",
                   number=number, line=line.strip()[:60]),
                "periods",
            )  # fmt: skip
        try:
            check_period(period, today)
        except DomainError as error:
            raise DomainError(
                _l("Line %(number)d: %(problem)s", number=number, problem=error.message), "periods"
            ) from None
        found[period] = None
    if not found:
        raise DomainError(_l("Give at least one day."), "periods")
    if len(found) > MOST_BANDS:
        raise DomainError(_l("At most %(number)d periods at once.", number=MOST_BANDS), "periods")
    return sorted(found, key=lambda period: (period.first, period.last))


_BETWEEN = re.compile(r"\s+(?:[-–—]|to|until|au|à)\s+|\s*[–—]\s*", re.IGNORECASE)
_HYPHEN = re.compile(r"(?<=\d)\s*-\s*(?=\d)|\s-\s")
_WORDS = re.compile(r"^(?:du|from|le)\s+|\([^)]*\)", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FIGURES = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_NAMED = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th|er)?(?:\s+([^\W\d]+)\.?(?:\s+(\d{4}))?)?", re.IGNORECASE)


def _read_line(line: str, languages: tuple[str, ...]) -> Period | None:
    """One line; None where it makes no sense."""
    text = _WORDS.sub("", line.strip()).strip(" ,;.\t")
    parts = _BETWEEN.split(text, maxsplit=1)
    if len(parts) == 1 and not _ISO.fullmatch(text):
        dates = list(_ISO.finditer(text))
        if len(dates) == 2:  # 2027-01-18-2027-01-21
            parts = [dates[0][0], dates[1][0]]
        elif not dates:
            parts = _HYPHEN.split(text, maxsplit=1)
    last = _read_day(parts[-1].strip(), languages, None)
    if last is None:
        return None
    first = _read_day(parts[0].strip(), languages, last)
    return None if first is None else Period(first, last)


def _read_day(text: str, languages: tuple[str, ...], beside: date | None) -> date | None:
    """A day; what it leaves out is that of the day beside it."""
    try:
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _FIGURES.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _NAMED.fullmatch(text):
            month = _months(languages).get(found[2].lower()) if found[2] else beside and beside.month
            year = int(found[3]) if found[3] else beside and beside.year
            if month and year:
                day = date(year, month, int(found[1]))
                before = beside is not None and not found[3] and day > beside
                return day.replace(year=year - 1) if before else day  # 29 December – 2 January 2027
    except ValueError:
        pass
    return None


@cache
def _months(languages: tuple[str, ...]) -> dict[str, int]:
    """{name of a month, or its short form: its number} in these languages."""
    found: dict[str, int] = {}
    for code in languages:
        months = Locale(code).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                found |= {name.lower().rstrip("."): number for number, name in months[context][width].items()}
    return found


def _check_year(day: date, today: date, field: str) -> None:
    if not today.year - YEARS_BACK <= day.year <= today.year + YEARS_AHEAD:
        raise DomainError(
            _l("Choose a day from last year to %(ahead)d years from now. Is the year right?", ahead=YEARS_AHEAD), field
        )
