"""Series in feeds: the dates that the site shows, those that a client works out, and those that were meant, agree.

What was meant is kept by a model of its own, which takes nothing from the application: plain lists of dates.
"""

from __future__ import annotations

import calendar
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
import time_machine
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.db import db
from app.groups.models import WorkingGroup
from app.meetings.models import Meeting, MeetingSeries
from app.meetings.rules import MeetingPlan
from app.meetings.rules.pattern import Frequency, Pattern, Weekday
from app.meetings.rules.series import SeriesPlan
from app.meetings.service import cancel_meeting, change_meeting, series_plan
from app.meetings.service import series as service
from tests.calendars.assembling import group_feed
from tests.databases import empty_all_tables
from tests.factories.groups import make_group

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
ZONES = ("Europe/Brussels", "Europe/London", "America/New_York", "Asia/Tbilisi", "Africa/Casablanca", "UTC")


@dataclass
class Meant:
    """What people mean by a series: each day, with its wall-clock start and whether it takes place."""

    zone: str
    lasts: timedelta
    days: dict[date, datetime] = field(default_factory=dict)
    cancelled: set[date] = field(default_factory=set)
    added: list[datetime] = field(default_factory=list)

    def instants(self) -> set[tuple[datetime, datetime, bool]]:
        """(begins, ends, is cancelled) of all, in UTC."""
        found = set()
        for day, starts in [*self.days.items(), *((None, starts) for starts in self.added)]:
            zone = ZoneInfo(self.zone)
            begins = starts.replace(tzinfo=zone).astimezone(UTC)
            ends = (starts + self.lasts).replace(tzinfo=zone).astimezone(UTC)
            found.add((begins, ends, day in self.cancelled))
        return found


def weekly(first: date, until: date, every: int, weekdays: set[int]) -> list[date]:
    """By counting days one by one."""
    monday = first - timedelta(days=first.weekday())
    return [
        day
        for day in days_between(first, until)
        if day.weekday() in weekdays and ((day - monday).days // 7) % every == 0
    ]


def monthly(first: date, until: date, every: int, which: set[int] | None, monthday: int | None) -> list[date]:
    """By looking at every day of every month in turn. `which`: ordinals of the first day's weekday."""
    found = []
    for day in days_between(first, until):
        length = calendar.monthrange(day.year, day.month)[1]
        if ((day.year - first.year) * 12 + day.month - first.month) % every:
            continue
        if which is not None:
            is_one = day.weekday() == first.weekday() and (
                (day.day + 6) // 7 in which or (-1 in which and day.day > length - 7)
            )
        else:
            is_one = day.day == (length if monthday == -1 else monthday)
        if is_one:
            found.append(day)
    return found


def days_between(first: date, until: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((until - first).days + 1)]


@st.composite
def wanted(draw: st.DrawFn, first: date | None = None) -> tuple[Pattern | None, date, date, list[date]]:
    """A pattern, its first and last day, and the days it means."""
    first = first or draw(st.dates(date(2026, 12, 1), date(2027, 12, 1)))
    until = first + timedelta(days=draw(st.integers(60, 500)))
    kind = draw(st.sampled_from(("weekly", "weekday", "date", "list")))
    if kind == "weekly":
        every = draw(st.integers(1, 4))
        weekdays = {first.weekday()} | draw(st.sets(st.integers(0, 6), max_size=1))
        days = weekly(first, until, every, weekdays)
        return Pattern(Frequency.WEEKLY, every, tuple(map(Weekday, sorted(weekdays)))), first, until, days
    every = draw(st.integers(1, 3))
    if kind == "weekday":
        own = min((first.day + 6) // 7, 4)
        if first.day > 28:
            first -= timedelta(days=7)
        which = sorted({own} | draw(st.sets(st.integers(1, 4), max_size=1)))
        days = monthly(first, until, every, set(which), None)
        return Pattern(Frequency.MONTHLY, every, (Weekday(first.weekday()),), tuple(which)), first, until, days
    if kind == "date":
        if first.day > 28:
            first = first.replace(day=28)
        days = monthly(first, until, every, None, first.day)
        return Pattern(Frequency.MONTHLY, every, monthday=first.day), first, until, days
    days = sorted({first} | draw(st.sets(st.dates(first, until), min_size=2, max_size=8)))
    return None, first, days[-1], days


def exists_once(local: datetime, zone: str) -> bool:
    """Whether clocks show that time once: neither skipped nor doubled (PEP 495)."""
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1))
    return first == second


def plan_of(pattern: Pattern | None, first: MeetingPlan, until: date, days: list[date], out: set[date]) -> SeriesPlan:
    if pattern is None:
        return SeriesPlan(first, None, until, picked=tuple(day for day in days if day not in out))
    return SeriesPlan(first, pattern, until, frozenset(out))


CLOCKS = st.builds(time, st.sampled_from((0, 8, 10, 14, 22)), st.sampled_from((0, 30)))


EXAMPLES = 40 if os.environ.get("TEST_DATABASE_URL") else 300
"""The rules are the same on every database; what differs between them needs few."""


