"""The form of a series: one meeting, and how it repeats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, IntegerField, RadioField, SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional

from app.core.dates import weekday_names
from app.core.errors import DomainError
from app.core.forms import NEEDED, Checkboxes
from app.core.time_fields import DayField
from app.meetings.forms.meeting import MeetingForm
from app.meetings.rules import OddTime
from app.meetings.rules import series as series_rules
from app.meetings.rules.pattern import (
    LAST,
    MOST_APART,
    ORDINALS,
    SAFE_MONTHDAYS,
    Frequency,
    Pattern,
    Weekday,
    is_last_of_its_weekday,
    is_last_of_month,
    latest_end,
    ordinal_of,
)
from app.meetings.rules.series import SeriesPlan
from app.meetings.words import ORDINAL_WORDS

ROWS = 8
"""Days offered to fill in at once."""
MOST_ROWS = 80


class Repeats(StrEnum):
    """How people say that dates follow each other."""

    WEEKLY = "weekly"
    MONTHLY_WEEKDAY = "monthly_weekday"
    MONTHLY_DATE = "monthly_date"
    YEARLY_DATE = "yearly_date"
    YEARLY_WEEKDAY = "yearly_weekday"
    PICKED = "picked"


class SeriesForm(MeetingForm):
    """What people say of a series; which of its dates take place is ticked on the page that asks to check it."""

    precision = None
    """The hours are known: a single date may become a day only, later."""
    month = None
    repeats = RadioField(
        _l("Repeats"),
        choices=[
            SelectChoice(Repeats.WEEKLY, _l("By weeks: every Wednesday, every second Monday")),
            SelectChoice(Repeats.MONTHLY_WEEKDAY, _l("By months, on a weekday: every second Tuesday of the month")),
            SelectChoice(Repeats.MONTHLY_DATE, _l("By months, on a date: on the 12th, on the last day")),
            SelectChoice(Repeats.YEARLY_DATE, _l("By years, on a date: every 9 May")),
            SelectChoice(Repeats.YEARLY_WEEKDAY, _l("By years, on a weekday: every third Thursday of March")),
            SelectChoice(Repeats.PICKED, _l("On dates that I pick one by one")),
        ],
        coerce=Repeats,
        default=Repeats.WEEKLY,
        validators=[InputRequired(_l("Choose one."))],
    )
    every = IntegerField(
        _l("Every how many weeks, months or years"),
        default=1,
        validators=[Optional(), NumberRange(1, max(MOST_APART.values()), _l("Give a number from 1 to 12."))],
        description=_l("1: every time. 2: every second time."),
    )
    weekdays = Checkboxes(
        _l("On which weekdays"),
        coerce=int,
        validators=[Optional()],
        description=_l("That of the first day goes without saying."),
    )
    ordinals = Checkboxes(
        _l("In which weeks of the month"),
        choices=[SelectChoice(number, ORDINAL_WORDS[number]) for number in ORDINALS],
        coerce=int,
        validators=[Optional()],
        description=_l("That of the first day goes without saying. Several: “the second and the fourth”."),
    )
    ends = RadioField(
        _l("Goes on"),
        choices=[SelectChoice("until", _l("until a day")), SelectChoice("count", _l("for a number of dates"))],
        default="until",
        validators=[InputRequired(_l("Choose one."))],
    )
    until = DayField(_l("Last day"), validators=[Optional()], description=_l("Three years from the first day at most."))
    count = IntegerField(_l("Number of dates"), validators=[Optional(), NumberRange(2, 160)])
    picked = FieldList(DayField(_l("Day"), validators=[Optional()]), _l("Further days"), max_entries=MOST_ROWS)
    listed = SelectMultipleField(coerce=str, validate_choice=False)
    """The days that the page asking to check has shown, as ISO 8601 dates; `kept`: those that stayed ticked."""
    kept = SelectMultipleField(coerce=str, validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left_out: frozenset[date] = frozenset()
        """Days left out before this form was opened."""
        self.known_day: tuple[date, int | None] | None = None
        """The first day, and the day of the month that the rule has: a 28th may be the last day, or not."""
        self.fewest = 2
        """Dates that it must have: of a series that goes on, the last may be changed alone."""
        self.keep_to_series(in_series=True, by_rule=True)
        self.weekdays.choices = [SelectChoice(number, name) for number, name in enumerate(weekday_names())]

    def offer_rows(self, more: int = 0) -> None:
        """Have empty rows for further days."""
        while len(self.picked) < MOST_ROWS and (len(self.picked) < ROWS or more > 0):
            self.picked.append_entry()
            more -= 1

    def fill(self, plan: SeriesPlan) -> None:
        """Show a series as it is, where the form was not sent."""
        self.left_out, self.fewest = plan.left_out, 1
        self.known_day = plan.first.starts.date(), plan.pattern.monthday if plan.pattern else None
        if self.is_submitted():
            return
        pattern = plan.pattern
        self.repeats.data = _repeats(pattern)
        self.ends.data, self.until.data = "until", plan.until
        if pattern is not None:
            self.every.data = pattern.interval
            own_day, own = plan.first.starts.weekday(), _own_ordinals(plan.first.starts.date())
            weekly = [] if pattern.ordinals else pattern.weekdays
            self.weekdays.data = [int(day) for day in weekly if day != own_day]
            self.ordinals.data = [number for number in pattern.ordinals if {number} != own]
        for day in plan.picked[1:]:
            self.picked.append_entry(day)

    def series_plan(self) -> SeriesPlan:
        """What was typed, once every field by itself is right."""
        first = self.plan()
        begins = first.starts.date()
        if self.repeats.data == Repeats.PICKED:
            days = sorted({begins, *(field.data for field in self.picked if field.data)})
            whole = SeriesPlan(series_rules.on(first, days[0]), None, days[-1], picked=tuple(days))
        else:
            pattern = self._pattern(begins)
            whole = SeriesPlan(first, pattern, self._until(begins, pattern))
        return self._without(whole)

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then the series as a whole."""
        if not super().validate(extra_validators):
            return False
        for problem in self._problems():
            self.blame(problem)
        return not self.errors

    def values_to_keep(self) -> list[tuple[str, str]]:
        """As of a meeting; of what has several values, each. Which dates are ticked the page itself asks."""
        kept = [(name, value) for name, value in super().values_to_keep() if name not in ("listed", "kept", "picked")]
        return [*kept, *((entry.name, entry.data.isoformat()) for entry in self.picked if entry.data)]

    def _problems(self) -> Sequence[DomainError]:
        first, repeats = self.starts_on.data, self.repeats.data
        if repeats != Repeats.PICKED:
            if self.ends.data == "until" and not self.until.data:
                return [DomainError(NEEDED, "until")]
            if self.ends.data == "count" and not self.count.data:
                return [DomainError(NEEDED, "count")]
            pattern = self._pattern(first)
            if (self.every.data or 1) > MOST_APART[pattern.frequency]:
                most = MOST_APART[pattern.frequency]
                return [DomainError(_l("Give a number from 1 to %(most)d.", most=most), "every")]
            if pattern.monthday is not None and pattern.monthday not in SAFE_MONTHDAYS:
                return [
                    DomainError(
                        _l("Not every month has this day. Take one up to the 28th, or the last day of a month."),
                        "starts_on",
                    )
                ]
            if LAST in pattern.ordinals and len(pattern.ordinals) > 1 and 4 in pattern.ordinals:
                return [
                    DomainError(_l("The fourth and the last are often the same day: choose one of them."), "ordinals")
                ]
        plan = self.series_plan()
        found = list(series_rules.problems(plan, self.fewest))
        if not found and (odd := series_rules.odd_days(plan)):
            found = [OddDay(plan, odd[0])]
        return found

    def _pattern(self, first: date) -> Pattern:
        every, weekday = self.every.data or 1, Weekday(first.weekday())
        repeats = self.repeats.data
        if repeats == Repeats.WEEKLY:
            days = tuple(Weekday(number) for number in sorted({weekday, *(self.weekdays.data or ())}))
            return Pattern(Frequency.WEEKLY, every, days)
        monthly = repeats in (Repeats.MONTHLY_WEEKDAY, Repeats.MONTHLY_DATE)
        frequency, month = (Frequency.MONTHLY, None) if monthly else (Frequency.YEARLY, first.month)
        if repeats in (Repeats.MONTHLY_DATE, Repeats.YEARLY_DATE):
            leap_day = not monthly and (first.month, first.day) == (2, 29)
            last = (is_last_of_month(first) and (monthly or first.month == 2)) or leap_day
            day = LAST if last else first.day
            if self.known_day and self.known_day[0] == first and self.known_day[1] is not None:
                day = self.known_day[1]
            return Pattern(frequency, every, monthday=day, month=month)
        chosen = set(self.ordinals.data or ()) if monthly else set()
        if not chosen & _own_ordinals(first):
            chosen |= {min(_own_ordinals(first), key=ORDINALS.index)}
        return Pattern(frequency, every, (weekday,), tuple(sorted(chosen, key=ORDINALS.index)), month=month)

    def _until(self, first: date, pattern: Pattern) -> date:
        if self.ends.data == "count":
            days = pattern.dates(first, latest_end(first))
            return days[min(self.count.data or 1, len(days)) - 1]
        until: date = self.until.data
        return until

    def _without(self, whole: SeriesPlan) -> SeriesPlan:
        """Without the days that were unticked, and those left out from before unless they were shown anew."""
        listed, kept = set(self.listed.data or ()), set(self.kept.data or ())
        out = frozenset(
            day
            for day in (whole.all_days() if not list(_begun_wrongly(whole)) else ())
            if (day.isoformat() in listed and day.isoformat() not in kept)
            or (day.isoformat() not in listed and day in self.left_out)
        )
        if not out:
            return whole
        days = [day for day in whole.all_days() if day not in out]
        if not days:
            return whole
        return SeriesPlan(
            series_rules.on(whole.first, days[0]),
            whole.pattern,
            whole.until,
            frozenset(day for day in out if day > days[0]),
            tuple(day for day in whole.picked if day not in out),
        )


class OddDay(OddTime):
    """One of the dates falls into an hour that its day does not have, or has twice."""

    def __init__(self, plan: SeriesPlan, day: date) -> None:
        super().__init__(plan.on(day).starts, plan.first.time_zone, "starts_time")


def _begun_wrongly(plan: SeriesPlan) -> list[DomainError]:
    begins = plan.first.starts.date()
    return [] if plan.pattern is None or plan.pattern.gives(begins) else [DomainError(NEEDED)]


def _own_ordinals(first: date) -> set[int]:
    """Which of its weekday the first day is: the fourth may be the last as well."""
    own = {ordinal_of(first)} & set(ORDINALS)
    return own | ({LAST} if is_last_of_its_weekday(first) else set())


def _repeats(pattern: Pattern | None) -> Repeats:
    if pattern is None:
        return Repeats.PICKED
    if pattern.frequency == Frequency.WEEKLY:
        return Repeats.WEEKLY
    by_date = pattern.monthday is not None
    if pattern.frequency == Frequency.MONTHLY:
        return Repeats.MONTHLY_DATE if by_date else Repeats.MONTHLY_WEEKDAY
    return Repeats.YEARLY_DATE if by_date else Repeats.YEARLY_WEEKDAY
