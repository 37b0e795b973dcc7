"""The life of a membership: every state, every move between them, and who may make it. Pure.

Nothing else in the code compares states or sets them: what is possible is asked here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from app.groups.rules import GroupStatus, JoinPolicy


class State(StrEnum):
    """Where a membership stands."""

    TO_ENDORSE = "to_endorse"
    """Asked for; waits for the focal point of the association."""
    REQUESTED = "requested"
    """Waits for the coordinators."""
    NOMINATED = "nominated"
    """Proposed by the association; waits for the person."""
    WAITING = "waiting"
    """Accepted; waits for a seat of the association."""
    ACTIVE = "active"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LEFT = "left"
    ENDED = "ended"
    LAPSED = "lapsed"
    """The mandate ran out."""


class Role(StrEnum):
    """What a member is in the group. Chairs and vice-chairs plan its meetings as coordinators do."""

    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    MEMBER = "member"
    ALTERNATE = "alternate"
    """Stands in for the one who holds the seat, and shares its number."""
    OBSERVER = "observer"
    """Takes part without a seat."""


LEADING = frozenset({Role.CHAIR, Role.VICE_CHAIR})
SEATED = frozenset({Role.CHAIR, Role.VICE_CHAIR, Role.MEMBER})
"""Roles that hold a seat of an association."""


class Move(StrEnum):
    """What can happen to a membership."""

    REQUEST = "request"
    ENDORSE = "endorse"
    REFUSE = "refuse"
    PASS_ON = "pass_on"  # noqa: S105
    """The request goes to the coordinators without the association's word."""
    ACCEPT = "accept"
    DECLINE = "decline"
    ADMIT = "admit"
    """A seat has become free for someone who waits for one."""
    WITHDRAW = "withdraw"
    NOMINATE = "nominate"
    TAKE_UP = "take_up"
    TURN_DOWN = "turn_down"
    REVOKE = "revoke"
    EXPIRE = "expire"
    ENTER = "enter"
    LEAVE = "leave"
    END = "end"
    RECALL = "recall"
    """The association takes the seat back."""
    REPLACE = "replace"
    """A successor takes the seat."""
    DEPART = "depart"
    """The person leaves the association that the seat belongs to."""
    CLOSE = "close"
    """The group has come to its end."""
    LAPSE = "lapse"
    SET_ROLE = "set_role"
    RENEW = "renew"


class Who(StrEnum):
    """In which capacity someone makes a move."""

    EXPERT = "expert"
    """The person whose membership it is."""
    FOCAL_POINT = "focal_point"
    """A focal point or deputy of the association, or an administrator in their place."""
    COORDINATOR = "coordinator"
    """A coordinator of the group, or an administrator in their place."""
    SYSTEM = "system"
    """What follows from a rule, a date or something decided elsewhere."""


@dataclass(frozen=True)
class Transition:
    """One move: from where to where, by whom, and whether it must be explained."""

    starts: frozenset[State | None]
    ends: tuple[State, ...]
    """Where it can lead; several where it depends on the group, the association or its seats."""
    by: frozenset[Who]
    needs_reason: bool = False


def _step(
    starts: State | tuple[State, ...] | None, ends: State | tuple[State, ...], *by: Who, needs_reason: bool = False
) -> Transition:
    return Transition(
        frozenset(starts if isinstance(starts, tuple) else (starts,)),
        ends if isinstance(ends, tuple) else (ends,),
        frozenset(by),
        needs_reason,
    )


_EXPERT, _FOCAL, _COORDINATOR, _SYSTEM = Who.EXPERT, Who.FOCAL_POINT, Who.COORDINATOR, Who.SYSTEM
_SEAT_OR_QUEUE = (State.ACTIVE, State.WAITING)

TRANSITIONS: dict[Move, Transition] = {
    Move.REQUEST: _step(None, (State.TO_ENDORSE, State.REQUESTED, *_SEAT_OR_QUEUE), _EXPERT, needs_reason=True),
    Move.ENDORSE: _step(State.TO_ENDORSE, (State.REQUESTED, *_SEAT_OR_QUEUE), _FOCAL),
    Move.REFUSE: _step(State.TO_ENDORSE, State.DECLINED, _FOCAL, needs_reason=True),
    Move.PASS_ON: _step(State.TO_ENDORSE, State.REQUESTED, _SYSTEM),
    Move.ACCEPT: _step(State.REQUESTED, _SEAT_OR_QUEUE, _COORDINATOR),
    Move.DECLINE: _step((State.REQUESTED, State.WAITING), State.DECLINED, _COORDINATOR, needs_reason=True),
    Move.ADMIT: _step(State.WAITING, State.ACTIVE, _FOCAL, _COORDINATOR),
    Move.WITHDRAW: _step((State.TO_ENDORSE, State.REQUESTED, State.WAITING), State.WITHDRAWN, _EXPERT),
    Move.NOMINATE: _step(None, State.NOMINATED, _FOCAL, _COORDINATOR),
    Move.TAKE_UP: _step(State.NOMINATED, (State.REQUESTED, *_SEAT_OR_QUEUE), _EXPERT),
    Move.TURN_DOWN: _step(State.NOMINATED, State.DECLINED, _EXPERT),
    Move.REVOKE: _step(State.NOMINATED, State.WITHDRAWN, _FOCAL),
    Move.EXPIRE: _step(State.NOMINATED, State.WITHDRAWN, _SYSTEM),
    Move.ENTER: _step(None, State.ACTIVE, _COORDINATOR),
    Move.LEAVE: _step(State.ACTIVE, State.LEFT, _EXPERT),
    Move.SET_ROLE: _step(State.ACTIVE, State.ACTIVE, _COORDINATOR),
    Move.RENEW: _step(State.ACTIVE, State.ACTIVE, _COORDINATOR, _SYSTEM),
    Move.END: _step(State.ACTIVE, State.ENDED, _COORDINATOR, needs_reason=True),
    Move.RECALL: _step(State.ACTIVE, State.ENDED, _FOCAL, needs_reason=True),
    Move.REPLACE: _step(State.ACTIVE, State.ENDED, _SYSTEM),
    Move.DEPART: _step(
        (State.TO_ENDORSE, State.REQUESTED, State.NOMINATED, State.WAITING, State.ACTIVE), State.ENDED, _SYSTEM
    ),
    Move.CLOSE: _step(
        (State.TO_ENDORSE, State.REQUESTED, State.NOMINATED, State.WAITING, State.ACTIVE), State.ENDED, _SYSTEM
    ),
    Move.LAPSE: _step(State.ACTIVE, State.LAPSED, _SYSTEM),
}

