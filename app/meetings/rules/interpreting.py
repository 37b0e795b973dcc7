"""By when interpreters must be booked, and until when they can be cancelled for nothing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.meetings.rules.plan import MeetingPlan, Precision

SOON = timedelta(days=30)
"""How long before a deadline it stands on the desk."""


class Duty(StrEnum):
    """What a deadline is for."""

    BOOK = "book"
    RELEASE = "release"


@dataclass(frozen=True)
class Deadline:
    """The last day for it."""

    duty: Duty
    day: date


def deadlines(plan: MeetingPlan) -> list[Deadline]:
    """Those of a meeting whose days are known, the earlier first: booking until it is done, then cancelling."""
    if plan.precision == Precision.MONTH:
        return []
    days = {
        Duty.BOOK: None if plan.interpreters_booked else plan.book_interpreters,
        Duty.RELEASE: plan.release_interpreters,
    }
    found = [
        Deadline(duty, plan.starts.date() - timedelta(days=before))
        for duty, before in days.items()
        if before is not None
    ]
    return sorted(found, key=lambda one: one.day)


def due(plan: MeetingPlan, today: date) -> list[Deadline]:
    """What the desk reminds of: what comes within 30 days, and booking that is late while the meeting is ahead."""
    if plan.starts.date() < today:
        return []
    return [one for one in deadlines(plan) if one.day <= today + SOON and (one.day >= today or one.duty is Duty.BOOK)]


def costs_to_cancel(plan: MeetingPlan, today: date) -> date | None:
    """The day until which booked interpreters could be cancelled for nothing, once it is past."""
    if not plan.interpreters_booked:
        return None
    return next((one.day for one in deadlines(plan) if one.duty is Duty.RELEASE and one.day < today), None)
