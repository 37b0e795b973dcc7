"""VTIMEZONEs against zoneinfo, read by others than ourselves."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from dateutil import tz

from app.calendars.timezones import vtimezone
from app.calendars.tzif import read
from app.core import zones
from tests.calendars.reading import Zone, physical_lines

FIRST, LAST = datetime(1970, 1, 2), datetime(2100, 12, 30)
CURIOUS = (
    "Africa/Cairo",  # last Thursday of October at 24:00: a Friday that may be in November
    "Africa/Casablanca",  # summer time all year but for Ramadan, until 2026
    "Africa/Monrovia",  # 44 minutes and 30 seconds behind until 1972
    "America/Nuuk",  # the Saturday before the last Sunday
    "America/Sao_Paulo",  # gave summer time up
    "America/Santiago",  # the south, at 24:00
    "Asia/Gaza",  # no summer time during Ramadan, listed until 2086
    "Asia/Kathmandu",  # three quarters of an hour
    "Australia/Lord_Howe",  # half an hour of summer time
    "Europe/Brussels",
    "Europe/Dublin",  # winter time is the exception there
    "Europe/Istanbul",
    "Europe/London",
    "Pacific/Apia",  # leapt over a day
    "UTC",
)


def offset_at(moment: datetime, zone: str) -> timedelta:
    """Zoneinfo's offset at an instant (naive, in UTC)."""
    found = moment.replace(tzinfo=UTC).astimezone(zones.zone(zone)).utcoffset()
    assert found is not None
    return found


def samples(zone: str) -> list[datetime]:
    """Instants in every year, and just before, at and after every listed change."""
    every_year = [datetime(year, month, 15, 11, 30) for year in range(1970, 2101) for month in range(1, 13, 2)]
    changes = [datetime(1970, 1, 1) + timedelta(seconds=seconds) for seconds, _period in read(zone).changes]
    around = [change + timedelta(seconds=step) for change in changes for step in (-3600, -1, 0, 1, 3600)]
    return [moment for moment in every_year + around if FIRST < moment < LAST]


def yearly_changes(zone: str) -> list[datetime]:
    """The changes of the years to come, found by looking at zoneinfo day by day."""
    found = []
    for year in (2026, 2027, 2037, 2038, 2039, 2099, 2100):
        day = datetime(year, 1, 2)
        while day.year == year and day < LAST - timedelta(days=1):
            if offset_at(day, zone) != offset_at(day + timedelta(days=1), zone):
                low, high = day, day + timedelta(days=1)
                while high - low > timedelta(seconds=1):
                    middle = low + (high - low) // 2
                    low, high = (middle, high) if offset_at(middle, zone) == offset_at(day, zone) else (low, middle)
                found.append(high.replace(microsecond=0))
            day += timedelta(days=1)
    return found


def test_every_zone_gives_zoneinfos_offset_in_every_year() -> None:
    for name in zones.names():
        zone = Zone(vtimezone(name))
        wrong = [moment for moment in samples(name) if zone.offset(moment) != offset_at(moment, name)]
        assert wrong == [], name


@pytest.mark.parametrize("name", CURIOUS)
def test_curious_zones_change_at_the_second(name: str) -> None:
    zone = Zone(vtimezone(name))
    for change in yearly_changes(name):
        for step in (-3600, -2, -1, 0, 1, 2, 3600):
            moment = change + timedelta(seconds=step)
            assert zone.offset(moment) == offset_at(moment, name), moment


@pytest.mark.parametrize("name", CURIOUS)
def test_dateutil_reads_the_same(name: str) -> None:
    found = tz.tzical(io.StringIO(vtimezone(name).decode())).get(name)
    assert found is not None
    for year in (1971, 1976, 1984, 1996, 2005, 2012, 2026, 2027, 2038, 2087, 2100):
        for month in range(1, 13):
            local = datetime(year, month, 14, 12, 0)
            assert local.replace(tzinfo=found).utcoffset() == local.replace(tzinfo=zones.zone(name)).utcoffset(), local


@pytest.mark.parametrize("name", CURIOUS)
def test_icalendar_reads_the_same(name: str) -> None:
    component = icalendar.Timezone.from_ical(vtimezone(name))
    assert isinstance(component, icalendar.Timezone)
    found = component.to_tz(lookup_tzid=False)
    for year in (1976, 1996, 2012, 2026, 2027, 2036):  # it works zones out until 2038
        for month in range(1, 13):
            local = datetime(year, month, 14, 12, 0)
            assert local.replace(tzinfo=found).utcoffset() == local.replace(tzinfo=zones.zone(name)).utcoffset(), local


def test_a_rule_that_goes_on_is_written_as_one() -> None:
    text = vtimezone("Europe/Brussels").decode()
    assert "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n" in text
    assert "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n" in text
    assert "UNTIL" not in text
    assert (
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=24,25,26,27,28,29,30;BYDAY=SA\r\n" in vtimezone("America/Nuuk").decode()
    )


@pytest.mark.parametrize("name", ["America/Sao_Paulo", "Asia/Kathmandu", "Europe/Istanbul", "Africa/Casablanca"])
def test_a_zone_without_a_rule_that_goes_on_has_none(name: str) -> None:
    assert b"RRULE" not in vtimezone(name)


@pytest.mark.parametrize("name", ["Europe/Dublin", "Africa/Casablanca"])
def test_summer_time_is_what_is_ahead(name: str) -> None:
    """Some programs take the difference of DAYLIGHT to be positive."""
    text = vtimezone(name).decode()
    parts = [part.partition("END:DAYLIGHT")[0] for part in text.split("BEGIN:DAYLIGHT")[1:]]
    assert parts
    for part in parts:
        lines = dict(line.split(":", 1) for line in part.split("\r\n") if line.startswith("TZOFFSET"))
        assert lines["TZOFFSETFROM"] <= lines["TZOFFSETTO"]


def test_every_date_of_a_list_has_its_own_line_and_dtstart_is_among_them() -> None:
    for name in CURIOUS:
        for part in vtimezone(name).decode().split("END:")[:-2]:
            dates = [line.removeprefix("RDATE:") for line in part.split("\r\n") if line.startswith("RDATE")]
            assert not any("," in date for date in dates)
            if dates:
                assert f"DTSTART:{dates[0]}\r\n" in part


def test_zones_are_short_and_well_formed() -> None:
    sizes = {name: len(vtimezone(name)) for name in zones.names()}
    assert max(sizes.values()) < 7_000
    assert sum(sizes.values()) / len(sizes) < 1_500
    for name in zones.names():
        physical_lines(vtimezone(name))
        assert vtimezone(name).startswith(f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\nBEGIN:".encode())


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(zones.UnknownZone):
        vtimezone("Europe/Atlantis")
    with pytest.raises(zones.UnknownZone):
        vtimezone("../../etc/passwd")
