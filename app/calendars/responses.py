"""What the owner of a feed answered, put into components that are stored without. Pure.

The same VEVENT stands in the feeds of all members; only here does it become one person's. No line of text can begin as
a name does, since what continues one begins with a blank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from app.calendars import content
from app.proceedings.rules import Partstat

_EVENT = re.compile(rb"BEGIN:VEVENT\r\n.*?\r\nEND:VEVENT\r\n", re.DOTALL)
_DESCRIPTION = re.compile(rb"\r\nDESCRIPTION:((?:[^\r]|\r\n )*)\r\n")
_ALARM = re.compile(rb"BEGIN:VALARM\r\n.*?\r\nEND:VALARM\r\n", re.DOTALL)
_MADE = re.compile(rb"\r\n(DTSTAMP|LAST-MODIFIED):(\d{8}T\d{6}Z)(?=\r\n)")
_RECURRENCE_ID = re.compile(rb"\r\nRECURRENCE-ID((?:[^\r]|\r\n )*)\r\n")
_RULE = re.compile(rb"(\r\nRRULE:(?:[^\r]|\r\n )*\r\n)(?:EXDATE((?:[^\r]|\r\n )*)\r\n)?")


@dataclass(frozen=True)
class Said:
    """An answer."""

    partstat: Partstat
    words: str
    """In the language of the feed."""
    at: datetime


def with_answer(event: bytes, said: Said) -> bytes:
    """A VEVENT that tells its owner's answer first of all. What was declined takes no time, and reminds nobody."""
    head = content.escape(f"{said.words}\n\n").encode()

    def described(found: re.Match[bytes]) -> bytes:
        return b"\r\n" + content.fold(b"DESCRIPTION:" + head + found[1].replace(b"\r\n ", b""))

    event = _DESCRIPTION.sub(described, event, count=1)
    event = _revised(event, said.at)
    if said.partstat == Partstat.DECLINED:
        event = _ALARM.sub(b"", event.replace(b"\r\nTRANSP:OPAQUE\r\n", b"\r\nTRANSP:TRANSPARENT\r\n"))
    return event


def with_exception(events: bytes, date: bytes) -> bytes:
    """A rule and its exceptions, with this date of it as an exception in place of what stood there for it."""
    return _without(events, date) + date


def without_date(events: bytes, date: bytes, at: datetime) -> bytes:
    """A rule and its exceptions without this date of it: left out by EXDATE since that moment."""
    found = _RECURRENCE_ID.search(date)
    assert found is not None
    parameters, _colon, local = found[1].replace(b"\r\n ", b"").rpartition(b":")

    def ruled(rule: re.Match[bytes]) -> bytes:
        others = rule[2].replace(b"\r\n ", b"").rpartition(b":")[2].split(b",") if rule[2] else []
        return rule[1] + content.fold(b"EXDATE" + parameters + b":" + b",".join(sorted({*others, local})))

    return _revised(_RULE.sub(ruled, _without(events, date), count=1), at, count=2)


def _revised(events: bytes, at: datetime, count: int = 0) -> bytes:
    """The same, revised at that moment or later; with `count` 2 (DTSTAMP and LAST-MODIFIED) the first event alone."""
    made = content.utc(at).encode()
    return _MADE.sub(lambda found: b"\r\n" + found[1] + b":" + max(found[2], made), events, count=count)


def _without(events: bytes, date: bytes) -> bytes:
    """The same without the exception for this date, if there is one."""
    found = _RECURRENCE_ID.search(date)
    assert found is not None
    return _EVENT.sub(lambda event: b"" if found[0] in event[0] else event[0], events)
