"""Days as people type and paste them; absences that can be; holidays of countries and regions."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from flask import Flask

from app.availability import public_holidays
from app.availability.rules import AbsencePlan, Period, check_absence, read_periods
from app.core.errors import DomainError

TODAY = date(2026, 11, 26)
JANUARY = Period(date(2027, 1, 18), date(2027, 1, 21))


def read(text: str) -> list[Period]:
    return read_periods(text, ("en", "fr"), TODAY)


@pytest.mark.parametrize(
    "line",
    [
        "2027-01-18 – 2027-01-21", "2027-01-18 to 2027-01-21", "2027-01-18-2027-01-21", "2027-01-18 2027-01-21",
        "18/01/2027 - 21/01/2027", "18.1.2027–21.1.2027", "18–21 January 2027", "18-21 January 2027",
        "18 - 21 janv. 2027", "18 au 21 janvier 2027", "du 18 au 21 janvier 2027", "18 Jan – 21 Jan 2027",
        "18 January 2027 – 21 January 2027", "  18–21 January 2027 (Strasbourg);  ",
    ],
)  # fmt: skip
def test_a_week_in_many_ways(line: str) -> None:
    assert read(line) == [JANUARY]


def test_a_list_is_read_in_the_order_of_time_and_each_period_once() -> None:
    pasted = "8 février 2027\n\n18–21 January 2027\n2027-02-08\n29 December – 2 January 2028\n31 May – 3 June 2027"
    assert read(pasted) == [
        JANUARY,
        Period(date(2027, 2, 8), date(2027, 2, 8)),
        Period(date(2027, 5, 31), date(2027, 6, 3)),
        Period(date(2027, 12, 29), date(2028, 1, 2)),
    ]


@pytest.mark.parametrize(
    "text",
    ["", "soon", "31 February 2027", "18–21", "21–18 January 2027", "1 January – 30 December 2027", "2099-01-01",
     "18 Januar 2027", "99999999999999-01-01", "2027-01-18\x00"],
)  # fmt: skip
def test_what_makes_no_sense_is_said(app: Flask, text: str) -> None:
    with pytest.raises(DomainError) as caught:
        read(text)
    assert caught.value.field == "periods" and str(caught.value.message)


def test_the_faulty_line_is_named(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(DomainError) as caught:
        read("2027-01-18\nnonsense")
    assert "2" in str(caught.value.message) and "nonsense" in str(caught.value.message)


def test_whole_days_end_at_midnight() -> None:
    plan = AbsencePlan(date(2027, 3, 15), date(2027, 3, 19), "Europe/Brussels")
    assert plan.span == (datetime(2027, 3, 15), datetime(2027, 3, 20))
    assert AbsencePlan(date(2027, 3, 15), date(2027, 3, 15), "Europe/Brussels", time(9), time(12)).span == (
        datetime(2027, 3, 15, 9),
        datetime(2027, 3, 15, 12),
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"last": date(2027, 3, 14)}, "last"), ({"last": date(2029, 3, 14)}, "last"),
        ({"first": date(1999, 1, 1)}, "first"), ({"begins": time(12), "ends": time(9)}, "ends"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)  # fmt: skip
def test_absences_that_cannot_be(values: dict[str, object], field: str) -> None:
    good = {"first": date(2027, 3, 15), "last": date(2027, 3, 15), "time_zone": "Europe/Brussels"}
    with pytest.raises(DomainError) as caught:
        check_absence(AbsencePlan(**{**good, **values}), TODAY)  # type: ignore[arg-type]
    assert caught.value.field == field


def test_holidays_of_countries_and_regions() -> None:
    assert public_holidays.calendar_of("BE", None) == "BE"
    assert public_holidays.calendar_of("DE", "DE-BY") == "DE-BY"
    assert public_holidays.calendar_of("DE", "DE-ZZ") == "DE"
    assert public_holidays.calendar_of(None, None) is None
    epiphany = date(2027, 1, 6)
    assert epiphany in public_holidays.days("DE-BY", (2027,))
    assert epiphany not in public_holidays.days("DE", (2027,))


def test_names_of_holidays_in_the_viewers_language_where_there_are_any() -> None:
    national = date(2027, 7, 21)
    assert public_holidays.name("BE", national, "fr") == "Fête nationale"
    assert public_holidays.name("BE", national, "en") == "National Day"
    assert public_holidays.name("PL", date(2027, 5, 3), "fr") == public_holidays.name("PL", date(2027, 5, 3), "en")


def test_every_country_of_the_catalogue_has_holidays() -> None:
    """But for Ukraine, where none are days off under martial law."""
    for country in ("AL", "AM", "BA", "GE", "IL", "MD", "ME", "MK", "PS", "RS", "TR", "XK"):
        assert public_holidays.days(country, (2027,)), country
