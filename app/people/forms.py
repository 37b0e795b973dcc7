"""Forms about people, accounts and associations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, FormField, PasswordField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length

from app.core import countries
from app.core.conflicts import EditForm
from app.core.errors import DomainError, Text
from app.core.forms import BaseForm, TimeZoneField, language_choices, line, texts, translations_form, zone_choices
from app.people import queries, rules
from app.people.models import Person
from app.people.service.associations import AssociationFacts
from app.people.service.persons import NewPerson, PersonFacts, Profile
from app.people.words import FUNCTIONS, STATUSES

OTHER = "other"
"""The choice of those who belong to none of the associations."""

NEEDED = _l("This is needed.")


def email_line(label: Text, *, required: bool = True, hint: Text = "", autocomplete: str = "email") -> Any:
    """A field for an address."""
    attributes = {"type": "email", "autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"}
    return line(label, longest=254, required=required, hint=hint, render_kw=attributes)


def password_field(label: Text, autocomplete: str, *more: Any, hint: Text = "") -> PasswordField:
    """A field for a password; the longest that is let through is far beyond the longest that can be chosen."""
    return PasswordField(
        label,
        validators=[DataRequired(NEEDED), Length(max=1000), *more],
        description=hint,
        render_kw={"autocomplete": autocomplete},
    )


def new_password(label: Text) -> PasswordField:
    """A field to choose a password in."""
    return password_field(
        label, "new-password", hint=_l("At least 12 characters. Three or four words that you remember are good.")
    )


def once_more() -> PasswordField:
    """The chosen password again, against slips of the finger."""
    return password_field(
        _l("The same password again"), "new-password", EqualTo("password", _l("This is not the same password."))
    )


def _named(words: Mapping[str, Text]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


class RulesForm(BaseForm):
    """A form whose values obey the rules of people; all that is wrong is said at once."""

    def _obeys(self, rule: Callable[..., object], *values: Any) -> bool:
        """Ask a rule, unless the field it concerns is known to be wrong already."""
        try:
            rule(*values)
        except DomainError as error:
            field = self._fields.get(error.field or "")
            if field is None or not field.errors:
                self.blame(error)
            return False
        return True


def association_field() -> SelectField:
    """The choice of an association; see BodyMixin."""
    return SelectField(_l("Association"))


def organisation_line() -> Any:
    """The name of an organisation that is none of the associations; see BodyMixin."""
    return line(_l("Other organisation"), required=False, hint=_l("Only if you chose “Another organisation” above."))


class BodyMixin:
    """The part of a form that asks for an association, or for another organisation."""

    association: SelectField
    organisation: Any

    def offer_bodies(self, first: Text) -> None:
        """Fill in the choices; `first` stands for none of them."""
        self.association.choices = [
            SelectChoice("", first),
            SelectChoice(OTHER, _("Another organisation")),
            *(
                SelectChoice(value, label, optgroup=country)
                for country, choices in queries.association_choices().items()
                for value, label in choices
            ),
        ]

    @property
    def association_id(self) -> int | None:
        """The association chosen, if one was."""
        chosen = self.association.data or ""
        return int(chosen) if chosen.isdecimal() else None

    @property
    def other_organisation(self) -> str | None:
        """The name of the other organisation, where that was chosen."""
        return self.organisation.data if self.association.data == OTHER else None

    def body_is_complete(self, *, needed: bool) -> bool:
        """Whether there is one body, named."""
        if self.association.errors:
            return False
        if self.association.data == OTHER and not self.organisation.data:
            self.organisation.errors = [_("Give the name of the organisation.")]
        elif not self.association.data and (needed or self.organisation.data):
            self.association.errors = [_("Choose an association, or “Another organisation”.")]
        else:
            return True
        return False


class SignUpForm(BodyMixin, RulesForm):
    """Wanting an account."""

    full_name = line(
        _l("Full name"), hint=_l("As you write it, in your own script."), render_kw={"autocomplete": "name"}
    )
    latin_name = line(
        _l("Name in Latin letters"), required=False, hint=_l("Only if your name is written in another script.")
    )
    email = email_line(_l("E-mail address"), hint=_l("You sign in with it. We send a link to it to confirm it."))
    association = association_field()
    organisation = organisation_line()
    password = new_password(_l("Password"))
    password_again = once_more()

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields by themselves, then together."""
        good = super().validate(extra_validators)
        name, email = self.full_name.data or "", self.email.data or ""
        if name:
            good &= self._obeys(rules.check_names, name, self.latin_name.data)
        if email:
            good &= self._obeys(rules.normal_email, email)
        if self.password.data:
            good &= self._obeys(rules.check_password, self.password.data, email, name)
        return bool(good & self.body_is_complete(needed=True))


class SignInForm(BaseForm):
    """Signing in."""

    email = email_line(_l("E-mail address"), autocomplete="username")
    password = password_field(_l("Password"), "current-password")


class PasswordForm(BaseForm):
    """Showing once more that one knows the password."""

    password = password_field(_l("Password"), "current-password")


