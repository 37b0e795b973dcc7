"""What the owner of a feed answered, put into components that are stored without. Pure.

The same VEVENT stands in the feeds of all members; only here does it become one person's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from app.calendars import content
from app.proceedings.rules import Partstat

_DESCRIPTION = re.compile(rb"\r\nDESCRIPTION:(" + content.FOLDED + rb")\r\n")
_MADE = re.compile(rb"\r\n(DTSTAMP|LAST-MODIFIED):(\d{8}T\d{6}Z)(?=\r\n)")
_RECURRENCE_ID = re.compile(rb"\r\nRECURRENCE-ID" + content.FOLDED + rb"\r\n")


@dataclass(frozen=True)
class Answer:
    """What was said to a meeting that is planned as it was then."""

    partstat: Partstat
    words: str
    """In the language of the feed."""
    at: datetime

    @property
    def declines(self) -> bool:
        """Whether it takes no time, reminds nobody, and may be left out."""
        return self.partstat == Partstat.DECLINED


def with_answer(event: bytes, answer: Answer) -> bytes:
    """A VEVENT that tells its owner's answer first of all."""
    head = content.escape(f"{answer.words}\n\n").encode()

    def described(found: re.Match[bytes]) -> bytes:
        return b"\r\n" + content.fold(b"DESCRIPTION:" + head + content.unfold(found[1]))

    event = revised(_DESCRIPTION.sub(described, event, count=1), answer.at)
    return event.replace(b"\r\nTRANSP:OPAQUE\r\n", b"\r\nTRANSP:TRANSPARENT\r\n") if answer.declines else event


def with_exception(events: bytes, date: bytes) -> bytes:
    """A rule and its exceptions, with this date of it as an exception in place of what stood there for it."""
    found = _RECURRENCE_ID.search(date)
    assert found is not None
    return content.EVENT.sub(lambda event: b"" if found[0] in event[0] else event[0], events) + date


def rule_revised(events: bytes, at: datetime) -> bytes:
    """A rule and its exceptions, the rule revised at that moment or later: its dates are others for its reader."""
    return content.EVENT.sub(lambda rule: revised(rule[0], at), events, count=1)


def revised(event: bytes, at: datetime) -> bytes:
    """A VEVENT, revised at that moment or later."""
    made = content.utc(at).encode()
    return _MADE.sub(lambda found: b"\r\n" + found[1] + b":" + max(found[2], made), event)
