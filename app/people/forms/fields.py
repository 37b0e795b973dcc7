"""Fields and parts of forms that several forms about people are made of, here and in features above."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, EqualTo, Length

from app.core.errors import DomainError, Text
from app.core.forms import NEEDED, BaseForm, line
from app.people import queries
from app.people.models import Association

OTHER = "other"
"""The choice of those who belong to none of the associations."""


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


def choices_of(words: Mapping[str, Text]) -> list[SelectChoice]:
    """Choices from a table of words."""
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


class OwnAssociationMixin:
    """The part of a form that asks an expert for which of their associations; not where there is but one, or none."""

    association: SelectField

    def offer(self, associations: Sequence[Association]) -> None:
        """Ask for the association only where there are several."""
        if len(associations) < 2:
            del self.association
        else:
            self.association.choices = [SelectChoice("", _("Choose one"))] + [
                SelectChoice(str(item.id), queries.association_name(item)) for item in associations
            ]

    @property
    def association_id(self) -> int | None:
        """The association chosen among several, if one was."""
        return int(self.association.data) if self.association and self.association.data else None
