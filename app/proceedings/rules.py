"""Answers to meetings: what can be said, and what of it still holds. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from app.meetings.rules import Precision


class Partstat(StrEnum):
    """Whether somebody comes: PARTSTAT of an event's attendee (RFC 5545 §3.2.12). No answer is no row."""

    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"


def holds(answered: int, sequence: int) -> bool:
    """Whether an answer given at one SEQUENCE holds at another.

    Who said yes to one time and place has not said yes to another: RFC 5546 §2.1.4 raises SEQUENCE exactly then.
    """
    return answered == sequence


def is_asked(*, ends_at: datetime, cancelled: bool, precision: Precision, now: datetime) -> bool:
    """Whether it is asked who comes: until it is over, unless it was cancelled or nobody knows the day yet."""
    return not cancelled and precision != Precision.MONTH and now < ends_at