OPEN = frozenset({State.TO_ENDORSE, State.REQUESTED, State.NOMINATED, State.WAITING, State.ACTIVE})
"""States that hold a person's place in a group: at most one of them at a time."""
PENDING = OPEN - {State.ACTIVE}
"""On the way in."""
ASKED = frozenset({State.TO_ENDORSE, State.REQUESTED, State.WAITING})
"""What the person asked for and can take back."""


BY_ONESELF = frozenset({Move.REQUEST, Move.TAKE_UP})
"""Moves by which people come in of their own accord: they accept the terms of participation with them.

Whoever is let in, or put in, by someone else takes the seat first and is asked then.
"""


class MoveRefused(Exception):
    """The move is not possible from this state, or not by this person, or lacks its reason."""


class ReasonMissing(MoveRefused):
    """The move would be possible, but must be explained."""


def next_state(state: State | None, move: Move, by: Who, reason: str | None, to: State | None = None) -> State:
    """The state after a move; `to` chooses where a move leads that can lead to several. Raises MoveRefused."""
    step = TRANSITIONS[move]
    if state not in step.starts:
        raise MoveRefused(f"{move} is not possible from {state}")
    if by not in step.by:
        raise MoveRefused(f"{move} is not for the {by}")
    if step.needs_reason and not (reason or "").strip():
        raise ReasonMissing(f"{move} needs a reason")
    if to is None and len(step.ends) == 1:
        return step.ends[0]
    if to not in step.ends:
        raise MoveRefused(f"{move} does not lead to {to}")
    return to


def moves(state: State | None, by: Who) -> list[Move]:
    """What someone in that capacity can do now."""
    return [move for move, step in TRANSITIONS.items() if state in step.starts and by in step.by]


class Bar(StrEnum):
    """Why nobody, or not this person, can come into a group on their own account now."""

    ENDED = "ended"
    DORMANT = "dormant"
    CLOSED = "closed"
    BY_NOMINATION = "by_nomination"
    BY_INVITATION = "by_invitation"
    """The association, or a person without one, holds no seat unless the group invites them."""


def bar_to_entering(status: GroupStatus) -> Bar | None:
    """What keeps coordinators from adding anybody."""
    return {GroupStatus.CLOSED: Bar.ENDED, GroupStatus.DORMANT: Bar.DORMANT}.get(status)


def bar_to_nominating(status: GroupStatus, policy: JoinPolicy, limit: int) -> Bar | None:
    """What keeps an association from nominating; `limit` is the number of seats it is granted."""
    if bar := bar_to_entering(status):
        return bar
    if policy == JoinPolicy.CLOSED:
        return Bar.CLOSED
    return Bar.BY_INVITATION if limit == 0 else None


def bar_to_asking(status: GroupStatus, policy: JoinPolicy, limit: int) -> Bar | None:
    """What keeps a person from asking to join; a person without an association is granted 0 seats."""
    if bar := bar_to_nominating(status, policy, limit):
        return bar
    return Bar.BY_NOMINATION if policy == JoinPolicy.NOMINATION else None


def asked(policy: JoinPolicy, *, has_speakers: bool, endorsed: bool, vouched: bool = False) -> tuple[State, ...]:
    """Where a request leads: to the focal point first, where there is one who has not spoken, then to the coordinators.

    An open group asks neither about someone whom the association has vouched for, as its speaker or by a seat held for
    it: they take a seat, or wait for one. That one belongs to an association anyone can claim at signing up.
    """
    if policy == JoinPolicy.OPEN and (endorsed or vouched):
        return _SEAT_OR_QUEUE
    return (State.TO_ENDORSE,) if has_speakers and not endorsed else (State.REQUESTED,)


def endorsed(policy: JoinPolicy) -> tuple[State, ...]:
    """Where a request goes once the association has endorsed it: in an open group nobody else is asked."""
    return _SEAT_OR_QUEUE if policy == JoinPolicy.OPEN else (State.REQUESTED,)


def taken_up(policy: JoinPolicy, *, chosen: bool = False) -> tuple[State, ...]:
    """Where an accepted nomination leads: coordinators decide on it only where they decide on requests.

    `chosen`: the coordinators have decided already, when they chose the person.
    """
    return (State.REQUESTED,) if policy == JoinPolicy.REQUEST and not chosen else _SEAT_OR_QUEUE


def free_seats(limit: int, held: Collection[int], waiting: int = 0) -> int:
    """How many seats the next may take: those that nobody holds and nobody waits for.

    Where a limit was lowered, more may be held than are granted: they stay, and none is free until fewer are held.
    """
    return max(0, limit - len(held) - waiting)


def seat_number(limit: int, held: Collection[int]) -> int | None:
    """The lowest number that is vacant; None where no seat is."""
    if len(held) >= limit:
        return None
    return next(number for number in range(1, limit + 1) if number not in held)
