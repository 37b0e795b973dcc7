"""Forms of meetings."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired, Length

from app.core import clock, zones
from app.core.conflicts import EditForm
from app.core.dates import day, hour
from app.core.errors import DomainError
from app.core.forms import NEEDED, BaseForm, clean_line, line, paragraph
from app.core.time_fields import DayField
from app.meetings import rules
from app.meetings.forms.company import COMPANY_FIELDS, CompanyFields
from app.meetings.forms.languages import LanguageFields
from app.meetings.forms.when import WhenFields
from app.meetings.forms.where import WhereFields
from app.meetings.models import Meeting
from app.meetings.rules import MeetingPlan, OddTime, Precision, Visibility


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


class MeetingForm(WhenFields, WhereFields, LanguageFields, CompanyFields, EditForm):
    """What people say of a meeting. Of a time that a clock change skips or doubles it asks which one is meant."""

    creation_key = HiddenField(filters=[clean_line], validators=[Length(max=40)])
    title = line(_l("Title"))
    description = paragraph(
        _l("Description"),
        longest=10_000,
        hint=_l(
            "Shown to everyone who sees the meeting: keep links to join out of it. **Two stars** make bold, a hyphen "
            "at the beginning of a line makes a list item."
        ),
    )
    status = _status()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_rooms(self.room_id.object_data)

    def keep_to(self, meeting: Meeting) -> None:
        """Offer only what this meeting may become."""
        self.keep_to_series(in_series=meeting.part_id is not None, by_rule=meeting.uid is None)

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then the plan as a whole."""
        if not super().validate(extra_validators):
            return False
        self._take_other_times()
        good = self.check_company()
        for problem in rules.problems(self.plan(), clock.now()):
            self.blame(problem)
        return good and not self.errors

    def plan(self) -> MeetingPlan:
        """What was typed, once every field by itself is right."""
        starts, ends = self.times()
        return MeetingPlan(
            title=self.title.data,
            starts=starts,
            ends=ends,
            time_zone=self.time_zone.data,
            precision=self.known,
            shown_as=self.shown(starts, ends),
            **self.where(),
            **self.languages(),
            description=self.description.data,
            visibility=Visibility(self.visibility.data),
            tentative=self.status.data == "tentative",
        )

    def blame(self, error: DomainError) -> None:
        """With the times to take instead, where one was skipped or doubled."""
        super().blame(error)
        if isinstance(error, OddTime):
            end = error.field == "ends_time"
            usable = [local for local in (error.earlier, error.later) if not end or local > self.times()[0]]
            choice = self.ends_instead if end else self.starts_instead
            choice.choices = [SelectChoice(local.isoformat(), f"{day(local)}, {hour(local)}") for local in usable]
            choice.data = None

    def values_to_keep(self) -> list[tuple[str, str]]:
        """Everything the form holds, as hidden fields of the page that asks to check it; of several values, each."""
        kept: list[tuple[str, str]] = []
        for field in self:
            if field.name in ("csrf_token", "starts_instead", "ends_instead", *COMPANY_FIELDS):
                continue
            if isinstance(field, SelectMultipleField):
                kept += [(field.name, str(one)) for one in field.data or ()]
            elif not isinstance(field, BooleanField) or field.data:
                kept.append((field.name, _as_sent(field)))
        return [*kept, *self.company_to_keep()]

    def _take_other_times(self) -> None:
        """Put a time that was chosen instead into its fields, if it still answers what is typed there."""
        if self.known != Precision.HOURS:
            return
        for end, local in zip(("starts", "ends"), self.times(), strict=True):
            chosen = self[f"{end}_instead"].data
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
    without_room = BooleanField(_l("Without its room, which another meeting has by now"))
    """Offered once its room is taken."""


def _as_sent(field: Any) -> str:
    value = field._value() if hasattr(field, "_value") else field.data
    return "" if value is None else str(value)
