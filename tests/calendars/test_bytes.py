"""Whole calendars byte by byte, whatever was typed into a field that reaches them."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from functools import cache

import icalendar
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.calendars import content
from app.calendars.forms import COMBINED, GROUP, INSIDE, Form
from tests.calendars.hostile import REASON, SECRET, TEXTS, Expected, Programme
from tests.calendars.reading import logical_lines, unescape

EXAMPLES = 20_000 if os.environ.get("TEST_AT_RANDOM") else 20 if os.environ.get("TEST_DATABASE_URL") else 2_000
"""No database has a part in it."""
CONTROLS = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


@given(TEXTS, st.sampled_from((GROUP, COMBINED, INSIDE)))
@settings(
    max_examples=EXAMPLES,
    derandomize=not os.environ.get("TEST_AT_RANDOM"),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_is_typed_makes_a_calendar_of_the_same_form(app: Flask, texts: list[str], form: Form) -> None:
    programme = Programme(texts, form)
    body = programme.body()
    text = body.decode()
    assert text.splitlines() == text.split("\r\n")[:-1]  # programs take ten more characters for a line's end
    assert not CONTROLS.search(text)
    lines = logical_lines(body)
    assert names_of(lines) == names_in(form, tuple(bool(content.one_line(each)) for each in texts))
    assert (SECRET in "".join(lines)) == form.inside
    assert REASON not in "".join(lines)
    says(body, lines, programme.expected())
    with time_machine.travel(datetime(2031, 1, 1, tzinfo=UTC)):
        assert Programme(texts, form).body() == body


def names_of(lines: list[str]) -> list[str]:
    """The names of all properties, and where components begin and end."""
    return [line if line.startswith(("BEGIN:", "END:")) else re.split("[:;]", line, maxsplit=1)[0] for line in lines]


@cache
def names_in(form: Form, given: tuple[bool, ...]) -> list[str]:
    """The same of a calendar with one harmless word in the fields that are given at all."""
    return names_of(logical_lines(Programme(["word" if each else "" for each in given], form).body()))


def says(body: bytes, lines: list[str], programme: list[Expected]) -> None:
    """The calendar says what was typed, once it is clean: by RFC 5545's own rules, and as icalendar reads it."""
    parsed = icalendar.Calendar.from_ical(body)
    assert [part.errors for part in parsed.walk() if part.errors] == []
    for event, written, expected in zip(parsed.events, written_events(lines), programme, strict=True):
        assert str(event["UID"]) == expected.uid
        about = written["DESCRIPTION"]
        assert written["SUMMARY"] == expected.summary
        assert written.get("LOCATION", "") == expected.location
        assert about.endswith(expected.page)
        assert all(part in about for part in expected.about)
        for name, value in written.items():
            if "\\n" not in value.lower():  # icalendar takes an escaped backslash before an n for a line break
                assert str(event[name]) == value
        if not any("\\n" in each.lower() for each in expected.categories):
            assert event.categories == expected.categories


def written_events(lines: list[str]) -> list[dict[str, str]]:
    """The texts of each event, as RFC 5545 §3.3.11 reads them."""
    events: list[dict[str, str]] = []
    for line in lines:
        name, _colon, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and name in ("SUMMARY", "DESCRIPTION", "LOCATION"):
            events[-1].setdefault(name, unescape(value))  # an alarm, which comes last, has a description too
    return events
