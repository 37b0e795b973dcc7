"""The rules of series, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from app.meetings.rules import MeetingPlan
from app.meetings.rules.pattern import LAST, Frequency, Pattern, Weekday, days_of_rule, pattern_of, split_rule
from app.meetings.rules.series import (
    Change,
    Occurrence,
    Part,
    Revision,
    SeriesPlan,
    crosses_change,
    index_for,
    odd_days,
    on,
    parts_of,
    problems,
    revise,
)

WEEKLY = Pattern(Frequency.WEEKLY, weekdays=(Weekday.WE,))
FIRST = MeetingPlan("Call", datetime(2027, 1, 13, 10), datetime(2027, 1, 13, 11), "Europe/Brussels")


def series(pattern: Pattern | None = WEEKLY, until: date = date(2027, 2, 10), **said: object) -> SeriesPlan:
    return SeriesPlan(replace(FIRST, **said), pattern, until)  # type: ignore[arg-type]


def built(plan: SeriesPlan) -> tuple[list[Part], list[Occurrence]]:
    """The series as it stands once it is made, parts and dates numbered from 1."""
    parts = [replace(part, key=number) for number, part in enumerate(parts_of(plan), 1)]
    return parts, [
        Occurrence(number, parts[index_for(parts, day)].key, plan.on(day).starts, plan.on(day))
        for number, day in enumerate(plan.days(), 1)
    ]


def days(revision: Revision) -> dict[int | None, str]:
    """{number of the date: its day then}, dropped ones left out."""
    return {change.after.key: f"{change.after.plan.starts:%d.%m. %H:%M}" for change in revision.changes if change.after}


def dropped(revision: Revision) -> list[int | None]:
    return [change.before.key for change in revision.changes if change.before and not change.after]


def at(item: Occurrence) -> datetime:
    return item.original


@pytest.mark.parametrize(
    ("pattern", "first", "expected"),
    [
        (
            Pattern(Frequency.WEEKLY, 2, (Weekday.MO, Weekday.WE)),
            date(2027, 1, 13),
            "13.1 25.1 27.1 8.2 10.2 22.2 24.2 8.3 10.3",
        ),
        (Pattern(Frequency.MONTHLY, 1, (Weekday.WE,), (2, 4)), date(2027, 1, 13), "13.1 27.1 10.2 24.2 10.3"),
        (Pattern(Frequency.MONTHLY, 2, (Weekday.WE,), (2, 4)), date(2027, 1, 27), "27.1 10.3 24.3"),
        (Pattern(Frequency.MONTHLY, monthday=LAST), date(2027, 1, 31), "31.1 28.2 31.3"),
        (Pattern(Frequency.MONTHLY, 1, (Weekday.FR,), (LAST,)), date(2027, 1, 29), "29.1 26.2 26.3"),
        (Pattern(Frequency.YEARLY, monthday=15, month=2), date(2027, 2, 15), "15.2"),
        (Pattern(Frequency.YEARLY, 1, (Weekday.TU,), (3,), month=2), date(2027, 2, 16), "16.2"),
    ],
)
def test_days_of_a_pattern(pattern: Pattern, first: date, expected: str) -> None:
    found = pattern.dates(first, max(date(2027, 2, 25), first + timedelta(days=60)))
    assert " ".join(f"{day.day}.{day.month}" for day in found) == expected
    assert pattern_of(pattern.rules()) == pattern
    shares = [split_rule(rule, found) for rule in pattern.rules()]
    assert sorted(day for share in shares for day in share) == found
    for rule, share in zip(pattern.rules(), shares, strict=True):
        assert days_of_rule(rule, share[0], share[-1]) == share


def test_two_ordinals_are_two_parts() -> None:
    plan = series(Pattern(Frequency.MONTHLY, 1, (Weekday.WE,), (2, 4)), date(2027, 4, 30))
    assert [(part.rule, part.first, part.last) for part in parts_of(plan)] == [
        ("FREQ=MONTHLY;BYDAY=2WE", date(2027, 1, 13), date(2027, 4, 14)),
        ("FREQ=MONTHLY;BYDAY=4WE", date(2027, 1, 27), date(2027, 4, 28)),
    ]


def test_dates_over_a_clock_change_stand_alone() -> None:
    """What clients make of a rule with such a date differs."""
    night = series(
        Pattern(Frequency.WEEKLY, weekdays=(Weekday.SA,)),
        date(2027, 4, 10),
        starts=datetime(2027, 3, 20, 22),
        ends=datetime(2027, 3, 21, 6),
    )
    assert crosses_change(night.on(date(2027, 3, 27))) and not crosses_change(night.on(date(2027, 3, 20)))
    assert [part.rule for part in parts_of(night)] == [None]


def test_days_whose_hour_is_skipped_or_doubled() -> None:
    early = series(
        Pattern(Frequency.WEEKLY, weekdays=(Weekday.SU,)),
        date(2027, 11, 7),
        starts=datetime(2027, 3, 21, 2, 30),
        ends=datetime(2027, 3, 21, 4),
    )
    assert odd_days(early) == [date(2027, 3, 28), date(2027, 10, 31)]
    without = replace(early, left_out=frozenset({date(2027, 3, 28), date(2027, 10, 31)}))
    assert odd_days(without) == []
    assert [part.rule for part in parts_of(without)] == [None]  # libical finds no such day by its EXDATE
    assert [part.rule for part in parts_of(replace(without, until=date(2027, 3, 27)))] == ["FREQ=WEEKLY;BYDAY=SU"]


def test_other_words_from_a_date_on_begin_a_new_part() -> None:
    plan = series()
    parts, dates = built(plan)
    from_third = replace(plan, first=plan.on(date(2027, 1, 27)))
    revision = revise(
        parts, dates, at(dates[2]), from_third, replace(from_third, first=replace(from_third.first, venue="Rue X"))
    )
    assert [(part.key, part.rule, part.first, part.follows) for part in revision.parts] == [
        (None, "FREQ=WEEKLY;BYDAY=WE", date(2027, 1, 27), 1)
    ]
    assert [(part.key, part.last) for part in revision.ended] == [(1, date(2027, 1, 20))] and not revision.gone
    assert [(change.after.key, change.after.plan.venue) for change in revision.changes if change.after] == [
        (3, "Rue X"), (4, "Rue X"), (5, "Rue X"),
    ]  # fmt: skip


def test_other_words_from_the_first_date_on_keep_the_uid() -> None:
    plan = series()
    parts, dates = built(plan)
    revision = revise(parts, dates, at(dates[0]), plan, replace(plan, first=replace(plan.first, venue="Rue X")))
    assert [(part.key, part.template.venue) for part in revision.parts] == [(1, "Rue X")]
    assert not revision.ended and not revision.gone


def test_going_on_longer_keeps_the_uid() -> None:
    plan = series()
    parts, dates = built(plan)
    from_third = replace(plan, first=plan.on(date(2027, 1, 27)))
    revision = revise(parts, dates, at(dates[2]), from_third, replace(from_third, until=date(2027, 2, 24)))
    assert [(part.key, part.first, part.last) for part in revision.parts] == [(1, date(2027, 1, 13), date(2027, 2, 24))]
    assert [change.after.original.date() for change in revision.changes if change.after and not change.before] == [
        date(2027, 2, 17), date(2027, 2, 24),
    ]  # fmt: skip
    shorter = revise(parts, dates, at(dates[2]), from_third, replace(from_third, until=date(2027, 1, 30)))
    assert shorter.parts[0].last == date(2027, 1, 27) and dropped(shorter) == [4, 5]


def test_another_hour_ends_the_old_part_and_keeps_what_was_changed_on_single_dates() -> None:
    plan = series()
    parts, dates = built(plan)
    moved = replace(dates[3].plan, starts=datetime(2027, 2, 5, 14), ends=datetime(2027, 2, 5, 15))
    dates[2:5] = [
        replace(dates[2], plan=replace(dates[2].plan, venue="Own room")),
        replace(dates[3], plan=moved),
        replace(dates[4], cancelled=True),
    ]
    from_second = replace(plan, first=plan.on(date(2027, 1, 20)))
    later = replace(from_second.first, starts=datetime(2027, 1, 20, 15), ends=datetime(2027, 1, 20, 16), venue="Rue X")
    revision = revise(parts, dates, at(dates[1]), from_second, replace(from_second, first=later))
    assert [(part.key, part.follows) for part in revision.parts] == [(None, 1)] and revision.ended[
        0
    ].last == FIRST.starts.date()
    assert days(revision) == {2: "20.01. 15:00", 3: "27.01. 15:00", 4: "05.02. 14:00", 5: "10.02. 15:00"}
    said = {change.after.key: change.after for change in revision.changes if change.after}
    assert [said[key].plan.venue for key in (2, 3, 4, 5)] == ["Rue X", "Own room", "Rue X", "Rue X"]
    assert said[4].original == datetime(2027, 2, 3, 15) and said[5].cancelled


def test_another_weekday_moves_each_date_to_its_neighbour() -> None:
    plan = series()
    parts, dates = built(plan)
    friday = replace(
        plan,
        first=on(plan.first, date(2027, 1, 15)),
        pattern=Pattern(Frequency.WEEKLY, weekdays=(Weekday.FR,)),
        until=date(2027, 2, 12),
    )
    revision = revise(parts, dates, at(dates[0]), plan, friday)
    assert days(revision) == {
        1: "15.01. 10:00",
        2: "22.01. 10:00",
        3: "29.01. 10:00",
        4: "05.02. 10:00",
        5: "12.02. 10:00",
    }
    assert revision.gone == (1,) and not revision.ended and not dropped(revision)


def test_a_wider_rhythm_drops_dates_and_says_which() -> None:
    plan = series()
    parts, dates = built(plan)
    revision = revise(parts, dates, at(dates[0]), plan, replace(plan, pattern=replace(WEEKLY, interval=2)))
    assert sorted(days(revision)) == [1, 3, 5] and dropped(revision) == [2, 4]


def test_an_added_date_stays_whatever_the_rule() -> None:
    plan = series()
    parts, dates = built(plan)
    extra = on(plan.first, date(2027, 1, 22))
    parts.append(Part(2, None, extra, extra.starts.date()))
    dates.append(Occurrence(9, 2, extra.starts, extra))
    later = replace(plan.first, starts=datetime(2027, 1, 13, 15), ends=datetime(2027, 1, 13, 16))
    revision = revise(parts, dates, at(dates[0]), plan, replace(plan, first=later))
    assert days(revision)[9] == "22.01. 15:00" and len(days(revision)) == 6
    assert [part.key for part in revision.parts] == [None, 2]


def test_a_list_of_dates_may_change_at_will() -> None:
    picked = (date(2027, 1, 13), date(2027, 2, 2), date(2027, 3, 9))
    plan = replace(series(None, date(2027, 3, 9)), picked=picked)
    parts, dates = built(plan)
    assert [part.rule for part in parts] == [None]
    revision = revise(
        parts, dates, at(dates[0]), plan, replace(plan, picked=(date(2027, 1, 13), date(2027, 2, 4), date(2027, 5, 4)))
    )
    assert [part.key for part in revision.parts] == [1]
    assert days(revision) == {1: "13.01. 10:00", 2: "04.02. 10:00", None: "04.05. 10:00"} and dropped(revision) == [3]


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (series(Pattern(Frequency.WEEKLY, weekdays=(Weekday.TU,))), "starts_on"),
        (series(until=date(2030, 2, 1)), "until"),
        (series(until=date(2027, 1, 14)), "until"),
        (series(Pattern(Frequency.WEEKLY, weekdays=tuple(Weekday)), date(2027, 12, 31)), "until"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(plan: SeriesPlan, field: str) -> None:
    assert [problem.field for problem in problems(plan)] == [field]


def test_changes_name_what_differs() -> None:
    before = Occurrence(1, 1, FIRST.starts, FIRST)
    assert Change(before, replace(before, plan=replace(FIRST, venue="Rue X"))).differences == {"venue"}
    assert Change(before, None).differences == frozenset()
