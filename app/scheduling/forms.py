"""Forms of date polls. Dates are rows of a day and a time; a button that sends the form gives more rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, HiddenField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Length, Optional

from app.core import clock, zones
from app.core.conflicts import EditForm
from app.core.errors import DomainError
from app.core.forms import NEEDED, BaseForm, Checkboxes, TimeZoneField, clean_line, line, paragraph
from app.core.time_fields import ClockField, DayField
from app.meetings import rules as meetings
from app.meetings.rules import Visibility
from app.people.models import Person
from app.scheduling import rules
from app.scheduling.models import Poll, PollOption
from app.scheduling.rules import Answer, PollFacts, span
from app.scheduling.service import Outcome, PollChanges
from app.scheduling.service.deciding import plan_of
from app.scheduling.words import length

LENGTHS = (30, 45, 60, 75, 90, 105, 120, 150, 180, 210, 240, 300, 360, 420, 480, 540, 600)
"""Minutes that are offered; another length that a poll has or is asked for is added."""
ROWS, MORE = 3, 3
"""Rows for dates to begin with, and how many the button adds."""


class DateRow(Form):  # type: ignore[misc]
    """One date: the day and when it begins; empty rows do not count."""

    day = DayField(_l("Day"), validators=[Optional()])
    start = ClockField(_l("Start"), validators=[Optional()])

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.day.data or self.start.data or self.day.errors or self.start.errors)

    def validate(self, extra_validators: Any = None) -> bool:
        """A day needs a time, and the other way round."""
        good = super().validate(extra_validators)
        if good and bool(self.day.data) != (self.start.data is not None):
            lacking = self.start if self.day.data else self.day
            lacking.errors = [*lacking.errors, NEEDED]
            return False
        return bool(good)


class WithDates(BaseForm):
    """What forms with rows for dates share: `options`, and where a refused date shows why."""

    options: FieldList

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._number_rows()

    def starts(self) -> list[datetime]:
        """What was typed, once every row by itself is right."""
        return [datetime.combine(row.day.data, row.start.data) for row in self._filled()]

    def more_rows(self) -> None:
        """As many more as the button gives."""
        for _row in range(min(MORE, rules.MOST_OPTIONS - len(self.options))):
            self.options.append_entry()
        self._number_rows()

    def blame(self, error: DomainError) -> None:
        """Beside the date it concerns: "options-2" is the third of those that were typed."""
        field, _dash, number = (error.field or "").partition("-")
        if field == "options":
            filled = self._filled()
            row = filled[int(number)] if number and int(number) < len(filled) else self.options[0].form
            row.day.errors = [*row.day.errors, error.message]
            self.options.errors = [entry.errors for entry in self.options]
            return
        super().blame(error)

    def _number_rows(self) -> None:
        """What each row is called, where something is said about it."""
        for number, entry in enumerate(self.options, 1):
            entry.label.text = _("Date %(number)d", number=number)

    def _filled(self) -> list[DateRow]:
        return [entry.form for entry in self.options if entry.form.day.data and entry.form.start.data is not None]


class PollForm(WithDates):
    """A new poll."""

    creation_key = HiddenField(filters=[clean_line], validators=[Length(max=40)])
    title = line(_l("Title"), hint=_l("What the meeting is about. The meeting gets this title."))
    description = paragraph(
        _l("Description"),
        longest=4000,
        hint=_l("What those who are asked should know. Everyone who is asked reads it."),
    )
    minutes = SelectField(_l("How long it lasts"), coerce=int, validate_choice=False)
    time_zone = TimeZoneField(
        _l("Time zone"), description=_l("The zone in which the times are meant. Everyone also sees their own time.")
    )
    options = FieldList(
        FormField(DateRow), _l("Dates to choose from"), min_entries=ROWS, max_entries=rules.MOST_OPTIONS
    )
    closes_on = DayField(_l("Last day to answer"), validators=[InputRequired(NEEDED)])
    closes_time = ClockField(_l("Until what time"), validators=[InputRequired(NEEDED)])
    asked = RadioField(
        _l("Who is asked"),
        choices=[
            SelectChoice("group", _l("The whole group: all members and coordinators")),
            SelectChoice("named", _l("Only those chosen below: nobody else learns of the poll")),
        ],
        default="group",
        validators=[InputRequired(_l("Choose one."))],
    )
    further_groups = Checkboxes(_l("Groups that are asked too"), coerce=int, validators=[Optional()])
    people = Checkboxes(_l("Who is asked"), coerce=int, validators=[Optional()])
    needed = Checkboxes(
        _l("Who must be there"),
        coerce=int,
        validators=[Optional()],
        description=_l("Dates that suit them come first when you choose."),
    )

    def offer(self, people: Sequence[Person], further: Iterable[tuple[int, str]]) -> None:
        """Fill in the choices."""
        named = [SelectChoice(person.id, person.display_name) for person in people]
        self.people.choices, self.needed.choices = named, named
        self.further_groups.choices = [SelectChoice(group_id, name) for group_id, name in further]
        self.minutes.choices = length_choices(self.minutes.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then the poll as a whole."""
        if not super().validate(extra_validators):
            return False
        for problem in rules.problems(self.facts(), clock.now()):
            self.blame(problem)
        return not self.errors

    def facts(self) -> PollFacts:
        """What was typed, once every field by itself is right."""
        named = self.asked.data == "named"
        return PollFacts(
            title=self.title.data,
            minutes=self.minutes.data or 0,
            time_zone=self.time_zone.data,
            closes=datetime.combine(self.closes_on.data, self.closes_time.data),
            spans=tuple(sorted(span(starts, self.minutes.data or 0) for starts in self.starts())),
            description=self.description.data,
            further_groups=() if named else tuple(self.further_groups.data or ()),
            named=named,
            people=tuple(self.people.data or ()) if named else (),
            needed=tuple(self.needed.data or ()),
        )

    def values_to_keep(self) -> list[tuple[str, str]]:
        """Everything the form holds, as hidden fields of the page that asks to check it."""
        return list(_as_sent(self, left_out=("csrf_token",)))