class ForgottenPasswordForm(RulesForm):
    """Asking for a new password."""

    email = email_line(_l("E-mail address"), hint=_l("The one you sign in with."), autocomplete="username")

    def validate(self, extra_validators: Any = None) -> bool:
        """It looks like an address."""
        return bool(super().validate(extra_validators)) and self._obeys(rules.normal_email, self.email.data)


class NewPasswordForm(BaseForm):
    """Choosing a new password by a link from a mail."""

    password = new_password(_l("New password"))
    password_again = once_more()


class ChangePasswordForm(BaseForm):
    """Choosing a new password while signed in."""

    current = password_field(_l("Present password"), "current-password")
    password = new_password(_l("New password"))
    password_again = once_more()


class ChangeAddressForm(RulesForm):
    """Asking for another address to count."""

    email = email_line(_l("New e-mail address"))
    current = password_field(_l("Your password"), "current-password")

    def validate(self, extra_validators: Any = None) -> bool:
        """It looks like an address."""
        return bool(super().validate(extra_validators)) and self._obeys(rules.normal_email, self.email.data)


class _NamesForm(RulesForm, EditForm):
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


class ProfileForm(_NamesForm):
    """What one says about oneself."""

    full_name = line(
        _l("Full name"), hint=_l("As you write it, in your own script."), render_kw={"autocomplete": "name"}
    )
    latin_name = line(
        _l("Name in Latin letters"), required=False, hint=_l("Only if your name is written in another script.")
    )
    job_title = line(_l("Job title"), required=False, render_kw={"autocomplete": "organization-title"})
    language = SelectField(_l("Language"), choices=language_choices)
    time_zone = TimeZoneField(_l("Time zone"), description=_l("Meetings are shown in it, beside the group’s own."))

    @property
    def profile(self) -> Profile:
        """What was typed."""
        return Profile(
            full_name=self.full_name.data or "",
            latin_name=self.latin_name.data,
            job_title=self.job_title.data,
            language=self.language.data,
            time_zone=self.time_zone.data,
        )


class PersonForm(_NamesForm):
    """A person's data, as administrators correct them."""

    email = email_line(_l("E-mail address"), required=False, autocomplete="off")
    language = SelectField(_l("Language"), description=_l("Of the mails to this person."))
    time_zone = SelectField(_l("Time zone"))

    def offer(self, person: Person) -> None:
        """Fill in the choices; what is stored stays choosable."""
        self.language.choices = _with(person.language, language_choices())
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


class NewPersonForm(BodyMixin, RulesForm):
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
        """What was typed."""
        return NewPerson(
            full_name=self.full_name.data or "",
            latin_name=self.latin_name.data,
            email=self.email.data,
            job_title=self.job_title.data,
            association_id=self.association_id,
            organisation=self.other_organisation,
        )


class AffiliationForm(BodyMixin, BaseForm):
    """Where a person belongs, as what, and from when."""

    association = association_field()
    organisation = organisation_line()
    function = RadioField(
        _l("Function"), choices=_named(FUNCTIONS), default="expert", validators=[InputRequired(NEEDED)]
    )
    starts_on = DateField(_l("First day"), validators=[InputRequired(NEEDED)])

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields by themselves, then the body."""
        good = super().validate(extra_validators)
        return bool(good & self.body_is_complete(needed=True))


class EndAffiliationForm(BaseForm):
    """When an affiliation ends."""

    ends_on = DateField(_l("Last day"), validators=[InputRequired(NEEDED)])


class ConfirmForm(BaseForm):
    """Nothing to fill in: only whether one means it."""


class AssociationForm(EditForm):
    """An association's data. Make it with `association_form()`: the fields for its names follow the languages."""

    code = line(
        _l("Short name"), longest=80,
        hint=_l("It stands in addresses: capital letters, digits and hyphens. Former ones keep leading here."),
    )  # fmt: skip
    country = SelectField(_l("Country"))
    name = line(_l("Name in the association’s own language"))
    status = RadioField(_l("Status"), choices=_named(STATUSES), validators=[InputRequired(NEEDED)])

    @property
    def facts(self) -> AssociationFacts:
        """What was typed."""
        return AssociationFacts(
            code=(self.code.data or "").upper(),
            country=self.country.data,
            name=self.name.data or "",
            names=texts(self.names),
            status=self.status.data,
        )


def association_form(**kwargs: Any) -> AssociationForm:
    """The form, with a field for the name in each language."""

    class Form(AssociationForm):
        names = FormField(translations_form(), label=_l("Name in other languages"))

    form = Form(**kwargs)
    choices = [(code, queries.country_name(code)) for code in countries.codes()]
    form.country.choices = sorted(choices, key=lambda item: rules.fold(item[1]))
    return form


def _with(stored: str | None, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The choices, nothing, and what is stored."""
    found = [("", _("Not known")), *choices]
    return found if stored is None or stored in dict(found) else [*found, (stored, stored)]
