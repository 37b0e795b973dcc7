"""Forms about persons: what others enter and correct, and where they belong."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired

from app.core.conflicts import EditForm
from app.core.forms import NEEDED, BaseForm, line, zone_choices
from app.core.i18n import language_names
from app.core.time_fields import DayField
from app.people import rules
from app.people.forms.fields import BodyMixin, RulesForm, association_field, choices_of, email_line, organisation_line
from app.people.models import Person
from app.people.service.persons import NewPerson, PersonFacts
from app.people.words import FUNCTIONS


class NamesForm(RulesForm, EditForm):
    """What the person and administrators can both correct."""

    full_name = line(_l("Full name"), hint=_l("In the person’s own script."))
    latin_name = line(
        _l("Name in Latin letters"), required=False, hint=_l("Only if the name is written in another script.")
    )
    job_title = line(_l("Job title"), required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields by themselves, then the names together."""
        good = super().validate(extra_validators)
        if self.full_name.data:
            good &= self._obeys(rules.check_names, self.full_name.data, self.latin_name.data)
        return bool(good)


class PersonForm(NamesForm):
    """A person's data, as administrators correct them."""

    email = email_line(_l("E-mail address"), required=False, autocomplete="off")
    language = SelectField(_l("Language"), description=_l("Of the mails to this person."))
    time_zone = SelectField(_l("Time zone"))

    def offer(self, person: Person) -> None:
        """Fill in the choices; what is stored stays choosable."""
        self.language.choices = _with(person.language, language_names())
        self.time_zone.choices = _with(person.time_zone, zone_choices())

    def validate(self, extra_validators: Any = None) -> bool:
        """The address too."""
        good = super().validate(extra_validators)
        if self.email.data:
            good &= self._obeys(rules.normal_email, self.email.data)
        return bool(good)

    @property
    def facts(self) -> PersonFacts:
        """What was typed."""
        return PersonFacts(
            full_name=self.full_name.data or "",
            latin_name=self.latin_name.data,
            job_title=self.job_title.data,
            language=self.language.data or None,
            time_zone=self.time_zone.data or None,
            email=self.email.data,
        )


class PersonEntryForm(BodyMixin, RulesForm):
    """What the forms that enter someone share; each has these fields in its own words."""

    full_name: StringField
    latin_name: StringField
    email: StringField
    job_title: StringField

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields by themselves, then together."""
        good = super().validate(extra_validators)
        if self.full_name.data:
            good &= self._obeys(rules.check_names, self.full_name.data, self.latin_name.data)
        if self.email.data:
            good &= self._obeys(rules.normal_email, self.email.data)
        return bool(good & self.body_is_complete(needed=False))

    @property
    def person(self) -> NewPerson:
        """Who was typed in."""
        return NewPerson(
            full_name=self.full_name.data or "",
            latin_name=self.latin_name.data,
            email=self.email.data,
            job_title=self.job_title.data,
            association_id=self.association_id,
            organisation=self.other_organisation,
        )


class NewPersonForm(PersonEntryForm):
    """Someone entered by an administrator."""

    full_name = line(_l("Full name"), hint=_l("In the person’s own script."))
    namesake = BooleanField(_l("This is someone else of the same name"))
    latin_name = line(
        _l("Name in Latin letters"), required=False, hint=_l("Only if the name is written in another script.")
    )
    email = email_line(
        _l("E-mail address"), required=False, autocomplete="off",
        hint=_l("Who signs up with it later becomes this person. Without one the person gets no mail."),
    )  # fmt: skip
    job_title = line(_l("Job title"), required=False)
    association = association_field()
    organisation = organisation_line()


class AffiliationForm(BodyMixin, BaseForm):
    """Where a person belongs, as what, and from when."""

    association = association_field()
    organisation = organisation_line()
    function = RadioField(
        _l("Function"), choices=choices_of(FUNCTIONS), default="expert", validators=[InputRequired(NEEDED)]
    )
    starts_on = DayField(_l("First day"), validators=[InputRequired(NEEDED)])

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields by themselves, then the body."""
        good = super().validate(extra_validators)
        return bool(good & self.body_is_complete(needed=True))


class EndAffiliationForm(BaseForm):
    """When an affiliation ends."""

    ends_on = DayField(_l("Last day"), validators=[InputRequired(NEEDED)])


def _with(stored: str | None, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The choices, nothing, and what is stored."""
    found = [("", _("Not known")), *choices]
    return found if stored is None or stored in dict(found) else [*found, (stored, stored)]
