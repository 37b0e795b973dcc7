"""Which days the next year's plan proposes."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.meetings.rules import MeetingPlan, Precision
from app.meetings.rules.pattern import LAST, Frequency, Pattern, Weekday
from app.meetings.rules.repeat import again, list_again, nearest, next_day, proposed, series_again
from app.meetings.rules.series import SeriesPlan

PLAN = MeetingPlan("Call", datetime(2027, 3, 3, 10), datetime(2027, 3, 3, 12), "Europe/Brussels", room_id=4)
FORTNIGHT = Pattern(Frequency.WEEKLY, 2, (Weekday.WE,))
SECOND_WEDNESDAY = Pattern(Frequency.MONTHLY, weekdays=(Weekday.WE,), ordinals=(2,))


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2027, 3, 3), date(2028, 2, 29)])
def test_the_same_weekday_of_the_next_year(day: date) -> None:
    there = next_day(day)
    assert (there.weekday(), there.year) == (day.weekday(), day.year + 1)
    assert abs((there - day).days - 365) <= 6


def test_it_keeps_its_hours_and_books_nothing() -> None:
    made = again(PLAN, date(2028, 3, 1))
    assert (made.starts, made.ends) == (datetime(2028, 3, 1, 10), datetime(2028, 3, 1, 12))
    assert made.tentative and made.room_id is None


def test_a_month_stays_a_whole_month() -> None:
    plan = MeetingPlan("In Riga", datetime(2027, 2, 1), datetime(2027, 3, 1), "Europe/Riga", Precision.MONTH)
    made = again(plan, proposed(plan))
    assert (made.starts, made.ends) == (datetime(2028, 2, 1), datetime(2028, 3, 1))


def test_a_series_begins_on_a_day_of_its_rule() -> None:
    assert nearest(SECOND_WEDNESDAY, date(2028, 3, 1)) == date(2028, 3, 8)
    assert nearest(FORTNIGHT, date(2028, 3, 1)) == date(2028, 3, 1)
    assert nearest(Pattern(Frequency.MONTHLY, monthday=LAST), date(2028, 3, 3)) == date(2028, 2, 29)
    made = series_again(SeriesPlan(PLAN, FORTNIGHT, date(2027, 6, 30)), date(2027, 4, 14), date(2028, 3, 1))
    assert made.days() == [date(2028, 3, 1), date(2028, 3, 15), date(2028, 3, 29), date(2028, 4, 12)]


def test_a_list_of_dates() -> None:
    made = list_again(PLAN, [date(2028, 3, 8), date(2028, 3, 1), date(2028, 3, 8)])
    assert made.days() == [date(2028, 3, 1), date(2028, 3, 8)]
    assert made.first.tentative
