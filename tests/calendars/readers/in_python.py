"""What icalendar with recurring-ical-events, and dateutil by itself, make of a feed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import icalendar
import recurring_ical_events
from dateutil import tz
from dateutil.parser import isoparse
from dateutil.rrule import rrulestr

from tests.calendars.readers import Instance, within
from tests.calendars.reading import logical_lines, unescape

DAY = timedelta(days=1)


def by_icalendar(body: bytes, first: date, until: date) -> list[Instance]:
    """Its rules are worked out by recurring-ical-events."""
    calendar = icalendar.Calendar.from_ical(body)
    assert [complaint for part in calendar.walk() for complaint in part.errors] == []
    events = recurring_ical_events.of(calendar).between(first - DAY, until + DAY)  # days of each event's own zone
    found = [
        Instance(
            str(event["UID"]),
            _written(event["DTSTART"].dt),
            _written(event["DTEND"].dt),
            str(event["SUMMARY"]),
            str(event["STATUS"]),
        )
        for event in events
    ]
    return within(found, first, until)


def by_dateutil(body: bytes, first: date, until: date) -> list[Instance]:
    """Its zones and its rules are all that is taken from dateutil, which knows no events."""
    zones = tz.tzical(io.StringIO(body.decode()))
    events = [_Event(lines, zones) for lines in _events(body)]
    replaced = {(event.uid, event.replaces) for event in events if event.replaces}
    return within(
        [
            Instance(event.uid, _written(starts), _written(starts + event.lasts), event.summary, event.status)
            for event in events
            for starts in event.all_starts()
            if event.replaces or (event.uid, starts) not in replaced
        ],
        first,
        until,
    )


class _Event:
    """The lines of a VEVENT, by the name of their property."""

    def __init__(self, lines: list[str], zones: tz.tzical) -> None:
        self.zones = zones
        self.lines = {line.replace(":", ";").partition(";")[0]: line for line in lines}
        self.uid, self.summary, self.status = (unescape(self._value(name)) for name in ("UID", "SUMMARY", "STATUS"))
        self.starts = self._time("DTSTART")
        self.lasts = self._time("DTEND") - self.starts
        self.replaces = self._time("RECURRENCE-ID") if "RECURRENCE-ID" in self.lines else None

    def all_starts(self) -> list[datetime] | list[date]:
        if "RRULE" not in self.lines:
            return [self.starts if "VALUE=DATE:" not in self.lines["DTSTART"] else self.starts.date()]
        rule = [self.lines[name] for name in ("DTSTART", "RRULE", "EXDATE") if name in self.lines]
        return list(rrulestr("\n".join(rule), tzids=self.zones.get))

    def _value(self, name: str) -> str:
        return self.lines[name].partition(":")[2]

    def _time(self, name: str) -> datetime:
        head, _colon, value = self.lines[name].partition(":")
        local = isoparse(value)
        return local.replace(tzinfo=self.zones.get(head.partition("TZID=")[2])) if "TZID=" in head else local


def _events(body: bytes) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in logical_lines(body):
        if line == "BEGIN:VEVENT":
            lines = []
        elif line == "END:VEVENT":
            yield lines
        else:
            lines.append(line)


def _written(moment: date) -> str:
    if not isinstance(moment, datetime):
        return moment.isoformat()
    assert moment.tzinfo is not None, "a time without a zone"
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
