"""Rooms of the house: what they are equipped with, and who has one when. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.meetings.rules.plan import MeetingPlan, Precision


class Equipment(StrEnum):
    """What a room may have."""

    WHEELCHAIR = "wheelchair"
    INDUCTION_LOOP = "induction_loop"
    BOOTHS = "booths"
    VIDEOCONFERENCE = "videoconference"
    PROJECTOR = "projector"
    MICROPHONES = "microphones"
    WHITEBOARD = "whiteboard"


EQUIPMENT = tuple(Equipment)


@dataclass(frozen=True)
class Claim:
    """That a meeting has a room from an instant to another."""

    meeting_id: int
    room_id: int
    starts_at: datetime
    ends_at: datetime

    def clashes(self, other: Claim) -> bool:
        """Whether both cannot be: of two that follow each other, the room is free in between."""
        return (
            self.meeting_id != other.meeting_id
            and self.room_id == other.room_id
            and self.starts_at < other.ends_at
            and other.starts_at < self.ends_at
        )


def claims_room(plan: MeetingPlan, *, cancelled: bool) -> bool:
    """Whether a meeting keeps a room from others: not once it is cancelled, nor as long as only its month is known."""
    return plan.room_id is not None and not cancelled and plan.precision != Precision.MONTH


def clashing(wanted: Collection[Claim], taken: Iterable[Claim]) -> list[tuple[Claim, Claim]]:
    """Those wanted that cannot be, each with the first that stands in its way; two that are wanted may do so too."""
    others = sorted([*taken, *wanted], key=lambda claim: (claim.starts_at, claim.meeting_id))
    found = []
    for claim in sorted(wanted, key=lambda claim: (claim.starts_at, claim.meeting_id)):
        other = next((other for other in others if claim.clashes(other)), None)
        if other is not None:
            found.append((claim, other))
    return found
