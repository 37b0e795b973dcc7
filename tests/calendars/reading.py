"""Reads calendars as strictly as RFC 5545 asks, and zones without any of our own code."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dateutil.rrule import rrulestr

LAST = datetime(2101, 1, 1)
CONTROLS = re.compile(rb"[\x00-\x1f\x7f]")


def physical_lines(body: bytes) -> list[bytes]:
    """The lines as they are sent; fails where an end is not CRLF or a line is too long."""
    assert body.endswith(b"\r\n")
    assert not body.startswith(b"\xef\xbb\xbf")
    lines = body[:-2].split(b"\r\n")
    for line in lines:
        assert b"\n" not in line
        assert b"\r" not in line
        assert len(line) <= 75
        line.decode()  # a character cut in two is no UTF-8
        assert not CONTROLS.search(line)
    return lines


def logical_lines(body: bytes) -> list[str]:
    """The lines unfolded."""
    lines: list[str] = []
    for line in physical_lines(body):
        if line.startswith(b" "):
            lines[-1] += line[1:].decode()
        else:
            lines.append(line.decode())
    return lines


def values(body: bytes, name: str) -> list[str]:
    """The values of a property, as they are written, in order."""
    found = (line.partition(":") for line in logical_lines(body) if line.startswith((name + ":", name + ";")))
    return [value for _head, _colon, value in found]


def unescape(written: str) -> str:
    """TEXT as RFC 5545 §3.3.11 has it, one character after the other."""
    out, characters = [], iter(written)
    for character in characters:
        if character == "\\":
            character = {"n": "\n", "N": "\n"}.get(escaped := next(characters), escaped)
        else:
            assert character not in ";,"
        out.append(character)
    return "".join(out)


@dataclass(frozen=True)
class _Onset:
    moment: datetime
    """In UTC."""
    offset: timedelta


class Zone:
    """Offsets by a VTIMEZONE, worked out by dateutil's rules of recurrence from its text alone."""

    def __init__(self, vtimezone: bytes) -> None:
        self.onsets = sorted(self._read(logical_lines(vtimezone)), key=lambda onset: onset.moment)
        self.moments = [onset.moment for onset in self.onsets]

    def offset(self, moment: datetime) -> timedelta:
        """The offset at an instant (naive, in UTC)."""
        return self.onsets[bisect_right(self.moments, moment) - 1].offset

    @staticmethod
    def _read(lines: list[str]) -> Iterator[_Onset]:
        rule: list[str] = []
        before = after = timedelta()
        for line in lines:
            name, _, value = line.partition(":")
            if line in ("BEGIN:STANDARD", "BEGIN:DAYLIGHT"):
                rule = []
            elif name in ("DTSTART", "RRULE", "RDATE"):
                rule.append(line)
            elif name == "TZOFFSETFROM":
                before = _offset(value)
            elif name == "TZOFFSETTO":
                after = _offset(value)
            elif line in ("END:STANDARD", "END:DAYLIGHT"):
                for local in rrulestr("\n".join(rule), compatible=True):
                    if local > LAST:
                        break
                    yield _Onset(local - before, after)


def _offset(text: str) -> timedelta:
    sign = -1 if text[0] == "-" else 1
    return sign * timedelta(hours=int(text[1:3]), minutes=int(text[3:5]), seconds=int(text[5:7] or 0))
