"""Forms of meetings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.core import clock, zones
from app.core.conflicts import EditForm
from app.core.dates import day, hour
from app.core.errors import DomainError
from app.core.forms import NEEDED, BaseForm, TimeZoneField, clean_line, line, paragraph
from app.core.time_fields import ClockField, DayField
from app.meetings import rules
from app.meetings.rules import MeetingPlan, OddTime, Visibility


def _status() -> RadioField:
    return RadioField(
        _l("Status"),
        choices=[
            SelectChoice("confirmed", _l("Confirmed: the date stands")),
            SelectChoice("tentative", _l("Tentative: people keep the date free until it is confirmed")),
        ],
        default="confirmed",
        validators=[InputRequired(_l("Choose one."))],
    )


class MeetingForm(EditForm):
    """What people say of a meeting. Of a time that a clock change skips or doubles it asks which one is meant."""

    creation_key = HiddenField(filters=[clean_line], validators=[Length(max=40)])
    title = line(_l("Title"))
    starts_on = DayField(_l("Day"), validators=[InputRequired(NEEDED)])
    starts_time = ClockField(_l("Start"), validators=[InputRequired(NEEDED)])
    starts_instead = RadioField(_l("Start instead at"), choices=[], validate_choice=False, validators=[Optional()])
    ends_on = DayField(_l("Last day"), validators=[Optional()], description=_l("Only if it ends on another day."))
    ends_time = ClockField(_l("End"), validators=[InputRequired(NEEDED)])
    ends_instead = RadioField(_l("End instead at"), choices=[], validate_choice=False, validators=[Optional()])
    time_zone = TimeZoneField(_l("Time zone"), description=_l("The zone in which the times above are meant."))
    venue = line(_l("Venue"), longest=300, required=False, hint=_l("Where people meet: building, street, city."))
    join_link = line(
        _l("Link to join online"),
        longest=1000,
        required=False,
        hint=_l("Beginning with https://. Shown to members of the group only."),
    )
    description = paragraph(
        _l("Description"),
        longest=10_000,
        hint=_l(
            "Shown to everyone who sees the meeting: keep links to join out of it. **Two stars** make bold, a hyphen "
            "at the beginning of a line makes a list item."
        ),
    )
    visibility = RadioField(
        _l("Who sees it"),
        choices=[
            SelectChoice(
                "public", _l("Everyone: on the group’s page and in its public calendar, without the link to join")
            ),
            SelectChoice("members", _l("Members only: nobody outside the group learns of it")),
        ],
        default="public",
        validators=[InputRequired(_l("Choose one."))],
    )
    status = _status()

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then the plan as a whole."""
        if not super().validate(extra_validators):
            return False
        self._take_other_times()
        for problem in rules.problems(self.plan(), clock.now()):
            self.blame(problem)
        return not self.errors

    def plan(self) -> MeetingPlan:
        """What was typed, once every field by itself is right."""
        return MeetingPlan(
            title=self.title.data,
            starts=self._local("starts"),
            ends=self._local("ends"),
            time_zone=self.time_zone.data,
            venue=self.venue.data,
            join_link=self.join_link.data,
            description=self.description.data,
            visibility=Visibility(self.visibility.data),
            tentative=self.status.data == "tentative",
        )

    def blame(self, error: DomainError) -> None:
        """With the times to take instead, where one was skipped or doubled."""
        super().blame(error)
        if isinstance(error, OddTime):
            end = error.field == "ends_time"
            usable = [local for local in (error.earlier, error.later) if not end or local > self._local("starts")]
            choice = self.ends_instead if end else self.starts_instead
            choice.choices = [SelectChoice(local.isoformat(), f"{day(local)}, {hour(local)}") for local in usable]
            choice.data = None

    def values_to_keep(self) -> list[tuple[str, str]]:
        """Everything the form holds, as hidden fields of the page that asks to check it."""
        left_out = ("csrf_token", "starts_instead", "ends_instead")
        return [(field.name, _as_sent(field)) for field in self if field.name not in left_out]

    def _local(self, end: str) -> datetime:
        on = (self.ends_on.data if end == "ends" else None) or self.starts_on.data
        at = self.ends_time.data if end == "ends" else self.starts_time.data
        return datetime.combine(on, at)

    def _take_other_times(self) -> None:
        """Put a time that was chosen instead into its fields, if it still answers what is typed there."""
        for end in ("starts", "ends"):
            chosen = self[f"{end}_instead"].data
            local = self._local(end)
            try:
                move = abs(zones.change_at(local, self.time_zone.data))
            except (zones.UnknownZone, OverflowError):
                return
            for instead in (local - move, local + move):
                if move and chosen == instead.isoformat():
                    self._set(f"{end}_on", instead.date())
                    self._set(f"{end}_time", instead.time())

    def _set(self, name: str, value: object) -> None:
        self[name].data, self[name].raw_data = value, None


class MoveForm(BaseForm):
    """On which other day a meeting is to be."""

    day = DayField(_l("New day"), validators=[InputRequired(NEEDED)])


class CancelForm(BaseForm):
    """Why a meeting is called off."""

    reason = paragraph(
        _l("Reason"),
        longest=1000,
        hint=_l("Shown on the meeting’s page to everyone who sees it, and in the mail to members."),
    )


class ReinstateForm(BaseForm):
    """As what a cancelled meeting comes back."""

    status = _status()


def _as_sent(field: Any) -> str:
    value = field._value() if hasattr(field, "_value") else field.data
    return "" if value is None else str(value)
