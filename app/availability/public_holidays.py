"""Public holidays by country and region, from the `holidays` library: which days, and what they are called."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import lru_cache

import holidays

ELSEWHERE = {"BE-VLG": "Flemish", "BE-WAL": "French"}
"""Regions that the library calls otherwise than ISO 3166-2."""
ENGLISH = ("en_GB", "en_IE", "en_US")


def calendar_of(country: str | None, region: str | None) -> str | None:
    """The name of the calendar that counts for a place: "DE-BY" where its region has one of its own, else "DE"."""
    if not country or country not in holidays.list_supported_countries(include_aliases=False):
        return None
    return region if region and _subdivision(country, region) else country


def days(calendar: str, years: Collection[int]) -> frozenset[date]:
    """The public holidays of a calendar in these years."""
    return frozenset(day for year in years for day in _names(calendar, year, None))


def name(calendar: str, day: date, language: str) -> str:
    """What a holiday is called: in the language given where the library knows it, else in English, else as there."""
    return _names(calendar, day.year, language).get(day, "")


@lru_cache(maxsize=2_000)
def _names(calendar: str, year: int, language: str | None) -> dict[date, str]:
    country, _, _region = calendar.partition("-")
    return dict(
        holidays.country_holidays(
            country, subdiv=_subdivision(country, calendar), years=year, language=_spoken(country, language)
        )
    )


def _subdivision(country: str, region: str) -> str | None:
    """What the library calls a region of ISO 3166-2; None where it knows none of that code."""
    if region == country:
        return None
    short = ELSEWHERE.get(region) or region.removeprefix(f"{country}-")
    return short if short in holidays.list_supported_countries(include_aliases=False).get(country, ()) else None


@lru_cache(maxsize=500)
def _spoken(country: str, language: str | None) -> str | None:
    """The library's language that is nearest to ours; None for that of the country."""
    known = holidays.list_localized_countries(include_aliases=False).get(country, [])
    wanted = (language, f"{language}_{country}", *(one for one in known if one.split("_")[0] == language), *ENGLISH)
    return next((one for one in wanted if one in known), None) if language else None
