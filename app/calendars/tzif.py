"""A zone as the pinned `tzdata` package describes it (RFC 8536): its changes, and the rule that goes on after them.

`zoneinfo` reads the same files but keeps what it read to itself; a VTIMEZONE has to spell it out.
"""

from __future__ import annotations

import calendar
import re
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

from app.core import zones

DAY = 86_400
HEADER = struct.Struct(">4sc15x6l")


@dataclass(frozen=True)
class Period:
    """What clocks show for a while: seconds ahead of UTC, whether that is summer time, and what it is called."""

    offset: int
    is_dst: bool
    name: str


@dataclass(frozen=True)
class YearlyRule:
    """When clocks change each year: "the fifth Sunday of March at 02:00", five meaning the last.

    `seconds` count from midnight of that day, and may lie before it or days after it.
    """

    month: int
    week: int
    weekday: int
    """0 is Monday."""
    seconds: int

    def in_year(self, year: int) -> datetime:
        """The wall-clock time of the change."""
        first, length = calendar.monthrange(year, self.month)
        day = 1 + (self.weekday - first) % 7 + 7 * (self.week - 1)
        midnight = datetime(year, self.month, day if day <= length else day - 7)  # noqa: DTZ001 - a wall-clock time
        return midnight + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class ZoneRules:
    """The changes that are listed (seconds since 1970, what follows), and the yearly ones that follow them."""

    first: Period
    changes: tuple[tuple[int, Period], ...]
    yearly: tuple[tuple[YearlyRule, Period, Period], ...]
    """(when, before, after): none, or one into summer time and one out of it."""


@cache
def read(name: str) -> ZoneRules:
    """The zone of that IANA name. Raises UnknownZone."""
    zones.zone(name)
    data = resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    start = HEADER.size + _block_size(data, 0, 4)
    _magic, _version, n_utc, n_std, n_leaps, n_times, n_types, n_chars = HEADER.unpack_from(data, start)
    at = start + HEADER.size
    times = struct.unpack_from(f">{n_times}q", data, at)
    kinds = struct.unpack_from(f">{n_times}B", data, at + 8 * n_times)
    at += 9 * n_times
    types = [struct.unpack_from(">lBB", data, at + 6 * number) for number in range(n_types)]
    names = data[at + 6 * n_types : at + 6 * n_types + n_chars]
    periods = [
        Period(offset, bool(dst), names[index : names.index(b"\0", index)].decode()) for offset, dst, index in types
    ]
    footer = data[at + 6 * n_types + n_chars + 12 * n_leaps + n_std + n_utc :].strip(b"\n").decode()
    first = next((period for period in periods if not period.is_dst), periods[0]) if times else periods[0]
    return ZoneRules(
        first=first,
        changes=tuple((moment, periods[kind]) for moment, kind in zip(times, kinds, strict=True)),
        yearly=_yearly(footer),
    )


def _block_size(data: bytes, at: int, width: int) -> int:
    """The octets of a block after its header."""
    _magic, _version, n_utc, n_std, n_leaps, n_times, n_types, n_chars = HEADER.unpack_from(data, at)
    size: int = n_times * (width + 1) + n_types * 6 + n_chars + n_leaps * (width + 4) + n_std + n_utc
    return size


_NAME = r"(<[^>]+>|[A-Za-z]+)"
_TIME = r"([+-]?\d+(?::\d+){0,2})"
_DATE = rf"M(\d+)\.(\d)\.(\d)(?:/{_TIME})?"
_FOOTER = re.compile(rf"{_NAME}{_TIME}(?:{_NAME}{_TIME}?,{_DATE},{_DATE})?")


def _yearly(footer: str) -> tuple[tuple[YearlyRule, Period, Period], ...]:
    """The rule of a POSIX TZ string with the extensions of RFC 8536, such as CET-1CEST,M3.5.0,M10.5.0/3."""
    found = _FOOTER.fullmatch(footer)
    if found is None:
        raise ValueError(f"a zone's rule cannot be read: {footer!r}")
    name, offset, dst_name, dst_offset, *dates = found.groups()
    if dst_name is None:
        return ()
    standard = Period(-_seconds(offset), False, name.strip("<>"))
    ahead = -_seconds(dst_offset) if dst_offset else standard.offset + 3600
    summer = Period(ahead, True, dst_name.strip("<>"))
    return ((_rule(dates[:4]), standard, summer), (_rule(dates[4:]), summer, standard))


def _rule(parts: list[str]) -> YearlyRule:
    month, week, weekday, time = parts
    return YearlyRule(int(month), int(week), (int(weekday) - 1) % 7, _seconds(time) if time else 2 * 3600)


def _seconds(text: str) -> int:
    hours, *rest = text.lstrip("+-").split(":")
    total = int(hours) * 3600 + sum(int(part) * unit for part, unit in zip(rest, (60, 1), strict=False))
    return -total if text.startswith("-") else total
