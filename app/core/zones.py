"""Time zones by their IANA names, from the pinned `tzdata` package alone.

The machine's own zone files are left out on purpose: they may be older than the rules in force.
"""

import zoneinfo
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

zoneinfo.reset_tzpath(to=[])
ZoneInfo.clear_cache()


class UnknownZone(ValueError):
    """No IANA time zone of that name."""


class Reading(Enum):
    """How a wall-clock time reads in a zone on its day."""

    ONCE = "once"
    SKIPPED = "skipped"
    TWICE = "twice"


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name. Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(name) from None


@cache
def names() -> Sequence[str]:
    """The zones people choose from: one for each inhabited place of the IANA list, and UTC."""
    listed = resources.files("tzdata").joinpath("zoneinfo", "zone.tab")
    places = {line.split("\t")[2] for line in listed.read_text().splitlines() if line and not line.startswith("#")}
    return (*tuple(sorted(places)), "UTC")


def reading(local: datetime, name: str) -> Reading:
    """Whether a naive wall-clock time exists once, never or twice in the zone (PEP 495)."""
    tz = zone(name)
    first, second = local.replace(tzinfo=tz, fold=0), local.replace(tzinfo=tz, fold=1)
    if first.utcoffset() == second.utcoffset():
        return Reading.ONCE
    return Reading.TWICE if first.utcoffset() > second.utcoffset() else Reading.SKIPPED  # type: ignore[operator]


def to_utc(local: datetime, name: str) -> datetime:
    """The instant of a naive wall-clock time in a zone; of a doubled hour, the first."""
    if local.tzinfo is not None:
        raise ValueError("a wall-clock time carries no zone of its own")
    return local.replace(tzinfo=zone(name)).astimezone(UTC)


def to_local(instant: datetime, name: str) -> datetime:
    """The naive wall-clock time of an instant in a zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return instant.astimezone(zone(name)).replace(tzinfo=None)


def change_at(local: datetime, name: str) -> timedelta:
    """By how much the clocks move around a skipped or doubled time: positive forward; zero where they don't."""
    tz = zone(name)
    before, after = local.replace(tzinfo=tz, fold=0).utcoffset(), local.replace(tzinfo=tz, fold=1).utcoffset()
    assert before is not None and after is not None
    return after - before
