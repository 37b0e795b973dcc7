"""Forms about people's time. Those with names in several languages are made per request: the languages are settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import FormField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional

from app.availability import rules
from app.availability.finding import MOST_DAYS, Search
from app.availability.gathering import Need
from app.availability.near import How
from app.availability.rules import AbsencePlan, BandKind, Period
from app.availability.service import BandFacts, Marking
from app.availability.slots import Wish
from app.availability.words import KINDS, WISHES
from app.core import dates
from app.core.conflicts import EditForm
from app.core.errors import DomainError
from app.core.forms import (
    NEEDED,
    BaseForm,
    Checkboxes,
    FileForm,
    TimeZoneField,
    line,
    paragraph,
    texts,
    translations_form,
)
from app.core.settings import settings
from app.core.time_fields import ClockField, DayField

LENGTHS = (30, 45, 60, 90, 120, 150, 180, 240, 300, 360, 420, 480)
"""Minutes that a meeting may last."""


class AbsenceForm(BaseForm):
    """When one is away."""

    first = DayField(_l("First day"), validators=[InputRequired(NEEDED)])
    last = DayField(_l("Last day"), validators=[Optional()], description=_l("Only if it is another day."))
    begins = ClockField(
        _l("From"), validators=[Optional()], description=_l("On the first day. Without hours: the whole day.")
    )
    ends = ClockField(_l("Until"), validators=[Optional()], description=_l("On the last day."))
    time_zone = TimeZoneField(_l("Time zone"), description=_l("The zone in which this is meant."))
    note = line(_l("Note to yourself"), required=False, hint=_l("Nobody else ever sees it."))

    def plan(self) -> AbsencePlan:
        """What was typed, once every field by itself is right."""
        return AbsencePlan(
            first=self.first.data,
            last=self.last.data or self.first.data,
            time_zone=self.time_zone.data,
            begins=self.begins.data,
            ends=self.ends.data,
            note=self.note.data,
        )


class AddressForm(BaseForm):
    """A calendar to be read from the web."""

    label = line(_l("What you call it"), longest=100, hint=_l("For example: Work."))
    address = line(
        _l("Address of the calendar"), longest=2000,
        hint=_l("The private address that your calendar program offers (“iCal”, “ICS”). It is kept as a secret and "
                "never shown again."),
        render_kw={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"},
    )  # fmt: skip


class CalendarFileForm(FileForm):
    """A calendar as a file, read once."""

    file_label = line(_l("What you call it"), longest=100, hint=_l("For example: Holidays."))
    file = FileField(
        _l("File"), description=_l("A calendar file (.ics) of at most 5 megabytes."),
        render_kw={"accept": ".ics,text/calendar", "required": True},
    )  # fmt: skip


def _kind() -> RadioField:
    return RadioField(
        _l("What it is"), choices=[SelectChoice(kind.value, word) for kind, word in KINDS.items()],
        validators=[InputRequired(_l("Choose one."))],
    )  # fmt: skip


def _wish() -> RadioField:
    return RadioField(
        _l("For our meetings, these days are"),
        choices=[SelectChoice(wish.value, word) for wish, (word, _shape) in WISHES.items()],
        validators=[InputRequired(_l("Choose one."))],
    )


def _city() -> Any:
    return line(_l("City"), longest=100, required=False, hint=_l("Where it takes place, if one goes there."))


def _names() -> FormField:
    return FormField(
        translations_form(longest=200, required=True), _l("Name"),
        description=_l("For example: European Parliament: plenary session."),
    )  # fmt: skip


def marking_form(communities: Sequence[tuple[str, str]] | None, **kwargs: Any) -> Any:
    """The form that marks days, one period or many. `communities`: None where they are a group's own."""

    class MarkingForm(BaseForm):
        """What the days are, and which."""

        names = _names()
        kind = _kind()
        wish = _wish()
        city = _city()
        scope = SelectField(_l("For whom"), validators=[Optional()], validate_choice=communities is not None)
        periods = paragraph(
            _l("Days"), required=True, longest=10_000,
            hint=_l("One period a line, as you find them: 2027-01-18 – 2027-01-21, 18/01/2027, 18–21 January 2027. "
                    "You can paste a list."),
        )  # fmt: skip

        def read(self) -> list[Period]:
            """The periods that were typed. Raises DomainError."""
            return rules.read_periods(self.periods.data, tuple(settings().languages), dates.today())

        def marking(self, group_id: int | None) -> Marking:
            """What they are and for whom."""
            return Marking(
                names=texts(self.names),
                kind=BandKind(self.kind.data),
                wish=Wish(self.wish.data),
                city=self.city.data,
                community_id=int(self.scope.data) if communities and self.scope.data else None,
                group_id=group_id,
            )

        def values_to_keep(self) -> list[tuple[str, str]]:
            """Everything the form holds, as hidden fields of the page that asks to check it."""
            simple = [self[name] for name in ("kind", "wish", "city", "scope", "periods")]
            fields = [*self.names.form, *simple]
            return [(field.name, "" if field.data is None else str(field.data)) for field in fields]

    form = MarkingForm(**kwargs)
    form.scope.choices = [SelectChoice("", _("Everybody")), *(SelectChoice(*one) for one in communities or ())]
    return form


