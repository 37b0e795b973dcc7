r"""Content lines of iCalendar (RFC 5545 §3.1): clean text, escaped, folded, ended by CRLF. Pure.

Written here rather than by the icalendar library, which takes the `\N` in a typed "C:\News" for a line break and lets
control characters through; the tests read everything back with that library, and with others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

CRLF = b"\r\n"
EVENT = re.compile(rb"^BEGIN:VEVENT\r\n.*?^END:VEVENT\r\n", re.DOTALL | re.MULTILINE)
"""A VEVENT among others. No line of text can begin as a name does: what continues one begins with a blank."""
FOLDED = rb"(?:[^\r]|\r\n )*"
"""The rest of a line, however often it is folded."""
LONGEST = 75
"""Octets of a line, without its end."""

_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_BLANKS = re.compile("[ \n]+")
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_IN_PARAMETERS = str.maketrans({'"': "'", "\\": "/", "^": "^^"})
_QUOTED = re.compile("[,;:]")


def paragraphs(text: str | None) -> str:
    """Text of several lines without what no calendar may hold: control characters, foreign line ends."""
    kept = _CONTROLS.sub("", _BREAKS.sub("\n", text or "").replace("\t", " "))
    return "\n".join(line.rstrip() for line in kept.split("\n")).strip("\n")


def one_line(text: str | None) -> str:
    """Text of one line, likewise clean."""
    return _BLANKS.sub(" ", paragraphs(text)).strip(" ")


def escape(text: str) -> str:
    """A TEXT value (RFC 5545 §3.3.11)."""
    return text.translate(_ESCAPES)


def parameter(text: str) -> str:
    """A parameter's value (RFC 5545 §3.2, RFC 6868), without the two characters that readers disagree on."""
    value = one_line(text).translate(_IN_PARAMETERS)
    return f'"{value}"' if _QUOTED.search(value) or not value.isascii() else value


def line(name: str, value: str, parameters: Mapping[str, str] | None = None) -> bytes:
    """One content line of a value that is escaped already."""
    attached = "".join(f";{key}={parameter(each)}" for key, each in (parameters or {}).items())
    return fold(f"{name}{attached}:{value}".encode())


def text(name: str, value: str) -> bytes:
    """A line whose value is TEXT, cleaned here once more: no caller can forget it."""
    return line(name, escape(paragraphs(value)))


def fold(whole: bytes) -> bytes:
    """Cut a line into pieces of 75 octets at most, never within a character, and end it."""
    if len(whole) <= LONGEST:
        return whole + CRLF
    pieces, start, room = [], 0, LONGEST
    while len(whole) - start > room:
        end = start + room
        while whole[end] & 0xC0 == 0x80:  # the rest of a character that began before
            end -= 1
        piece = whole[start:end]
        end -= (len(piece) - len(piece.rstrip(b"\\"))) % 2  # nor within an escape: some readers unescape first
        pieces.append(whole[start:end])
        start, room = end, LONGEST - 1
    pieces.append(whole[start:])
    return b"\r\n ".join(pieces) + CRLF


def unfold(value: bytes) -> bytes:
    """What `FOLDED` has found, on one line."""
    return value.replace(b"\r\n ", b"")


def address(value: str) -> str:
    """A URI as it may stand in a line: without blanks and control characters."""
    return "".join(_CONTROLS.sub("", value).split())


def utc(moment: datetime) -> str:
    """An instant: 20261125T090000Z."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def wall_clock(local: datetime) -> str:
    """A local time: 20261125T100000."""
    return local.strftime("%Y%m%dT%H%M%S")


def day(value: date) -> str:
    """A whole day: 20261125."""
    return value.strftime("%Y%m%d")


def component(name: str, lines: Iterable[bytes]) -> bytes:
    """Lines between BEGIN and END."""
    return b"".join((line("BEGIN", name), *lines, line("END", name)))
