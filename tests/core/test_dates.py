"""Dates and times in words, in English and French."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale

from app.core import dates, zones
from app.core.forms import zone_choices

TEN, NOON = datetime(2026, 3, 12, 10), datetime(2026, 3, 12, 12)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Thu 12 March 2026"), ("fr", "jeu. 12 mars 2026")]
)  # fmt: skip
def test_a_day(app: Flask, language: str, words: str) -> None:
    with force_locale(language):
        assert dates.day(date(2026, 3, 12)) == words
        assert dates.day(TEN) == words


def test_an_hour_is_on_the_24_hour_clock() -> None:
    assert dates.hour(datetime(2026, 3, 12, 9, 5)) == "09:05"
    assert dates.hour(datetime(2026, 3, 12, 0, 0)) == "00:00"


@pytest.mark.parametrize(
    ("zone", "english", "french"),
    [
        ("Europe/Brussels", "Brussels", "Bruxelles"),
        ("Europe/London", "London", "Londres"),
        ("Europe/Kyiv", "Kyiv", "Kyiv"),
        ("America/New_York", "New York", "New York"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires", "Buenos Aires"),
        ("UTC", "UTC", "UTC"),
    ],
)
def test_zones_go_by_their_city(app: Flask, zone: str, english: str, french: str) -> None:
    with force_locale("en"):
        assert dates.place_of(zone) == english
    with force_locale("fr"):
        assert dates.place_of(zone) == french


def test_every_zone_has_a_city(app: Flask) -> None:
    for language in ("en", "fr"):
        with force_locale(language):
            for zone in zones.names():
                assert dates.place_of(zone) and "/" not in dates.place_of(zone)


def test_zones_are_chosen_by_region_and_city(app: Flask) -> None:
    for language, words in (("en", "Asia / Tbilisi"), ("fr", "Asie / Tbilissi")):
        with force_locale(language):
            assert dates.zone_label("Asia/Tbilisi") == words
            labels = [label for _zone, label in zone_choices()]
            assert len(set(labels)) == len(labels) and labels[-1] == "UTC"


def test_a_span_names_its_day_once(app: Flask) -> None:
    assert dates.span(TEN, NOON) == "Thu 12 March 2026, 10:00–12:00"
    assert dates.span(TEN, NOON + timedelta(days=1)) == "Thu 12 March 2026, 10:00 – Fri 13 March 2026, 12:00"


@pytest.mark.parametrize("own", [None, "Europe/Brussels", "Europe/Paris"])
def test_one_line_where_the_viewers_clock_shows_the_same(app: Flask, own: str | None) -> None:
    assert dates.span_lines(TEN, NOON, "Europe/Brussels", own) == ["Thu 12 March 2026, 10:00–12:00 (Brussels)"]


def test_the_viewers_time_comes_first(app: Flask) -> None:
    assert dates.span_lines(TEN, NOON, "Europe/Brussels", "Europe/Helsinki") == [
        "Thu 12 March 2026, 11:00–13:00 your time (Helsinki)",
        "10:00–12:00 (Brussels)",
    ]


def test_both_days_are_named_where_they_differ(app: Flask) -> None:
    assert dates.span_lines(TEN, NOON, "Europe/Brussels", "Pacific/Auckland") == [
        "Thu 12 March 2026, 22:00 – Fri 13 March 2026, 00:00 your time (Auckland)",
        "Thu 12 March 2026, 10:00–12:00 (Brussels)",
    ]


def test_each_side_of_a_clock_change_has_its_own_difference(app: Flask) -> None:
    """New York is six hours behind Brussels, but five from 14 to 28 March 2027."""
    for day, hour in ((12, "04:00–06:00"), (15, "05:00–07:00"), (29, "04:00–06:00")):
        start = datetime(2027, 3, day, 10)
        first, _second = dates.span_lines(start, start + timedelta(hours=2), "Europe/Brussels", "America/New_York")
        assert hour in first


def test_the_parts_of_a_calendar_sheet(app: Flask) -> None:
    with force_locale("fr"):
        block = dates.date_block(TEN)
    assert (block.day, block.weekday_short, block.month_short, block.year) == ("12", "jeu.", "mars", "2026")


def test_an_instant_is_shown_in_a_zone(app: Flask) -> None:
    happened = datetime(2026, 11, 24, 13, 2, tzinfo=UTC)
    assert dates.instant(happened, "Europe/Brussels") == "Tue 24 November 2026, 14:02 (Brussels)"
    assert dates.instant(happened, "Pacific/Auckland") == "Wed 25 November 2026, 02:02 (Auckland)"
    assert dates.instant(happened) == "Tue 24 November 2026, 14:02 (Brussels)"


def test_how_long_ago(app: Flask) -> None:
    with time_machine.travel(datetime(2027, 3, 12, 12, tzinfo=UTC), tick=False):
        assert dates.age(datetime(2027, 3, 12, 1, tzinfo=UTC)) == "today"
        assert dates.age(datetime(2027, 3, 11, 12, tzinfo=UTC)) == "1 day"
        assert dates.age(datetime(2027, 3, 2, 12, tzinfo=UTC)) == "10 days"
