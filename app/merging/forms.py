"""Forms of merging and splitting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.errors import Text
from app.core.forms import NEEDED, BaseForm
from app.core.i18n import translated
from app.membership.models import Membership
from app.membership.rules import State
from app.membership.words import ROLES, STATES
from app.merging.service.persons import FIELDS
from app.people.forms.associations import AssociationForm
from app.people.models import Affiliation, Association, Person
from app.people.queries import association_name
from app.people.words import function_word


class MergePersonsForm(BaseForm):
    """Of each field, from which record it stays. Each is a choice between the two numbers."""

    name = RadioField(_l("Name"), coerce=int, validators=[InputRequired(NEEDED)])
    email = RadioField(_l("E-mail address"), coerce=int, validators=[InputRequired(NEEDED)])
    job_title = RadioField(_l("Job title"), coerce=int, validators=[InputRequired(NEEDED)])
    phone = RadioField(_l("Telephone"), coerce=int, validators=[InputRequired(NEEDED)])
    biography = RadioField(_l("About"), coerce=int, validators=[InputRequired(NEEDED)])
    photo = RadioField(_l("Photo"), coerce=int, validators=[InputRequired(NEEDED)])
    language = RadioField(_l("Language"), coerce=int, validators=[InputRequired(NEEDED)])
    time_zone = RadioField(_l("Time zone"), coerce=int, validators=[InputRequired(NEEDED)])

    def offer(self, one: Person, other: Person) -> None:
        """Fill in the choices; what is empty in one and not in the other is chosen from the other."""
        for name, columns in FIELDS.items():
            field: Field = self._fields[name]
            field.choices = [(one.id, _("First record")), (other.id, _("Second record"))]
            if not self.is_submitted():
                has = _has_photo(other) and not _has_photo(one) if name == "photo" else _fuller(one, other, columns)
                field.data = other.id if has else one.id

    @property
    def chosen(self) -> Mapping[str, int]:
        """{field: the number of the record it stays from}."""
        return {name: self._fields[name].data for name in FIELDS}


def _has_photo(person: Person) -> bool:
    return person.photo is not None


def _fuller(one: Person, other: Person, columns: Iterable[str]) -> bool:
    """Whether the other says something where the one is silent; of addresses, the one that signs in stays."""
    if tuple(columns) == ("email",) and other.email and other.account and not one.account:
        return True
    return any(getattr(other, name) for name in columns) and not any(getattr(one, name) for name in columns)


class MergeAssociationForm(BaseForm):
    """Which association another one joins. Sent by GET to look, by POST to do it."""

    into = SelectField(_l("It joins"), validators=[InputRequired(NEEDED)])

    def offer(self, associations: Iterable[Association], but: Association) -> None:
        """Fill in the choices."""
        self.into.choices = [
            ("", _("Choose one")),
            *((item.code, f"{item.code} · {association_name(item)}") for item in associations if item is not but),
        ]


def _boxes(label: Text, hint: Text) -> SelectMultipleField:
    return SelectMultipleField(
        label, coerce=int, description=hint, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class SplitForm(AssociationForm):
    """What comes out of an association. Make it with `named_form(SplitForm)`."""

    people = _boxes(_l("People who belong to the new association"), _l("From today on, in the same functions."))
    seats = _boxes(_l("Seats and requests that go with them"), _l("A seat goes only with the person who holds it."))

    def offer_people(self, affiliations: Sequence[Affiliation], memberships: Sequence[Membership]) -> None:
        """Fill in who belongs to the association, and what they hold."""
        names = _told_apart([*(item.person for item in affiliations), *(seat.person for seat in memberships)])
        functions: dict[int, list[str]] = {}
        for item in affiliations:
            functions.setdefault(item.person_id, []).append(str(function_word(item.function)))
        self.people.choices = [
            (key, f"{name} ({', '.join(functions[key])})" if key in functions else name) for key, name in names.items()
        ]
        self.seats.choices = [(seat.id, f"{names[seat.person_id]} – {_place(seat)}") for seat in memberships]

    @property
    def moving(self) -> tuple[list[str], list[str]]:
        """The people and the seats that were chosen, in words."""
        people, seats = dict(self.people.choices), dict(self.seats.choices)
        return [people[key] for key in self.people.data], [seats[key] for key in self.seats.data]

    def values_to_keep(self) -> list[tuple[str, str]]:
        """What was typed, as it was sent, for the page that asks to check it."""
        sent = request.form.items(multi=True)
        return [(name, value) for name, value in sent if name not in ("csrf_token", "step")]


def _told_apart(people: Iterable[Person]) -> dict[int, str]:
    """{person id: name}, with the address where several have the same name."""
    known = {person.id: person for person in people}
    times = Counter(person.display_name for person in known.values())
    return {
        key: f"{person.display_name}, {person.email or _('no e-mail address')}"
        if times[person.display_name] > 1
        else person.display_name
        for key, person in known.items()
    }


def _place(seat: Membership) -> str:
    what = ROLES[seat.role] if seat.state == State.ACTIVE else STATES[State(seat.state)][0]
    return f"{translated(seat.group.names)} ({what})"
