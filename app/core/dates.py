"""Dates and times in words, in the language in force: "Thu 12 March 2026, 10:00–12:00 (Brussels)"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, get_day_names, get_month_names, get_timezone_location
from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core import clock, zones
from app.core.i18n import locale
from app.core.policy import current_viewer
from app.core.settings import settings

FULL_DAY = {"en": "EEE d MMMM y", "fr": "EEE d MMMM y"}
REGIONS = {
    "Africa": _l("Africa"), "America": _l("America"), "Antarctica": _l("Antarctica"), "Arctic": _l("Arctic"),
    "Asia": _l("Asia"), "Atlantic": _l("Atlantic"), "Australia": _l("Australia"), "Europe": _l("Europe"),
    "Indian": _l("Indian Ocean"), "Pacific": _l("Pacific"),
}  # fmt: skip
"""Where IANA puts its zones: what stands before the first slash."""


def today() -> date:
    """The day it is where the installation is at home: on it, what is dated begins and ends."""
    return zones.to_local(clock.now(), settings().default_time_zone).date()


def day(value: date | datetime, in_locale: Locale | None = None) -> str:
    """A day in words: "Thu 12 March 2026", "jeu. 12 mars 2026"."""
    where = in_locale or locale()
    return format_date(value, FULL_DAY.get(where.language, "full"), locale=where)


def month(value: date | datetime, in_locale: Locale | None = None) -> str:
    """A month in words, as a heading: "March 2026", "Mars 2026"."""
    words = format_date(value, "LLLL y", locale=in_locale or locale())
    return words[:1].upper() + words[1:]


def weekday_names(width: Literal["wide", "abbreviated"] = "wide") -> list[str]:
    """The days of the week, Monday first."""
    names = get_day_names(width, "stand-alone", locale=locale())
    return [names[number] for number in range(7)]


def month_names() -> list[str]:
    """The months, as headings."""
    names = get_month_names("wide", "stand-alone", locale=locale())
    return [names[number][:1].upper() + names[number][1:] for number in range(1, 13)]


def hour(value: datetime) -> str:
    """A time of day on the 24-hour clock: "09:30"."""
    return value.strftime("%H:%M")


def place_of(zone: str, in_locale: Locale | None = None) -> str:
    """The city people know a zone by: "Brussels", "Bruxelles"; "UTC" for UTC."""
    return "UTC" if zone == "UTC" else _city(zone, str(in_locale or locale()))


@cache
def _city(zone: str, in_locale: str) -> str:
    """Argentina's cities come with their country before a slash."""
    return get_timezone_location(zones.zone(zone), locale=in_locale, return_city=True).rpartition("/")[2]


def zone_label(zone: str) -> str:
    """A zone's name among others: "Europe / Brussels", "Europe / Bruxelles"."""
    region, city = REGIONS.get(zone.partition("/")[0]), place_of(zone)
    return f"{region} / {city}" if region else city


def span(start: datetime, end: datetime) -> str:
    """Two wall-clock times of one zone in words: the day once if they share it."""
    if start.date() == end.date():
        return f"{day(start)}, {hour(start)}–{hour(end)}"
    return f"{day(start)}, {hour(start)} – {day(end)}, {hour(end)}"


def span_lines(start: datetime, end: datetime, zone: str, own_zone: str | None = None) -> list[str]:
    """When something planned in `zone` happens, in words: first in the viewer's own zone, then in its own.

    `start` and `end` are wall-clock times in `zone`; without an own zone, or in the same time, one line only.
    """
    planned = f"{span(start, end)} ({place_of(zone)})"
    if not own_zone or own_zone == zone:
        return [planned]
    own_start = zones.to_local(zones.to_utc(start, zone), own_zone)
    own_end = zones.to_local(zones.to_utc(end, zone), own_zone)
    if (own_start, own_end) == (start, end):
        return [planned]
    mine = _("%(when)s your time (%(place)s)", when=span(own_start, own_end), place=place_of(own_zone))
    if own_start.date() == start.date() == end.date() == own_end.date():
        return [mine, f"{hour(start)}–{hour(end)} ({place_of(zone)})"]
    return [mine, planned]


@dataclass(frozen=True)
class DateBlock:
    """A day cut into the parts that a calendar sheet shows."""

    day: str
    weekday_short: str
    month_short: str
    year: str


def date_block(value: date | datetime) -> DateBlock:
    """The parts of a day in the language in force."""
    where = locale()
    return DateBlock(
        day=str(value.day),
        weekday_short=format_date(value, "EEE", locale=where),
        month_short=format_date(value, "MMM", locale=where),
        year=str(value.year),
    )


def viewer_zone() -> str:
    """The zone of who looks, else the installation's."""
    return str(getattr(current_viewer(), "time_zone", None) or settings().default_time_zone)


def instant(value: datetime, zone: str | None = None) -> str:
    """When something happened, in the viewer's zone: "Tue 24 November 2026, 14:02 (Brussels)"."""
    name = zone or viewer_zone()
    local = zones.to_local(value, name)
    return f"{day(local)}, {hour(local)} ({place_of(name)})"


def age(value: datetime) -> str:
    """How long ago, in whole days: "today", "3 days"."""
    days = (clock.now() - value).days
    if days < 1:
        return str(_("today"))
    return str(ngettext("%(num)d day", "%(num)d days", days))


def init_app(app: Flask) -> None:
    """Offer the formats to templates."""
    app.add_template_filter(day, "day")
    app.add_template_filter(instant, "instant")
    app.add_template_filter(age, "age")
    app.add_template_filter(place_of, "zone_city")
