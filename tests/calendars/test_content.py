"""Content lines, byte by byte, over texts that people would not type and others would."""

from __future__ import annotations

import icalendar
from hypothesis import example, given
from hypothesis import strategies as st

from app.calendars import content
from tests.calendars.reading import logical_lines, physical_lines, unescape

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=400)
PIECES = (
    "\r", "\n", "\r\n", "\x00", "\x07", "\x0b", "\x7f", "\x85", "\u2028", "\ufeff", "\ud800", "\t", " ",
    "\\", "\\n", "\\N", ";", ",", ":", '"', "^", "é", "€", "𝄞", "e\u0301", "👩\u200d👩\u200d👧",
    "BEGIN:VEVENT", "END:VCALENDAR",
)  # fmt: skip
NASTY = st.lists(st.sampled_from(PIECES), max_size=120).map("".join)


@given(ANYTHING | NASTY)
@example("x\r\nATTENDEE:mailto:someone@example.org")
@example("é" * 200)
@example("\\" * 300)
def test_a_text_is_one_property_whatever_it_holds(typed: str) -> None:
    body = content.component("VEVENT", [content.text("DESCRIPTION", content.paragraphs(typed))])
    lines = logical_lines(body)
    assert len(lines) == 3
    assert lines[1].startswith("DESCRIPTION:")


@given(ANYTHING | NASTY)
@example("C:\\News")
@example("one\\, two")
def test_a_text_comes_back_as_it_was_meant(typed: str) -> None:
    meant = content.paragraphs(typed)
    body = content.component("VEVENT", [content.text("DESCRIPTION", meant)])
    written = logical_lines(body)[1].removeprefix("DESCRIPTION:")
    assert unescape(written) == meant
    if "\\n" not in meant.lower():  # icalendar takes an escaped backslash before an n for a line break
        event = icalendar.Event.from_ical(body)
        assert str(event.get("DESCRIPTION") or "") == meant


@given(ANYTHING | NASTY)
def test_clean_text_holds_no_control_characters(typed: str) -> None:
    for kept in (content.paragraphs(typed), content.one_line(typed)):
        assert not any(
            (ord(character) < 0x20 and character != "\n") or 0x7F <= ord(character) <= 0x9F for character in kept
        )
        kept.encode()
    assert "\n" not in content.one_line(typed)


def test_what_may_be_read_stays() -> None:
    assert content.one_line("  Réunion\u00a0: l’eau \n & le\tclimat ") == "Réunion\u00a0: l’eau & le climat"
    assert (
        content.paragraphs("one\r\ntwo\rthree\x85four\u2028five\n\n\nsix\n") == "one\ntwo\nthree\nfour\nfive\n\n\nsix"
    )
    assert content.one_line(None) == ""


@given(NASTY)
def test_a_parameter_cannot_break_out(typed: str) -> None:
    body = content.line("ORGANIZER", "mailto:office@example.org", {"CN": typed})
    (line,) = logical_lines(body)
    if typed.strip():
        organizer = icalendar.Event.from_ical(content.component("VEVENT", [body]))["ORGANIZER"]
        assert str(organizer) == "mailto:office@example.org"
        assert set(organizer.params) <= {"CN"}
    assert line.startswith("ORGANIZER;CN=")
    assert line.endswith(":mailto:office@example.org")


def test_parameters_are_quoted_where_they_must_be() -> None:
    assert content.line("X", "1", {"CN": "Plain name"}) == b"X;CN=Plain name:1\r\n"
    assert content.line("X", "1", {"CN": 'Towns; regions, "both"'}) == b"X;CN=\"Towns; regions, 'both'\":1\r\n"


@given(st.text(st.sampled_from("ae€é𝄞"), max_size=300))
def test_folding_cuts_no_character_and_fills_lines(text: str) -> None:
    body = content.line("SUMMARY", text)
    lines = physical_lines(body)
    assert b"".join([lines[0], *(line[1:] for line in lines[1:])]) == f"SUMMARY:{text}".encode()
    for line in lines[:-1]:
        assert len(line) > 75 - 4


@given(st.integers(60, 160), st.integers(1, 80))
def test_folding_cuts_no_escape(before: int, backslashes: int) -> None:
    body = content.text("SUMMARY", "x" * before + "\\" * backslashes + "\nnext")
    for line in physical_lines(body)[:-1]:
        trailing = len(line) - len(line.rstrip(b"\\"))
        assert trailing % 2 == 0
