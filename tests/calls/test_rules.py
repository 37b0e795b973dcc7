"""The life of a call and of those who stand for it, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls import rules
from app.calls.rules import CallMove, CallState, Refused, Standing, Step
from app.membership.rules import Who

DEADLINE = datetime(2027, 3, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "minutes", "expected"),
    [
        (CallState.OPEN, -1, CallState.OPEN),
        (CallState.OPEN, 0, CallState.CLOSED),
        (CallState.OPEN, 1, CallState.CLOSED),
        (CallState.DRAFT, 1, CallState.DRAFT),
        (CallState.DECIDED, -1, CallState.DECIDED),
        (CallState.CANCELLED, 1, CallState.CANCELLED),
    ],
)
def test_a_call_closes_with_its_deadline(state: CallState, minutes: int, expected: CallState) -> None:
    assert rules.standing(state, DEADLINE, DEADLINE + timedelta(minutes=minutes)) == expected


def test_what_can_happen_to_a_call() -> None:
    assert rules.next_call_state(CallState.DRAFT, CallMove.OPEN, Who.COORDINATOR) == CallState.OPEN
    assert rules.next_call_state(CallState.CLOSED, CallMove.EXTEND, Who.COORDINATOR) == CallState.OPEN
    assert rules.next_call_state(CallState.CLOSED, CallMove.DECIDE, Who.COORDINATOR) == CallState.DECIDED
    for state, move, who in (
        (CallState.OPEN, CallMove.DECIDE, Who.COORDINATOR),
        (CallState.DRAFT, CallMove.EXTEND, Who.COORDINATOR),
        (CallState.DECIDED, CallMove.CANCEL, Who.COORDINATOR),
        (CallState.DRAFT, CallMove.OPEN, Who.FOCAL_POINT),
        (CallState.OPEN, CallMove.CLOSE, Who.COORDINATOR),
    ):
        with pytest.raises(Refused):
            rules.next_call_state(state, move, who, "a reason")


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_what_must_be_explained(reason: str | None) -> None:
    with pytest.raises(rules.ReasonMissing):
        rules.next_call_state(CallState.OPEN, CallMove.CANCEL, Who.COORDINATOR, reason)
    with pytest.raises(rules.ReasonMissing):
        rules.next_standing(Standing.TO_ENDORSE, Step.REFUSE, Who.FOCAL_POINT, CallState.OPEN, reason)


WHO, REASON = st.sampled_from(Who), st.sampled_from([None, "", "Because."])


@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from(CallMove), WHO, REASON),
            st.tuples(st.sampled_from(Step), WHO, REASON, st.sampled_from([None, *Standing])),
        ),
        max_size=30,
    )
)
def test_no_sequence_of_moves_leads_where_the_rules_forbid(moves: list[tuple]) -> None:  # type: ignore[type-arg]
    """One call and one candidate: what nobody may skip is never skipped."""
    call, candidate, was_open, was_closed, extended = CallState.DRAFT, None, False, False, False
    for what, *rest in moves:
        before = candidate
        try:
            if isinstance(what, CallMove):
                call = rules.next_call_state(call, what, *rest)
                was_open |= call == CallState.OPEN
                was_closed |= call == CallState.CLOSED
                extended |= what == CallMove.EXTEND
            else:
                who, reason, to = rest
                candidate = rules.next_standing(candidate, what, who, call, reason, to)
        except Refused:
            assert candidate == before
            continue
        if candidate is not None:
            assert was_open, "nobody stands for a draft"
        if candidate in (Standing.CHOSEN, Standing.RESERVE, Standing.NOT_CHOSEN, Standing.LAPSED):
            assert call == CallState.DECIDED and was_closed, "nobody is chosen before the deadline"
        if candidate == Standing.DROPPED:
            assert call == CallState.CANCELLED
        if before in (Standing.CHOSEN, Standing.LAPSED, Standing.NOT_CHOSEN, Standing.DROPPED):
            assert candidate == before, "what is over stays over"
        if isinstance(what, Step):
            assert rest[0] == rules.STEP_RULES[what].by


@given(st.lists(st.integers(1, 50), unique=True, max_size=8), st.dictionaries(st.integers(1, 50), st.integers(0, 99)))
def test_an_order_of_preference_keeps_everyone_once(present: list[int], wanted: dict[int, int]) -> None:
    ordered = rules.in_order(dict(wanted), present)
    assert sorted(ordered) == sorted(present)
    places = [wanted.get(one) or 10_000 for one in ordered]
    assert places == sorted(places)


def test_equal_numbers_keep_their_order() -> None:
    assert rules.in_order({7: 1, 8: 1, 9: None}, [9, 8, 7]) == [8, 7, 9]


def test_the_reserve_list() -> None:
    today = date(2027, 3, 1)
    assert rules.not_chosen(None, today) == Step.PASS_OVER
    assert rules.not_chosen(today, today) == Step.RESERVE
    assert rules.not_chosen(today - timedelta(days=1), today) == Step.PASS_OVER
    assert rules.reserve_holds(today, today)
    assert not rules.reserve_holds(today - timedelta(days=1), today)
    assert not rules.reserve_holds(None, today)


def test_who_is_there_twice() -> None:
    assert rules.twice_there([1, 2, None, None, 1, 3]) == {1}
