"""Forms of calls. Those with texts are made per request: the languages are settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.calls.rules import MOST_SEATS
from app.calls.service import CallFacts
from app.core.conflicts import EditForm
from app.core.forms import NEEDED, BaseForm, Checkboxes, TimeZoneField, clean_line, paragraph, texts, translations_form
from app.core.time_fields import ClockField, DayField
from app.people.forms.fields import OwnAssociationMixin
from app.people.queries import association_choices

MARKS = _l(
    "A blank line begins a paragraph, a line with - in front a list item. Two stars around **words** make them strong; "
    "[words](https://example.org) makes a link."
)


def call_form(**kwargs: Any) -> Any:
    """The form that writes or changes a call."""

    class CallForm(EditForm):
        """What a call says, until when and for whom."""

        creation_key = HiddenField(filters=[clean_line], validators=[Length(max=40)])
        titles = FormField(translations_form(longest=200, required=True), _l("Title"))
        seats = IntegerField(
            _l("Seats"),
            validators=[InputRequired(NEEDED), NumberRange(1, MOST_SEATS, _l("Give a number from 1 to 50."))],
            description=_l("How many people can be chosen. What the group grants each association holds as well."),
            render_kw={"min": "1", "max": str(MOST_SEATS)},
        )
        profiles = FormField(translations_form(area=True, longest=4000), _l("Who is looked for"), description=MARKS)
        texts = FormField(
            translations_form(area=True, longest=10_000),
            _l("What it is about"),
            description=_l("The work, the time it takes, what is paid for. Everybody can read it."),
        )
        deadline_on = DayField(_l("Last day"), validators=[InputRequired(NEEDED)])
        deadline_time = ClockField(_l("Until what time"), validators=[InputRequired(NEEDED)])
        time_zone = TimeZoneField(_l("Time zone"), description=_l("The zone in which the deadline is meant."))
        one_per_association = BooleanField(_l("Choose at most one person of each association"))
        limited_to = Checkboxes(
            _l("Only for these associations"), description=_l("Choose none, and the call is for all of them.")
        )
        reserve_until = DayField(
            _l("Reserve list until"),
            validators=[Optional()],
            description=_l("Those who are not chosen can still be taken until that day. Leave it empty for no list."),
        )

        @property
        def facts(self) -> CallFacts:
            """What was typed, once every field by itself is right."""
            return CallFacts(
                titles=texts(self.titles),
                profiles=texts(self.profiles),
                texts=texts(self.texts),
                seats=self.seats.data,
                deadline=datetime.combine(self.deadline_on.data, self.deadline_time.data),
                time_zone=self.time_zone.data,
                one_per_association=self.one_per_association.data,
                limited_to=tuple(sorted(int(one) for one in self.limited_to.data or ())),
                reserve_until=self.reserve_until.data,
            )

    form = CallForm(**kwargs)
    form.limited_to.choices = [
        SelectChoice(value, label) for group in association_choices().values() for value, label in group
    ]
    return form


class ExtendForm(BaseForm):
    """A later deadline."""

    deadline_on = DayField(_l("New last day"), validators=[InputRequired(NEEDED)])
    deadline_time = ClockField(_l("Until what time"), validators=[InputRequired(NEEDED)])

    @property
    def deadline(self) -> datetime:
        """What was typed, as a wall-clock time."""
        return datetime.combine(self.deadline_on.data, self.deadline_time.data)


class CancelForm(BaseForm):
    """Why a call is off."""

    reason = paragraph(
        _l("Reason"), required=True, longest=2000,
        hint=_l("Shown on the page of the call and quoted in the mail to all who stand or were asked."),
    )  # fmt: skip


class ApplyForm(OwnAssociationMixin, BaseForm):
    """Standing for a call."""

    association = SelectField(_l("Association you would stand for"))
    motivation = paragraph(
        _l("Why you"),
        required=True,
        longest=4000,
        hint=_l("What you work on, and what you would bring. Your association and those who choose read it."),
    )


class CandidatesForm(BaseForm):
    """Colleagues who shall stand."""

    nominees = paragraph(
        _l("Who is nominated"),
        required=True,
        longest=10_000,
        hint=_l(
            "One person a line, the most wanted first: the address, and the name of those whom we may not know. For "
            "example: maria@example.org, Maria Example. You can paste a list."
        ),
    )
    recommendation = paragraph(_l("Why they"), longest=2000, hint=_l("The person and those who choose read it."))


class RefuseForm(BaseForm):
    """Why an association does not endorse someone."""

    reason = paragraph(
        _l("Reason"), required=True, longest=2000, hint=_l("It is quoted in the mail to the person, as you write it.")
    )


class ChooseForm(BaseForm):
    """Whom the coordinators choose."""

    chosen = SelectMultipleField(validate_choice=False)

    @property
    def ids(self) -> list[int]:
        """The candidates chosen."""
        return [int(text) for text in self.chosen.data or () if text.isdecimal() and len(text) < 10]
