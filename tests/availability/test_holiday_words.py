"""Public holidays: one line for a day, however many countries keep it and whatever they call it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.availability import holiday_words
from app.availability.holiday_words import Lost, by_name, named_first
from tests.availability.conftest import Scene
from tests.browsing import Visit
from tests.factories.membership import make_membership
from tests.factories.people import make_association, make_person

EASTER, CHRISTMAS, BOXING = date(2027, 3, 29), date(2027, 12, 25), date(2027, 12, 26)
NINE = ("BE", "DE-BY", "FR", "IT", "NL", "AT", "PL", "SE", "IE")


def lines(app: Flask, lost: list[Lost], language: str = "en") -> list[str]:
    with app.test_request_context(f"/?lang={language}"):
        return [text for text, _keys in holiday_words.lines(lost)]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Public holiday for 11 members: Easter Monday (Belgium, Austria, France, and 6 more countries)"),
        # Two of the nine calendars know French: what they call the day serves for all.
        ("fr", "Jour férié pour 11 membres\xa0: Lundi de Pâques (Belgique, Allemagne, Autriche et 6 autres pays)"),
    ],
)
def test_nine_countries_on_one_line(app: Flask, language: str, said: str) -> None:
    lost: list[Lost] = [(calendar, EASTER, [number]) for number, calendar in enumerate(NINE)]
    lost += [("BE-VLG", EASTER, [90, 91])]
    assert lines(app, lost, language) == [said]
    with app.test_request_context("/?lang=en"):
        [(_text, keys)] = holiday_words.lines(lost)
    assert sorted(keys) == [*range(9), 90, 91]


def test_a_line_for_each_day_and_other_names_of_a_day_beside_each_other(app: Flask) -> None:
    lost: list[Lost] = [
        ("GB", BOXING, [1]), ("DE", BOXING, [2]), ("NL", BOXING, [3, 4]), ("BE", CHRISTMAS, [5]),
    ]  # fmt: skip
    assert lines(app, lost) == [
        "Public holiday for 1 member: Christmas Day (Belgium)",
        "Public holiday for 4 members: Second Day of Christmas (Netherlands and Germany) · Boxing Day (United Kingdom)",
    ]
    assert lines(app, []) == []


def test_regions_of_a_country_count_once_and_any_calendar_says_the_name() -> None:
    names = {"BE": ("Day", "Jour"), "DE-BY": ("Day", "Day"), "DE-BE": ("Day", "Day"), "PL": ("Other", "Other")}
    lost: list[Lost] = [(calendar, EASTER, [number]) for number, calendar in enumerate(names)]
    found = by_name(lost, lambda calendar, _day: names[calendar])
    assert [(one.name, one.countries) for one in found] == [("Jour", {"BE": 1, "DE": 2}), ("Other", {"PL": 1})]


def test_four_countries_are_named_of_five_three(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        assert named_first(dict.fromkeys(NINE[:1] + NINE[2:5], 1)) == (
            ["Belgium", "France", "Italy", "Netherlands"], 0,
        )  # fmt: skip
        assert named_first({**dict.fromkeys(("BE", "FR", "IT", "NL"), 1), "SE": 2}) == (
            ["Sweden", "Belgium", "France"], 2,
        )  # fmt: skip


def test_pages_that_warn_say_it_on_one_line(scene: Scene, visit: Visit) -> None:
    """Where a time is found, chosen by hand, and in the preview of a series."""
    for country in ("FR", "IT", "NL", "AT", "PL", "SE", "IE"):
        make_membership(
            scene.heat, make_person(f"Of {country}"), association=make_association(country, country=country)
        )
    said = "Public holiday for 9 members: Easter Monday (Austria, Belgium, France, and 6 more countries)"
    browser = visit(scene.coordinator)
    found = browser.open(
        "/groups/heat/find-a-time?minutes=120&first=2027-03-29&last=2027-03-29&opens=10:00&closes=12:00"
        "&time_zone=Europe/Brussels&needed=nobody&how=after"
    ).text
    plan: dict[str, Any] = {"title": "Spring", "starts_on": "2027-03-29", "starts_time": "10:00", "ends_time": "12:00"}
    chosen = browser.open("/groups/heat/meetings/new").send(having="title", step="check", **plan).text
    browser.open("/groups/heat/series/new")
    series = browser.send(having="title", step="check", every="1", until="2027-04-12", **plan).text
    for page in (found, chosen, series):
        assert page.count("Public holiday") == page.count(said) == 1
