"""Alarms (RFC 5545 §3.6.6), put into components that are stored without. Pure."""

from __future__ import annotations

import re

from app.calendars import content
from app.calendars.choice import Alarm

BEFORE_A_DAY = "-PT15H"
"""Whole days begin at midnight, when nobody wants to be told: at nine in the morning of the day before."""

_SUMMARY = re.compile(rb"\r\nSUMMARY:(" + content.FOLDED + rb")\r\n")
_END = b"END:VEVENT\r\n"
_CANCELLED = b"\r\nSTATUS:CANCELLED\r\n"
_WHOLE_DAY = b"\r\nDTSTART;VALUE=DATE:"


def with_alarm(events: bytes, alarm: Alarm) -> bytes:
    """The same VEVENTs, each with an alarm; those that are cancelled without."""
    return content.EVENT.sub(lambda found: _alarmed(found[0], alarm), events)


def _alarmed(event: bytes, alarm: Alarm) -> bytes:
    if _CANCELLED in event:
        return event
    summary = _SUMMARY.search(event)
    told = content.unfold(summary[1]) if summary else b""
    before = BEFORE_A_DAY if _WHOLE_DAY in event else f"-{alarm.duration}"
    lines = [
        content.line("ACTION", "DISPLAY"),
        content.fold(b"DESCRIPTION:" + told),
        content.line("TRIGGER", before),
    ]
    return event.removesuffix(_END) + content.component("VALARM", lines) + _END
