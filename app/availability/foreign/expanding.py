"""Reads the busy times out of one calendar. Run as a program of its own (`apart.py`), so it imports nothing of ours.

What to read comes on standard input: a line of JSON, then the calendar's bytes. The busy times go to standard output
as JSON, pairs of seconds since 1970, joined where they touch: no titles, no places, no names. What is wrong is one word
on standard error. Time and memory are limited by the system, whatever a rule of recurrence makes of them.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import zoneinfo
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

import icalendar
import recurring_ical_events

MOST_EVENTS = 10_000
MOST_SPANS = 20_000
MEMORY = 768 * 1024 * 1024
TOO_OFTEN = re.compile(rb"FREQ=(SECONDLY|MINUTELY|HOURLY)", re.IGNORECASE)
FOLD = re.compile(rb"\r?\n[ \t]")
FREE = ("FREE", "WORKINGELSEWHERE")


class Refused(Exception):
    """Why it is not read: a word of `rules.Problem`."""


def busy_times(content: bytes, first: datetime, last: datetime, zone: tzinfo) -> list[tuple[int, int]]:
    """When the calendar says busy between two instants. `zone`: that of times and days without one. Raises Refused."""
    plain = FOLD.sub(b"", content)
    if b"BEGIN:VCALENDAR" not in plain[:10_000].upper():
        raise Refused("no_calendar")
    if TOO_OFTEN.search(plain):
        raise Refused("too_often")
    if plain.count(b"BEGIN:VEVENT") + plain.count(b"BEGIN:VFREEBUSY") > MOST_EVENTS:
        raise Refused("too_many")
    try:
        calendars = icalendar.Calendar.from_ical(content, multiple=True)
    except (ValueError, LookupError, TypeError, AttributeError):
        raise Refused("no_calendar") from None
    spans: list[tuple[int, int]] = []
    low, high = int(first.timestamp()), int(last.timestamp())
    for calendar in calendars:
        for begins, ends in _spans(calendar, first, last, zone):
            begins, ends = max(begins, low), min(ends, high)
            if begins < ends:
                spans.append((begins, ends))
                if len(spans) > MOST_SPANS:
                    raise Refused("too_many")
    return joined(spans)


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same times without overlaps, in order."""
    found: list[tuple[int, int]] = []
    for begins, ends in sorted(spans):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return found


def _spans(calendar: Any, first: datetime, last: datetime, zone: tzinfo) -> Iterator[tuple[int, int]]:
    # Days and times without a zone are asked for on both sides of the window, which is given in UTC.
    margin = timedelta(days=1)
    query = recurring_ical_events.of(calendar, skip_bad_series=True)
    for event in query.between(first - margin, last + margin):
        if _is_busy(event):
            yield _instant(event.start, zone), _instant(event.end, zone)
    for part in calendar.walk("VFREEBUSY"):
        listed = part.get("FREEBUSY", [])
        for item in listed if isinstance(listed, list) else [listed]:
            if str(item.params.get("FBTYPE", "BUSY")).upper() != "FREE":
                for begins, ends in _periods(item):
                    yield _instant(begins, zone), _instant(ends, zone)


def _is_busy(event: Any) -> bool:
    if str(event.get("TRANSP", "OPAQUE")).upper() == "TRANSPARENT":
        return False
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return False
    return str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "BUSY")).upper() not in FREE


def _periods(item: Any) -> Iterator[tuple[datetime, datetime]]:
    """FREEBUSY values: from and until, or from and for how long."""
    for period in getattr(item, "dts", None) or [item]:
        value = getattr(period, "dt", None)
        if isinstance(value, tuple) and len(value) == 2:
            begins, ends = value
            yield begins, begins + ends if isinstance(ends, timedelta) else ends


def _instant(value: date, zone: tzinfo) -> int:
    """An instant in seconds; a day begins at midnight of the owner's zone, as does a time without one."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return int(value.timestamp())


def main() -> int:
    """Read what standard input holds."""
    head, _, content = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(head)
    seconds = int(asked["seconds"])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    zoneinfo.reset_tzpath(to=[])
    first, last = (datetime.fromtimestamp(asked[name], UTC) for name in ("first", "last"))
    try:
        found = busy_times(content, first, last, zoneinfo.ZoneInfo(asked["zone"]))
    except Refused as refused:
        sys.stderr.write(str(refused))
        return 3
    except (MemoryError, OverflowError, RecursionError):
        sys.stderr.write("too_hard")
        return 3
    except Exception:  # whatever a foreign calendar makes a reader stumble over: it is not one that we can read
        sys.stderr.write("no_calendar")
        return 3
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
