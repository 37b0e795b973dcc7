"""Wall-clock times, instants and the hours that clock changes skip or double."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import zones
from app.core.zones import Reading

CHANGES = [
    # zone, skipped time, doubled time
    ("Europe/Brussels", datetime(2027, 3, 28, 2, 30), datetime(2027, 10, 31, 2, 30)),
    ("Europe/London", datetime(2027, 3, 28, 1, 30), datetime(2027, 10, 31, 1, 30)),
    ("America/New_York", datetime(2027, 3, 14, 2, 30), datetime(2027, 11, 7, 1, 30)),
    ("Pacific/Auckland", datetime(2027, 9, 26, 2, 30), datetime(2027, 4, 4, 2, 30)),
    ("Australia/Lord_Howe", datetime(2027, 10, 3, 2, 15), datetime(2027, 4, 4, 1, 45)),
]


@pytest.mark.parametrize(("zone", "skipped", "doubled"), CHANGES)
def test_skipped_and_doubled_times_are_told_from_others(zone: str, skipped: datetime, doubled: datetime) -> None:
    assert zones.reading(skipped, zone) is Reading.SKIPPED
    assert zones.reading(doubled, zone) is Reading.TWICE
    for days in (-1, 1):
        assert zones.reading(skipped + timedelta(days=days), zone) is Reading.ONCE
        assert zones.reading(doubled + timedelta(days=days), zone) is Reading.ONCE


@pytest.mark.parametrize(("zone", "skipped", "doubled"), CHANGES)
def test_how_far_clocks_move(zone: str, skipped: datetime, doubled: datetime) -> None:
    step = timedelta(minutes=30) if zone == "Australia/Lord_Howe" else timedelta(hours=1)
    assert zones.change_at(skipped, zone) == step
    assert zones.change_at(doubled, zone) == -step
    assert zones.change_at(skipped + timedelta(days=2), zone) == timedelta(0)


def test_the_edges_of_the_hour() -> None:
    """The skipped hour begins at 02:00 and ends before 03:00; so does the doubled one."""
    for day in (datetime(2027, 3, 28), datetime(2027, 10, 31)):
        odd = [zones.reading(day + timedelta(minutes=minute), "Europe/Brussels") for minute in range(24 * 60)]
        minutes = [minute for minute, reading in enumerate(odd) if reading is not Reading.ONCE]
        assert minutes == list(range(120, 180))


def test_a_day_that_a_zone_left_out() -> None:
    """Samoa went from 29 to 31 December 2011."""
    for hour in (0, 12, 23):
        assert zones.reading(datetime(2011, 12, 30, hour), "Pacific/Apia") is Reading.SKIPPED
    assert zones.change_at(datetime(2011, 12, 30, 12), "Pacific/Apia") == timedelta(days=1)
    assert zones.reading(datetime(2011, 12, 31), "Pacific/Apia") is Reading.ONCE


def test_a_zone_that_changed_its_offset_for_good() -> None:
    """Volgograd put its clocks back for good on 27 December 2020."""
    assert zones.reading(datetime(2020, 12, 27, 1, 30), "Europe/Volgograd") is Reading.TWICE
    assert zones.to_utc(datetime(2020, 12, 26, 12), "Europe/Volgograd") == datetime(2020, 12, 26, 8, tzinfo=UTC)
    assert zones.to_utc(datetime(2020, 12, 28, 12), "Europe/Volgograd") == datetime(2020, 12, 28, 9, tzinfo=UTC)


def test_zone_rules_come_from_the_pinned_package() -> None:
    """Machines' own files may be older: Casablanca keeps UTC all year from September 2026 on."""
    assert zoneinfo.TZPATH == ()
    assert zones.to_utc(datetime(2026, 12, 10, 10), "Africa/Casablanca") == datetime(2026, 12, 10, 10, tzinfo=UTC)


def test_of_a_doubled_time_the_first_counts() -> None:
    assert zones.to_utc(datetime(2027, 10, 31, 2, 30), "Europe/Brussels") == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),
    st.sampled_from([zone for zone, _skipped, _doubled in CHANGES] + ["Asia/Kathmandu", "UTC", "America/St_Johns"]),
)
def test_there_and_back(local: datetime, zone: str) -> None:
    if zones.reading(local, zone) is not Reading.SKIPPED:
        assert zones.to_local(zones.to_utc(local, zone), zone) == local


def test_naive_and_aware_are_never_mixed() -> None:
    with pytest.raises(ValueError, match="no zone of its own"):
        zones.to_utc(datetime(2027, 1, 1, tzinfo=UTC), "UTC")
    with pytest.raises(ValueError, match="needs a zone"):
        zones.to_local(datetime(2027, 1, 1), "UTC")


@pytest.mark.parametrize(
    "name", ["", "Europe/Atlantis", "../../etc/passwd", "/etc/localtime", "Europe", "Europe/", "\0"]
)
def test_what_is_no_zone(name: str) -> None:
    with pytest.raises(zones.UnknownZone):
        zones.zone(name)


def test_names_to_choose_from() -> None:
    names = zones.names()
    assert {"Europe/Brussels", "Europe/Kyiv", "Atlantic/Azores", "America/New_York", "UTC"} <= set(names)
    assert not {"Europe/Kiev", "Etc/GMT+5", "EST", "posixrules"} & set(names)
    assert names[-1] == "UTC" and list(names[:-1]) == sorted(names[:-1])
    for name in names:
        zones.zone(name)
