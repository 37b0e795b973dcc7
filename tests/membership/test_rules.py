"""The state machine by itself: no sequence of moves leaves it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.groups.rules import GroupStatus, JoinPolicy
from app.membership.rules import (
    OPEN,
    TRANSITIONS,
    Move,
    MoveRefused,
    ReasonMissing,
    State,
    Who,
    asked,
    bar_to_asking,
    bar_to_entering,
    bar_to_nominating,
    endorsed,
    free_seats,
    moves,
    next_state,
    seat_number,
    taken_up,
)

CLOSED = set(State) - OPEN
ON_THE_WAY = {Move.DEPART, Move.CLOSE}
DIAGRAM = {
    (None, Who.EXPERT): {Move.REQUEST},
    (None, Who.FOCAL_POINT): {Move.NOMINATE},
    (None, Who.COORDINATOR): {Move.ENTER, Move.NOMINATE},
    (State.TO_ENDORSE, Who.EXPERT): {Move.WITHDRAW},
    (State.TO_ENDORSE, Who.FOCAL_POINT): {Move.ENDORSE, Move.REFUSE},
    (State.TO_ENDORSE, Who.SYSTEM): {Move.PASS_ON, *ON_THE_WAY},
    (State.REQUESTED, Who.EXPERT): {Move.WITHDRAW},
    (State.REQUESTED, Who.COORDINATOR): {Move.ACCEPT, Move.DECLINE},
    (State.REQUESTED, Who.SYSTEM): ON_THE_WAY,
    (State.NOMINATED, Who.EXPERT): {Move.TAKE_UP, Move.TURN_DOWN},
    (State.NOMINATED, Who.FOCAL_POINT): {Move.REVOKE},
    (State.NOMINATED, Who.SYSTEM): {Move.EXPIRE, *ON_THE_WAY},
    (State.WAITING, Who.EXPERT): {Move.WITHDRAW},
    (State.WAITING, Who.FOCAL_POINT): {Move.ADMIT},
    (State.WAITING, Who.COORDINATOR): {Move.ADMIT, Move.DECLINE},
    (State.WAITING, Who.SYSTEM): ON_THE_WAY,
    (State.ACTIVE, Who.EXPERT): {Move.LEAVE},
    (State.ACTIVE, Who.FOCAL_POINT): {Move.RECALL},
    (State.ACTIVE, Who.COORDINATOR): {Move.SET_ROLE, Move.RENEW, Move.END},
    (State.ACTIVE, Who.SYSTEM): {Move.RENEW, Move.REPLACE, Move.LAPSE, *ON_THE_WAY},
}


@pytest.mark.parametrize("who", Who)
@pytest.mark.parametrize("state", [None, *State])
def test_who_can_do_what_when(state: State | None, who: Who) -> None:
    assert set(moves(state, who)) == DIAGRAM.get((state, who), set())


REASONS = st.sampled_from(["", "  ", "because"])
STEPS = st.tuples(st.sampled_from(Move), st.sampled_from(Who), REASONS, st.none() | st.sampled_from(State))


@given(st.lists(STEPS))
def test_no_sequence_of_moves_leaves_the_rules(steps: list[tuple[Move, Who, str, State | None]]) -> None:
    state: State | None = None
    for move, who, reason, to in steps:
        step = TRANSITIONS[move]
        offered = move in moves(state, who)
        explained = bool(reason.strip()) or not step.needs_reason
        leads = to in step.ends or (to is None and len(step.ends) == 1)
        if offered and explained and leads:
            after = next_state(state, move, who, reason, to)
            assert state not in CLOSED, "nothing follows an end"
            assert after in step.ends
            assert after != state or move in (Move.SET_ROLE, Move.RENEW)
            state = after
        else:
            with pytest.raises(MoveRefused) as refusal:
                next_state(state, move, who, reason, to)
            assert isinstance(refusal.value, ReasonMissing) == (offered and not explained)


def test_every_state_can_be_reached_and_every_open_one_left() -> None:
    assert {state for step in TRANSITIONS.values() for state in step.ends} == set(State)
    for state in OPEN:
        assert any(moves(state, who) for who in Who)


LIMITS = st.integers(0, 4)


@given(st.sampled_from(GroupStatus), st.sampled_from(JoinPolicy), LIMITS)
def test_who_may_ask_may_also_be_nominated(status: GroupStatus, policy: JoinPolicy, limit: int) -> None:
    asking, nominating = bar_to_asking(status, policy, limit), bar_to_nominating(status, policy, limit)
    assert asking is not None or nominating is None
    assert (asking is None) == (
        status == GroupStatus.ACTIVE and policy in (JoinPolicy.OPEN, JoinPolicy.REQUEST) and limit > 0
    )
    assert (bar_to_entering(status) is None) == (status == GroupStatus.ACTIVE)


@given(LIMITS, st.sets(st.integers(1, 6)), LIMITS)
def test_seats(limit: int, held: set[int], waiting: int) -> None:
    number = seat_number(limit, held)
    assert (number is None) == (len(held) >= limit), "beyond a lowered limit none is filled"
    if number is not None:
        assert number not in held and 1 <= number <= limit
    assert free_seats(limit, held, waiting) == max(0, limit - len(held) - waiting)


def test_where_requests_and_nominations_lead() -> None:
    assert asked(JoinPolicy.REQUEST, has_speakers=True, endorsed=False) == (State.TO_ENDORSE,)
    assert asked(JoinPolicy.REQUEST, has_speakers=False, endorsed=False) == (State.REQUESTED,)
    assert asked(JoinPolicy.REQUEST, has_speakers=True, endorsed=True) == (State.REQUESTED,)
    assert asked(JoinPolicy.OPEN, has_speakers=True, endorsed=False) == (State.TO_ENDORSE,)
    assert asked(JoinPolicy.OPEN, has_speakers=False, endorsed=False) == (State.REQUESTED,)
    for vouching in ({"endorsed": True}, {"endorsed": False, "vouched": True}):
        assert asked(JoinPolicy.OPEN, has_speakers=True, **vouching) == (State.ACTIVE, State.WAITING)
    assert endorsed(JoinPolicy.OPEN) == (State.ACTIVE, State.WAITING)
    assert endorsed(JoinPolicy.REQUEST) == (State.REQUESTED,)
    assert taken_up(JoinPolicy.REQUEST) == (State.REQUESTED,)
    assert taken_up(JoinPolicy.REQUEST, chosen=True) == (State.ACTIVE, State.WAITING)
    assert taken_up(JoinPolicy.NOMINATION) == taken_up(JoinPolicy.OPEN) == (State.ACTIVE, State.WAITING)
