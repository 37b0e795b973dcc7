"""Our own VTIMEZONE of a zone: right from 1970 to 2100 and, where a rule goes on, ever after. Pure.

What follows a yearly rule is an observance with an RRULE without end, from the first year since which it has been
followed. All else (a zone's past, Palestine's Ramadan) is listed: one RDATE a line, DTSTART among them, since a
widespread reader looks at the first date of a line only and, where there are any, not at DTSTART. A VTIMEZONE depends
on the zone alone, never on the dates of a feed.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from app.calendars.content import component, line, text, wall_clock
from app.calendars.tzif import DAY, Period, YearlyRule, ZoneRules, read

BEGINS = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall-clock time, as every onset is
LAST_YEAR = 2100
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, order=True)
class Onset:
    """A change of the clocks: the wall-clock time until then, and what holds before and after."""

    local: datetime
    label: str
    offset_from: int
    offset_to: int
    name: str


@cache
def vtimezone(name: str) -> bytes:
    """The VTIMEZONE of that IANA name, with its own name as TZID. Raises UnknownZone."""
    rules = read(name)
    onsets = list(_onsets(rules))
    observances = []
    for when, before, after in rules.yearly:
        followed = _followed_since(onsets, when, before, after)
        if followed and (rrule := _rrule(when)):
            onsets = [onset for onset in onsets if onset not in set(followed)]
            observances.append((followed[0], [line("RRULE", rrule)]))
    for listed in _alike(onsets):
        dates = [line("RDATE", wall_clock(onset.local)) for onset in listed]
        observances.append((listed[0], dates if len(listed) > 1 else []))
    return component("VTIMEZONE", [text("TZID", name), *(_observance(*each) for each in sorted(observances))])


def _onsets(rules: ZoneRules) -> Iterator[Onset]:
    """How the zone stood when 1970 began, and every change of its clocks until the end of 2100."""
    changes = list(_changes(rules))
    now = next((period for moment, period in reversed(changes) if _local(moment, 0) <= BEGINS), rules.first)
    ahead = [(moment, period) for moment, period in changes if _local(moment, 0) > BEGINS]
    if ahead and _local(ahead[0][0], now.offset) <= BEGINS:  # as 1970 began on the clocks there
        now = ahead.pop(0)[1]
    label = "DAYLIGHT" if now.is_dst else "STANDARD"
    yield Onset(BEGINS, label, now.offset, now.offset, now.name)
    for moment, period in ahead:
        if (period.offset, period.name) != (now.offset, now.name):
            yield _onset(_local(moment, now.offset), now, period)
        now = period


def _changes(rules: ZoneRules) -> Iterator[tuple[int, Period]]:
    """Those that are listed, and those that the yearly rule adds, by time."""
    yield from rules.changes
    last = rules.changes[-1][0] if rules.changes else 0
    added = [
        (int((when.in_year(year) - BEGINS).total_seconds()) - before.offset, after)
        for year in range(1970, LAST_YEAR + 1)
        for when, before, after in rules.yearly
    ]
    yield from sorted(((moment, after) for moment, after in added if moment > last), key=lambda change: change[0])


def _local(moment: int, offset: int) -> datetime:
    return BEGINS + timedelta(seconds=moment + offset)


def _onset(local: datetime, before: Period, after: Period) -> Onset:
    return Onset(local, _label(before, after), before.offset, after.offset, after.name)


def _label(before: Period, after: Period) -> str:
    """DAYLIGHT for the half of the year that is ahead, be the law's words the other way round (Ireland, Morocco)."""
    if after.is_dst == before.is_dst:
        return "DAYLIGHT" if after.is_dst else "STANDARD"
    return "DAYLIGHT" if after.offset > before.offset else "STANDARD"


def _followed_since(onsets: list[Onset], when: YearlyRule, before: Period, after: Period) -> list[Onset]:
    """The onsets of a yearly rule, as far back as it has been followed every year."""
    there = set(onsets)
    followed: list[Onset] = []
    for year in range(LAST_YEAR, BEGINS.year - 1, -1):
        onset = _onset(when.in_year(year), before, after)
        if onset not in there:
            break
        followed.insert(0, onset)
    return followed


def _rrule(when: YearlyRule) -> str | None:
    """The rule as an RRULE; None where its days spread over two months (Cairo's last Thursday at 24:00)."""
    shift = when.seconds // DAY
    month, weekday = f"FREQ=YEARLY;BYMONTH={when.month}", WEEKDAYS[(when.weekday + shift) % 7]
    if shift == 0:
        return f"{month};BYDAY={-1 if when.week == 5 else when.week}{weekday}"
    length = min(calendar.monthrange(year, when.month)[1] for year in (2023, 2024))
    if when.week == 5 and when.month == 2:
        return None
    first = (length - 6 if when.week == 5 else 7 * when.week - 6) + shift
    if first < 1 or first + 6 > length:
        return None
    days = ",".join(str(day) for day in range(first, first + 7))
    return f"{month};BYMONTHDAY={days};BYDAY={weekday}"


def _alike(onsets: list[Onset]) -> list[list[Onset]]:
    """Onsets that differ by their date alone, together."""
    groups: dict[tuple[str, int, int, str], list[Onset]] = defaultdict(list)
    for onset in sorted(onsets):
        groups[(onset.label, onset.offset_from, onset.offset_to, onset.name)].append(onset)
    return list(groups.values())


def _observance(first: Onset, repeats: list[bytes]) -> bytes:
    lines = (
        line("DTSTART", wall_clock(first.local)),
        line("TZOFFSETFROM", _offset(first.offset_from)),
        line("TZOFFSETTO", _offset(first.offset_to)),
        text("TZNAME", first.name),
        *repeats,
    )
    return component(first.label, lines)


def _offset(seconds: int) -> str:
    """+0100; with its seconds where there are some (Liberia until 1972)."""
    sign = "-" if seconds < 0 else "+"
    hours, rest = divmod(abs(seconds), 3600)
    return f"{sign}{hours:02}{rest // 60:02}" + (f"{rest % 60:02}" if rest % 60 else "")
