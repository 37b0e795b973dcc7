"""What a milestone may be, when members are written to, and when they are reminded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.meetings.rules import Visibility
from app.programme import rules
from app.programme.rules import Kind
from tests.factories.programme import make_plan

TODAY = date(2026, 11, 25)
PAUSE = ("08-01", "08-31")
PLAN = make_plan(first_day=date(2027, 1, 4))


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("first_day", {"first_day": date(2027, 3, 13)}),
        ("first_day", {"first_day": date(2025, 3, 1)}),
        ("last_day", {"last_day": date(2073, 3, 1)}),
        ("last_day", {"last_day": date(1999, 3, 1), "first_day": date(1999, 3, 1)}),
        ("link", {"link": "http://plain.example"}),
        ("link", {"link": "javascript:alert(1)"}),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(field: str, values: dict[str, object]) -> None:
    found = rules.problems(replace(PLAN, **values), TODAY)  # type: ignore[arg-type]
    assert [problem.field for problem in found] == [field]


def test_what_can_be() -> None:
    assert rules.problems(PLAN, TODAY) == []
    assert rules.problems(replace(PLAN, link="https://have-your-say.example/1"), TODAY) == []
    longest = PLAN.last_day - rules.LONGEST
    assert rules.problems(replace(PLAN, first_day=longest), TODAY) == []
    assert rules.problems(replace(PLAN, first_day=longest - timedelta(days=1)), TODAY) != []


def test_only_days_raise_sequence() -> None:
    other = replace(
        PLAN, title="Other", kind=Kind.DEADLINE, goal_id=3, file_reference="X", link="https://a.example",
        description="d", visibility=Visibility.MEMBERS,
    )  # fmt: skip
    assert rules.next_sequence(4, PLAN.differences(other)) == 4
    for changed in ({"first_day": date(2027, 1, 5)}, {"last_day": date(2027, 3, 13)}):
        assert rules.next_sequence(4, PLAN.differences(replace(PLAN, **changed))) == 5


def test_members_hear_of_new_and_moved_consultations_alone() -> None:
    moved = replace(PLAN, last_day=date(2027, 4, 1))
    milestone, over = replace(PLAN, kind=Kind.MILESTONE), make_plan(date(2026, 11, 24))
    assert rules.is_news(PLAN, None, TODAY)
    assert rules.is_news(moved, PLAN, TODAY)
    assert rules.is_news(PLAN, milestone, TODAY), "it has become one"
    assert rules.is_news(over, PLAN, TODAY), "one that people still wait for was put into the past"
    assert not rules.is_news(replace(PLAN, title="Other"), PLAN, TODAY)
    assert not rules.is_news(milestone, None, TODAY)
    assert not rules.is_news(replace(moved, kind=Kind.DEADLINE), PLAN, TODAY)
    assert not rules.is_news(over, None, TODAY)
    assert rules.is_news(make_plan(TODAY), None, TODAY), "today is not over"


@pytest.mark.parametrize(
    ("last", "reminded"),
    [
        (date(2027, 3, 15), date(2027, 3, 1)),
        (date(2027, 8, 14), date(2027, 7, 31)),
        (date(2027, 9, 10), date(2027, 7, 31)),
        (date(2027, 8, 31), date(2027, 7, 31)),
        (date(2027, 9, 15), date(2027, 9, 1)),
    ],
)
def test_a_reminder_comes_before_the_pause_rather_than_within(last: date, reminded: date) -> None:
    assert rules.reminds_on(last, 14, PAUSE) == reminded
    assert rules.reminds_on(last, 14, None) == last - timedelta(days=14)


def test_a_pause_of_all_year_ends_somewhere() -> None:
    assert rules.reminds_on(date(2027, 3, 15), 14, ("01-01", "12-31")) < date(2026, 3, 2)
