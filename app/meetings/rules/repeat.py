"""How a year's plan becomes the plan of the next. Pure: no database, no request."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from app.meetings.rules.pattern import Pattern
from app.meetings.rules.plan import MeetingPlan, Precision
from app.meetings.rules.series import SeriesPlan, on

A_YEAR = timedelta(weeks=52)
"""To the same weekday, of the week of the same number or the one beside it."""
FURTHEST = 366
"""Days around a day within which every pattern that repeats at least yearly gives another."""


def next_day(day: date) -> date:
    """The day of the next year that is proposed instead of one of this year: never one of this year still."""
    there = day + A_YEAR
    return there if there.year > day.year else there + timedelta(weeks=1)


def proposed(plan: MeetingPlan) -> date:
    """The same of what a plan says; of a month, the first day of the same month."""
    first = plan.starts.date()
    return first.replace(year=first.year + 1, day=1) if plan.precision is Precision.MONTH else next_day(first)


def again(plan: MeetingPlan, day: date) -> MeetingPlan:
    """The same on another day, to be confirmed; a room and interpreters are booked anew."""
    free = replace(plan, tentative=True, room_id=None, interpreters_booked=False)
    if plan.precision is not Precision.MONTH:
        return on(free, day)
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return replace(free, starts=datetime.combine(first, time()), ends=datetime.combine(following, time()))


def nearest(pattern: Pattern, day: date) -> date:
    """The day that a pattern gives nearest to this one, the later of two; this one where it gives none."""
    for far in range(FURTHEST):
        for candidate in (day + timedelta(days=far), day - timedelta(days=far)):
            if pattern.gives(candidate):
                return candidate
    return day


def series_again(plan: SeriesPlan, last: date, day: date) -> SeriesPlan:
    """A series with a rule, of which this year's last date is on `last`, from a day of the next year on."""
    assert plan.pattern is not None
    until = max(day, nearest(plan.pattern, next_day(last)))
    return SeriesPlan(again(plan.first, day), plan.pattern, until)


def list_again(like: MeetingPlan, days: list[date]) -> SeriesPlan:
    """Dates picked one by one, on other days."""
    picked = tuple(sorted(set(days)))
    return SeriesPlan(again(like, picked[0]), None, picked[-1], picked=picked)
