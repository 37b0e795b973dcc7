"""The state machine by itself: no sequence of moves leaves it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.membership.rules import (
    OPEN,
    TRANSITIONS,
    Move,
    MoveRefused,
    ReasonMissing,
    State,
    Who,
    moves,
    next_state,
)

CLOSED = set(State) - OPEN
DIAGRAM = {
    (None, Who.EXPERT): {Move.REQUEST},
    (None, Who.COORDINATOR): {Move.ENTER},
    (State.REQUESTED, Who.EXPERT): {Move.WITHDRAW},
    (State.REQUESTED, Who.COORDINATOR): {Move.ACCEPT, Move.DECLINE},
    (State.ACTIVE, Who.EXPERT): {Move.LEAVE},
    (State.ACTIVE, Who.COORDINATOR): {Move.SET_ROLE, Move.END},
}


@pytest.mark.parametrize("who", Who)
@pytest.mark.parametrize("state", [None, *State])
def test_who_can_do_what_when(state: State | None, who: Who) -> None:
    assert set(moves(state, who)) == DIAGRAM.get((state, who), set())


@given(st.lists(st.tuples(st.sampled_from(Move), st.sampled_from(Who), st.sampled_from(["", "  ", "because"]))))
def test_no_sequence_of_moves_leaves_the_rules(steps: list[tuple[Move, Who, str]]) -> None:
    state: State | None = None
    for move, who, reason in steps:
        offered = move in moves(state, who)
        explained = bool(reason.strip()) or not TRANSITIONS[move].needs_reason
        if offered and explained:
            after = next_state(state, move, who, reason)
            assert state not in CLOSED, "nothing follows an end"
            assert after != state or move == Move.SET_ROLE
            state = after
        else:
            with pytest.raises(MoveRefused) as refusal:
                next_state(state, move, who, reason)
            assert isinstance(refusal.value, ReasonMissing) == offered


def test_every_state_can_be_reached_and_every_open_one_left() -> None:
    assert {step.end for step in TRANSITIONS.values()} == set(State)
    for state in OPEN:
        assert any(moves(state, who) for who in Who)
