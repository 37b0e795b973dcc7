"""By the VTIMEZONEs of a calendar alone its readers find, from 1970 to 2100, the instants that zoneinfo gives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.calendars import content
from app.calendars.timezones import vtimezone
from app.core import zones
from tests.calendars import readers
from tests.calendars.readers.programs import MISSING
from tests.calendars.test_timezones import CURIOUS

pytestmark = [
    pytest.mark.clients,
    pytest.mark.skipif(bool(MISSING), reason=f"{' and '.join(MISSING)} not installed: run scripts/install clients"),
]

READERS = ("dateutil", "ical.js", "libical")
"""icalendar takes a zone of that name from zoneinfo, whatever the calendar says."""
NAMES = sorted({*CURIOUS, "America/New_York", "Asia/Tehran"} - {"Africa/Monrovia", "UTC"})
"""Without the only zone of whose offset ical.js leaves seconds out (until 1972)."""
YEARS = (1970, 1976, 1987, 1999, 2012, 2026, 2027, 2037, 2038, 2039, 2061, 2087, 2100)


@pytest.mark.parametrize("name", READERS)
def test_every_month_is_read_at_its_offset(reads: dict[str, readers.Read], name: str) -> None:
    locals_ = [datetime(year, month, 14, 12) for year in YEARS for month in range(1, 13)]
    expected = {
        f"{zone} {local}": local.replace(tzinfo=zones.zone(zone)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for zone in NAMES
        for local in locals_
    }
    events = [_event(zone, local) for zone in NAMES for local in locals_]
    head = [content.line("VERSION", "2.0"), content.line("PRODID", "-//Tests//EN")]
    body = content.component("VCALENDAR", [*head, *map(vtimezone, NAMES), *events])
    assert {each.uid: each.starts for each in reads[name](body, date(1970, 1, 1), date(2101, 1, 1))} == expected


def _event(zone: str, local: datetime) -> bytes:
    return content.component(
        "VEVENT",
        [
            content.text("UID", f"{zone} {local}"),
            content.line("DTSTAMP", "20261125T090000Z"),
            content.line("DTSTART", content.wall_clock(local), {"TZID": zone}),
            content.line("DTEND", content.wall_clock(local + timedelta(hours=1)), {"TZID": zone}),
            content.line("SUMMARY", "Noon"),
            content.line("STATUS", "CONFIRMED"),
        ],
    )
