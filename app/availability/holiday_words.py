"""Public holidays in words: one line for a day, with what it is called and where it is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from babel.lists import format_list
from flask_babel import ngettext

from app.availability import public_holidays
from app.core.i18n import language, locale
from app.people.queries import country_name

Lost: TypeAlias = tuple[str, date, Sequence[int]]
"""(calendar, day, who lives by it)"""
PLACES = 4
"""How many countries of one holiday are named; of more, one fewer and how many others there are."""


@dataclass
class Holiday:
    """What is kept on one day under one name. `countries`: {code: how many live there}."""

    name: str
    countries: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def lines(lost: Iterable[Lost]) -> list[tuple[str, list[int]]]:
    """(text, whom it concerns) for each day, in order."""
    found: dict[date, list[Lost]] = defaultdict(list)
    for one in lost:
        found[one[1]].append(one)
    return [_line(found[day]) for day in sorted(found)]


def holiday_name(calendar: str, day: date) -> str:
    """What a public holiday is called, in the language in force where that is known."""
    return public_holidays.name(calendar, day, language())


def by_name(lost: Iterable[Lost], names: Callable[[str, date], tuple[str, str]]) -> list[Holiday]:
    """The holidays of one day, those of most people first.

    `names` gives what it is called everywhere, which tells holidays apart, and what readers call it as far as the
    calendar says so: one calendar that does is enough for all that keep the day.
    """
    found: dict[str, Holiday] = {}
    for calendar, day, keys in lost:
        everywhere, here = names(calendar, day)
        holiday = found.setdefault(everywhere, Holiday(everywhere))
        if holiday.name == everywhere:
            holiday.name = here
        holiday.countries[calendar[:2]] += len(keys)
    return sorted(found.values(), key=lambda one: (-sum(one.countries.values()), one.name))


def named_first(countries: Mapping[str, int]) -> tuple[list[str], int]:
    """The names of the countries where most live, and how many more there are."""
    ordered = sorted((-number, country_name(code)) for code, number in countries.items())
    named = [name for _number, name in ordered]
    return (named, 0) if len(named) <= PLACES else (named[: PLACES - 1], len(named) - PLACES + 1)


def _line(lost: Sequence[Lost]) -> tuple[str, list[int]]:
    keys = [key for _calendar, _day, some in lost for key in some]
    said = ngettext(
        "Public holiday for %(num)d member: %(what)s",
        "Public holiday for %(num)d members: %(what)s",
        len(keys),
        what=" · ".join(_holiday(one) for one in by_name(lost, _names)),
    )
    return str(said), keys


def _holiday(one: Holiday) -> str:
    named, more = named_first(one.countries)
    if more:
        named.append(ngettext("%(num)d more country", "%(num)d more countries", more))
    return f"{one.name} ({format_list(named, locale=locale())})"


def _names(calendar: str, day: date) -> tuple[str, str]:
    return public_holidays.name(calendar, day, "en"), holiday_name(calendar, day)
