"""Invented series: a fortnightly one with a moved and a cancelled date, two Tuesdays of each month, a list of dates."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.core.settings import settings
from app.demo.plan import MARK, Plan
from app.groups.models import WorkingGroup
from app.groups.queries import zone_of
from app.meetings.models import ALPHABET, MeetingSeries, Status
from app.meetings.rules import MeetingPlan, Visibility
from app.meetings.rules.pattern import Frequency, Pattern, Weekday
from app.meetings.rules.series import SeriesPlan
from app.meetings.service.series import lay_out

HOME = "climate-and-energy"
"""The group of the demo coordinator; the first one where a catalogue has no such group."""
WEEK = timedelta(days=7)


def invent_series(session: Session, plan: Plan, groups: Sequence[WorkingGroup]) -> None:
    """Add them to the session."""
    home = next((group for group in groups if group.slug == HOME), groups[0])
    other = groups[-1]
    wednesday = plan.today + timedelta(days=(2 - plan.today.weekday()) % 7) - 6 * WEEK
    call = MeetingPlan(
        title=f"Fortnightly call {MARK}",
        starts=datetime.combine(wednesday, time(10)),
        ends=datetime.combine(wednesday, time(11)),
        time_zone=zone_of(home),
        join_link="https://meet.demo.example/fortnightly",
        description="What is new, in an hour. **Invented, as everything here.**",
    )
    fortnightly = Pattern(Frequency.WEEKLY, 2, (Weekday.WE,))
    series = lay_out(session, home.id, SeriesPlan(call, fortnightly, wednesday + 40 * WEEK), actor_id=None)
    ahead = [meeting for meeting in series.meetings if meeting.starts_local.date() > plan.today]
    moved = ahead[1].said
    later = timedelta(days=1, hours=4)
    ahead[1].say(replace(moved, starts=moved.starts + later, ends=moved.ends + later))
    ahead[3].status, ahead[3].cancellation_reason = Status.CANCELLED, "It falls in a week of plenary."
    for meeting in (ahead[1], ahead[3]):
        meeting.sequence = 1
    _mark(plan, series, "fortnightly")

    first = _nth(plan.today + timedelta(days=40), Weekday.TU, 2)
    board = MeetingPlan(
        title=f"Preparation of files {MARK}",
        starts=datetime.combine(first, time(14)),
        ends=datetime.combine(first, time(15, 30)),
        time_zone=zone_of(other),
        visibility=Visibility.MEMBERS,
    )
    twice = Pattern(Frequency.MONTHLY, 1, (Weekday.TU,), (2, 4))
    _mark(plan, lay_out(session, other.id, SeriesPlan(board, twice, first + 30 * WEEK), actor_id=None), "board")

    days = [_working(plan.today + timedelta(days=number)) for number in (49, 95, 160, 230, 300)]
    workshop = MeetingPlan(
        title=f"Workshop on public buildings {MARK}",
        starts=datetime.combine(days[0], time(9, 30)),
        ends=datetime.combine(days[0], time(12, 30)),
        time_zone=zone_of(home),
        venue="House of Municipalities, Rue de l’Exemple 1, Brussels",
    )
    picked = SeriesPlan(workshop, None, days[-1], picked=tuple(days))
    _mark(plan, lay_out(session, home.id, picked, actor_id=None), "workshops")


def _mark(plan: Plan, series: MeetingSeries, name: str) -> None:
    """As invented, long known, and the same for the same seed."""
    dice, made = plan.dice(f"series {name}"), plan.ago(120)
    series.demo, series.reference = True, _reference(dice)
    series.created_at = series.modified_at = made
    for part in series.parts:
        part.created_at = part.modified_at = made
        part.uid = _uid(dice) if part.uid else None
    for meeting in series.meetings:
        meeting.created_at = meeting.modified_at = made
        meeting.demo, meeting.reference = True, _reference(dice)
        meeting.uid = _uid(dice) if meeting.uid else None


def _reference(dice: random.Random) -> str:
    return "".join(dice.choice(ALPHABET) for _ in range(10))


def _uid(dice: random.Random) -> str:
    return f"{uuid.UUID(int=dice.getrandbits(128), version=4)}@{settings().host_name}"


def _nth(day: date, weekday: Weekday, which: int) -> date:
    """That weekday of the month after a day's."""
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))


def _working(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))
