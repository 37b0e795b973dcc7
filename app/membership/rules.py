"""The life of a membership: every state, every move between them, and who may make it. Pure.

Nothing else in the code compares states or sets them: what is possible is asked here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a membership stands."""

    REQUESTED = "requested"
    ACTIVE = "active"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LEFT = "left"
    ENDED = "ended"


class Role(StrEnum):
    """What a member is in the group. Chairs and vice-chairs plan its meetings as coordinators do."""

    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    MEMBER = "member"


LEADING = frozenset({Role.CHAIR, Role.VICE_CHAIR})


class Move(StrEnum):
    """What can happen to a membership."""

    REQUEST = "request"
    ENTER = "enter"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    LEAVE = "leave"
    END = "end"
    SET_ROLE = "set_role"
    """The one move that stays where it is."""


class Who(StrEnum):
    """In which capacity someone makes a move."""

    EXPERT = "expert"
    """The person whose membership it is."""
    COORDINATOR = "coordinator"
    """A coordinator of the group, or an administrator in their place."""


@dataclass(frozen=True)
class Transition:
    """One move: from where to where, by whom, and whether it must be explained."""

    start: State | None
    end: State
    by: Who
    needs_reason: bool = False


TRANSITIONS: dict[Move, Transition] = {
    Move.REQUEST: Transition(None, State.REQUESTED, Who.EXPERT, needs_reason=True),
    Move.ENTER: Transition(None, State.ACTIVE, Who.COORDINATOR),
    Move.ACCEPT: Transition(State.REQUESTED, State.ACTIVE, Who.COORDINATOR),
    Move.DECLINE: Transition(State.REQUESTED, State.DECLINED, Who.COORDINATOR, needs_reason=True),
    Move.WITHDRAW: Transition(State.REQUESTED, State.WITHDRAWN, Who.EXPERT),
    Move.LEAVE: Transition(State.ACTIVE, State.LEFT, Who.EXPERT),
    Move.SET_ROLE: Transition(State.ACTIVE, State.ACTIVE, Who.COORDINATOR),
    Move.END: Transition(State.ACTIVE, State.ENDED, Who.COORDINATOR, needs_reason=True),
}

OPEN = frozenset({State.REQUESTED, State.ACTIVE})
"""States that hold a person's place in a group: at most one of them at a time."""


class MoveRefused(Exception):
    """The move is not possible from this state, or not by this person, or lacks its reason."""


class ReasonMissing(MoveRefused):
    """The move would be possible, but must be explained."""


def next_state(state: State | None, move: Move, by: Who, reason: str | None) -> State:
    """The state after a move. Raises MoveRefused."""
    transition = TRANSITIONS[move]
    if transition.start != state:
        raise MoveRefused(f"{move} is not possible from {state}")
    if transition.by != by:
        raise MoveRefused(f"{move} is not for the {by}")
    if transition.needs_reason and not (reason or "").strip():
        raise ReasonMissing(f"{move} needs a reason")
    return transition.end


def moves(state: State | None, by: Who) -> list[Move]:
    """What someone in that capacity can do now."""
    return [move for move, step in TRANSITIONS.items() if step.start == state and step.by == by]
