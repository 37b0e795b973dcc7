"""The form about an association."""

from __future__ import annotations

from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from wtforms import FormField, RadioField, SelectField
from wtforms.validators import InputRequired

from app.core import countries
from app.core.conflicts import EditForm
from app.core.forms import NEEDED, line, texts, translations_form
from app.people import queries, rules
from app.people.forms.fields import choices_of
from app.people.service.associations import AssociationFacts
from app.people.words import STATUSES

F = TypeVar("F", bound="AssociationForm")


class AssociationForm(EditForm):
    """An association's data. Make it with `association_form()`: the fields for its names follow the languages."""

    code = line(
        _l("Short name"), longest=80,
        hint=_l("It stands in addresses: capital letters, digits and hyphens. Former ones keep leading here."),
    )  # fmt: skip
    country = SelectField(_l("Country"))
    region = line(
        _l("Region"), longest=6, required=False,
        hint=_l("Only where it is not the whole country: its code in ISO 3166-2, like DE-BY. Holidays follow it."),
    )  # fmt: skip
    name = line(_l("Name in the association’s own language"))
    status = RadioField(_l("Status"), choices=choices_of(STATUSES), validators=[InputRequired(NEEDED)])

    @property
    def facts(self) -> AssociationFacts:
        """What was typed."""
        return AssociationFacts(
            code=(self.code.data or "").upper(),
            country=self.country.data,
            name=self.name.data or "",
            names=texts(self.names),
            status=self.status.data,
            region=self.region.data.upper() if self.region.data else None,
        )


def association_form(**kwargs: Any) -> AssociationForm:
    """The form, with a field for the name in each language."""
    return named_form(AssociationForm, **kwargs)


def named_form(base: type[F], **kwargs: Any) -> F:
    """A form about an association that may ask for more, with a field for the name in each language."""
    names = FormField(translations_form(), label=_l("Name in other languages"))
    form: F = type("Form", (base,), {"names": names})(**kwargs)
    choices = [(code, queries.country_name(code)) for code in countries.codes()]
    form.country.choices = sorted(choices, key=lambda item: rules.fold(item[1]))
    return form
