"""The rules of date polls, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.meetings.rules import OddTime
from app.scheduling import rules
from app.scheduling.rules import Answer, Move, PollFacts, PollState, Span, Standing, Tally, ranked, span, tally

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
BRUSSELS = "Europe/Brussels"
FIRST = span(datetime(2027, 3, 10, 10), 120)
FACTS = PollFacts("Spring", 120, BRUSSELS, datetime(2027, 2, 20, 17), (FIRST,))
Y, M, N = Answer.YES, Answer.IF_NEED_BE, Answer.NO


def fields(facts: PollFacts) -> list[str | None]:
    return [problem.field for problem in rules.problems(facts, NOW)]


def test_a_poll_like_others_is_fine() -> None:
    assert fields(FACTS) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"time_zone": "Europe/Nowhere"}, "time_zone"),
        ({"minutes": 5}, "minutes"),
        ({"spans": ()}, "options"),
        ({"closes": datetime(2027, 2, 1, 10)}, "closes_on"),  # an instant ago: Brussels is an hour ahead
        ({"closes": datetime(2032, 2, 20, 17)}, "closes_on"),
        ({"closes": datetime(2027, 3, 28, 2, 30)}, "closes_time"),
        ({"closes": datetime(2027, 3, 10, 10)}, "options-0"),
        ({"spans": (FIRST, FIRST)}, "options-1"),
        ({"spans": tuple(span(datetime(2027, 3, 10) + timedelta(hours=n), 60) for n in range(41))}, "options"),
        ({"named": True}, "people"),
        ({"named": True, "people": (1,), "needed": (2,)}, "needed"),
    ],
)
def test_what_is_refused(change: dict[str, object], field: str) -> None:
    assert fields(replace(FACTS, **change)) == [field]  # type: ignore[arg-type]


def test_a_minute_later_is_not_past() -> None:
    assert fields(replace(FACTS, closes=datetime(2027, 2, 1, 10, 1))) == []


@pytest.mark.parametrize(
    ("starts", "minutes"),
    [
        (datetime(2027, 3, 28, 2, 30), 60),  # begins in the hour that is skipped
        (datetime(2027, 3, 28, 1, 30), 60),  # ends in it
        (datetime(2027, 10, 31, 2, 30), 120),  # begins in the hour that comes twice
        (datetime(2027, 10, 31, 1, 0), 90),
    ],
)
def test_dates_in_the_hours_of_a_clock_change(starts: datetime, minutes: int) -> None:
    problems = rules.problems(replace(FACTS, minutes=minutes, spans=(FIRST, span(starts, minutes))), NOW)
    assert [type(problem) for problem in problems] == [OddTime]
    assert problems[0].field == "options-1"


def test_a_date_across_a_clock_change_lasts_by_the_clock_on_the_wall() -> None:
    assert span(datetime(2027, 3, 28, 1), 180) == Span(datetime(2027, 3, 28, 1), datetime(2027, 3, 28, 4))
    assert fields(replace(FACTS, minutes=180, spans=(span(datetime(2027, 3, 28, 1), 180),))) == []


def test_where_a_poll_stands_and_what_can_be_done() -> None:
    stands = [rules.standing(state, NOW, NOW + timedelta(seconds=s)) for state in PollState for s in (-1, 0)]
    assert stands == [Standing.OPEN, Standing.TO_DECIDE, Standing.CLOSED, Standing.CLOSED, Standing.CANCELLED,
                      Standing.CANCELLED]  # fmt: skip
    possible = {where: {move for move in Move if rules.is_possible(move, where)} for where in Standing}
    assert possible == {
        Standing.OPEN: set(Move),
        Standing.TO_DECIDE: {Move.EXTEND, Move.CLOSE, Move.CANCEL},
        Standing.CLOSED: set(),
        Standing.CANCELLED: set(),
    }


def test_reminding_by_hand_once_a_day() -> None:
    assert rules.may_remind(None, NOW)
    assert not rules.may_remind(NOW - timedelta(hours=23, minutes=59), NOW)
    assert rules.may_remind(NOW - timedelta(days=1), NOW)


def of(*said: dict[int, Answer], needed: tuple[int, ...] = ()) -> list[Tally]:
    """Tallies of dates a day apart, from what people 1 to 4 said to each."""
    votes = [(number, person, answer) for number, one in enumerate(said) for person, answer in one.items()]
    return tally([(n, NOW + timedelta(days=n)) for n in range(len(said))], votes, (1, 2, 3, 4), needed)


def test_what_was_said() -> None:
    one = of({1: Y, 2: M, 3: N, 9: Y}, needed=(3, 4, 9))[0]
    assert (one.yes, one.if_need_be, one.no, one.open) == ({1}, {2}, {3}, {4})
    assert (one.can, one.lost, one.unsure) == ({1, 2}, {3}, {4})


@pytest.mark.parametrize(
    ("said", "needed", "order"),
    [
        ([{1: Y}, {1: Y, 2: Y}], (), [1, 0]),  # more yes
        ([{1: Y, 2: N, 3: N}, {1: Y, 2: M}], (), [1, 0]),  # then more if need be
        ([{1: M, 2: M, 3: M}, {1: Y}], (), [1, 0]),  # one yes outweighs any if need be
        ([{1: Y, 2: Y, 3: Y, 4: N}, {4: Y}], (4,), [1, 0]),  # who must be there outweighs all others
        ([{1: Y, 2: Y}, {4: M}], (4,), [1, 0]),  # said something at all, before silence
        ([{4: M, 1: Y}, {4: Y}], (4,), [1, 0]),
        ([{3: Y, 4: N}, {3: M}], (3, 4), [1, 0]),  # a no of one of two weighs more than silence
        ([{1: Y}, {2: Y}], (), [0, 1]),  # the earlier
    ],
)
def test_the_best_date_first(said: list[dict[int, Answer]], needed: tuple[int, ...], order: list[int]) -> None:
    assert [one.option_id for one in ranked(of(*said, needed=needed))] == order


@pytest.mark.parametrize(
    ("votes", "silent"),
    [([], {1, 2}), ([(7, 1), (8, 1)], {2}), ([(7, 1), (9, 1), (7, 2), (8, 2)], {1})],
)  # fmt: skip
def test_who_lacks_an_answer(votes: list[tuple[int, int]], silent: set[int]) -> None:
    assert rules.unanswered([7, 8], votes, [1, 2]) == silent


def test_nobody_owes_an_answer_to_nothing() -> None:
    assert rules.unanswered([], [], [1, 2]) == set()