def band_form(**kwargs: Any) -> Any:
    """The form that changes a marked period."""

    class BandForm(EditForm):
        """All about one."""

        names = _names()
        kind = _kind()
        wish = _wish()
        city = _city()
        starts_on = DayField(_l("First day"), validators=[InputRequired(NEEDED)])
        ends_on = DayField(_l("Last day"), validators=[InputRequired(NEEDED)])

        @property
        def facts(self) -> BandFacts:
            """What was typed, once every field by itself is right."""
            return BandFacts(
                names=texts(self.names),
                kind=BandKind(self.kind.data),
                wish=Wish(self.wish.data),
                city=self.city.data,
                starts_on=self.starts_on.data,
                ends_on=self.ends_on.data,
            )

    return BandForm(**kwargs)


class FindForm(BaseForm):
    """What kind of time is looked for. Sent by GET: it changes nothing, and its address can be kept."""

    minutes = SelectField(_l("How long"), coerce=int)
    first = DayField(_l("From day"), validators=[InputRequired(NEEDED)])
    last = DayField(_l("Until day"), validators=[InputRequired(NEEDED)])
    opens = ClockField(_l("Not before"), validators=[InputRequired(NEEDED)])
    closes = ClockField(_l("Over by"), validators=[InputRequired(NEEDED)])
    time_zone = TimeZoneField(_l("Time zone"), description=_l("The zone of these hours and days."))
    needed = RadioField(
        _l("Needed in any case"),
        choices=[
            SelectChoice("nobody", _l("Nobody more than others")),
            SelectChoice("leading", _l("Chairs and vice-chairs")),
        ],
        validators=[Optional()],
    )
    people = Checkboxes(_l("And these"), coerce=int, validate_choice=False)
    groups = Checkboxes(_l("Together with these groups"))
    near = SelectField(_l("Near"), validators=[Optional()], validate_choice=False)
    how = SelectField(
        _l("How near"),
        choices=[
            SelectChoice(How.AFTER.value, _l("The working day after")),
            SelectChoice(How.BEFORE.value, _l("The working day before")),
            SelectChoice(How.SAME.value, _l("The same days")),
            SelectChoice(How.ADJACENT.value, _l("Back to back: right before or after")),
        ],
        validators=[Optional()],
    )
    city = line(
        _l("When people are in this city anyway"), longest=100, required=False,
        hint=_l("Around other meetings and marked days there."),
    )  # fmt: skip

    def offer(
        self,
        groups: Sequence[tuple[str, str]],
        people: Sequence[tuple[int, str]],
        near: Mapping[str, Sequence[tuple[str, str]]],
    ) -> None:
        """Fill in what can be chosen."""
        self.minutes.choices = [SelectChoice(number, length(number)) for number in LENGTHS]
        self.groups.choices = [SelectChoice(*one) for one in groups]
        self.people.choices = [SelectChoice(*one) for one in people]
        self.near.choices = [
            SelectChoice("", _("Nothing in particular")),
            *(SelectChoice(*one, optgroup=heading) for heading, some in near.items() for one in some),
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then days and hours together."""
        if not super().validate(extra_validators):
            return False
        for problem in self._problems():
            self.blame(problem)
        return not self.errors

    def _problems(self) -> list[DomainError]:
        days = (self.last.data - self.first.data).days
        if days < 0:
            return [DomainError(_l("The last day comes before the first."), "last")]
        if days >= MOST_DAYS:
            return [DomainError(_l("At most %(days)d days at once.", days=MOST_DAYS), "last")]
        if self.last.data < dates.today():
            return [DomainError(_l("These days are over."), "last")]
        if (self.first.data - dates.today()).days > 366 * rules.YEARS_AHEAD:
            return [DomainError(_l("That is too far ahead. Is the year right?"), "first")]
        opens = self.opens.data.hour * 60 + self.opens.data.minute
        closes = (self.closes.data.hour * 60 + self.closes.data.minute) or 24 * 60
        if opens + self.minutes.data > closes:
            return [DomainError(_l("The meeting does not fit between these hours."), "closes")]
        return []

    def search(self, group_ids: frozenset[int]) -> Search:
        """What was asked for."""
        return Search(
            group_ids=group_ids,
            first=max(self.first.data, dates.today()),
            last=self.last.data,
            minutes=self.minutes.data,
            zone=self.time_zone.data,
            opens=self.opens.data,
            closes=self.closes.data,
            need=Need(self.needed.data == "leading", frozenset(self.people.data or ())),
            near=self.near.data or "",
            how=How(self.how.data or How.AFTER),
            city=self.city.data,
        )


def length(minutes: int) -> str:
    """A number of minutes in words: "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    words = [_("%(number)d h", number=hours)] if hours else []
    return " ".join([*words, _("%(number)d min", number=rest)] if rest else words)
