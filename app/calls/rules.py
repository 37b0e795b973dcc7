"""The life of a call and of those who stand for it: every state, every move, and who may make it. Pure.

A call that is open is closed from the instant of its deadline on, whether or not anybody has noted it: ask `standing`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.membership.rules import Who

MOST_SEATS = 50
"""What one call can offer."""
MOST_CANDIDATES = 50
"""People of one association who can stand for one call."""
LAST_PLACE = 10_000
"""Where those stand to whom no place was given."""


class CallState(StrEnum):
    """Where a call stands."""

    DRAFT = "draft"
    """Only those who coordinate the group see it."""
    OPEN = "open"
    CLOSED = "closed"
    """The deadline has passed; the coordinators choose."""
    DECIDED = "decided"
    CANCELLED = "cancelled"


class CallMove(StrEnum):
    """What can happen to a call."""

    OPEN = "open"
    EXTEND = "extend"
    """A later deadline; a call that had closed is open again."""
    CLOSE = "close"
    DECIDE = "decide"
    CANCEL = "cancel"


class Standing(StrEnum):
    """Where someone who applied or was nominated stands."""

    TO_ENDORSE = "to_endorse"
    """Applied; waits for the word of the association."""
    READY = "ready"
    """Stands for the call."""
    REFUSED = "refused"
    """The association does not endorse it."""
    WITHDRAWN = "withdrawn"
    CHOSEN = "chosen"
    RESERVE = "reserve"
    NOT_CHOSEN = "not_chosen"
    """Not chosen, and the call keeps no reserve list."""
    LAPSED = "lapsed"
    """The reserve list has come to its end."""
    DROPPED = "dropped"
    """The call was cancelled."""


class Step(StrEnum):
    """What can happen to someone who stands for a call."""

    APPLY = "apply"
    NOMINATE = "nominate"
    ENDORSE = "endorse"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    TAKE_BACK = "take_back"
    """The association takes its nomination back."""
    DEPART = "depart"
    """The person leaves the association for which they stand."""
    CHOOSE = "choose"
    RESERVE = "reserve"
    PASS_OVER = "pass_over"  # noqa: S105
    TAKE = "take"
    """From the reserve list."""
    LAPSE = "lapse"
    DROP = "drop"


@dataclass(frozen=True)
class CallRule:
    """One move of a call: from where, to where, by whom, and whether it must be explained."""

    starts: frozenset[CallState]
    ends: CallState
    by: Who
    needs_reason: bool = False


@dataclass(frozen=True)
class StepRule:
    """One step of a candidate: from where, to where, by whom, and how the call has to stand."""

    starts: frozenset[Standing | None]
    ends: tuple[Standing, ...]
    """Where it can lead; several where it depends on the association."""
    by: Who
    during: frozenset[CallState]
    needs_reason: bool = False


_OPEN, _CLOSED = CallState.OPEN, CallState.CLOSED
_UNDECIDED = frozenset({_OPEN, _CLOSED})

CALL_RULES: dict[CallMove, CallRule] = {
    CallMove.OPEN: CallRule(frozenset({CallState.DRAFT}), _OPEN, Who.COORDINATOR),
    CallMove.EXTEND: CallRule(_UNDECIDED, _OPEN, Who.COORDINATOR),
    CallMove.CLOSE: CallRule(frozenset({_OPEN}), _CLOSED, Who.SYSTEM),
    CallMove.DECIDE: CallRule(frozenset({_CLOSED}), CallState.DECIDED, Who.COORDINATOR),
    CallMove.CANCEL: CallRule(
        frozenset({CallState.DRAFT, _OPEN, _CLOSED}), CallState.CANCELLED, Who.COORDINATOR, needs_reason=True
    ),
}

_PENDING = (Standing.TO_ENDORSE, Standing.READY)


def _step(
    starts: tuple[Standing | None, ...], ends: tuple[Standing, ...], by: Who, *during: CallState,
    needs_reason: bool = False,
) -> StepRule:  # fmt: skip
    return StepRule(frozenset(starts), ends, by, frozenset(during), needs_reason)


STEP_RULES: dict[Step, StepRule] = {
    Step.APPLY: _step((None, Standing.WITHDRAWN), _PENDING, Who.EXPERT, _OPEN, needs_reason=True),
    Step.NOMINATE: _step(
        (None, Standing.WITHDRAWN, Standing.REFUSED, Standing.TO_ENDORSE), (Standing.READY,), Who.FOCAL_POINT, _OPEN
    ),
    Step.ENDORSE: _step((Standing.TO_ENDORSE, Standing.REFUSED), (Standing.READY,), Who.FOCAL_POINT, _OPEN, _CLOSED),
    Step.REFUSE: _step((Standing.TO_ENDORSE,), (Standing.REFUSED,), Who.FOCAL_POINT, _OPEN, _CLOSED, needs_reason=True),
    Step.WITHDRAW: _step(
        (*_PENDING, Standing.RESERVE), (Standing.WITHDRAWN,), Who.EXPERT, _OPEN, _CLOSED, CallState.DECIDED
    ),
    Step.DEPART: _step(
        (*_PENDING, Standing.RESERVE), (Standing.WITHDRAWN,), Who.SYSTEM, _OPEN, _CLOSED, CallState.DECIDED
    ),
    Step.TAKE_BACK: _step((Standing.READY,), (Standing.WITHDRAWN,), Who.FOCAL_POINT, _OPEN),
    Step.CHOOSE: _step(_PENDING, (Standing.CHOSEN,), Who.COORDINATOR, CallState.DECIDED),
    Step.RESERVE: _step(_PENDING, (Standing.RESERVE,), Who.COORDINATOR, CallState.DECIDED),
    Step.PASS_OVER: _step(_PENDING, (Standing.NOT_CHOSEN,), Who.COORDINATOR, CallState.DECIDED),
    Step.TAKE: _step((Standing.RESERVE,), (Standing.CHOSEN,), Who.COORDINATOR, CallState.DECIDED),
    Step.LAPSE: _step((Standing.RESERVE,), (Standing.LAPSED,), Who.SYSTEM, CallState.DECIDED),
    Step.DROP: _step(_PENDING, (Standing.DROPPED,), Who.COORDINATOR, CallState.CANCELLED),
}
"""What a decision or a cancellation does to candidates is done once the call is decided or cancelled."""

IN_PLAY = frozenset(_PENDING)
"""Those among whom is chosen."""
HOPING = frozenset({*IN_PLAY, Standing.RESERVE})
"""Those who may still get a seat."""
SETTLED_BY_CALL: dict[CallState, frozenset[Standing]] = {
    CallState.DECIDED: frozenset(Standing) - IN_PLAY - {Standing.DROPPED},
    CallState.CANCELLED: frozenset({Standing.REFUSED, Standing.WITHDRAWN, Standing.DROPPED}),
}
"""Where candidates can stand once a call is over; until then nobody is chosen, kept or dropped."""


class Refused(Exception):
    """What was wanted is not possible from this state, or not by this person."""


class ReasonMissing(Refused):
    """It would be possible, but must be explained."""


def standing(state: CallState, deadline: datetime, now: datetime) -> CallState:
    """Where a call stands at an instant: an open one is closed once its deadline has come."""
    return CallState.CLOSED if state == CallState.OPEN and now >= deadline else state


def next_call_state(state: CallState, move: CallMove, by: Who, reason: str | None = None) -> CallState:
    """The state of a call after a move. Raises Refused."""
    rule = CALL_RULES[move]
    if state not in rule.starts or by != rule.by:
        raise Refused(f"{move} is not possible from {state} by {by}")
    if rule.needs_reason and not (reason or "").strip():
        raise ReasonMissing(f"{move} needs a reason")
    return rule.ends


def next_standing(
    state: Standing | None, step: Step, by: Who, call: CallState, reason: str | None = None, to: Standing | None = None
) -> Standing:
    """Where a candidate stands after a step; `to` chooses where it leads that can lead to several. Raises Refused."""
    rule = STEP_RULES[step]
    if state not in rule.starts or by != rule.by or call not in rule.during:
        raise Refused(f"{step} is not possible from {state} by {by} while the call is {call}")
    if rule.needs_reason and not (reason or "").strip():
        raise ReasonMissing(f"{step} needs a reason")
    if to is None and len(rule.ends) == 1:
        return rule.ends[0]
    if to not in rule.ends:
        raise Refused(f"{step} does not lead to {to}")
    return to


def is_possible(state: Standing | None, step: Step, call: CallState) -> bool:
    """Whether a step can be offered, to whom it is for."""
    rule = STEP_RULES[step]
    return state in rule.starts and call in rule.during


def not_chosen(reserve_until: date | None, today: date) -> Step:
    """What becomes of those who are not chosen: a reserve list where the call keeps one that is not over yet."""
    return Step.RESERVE if reserve_until is not None and reserve_until >= today else Step.PASS_OVER


def reserve_holds(reserve_until: date | None, today: date) -> bool:
    """Whether someone can still be taken from the reserve list; its last day counts."""
    return reserve_until is not None and today <= reserve_until


def twice_there(association_ids: Iterable[int | None]) -> set[int]:
    """The associations that are named more than once; those without one never are."""
    counted = Counter(one for one in association_ids if one is not None)
    return {one for one, number in counted.items() if number > 1}


def in_order(wanted: dict[int, int | None], present: Collection[int]) -> list[int]:
    """The ids in order of preference, from the numbers that were typed beside them; those without one come last.

    `present` is the order so far, which decides between equal numbers.
    """
    before = {one: place for place, one in enumerate(present)}
    last = len(before) + LAST_PLACE
    return sorted(before, key=lambda one: (wanted.get(one) or last, before[one]))