class ChangeForm(WithDates, EditForm):
    """What can become different while a poll is open."""

    title = line(_l("Title"))
    description = paragraph(_l("Description"), longest=4000)
    options = FieldList(FormField(DateRow), _l("Further dates"), min_entries=2, max_entries=rules.MOST_OPTIONS)
    withdrawn = Checkboxes(_l("Dates that are no longer proposed"), coerce=int, validators=[Optional()])
    people = Checkboxes(_l("Who is asked"), coerce=int, validators=[Optional()])
    needed = Checkboxes(_l("Who must be there"), coerce=int, validators=[Optional()])

    def offer(self, people: Sequence[Person], options: Iterable[tuple[PollOption, str]]) -> None:
        """Fill in the choices."""
        named = [SelectChoice(person.id, person.display_name) for person in people]
        self.people.choices, self.needed.choices = named, named
        self.withdrawn.choices = [SelectChoice(option.id, label) for option, label in options]

    def changes(self, poll: Poll) -> PollChanges:
        """What was typed, once every field by itself is right."""
        return PollChanges(
            title=self.title.data,
            description=self.description.data,
            people=tuple(self.people.data or ()),
            needed=tuple(self.needed.data or ()),
            added=tuple(sorted({span(starts, poll.minutes) for starts in self.starts()})),
            withdrawn=tuple(self.withdrawn.data or ()),
        )


class ExtendForm(BaseForm):
    """Until when one can answer."""

    closes_on = DayField(_l("Last day to answer"), validators=[InputRequired(NEEDED)])
    closes_time = ClockField(_l("Until what time"), validators=[InputRequired(NEEDED)])

    @property
    def closes(self) -> datetime:
        """What was typed."""
        return datetime.combine(self.closes_on.data, self.closes_time.data)


class CancelForm(BaseForm):
    """Why a poll is called off."""

    reason = paragraph(
        _l("Reason"), longest=1000, required=True, hint=_l("Everyone who was asked gets it by mail and sees it here.")
    )


