"""Answers to meetings: what can be said, and to what it is asked. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.meetings.rules import Precision


class Partstat(StrEnum):
    """Whether somebody comes: PARTSTAT of an event's attendee (RFC 5545 §3.2.12). No answer is no row."""

    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"


class Planned(Protocol):
    """What has to be known of a meeting."""

    ends_at: datetime
    precision: Precision

    @property
    def is_cancelled(self) -> bool:
        """Whether it will not take place."""


def is_asked(meeting: Planned, now: datetime) -> bool:
    """Whether it is asked who comes: until it is over, unless it was cancelled or nobody knows the day yet."""
    return not meeting.is_cancelled and meeting.precision != Precision.MONTH and now < meeting.ends_at