@given(data=st.data())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not os.environ.get("TEST_AT_RANDOM"),
    phases=(Phase.explicit, Phase.generate),  # a failing series is short enough; shrinking it takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_site_feed_and_what_was_meant_agree(app: Flask, data: st.DataObject) -> None:
    with time_machine.travel(NOW, tick=False):
        try:
            live(data, agree)
        finally:
            db.session.rollback()
            empty_all_tables()


def live(data: st.DataObject, agree: Callable[[WorkingGroup, Meant], None]) -> None:
    """A series is made and changed some times; after each, `agree` looks."""
    pattern, first, until, days = data.draw(wanted())
    clock, zone = data.draw(CLOCKS), data.draw(st.sampled_from(ZONES))
    lasts = timedelta(minutes=data.draw(st.sampled_from((30, 90, 180, 600))))
    if len(days) < 2:
        return
    meant = Meant(zone, lasts)
    out = data.draw(st.sets(st.sampled_from(days[1:]), max_size=min(2, len(days) - 2)))
    starts = datetime.combine(first, clock)
    kept = [datetime.combine(day, clock) for day in days if day not in out]
    if not all(exists_once(local, zone) for start in kept for local in (start, start + lasts)):
        return  # refused: see tests/meetings/test_series_rules.py
    group = make_group(f"group-{data.draw(st.integers(1, 10**9))}")
    said = MeetingPlan("Call", starts, starts + lasts, zone)
    series = service.create_series(group.id, plan_of(pattern, said, until, days, out), actor_id=None)
    meant.days = {day: datetime.combine(day, clock) for day in days if day not in out}
    agree(group, meant)
    for _step in range(data.draw(st.integers(0, 3))):
        move = data.draw(st.sampled_from((cancel, move_one, add, shift)))
        move(data, series, meant)
        agree(group, meant)


def cancel(data: st.DataObject, series: MeetingSeries, meant: Meant) -> None:
    day = data.draw(st.sampled_from(sorted(meant.days)))
    if day not in meant.cancelled:
        cancel_meeting(at(series, day).id, None, actor_id=None)
        meant.cancelled.add(day)


def move_one(data: st.DataObject, series: MeetingSeries, meant: Meant) -> None:
    day = data.draw(st.sampled_from(sorted(meant.days)))
    if day in meant.cancelled:
        return
    to = datetime.combine(day + timedelta(days=data.draw(st.integers(-20, 20))), time(16, 15))
    if to < datetime(2026, 11, 26) or not exists_once(to + meant.lasts, meant.zone):
        return
    meeting = at(series, day)
    plan = replace(meeting.said, starts=to, ends=to + meant.lasts)
    change_meeting(meeting.id, plan, version=meeting.version, actor_id=None)
    meant.days[day] = to


def add(data: st.DataObject, series: MeetingSeries, meant: Meant) -> None:
    starts = datetime.combine(max(meant.days) + timedelta(days=data.draw(st.integers(1, 30))), time(11, 45))
    if starts not in meant.added:
        service.add_date(series.id, MeetingPlan("Call", starts, starts + meant.lasts, meant.zone), actor_id=None)
        meant.added.append(starts)


def shift(data: st.DataObject, series: MeetingSeries, meant: Meant) -> None:
    """From one date on at another hour: what was moved by hand stays, what was cancelled stays so."""
    day = data.draw(st.sampled_from(sorted(meant.days)))
    row = at(series, day)
    assert row.recurrence_id
    old = series_plan.plan_from(row.series, row.recurrence_id)  # type: ignore[arg-type]
    clock = time(9, 15)
    starts = datetime.combine(old.first.starts.date(), clock)
    new = replace(old, first=replace(old.first, starts=starts, ends=starts + meant.lasts))
    own_clock = old.first.starts.time()
    service.change_series(series.id, row.recurrence_id, new, version=row.series.version, actor_id=None)  # type: ignore[union-attr]
    meant.days = {
        one: datetime.combine(one, clock) if one >= day and at_.time() == own_clock and at_.date() == one else at_
        for one, at_ in meant.days.items()
    }


def at(series: MeetingSeries, day: date) -> Meeting:
    """The date that the series has on a day by its rule, wherever it was moved."""
    db.session.rollback()
    found = db.session.scalars(select(Meeting).where(Meeting.series_id == series.id)).all()
    return next(
        one
        for one in found
        if one.recurrence_id and one.recurrence_id.date() == day and one.recurrence_id.time() != time(11, 45)
    )


def agree(group: WorkingGroup, meant: Meant) -> None:
    expected = meant.instants()
    db.session.rollback()
    shown = db.session.scalars(select(Meeting).where(Meeting.group_id == group.id)).all()
    assert {(one.starts_at, one.ends_at, one.is_cancelled) for one in shown} == expected
    feed = group_feed(group.id, "en", NOW)
    assert feed is not None
    parsed = icalendar.Calendar.from_ical(feed.body)
    found = recurring_ical_events.of(parsed).between(datetime(2026, 1, 1), datetime(2033, 1, 1))
    computed = [
        (
            event["DTSTART"].dt.astimezone(UTC),
            event["DTEND"].dt.astimezone(UTC),
            str(event["STATUS"]) == "CANCELLED",
        )
        for event in found
    ]
    assert len(computed) == len(shown) and set(computed) == expected
