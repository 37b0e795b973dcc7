"""When a meeting is, in its form: what is known of the time, and how calendars show several days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired, Optional, StopValidation

from app.core.forms import NEEDED, TimeZoneField
from app.core.time_fields import ClockField, DayField, YearMonthField
from app.meetings.rules import Precision, ShownAs, span_of_days, span_of_month


class NeededFor:
    """Needed where this much of the time is known; else whatever stands there is left alone."""

    def __init__(self, *known: Precision) -> None:
        self.known = known

    def __call__(self, form: Any, field: Any) -> None:
        """End the checks of the field here, unless it counts and is filled in."""
        if form.known not in self.known:
            field.errors[:] = []
            raise StopValidation
        if not field.raw_data or not field.raw_data[0]:
            field.errors[:] = []
            raise StopValidation(NEEDED)


class WhenFields:
    """Fields of a form."""

    precision: Any = RadioField(
        _l("What is known of the time"),
        choices=[
            SelectChoice(Precision.HOURS, _l("The day and the hours")),
            SelectChoice(Precision.DAYS, _l("Only the day or the days: save the date")),
            SelectChoice(Precision.MONTH, _l("Only the month")),
        ],
        coerce=Precision,
        default=Precision.HOURS,
        validators=[InputRequired(_l("Choose one."))],
        description=_l("The page, its address and the entry in calendars stay when the hours come."),
    )
    month: Any = YearMonthField(_l("Month"), validators=[NeededFor(Precision.MONTH)], description=_l("Like 2028-05."))
    starts_on = DayField(_l("Day"), validators=[NeededFor(Precision.HOURS, Precision.DAYS)])
    starts_time = ClockField(_l("Start"), validators=[NeededFor(Precision.HOURS)])
    starts_instead = RadioField(_l("Start instead at"), choices=[], validate_choice=False, validators=[Optional()])
    ends_on = DayField(_l("Last day"), validators=[Optional()], description=_l("Only if it ends on another day."))
    ends_time = ClockField(_l("End"), validators=[NeededFor(Precision.HOURS)])
    ends_instead = RadioField(_l("End instead at"), choices=[], validate_choice=False, validators=[Optional()])
    shown_as = RadioField(
        _l("How calendars show the days"),
        choices=[
            SelectChoice(ShownAs.SPAN, _l("One bar, from the first hour to the last")),
            SelectChoice(ShownAs.ALL_DAYS, _l("Whole days")),
            SelectChoice(ShownAs.DAILY_HOURS, _l("The hours of each day")),
        ],
        coerce=ShownAs,
        default=ShownAs.SPAN,
        validators=[Optional()],
        description=_l("Of a meeting that lasts over several days."),
    )
    time_zone = TimeZoneField(_l("Time zone"), description=_l("The zone in which the times above are meant."))

    @property
    def known(self) -> Precision:
        """What is known of the time; of what has no such question, the hours."""
        return Precision.HOURS if self.precision is None else self.precision.data or Precision.HOURS

    def keep_to_series(self, *, in_series: bool, by_rule: bool) -> None:
        """Of a date of a series the day is known; one that its rule gives has one entry in calendars."""
        if in_series and self.precision is not None:
            self.precision.choices = [one for one in self.precision.choices if one.value != Precision.MONTH]
        if by_rule:
            self.shown_as.choices = [one for one in self.shown_as.choices if one.value != ShownAs.DAILY_HOURS]

    def times(self) -> tuple[datetime, datetime]:
        """From when to when, once every field by itself is right."""
        if self.known == Precision.MONTH:
            return span_of_month(self.month.data)
        first: date = self.starts_on.data
        last: date = self.ends_on.data or first
        if self.known == Precision.DAYS:
            return span_of_days(first, last)
        return datetime.combine(first, self.starts_time.data), datetime.combine(last, self.ends_time.data)

    def shown(self, starts: datetime, ends: datetime) -> ShownAs:
        """How calendars show it: a choice where it lasts over several days and has hours."""
        if self.known != Precision.HOURS or starts.date() == ends.date():
            return ShownAs.SPAN
        return ShownAs(self.shown_as.data or ShownAs.SPAN)