class ChooseForm(BaseForm):
    """The date of which a meeting is made, and what the meeting says."""

    option = RadioField(_l("Date"), coerce=int, validators=[InputRequired(_l("Choose one."))])
    title = line(_l("Title"))
    venue = line(_l("Venue"), longest=300, required=False, hint=_l("Where people meet: building, street, city."))
    join_link = line(
        _l("Link to join online"),
        longest=1000,
        required=False,
        hint=_l("Beginning with https://. Shown to members of the group only."),
    )
    description = paragraph(_l("Description"), hint=_l("Shown to everyone who sees the meeting."))
    visibility = RadioField(
        _l("Who sees it"),
        choices=[
            SelectChoice(
                "public", _l("Everyone: on the group’s page and in its public calendar, without the link to join")
            ),
            SelectChoice("members", _l("Members only: nobody outside the group learns of it")),
        ],
        default="public",
        validators=[Optional()],
    )

    def offer(self, options: Iterable[tuple[PollOption, str]]) -> None:
        """Fill in the dates, the best one first."""
        self.option.choices = [SelectChoice(option.id, label) for option, label in options]

    def validate_for(self, poll: Poll) -> bool:
        """Each field by itself, then the meeting that would be made."""
        if not self.validate():
            return False
        option = self.chosen(poll)
        for problem in meetings.problems(plan_of(poll, option, self.outcome), clock.now()):
            self.blame(problem)
        return not self.errors

    def chosen(self, poll: Poll) -> PollOption:
        """The date that was chosen, once the form is right."""
        return next(one for one in poll.offered if one.id == self.option.data)

    @property
    def outcome(self) -> Outcome:
        """What was typed."""
        return Outcome(
            title=self.title.data,
            venue=self.venue.data,
            join_link=self.join_link.data,
            description=self.description.data,
            visibility=Visibility(self.visibility.data or Visibility.PUBLIC.value),
        )

    def values_to_keep(self) -> list[tuple[str, str]]:
        """Everything the form holds, as hidden fields of the page that asks to check it."""
        return list(_as_sent(self, left_out=("csrf_token",)))


def answer_form(options: Sequence[PollOption], said: Mapping[int, Answer]) -> Any:
    """One question for each date; `said`: the answers so far."""

    class AnswerForm(BaseForm):
        """Yes, if need be or no."""

        def validate(self, extra_validators: Any = None) -> bool:
            """Some answer has to be there."""
            good = super().validate(extra_validators)
            if good and not self.answers:
                self.form_errors.append(_("Answer at least one date."))
                return False
            return bool(good)

        @property
        def answers(self) -> dict[int, Answer]:
            """{option id: answer} of those that were given; what is none of the three is not."""
            known = set(Answer)
            return {
                option.id: Answer(given) for option in options if (given := self[f"option_{option.id}"].data) in known
            }

        def question(self, option: PollOption) -> RadioField:
            """The field of a date."""
            return self[f"option_{option.id}"]

    for option in options:
        field = RadioField(
            choices=[SelectChoice(answer.value, "") for answer in Answer],
            validate_choice=False,
            validators=[Optional()],
        )
        setattr(AnswerForm, f"option_{option.id}", field)
    return AnswerForm(data={f"option_{key}": answer.value for key, answer in said.items()})


def prefilled(query: MultiDict[str, str], zone: str) -> dict[str, object]:
    """What the address of the page brings along: whoever found slots hands them over.

    `option`: a wall-clock time, "2027-03-12T10:00", any number of times; `minutes`, `zone`, `title`; `needed`: the id
    of someone who must be there, any number of times. What cannot be read is left out.
    """
    read = (_wall_clock(text) for text in query.getlist("option"))
    starts = sorted({one for one in read if one is not None})[: rules.MOST_OPTIONS]
    minutes = _number(query.get("minutes"))
    found: dict[str, object] = {
        "options": [{"day": one.date(), "start": one.time()} for one in starts],
        "minutes": minutes if minutes and rules.SHORTEST <= minutes <= rules.LONGEST else 120,
        "time_zone": asked if (asked := query.get("zone")) and _is_zone(asked) else zone,
        "needed": [number for text in query.getlist("needed") if (number := _number(text)) is not None],
    }
    if query.get("title"):
        found["title"] = (clean_line(query["title"]) or "")[:200]
    return found


def length_choices(present: int | None) -> list[SelectChoice]:
    """Lengths to choose from, the present one among them."""
    known = present if present and rules.SHORTEST <= present <= rules.LONGEST else None
    return [SelectChoice(one, length(one)) for one in sorted({*LENGTHS, *([known] if known else [])})]


def _is_zone(name: str) -> bool:
    try:
        zones.zone(name)
    except zones.UnknownZone:
        return False
    return True


def _wall_clock(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def _as_sent(form: Any, left_out: Sequence[str] = ()) -> Iterable[tuple[str, str]]:
    """(name, value) of every field, as a browser sends it; of fields within fields too."""
    for field in form:
        if field.name in left_out:
            continue
        if isinstance(field, FieldList):
            for entry in field:
                yield from _as_sent(entry.form)
        elif isinstance(field, Checkboxes):
            yield from ((field.name, str(value)) for value in field.data or ())
        else:
            yield field.name, _typed(field.data)


def _typed(value: object) -> str:
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
