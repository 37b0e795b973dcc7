"""The blueprint, where its views lead, and what speaks against a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.groups.models import WorkingGroup
from app.meetings.models import Meeting, MeetingSeries
from app.meetings.rules import MeetingPlan, Precision
from app.meetings.signals import times_considered

bp = Blueprint("meetings", __name__)
CHANGE = "change"
"""The `step` that leads back from the page that asks to check."""


def address(meeting: Meeting) -> str:
    """A meeting's page."""
    return url_for("pages.meeting", reference=meeting.reference)


def series_address(series: MeetingSeries) -> str:
    """A series' page."""
    return url_for("meetings.series", reference=series.reference)


def to(url: str) -> ResponseReturnValue:
    """On to another page; a browser that reloads it sends nothing again."""
    return redirect(url, 303 if request.method == "POST" else 302)


def warnings_of(group: WorkingGroup, times: Sequence[MeetingPlan], but: Iterable[int]) -> list[list[Any]]:
    """What features above know against each of these times; nothing of one that is over or whose hours nobody knows."""
    now, moving = clock.now(), frozenset(but)
    weighed = [plan.ends_at > now and plan.precision == Precision.HOURS for plan in times]
    ahead = [plan for plan, counts in zip(times, weighed, strict=True) if counts]
    answers = [lists for _receiver, lists in times_considered.send(group, times=ahead, but=moving)]
    said = iter([[line for lines in each for line in lines] for each in zip(*answers, strict=True)])
    return [next(said, []) if counts else [] for counts in weighed]
