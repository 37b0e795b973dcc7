"""How a series repeats: in the terms of RFC 5545 §3.3.10, no wider than what all calendar clients read alike.

A pattern that no single rule of that width expresses ("2nd and 4th Wednesday") is several rules, one a `SeriesPart`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum

from dateutil import rrule

LAST = -1
"""The last one of a month, be it a weekday or a day."""
ORDINALS = (1, 2, 3, 4, LAST)
SAFE_MONTHDAYS = (*range(1, 29), LAST)
"""Days that every month has: a 31st would skip months."""
MOST_APART = {"WEEKLY": 12, "MONTHLY": 12, "YEARLY": 3}
"""How many weeks, months or years may lie between two dates."""
YEARS = 3
"""How long a series lasts at most."""
MOST_DATES = 160
"""More than a weekly series of three years has."""


class Frequency(StrEnum):
    """RFC 5545 FREQ, as far as offered."""

    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class Weekday(IntEnum):
    """A day of the week, numbered as `date.weekday()` does."""

    MO = 0
    TU = 1
    WE = 2
    TH = 3
    FR = 4
    SA = 5
    SU = 6


@dataclass(frozen=True)
class Pattern:
    """How dates follow each other.

    Weekly: `weekdays`, several at will. Monthly and yearly: one weekday with its `ordinals` (several only monthly), or
    a `monthday`. Yearly: in `month`.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[Weekday, ...] = ()
    ordinals: tuple[int, ...] = ()
    monthday: int | None = None
    month: int | None = None

    def rules(self) -> tuple[str, ...]:
        """The RRULE values that together give its dates, without an end."""
        head = f"FREQ={self.frequency}" + (f";INTERVAL={self.interval}" if self.interval > 1 else "")
        if self.month:
            head += f";BYMONTH={self.month}"
        if self.monthday is not None:
            return (f"{head};BYMONTHDAY={self.monthday}",)
        if self.ordinals:
            return tuple(f"{head};BYDAY={ordinal}{self.weekdays[0].name}" for ordinal in self.ordinals)
        return (f"{head};BYDAY={','.join(day.name for day in self.weekdays)}",)

    def gives(self, day: date) -> bool:
        """Whether a series may begin on that day."""
        return self._within(day, day) == [day]

    def dates(self, first: date, until: date) -> list[date]:
        """The days from `first`, which the pattern must give, to `until`, both included. Raises ValueError."""
        if not self.gives(first):
            raise ValueError("a series begins on a day that its rule gives")
        return self._within(first, until)

    def _within(self, first: date, until: date) -> list[date]:
        start, end = datetime.combine(first, datetime.min.time()), datetime.combine(until, datetime.min.time())
        days = {moment.date() for rule in self.rules() for moment in _expanded(rule, start, end)}
        return sorted(days)


def split_rule(rule: str, days: Sequence[date]) -> list[date]:
    """Those of a pattern's days that one of its rules gives: a rule with one ordinal takes only its own."""
    parts = dict(part.split("=") for part in rule.split(";"))
    by_day = parts.get("BYDAY", "")
    if parts["FREQ"] == "WEEKLY" or not by_day:
        return list(days)
    ordinal = int(by_day[:-2])
    return [day for day in days if (is_last_of_its_weekday(day) if ordinal == LAST else ordinal_of(day) == ordinal)]


def days_of_rule(rule: str, first: date, until: date) -> list[date]:
    """The days that one RRULE value gives from its first date to `until`, both included."""
    start, end = datetime.combine(first, datetime.min.time()), datetime.combine(until, datetime.min.time())
    return [moment.date() for moment in _expanded(rule, start, end)]


def pattern_of(rules: Sequence[str]) -> Pattern:
    """The pattern that wrote these rules. Raises ValueError for others."""
    read = [dict(part.split("=") for part in rule.split(";")) for rule in rules]
    head = read[0]
    by_days = [parts.get("BYDAY", "") for parts in read]
    ordinal = by_days[0][:1] in ("-", "1", "2", "3", "4") and bool(by_days[0])
    pattern = Pattern(
        frequency=Frequency(head["FREQ"]),
        interval=int(head.get("INTERVAL", 1)),
        weekdays=(Weekday[by_days[0][-2:]],)
        if ordinal
        else tuple(Weekday[name] for name in by_days[0].split(",") if name),
        ordinals=tuple(sorted((int(text[:-2]) for text in by_days), key=ORDINALS.index)) if ordinal else (),
        monthday=int(head["BYMONTHDAY"]) if "BYMONTHDAY" in head else None,
        month=int(head["BYMONTH"]) if "BYMONTH" in head else None,
    )
    if sorted(pattern.rules()) != sorted(rules):
        raise ValueError(f"no pattern writes {rules}")
    return pattern


def ordinal_of(day: date) -> int:
    """Which of its weekday a day is in its month: 1 to 5."""
    return (day.day - 1) // 7 + 1


def is_last_of_its_weekday(day: date) -> bool:
    """Whether no later day of the month is of that weekday."""
    return (day + timedelta(days=7)).month != day.month


def is_last_of_month(day: date) -> bool:
    """Whether it is the last day of its month."""
    return (day + timedelta(days=1)).month != day.month


def latest_end(first: date) -> date:
    """The last day on which a series that begins on `first` may have a date."""
    try:
        return first.replace(year=first.year + YEARS)
    except ValueError:  # 29 February
        return first.replace(year=first.year + YEARS, day=28)


def _expanded(rule: str, first: datetime, until: datetime) -> list[datetime]:
    """Weeks begin on Monday, as RFC 5545 has it where WKST is not given."""
    return list(rrule.rrulestr(rule, dtstart=first).between(first, until, inc=True))
