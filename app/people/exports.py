"""Lists of people and associations as tables. The headings are those that an import of people knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from flask_babel import gettext as _

from app.core.i18n import language_names, translated
from app.core.tables.model import Cell, Column, Kind, Table
from app.people import queries
from app.people.models import Affiliation, Association, Keyword, Person
from app.people.words import FUNCTIONS, STATUSES


def people(persons: Iterable[Person]) -> Table:
    """One row for each place where someone belongs today, one for who belongs nowhere."""
    columns = [
        Column(_("Full name")),
        Column(_("Name in Latin letters")),
        Column(_("E-mail address")),
        Column(_("Job title")),
        Column(_("Language")),
        Column(_("Association")),
        Column(_("Other organisation")),
        Column(_("Function")),
        Column(_("First day"), Kind.DATE),
        Column(_("Account")),
        Column(_("Last sign-in"), Kind.INSTANT),
    ]
    return Table(_("People"), columns, _rows(persons))


def _rows(persons: Iterable[Person]) -> Iterator[Sequence[object]]:
    for person in persons:
        account = person.account
        for place in _places(person):
            yield [
                person.full_name, person.latin_name, person.email, person.job_title, person.language,
                *_place(place),
                None if account is None else _("administrator") if account.is_administrator else _("yes"),
                account.last_sign_in_at if account else None,
            ]  # fmt: skip


def _places(person: Person) -> Sequence[Affiliation | None]:
    return queries.current_affiliations(person) or (None,)


def _place(place: Affiliation | None) -> tuple[Cell, Cell, Cell, date | None]:
    if place is None:
        return None, None, None, None
    code = place.association.code if place.association else None
    return code, place.organisation, str(FUNCTIONS[place.function]), place.starts_on


def associations(
    found: Iterable[Association],
    experts: Mapping[int, int],
    seats: Mapping[int, int],
    speakers: Mapping[int, Sequence[Affiliation]],
) -> Table:
    """One row each: who speaks for it, how many experts and seats it has."""
    columns = [
        Column(_("Association")),
        Column(_("Name")),
        Column(_("Country")),
        Column(_("Status")),
        Column(_("Focal points")),
        Column(_("Deputies")),
        Column(_("Experts"), Kind.NUMBER),
        Column(_("Seats"), Kind.NUMBER),
    ]
    return Table(
        _("Associations"),
        columns,
        (
            [
                item.code,
                queries.association_name(item),
                queries.country_name(item.country),
                STATUSES[item.status],
                _named(speakers.get(item.id, []), "focal_point"),
                _named(speakers.get(item.id, []), "deputy"),
                experts.get(item.id, 0),
                seats.get(item.id, 0),
            ]
            for item in found
        ),
    )


def public_associations(found: Iterable[Association], seats: Mapping[int, int]) -> Table:
    """One row each, of what everybody may know."""
    columns = [
        Column(_("Association")), Column(_("Name")), Column(_("Country")), Column(_("Status")),
        Column(_("Seats"), Kind.NUMBER),
    ]  # fmt: skip
    return Table(
        _("Associations"),
        columns,
        (
            [item.code, queries.association_name(item), queries.country_name(item.country), STATUSES[item.status],
             seats.get(item.id, 0)]
            for item in found
        ),
    )  # fmt: skip


def keywords(found: Iterable[Keyword], counts: Mapping[int, int]) -> Table:
    """One row for each field of expertise, in all languages; `counts`: {keyword id: how many people chose it}."""
    languages = language_names()
    columns = [
        Column(_("Keyword")),
        *(Column(f"{_('Name')} ({name})") for _code, name in languages),
        *(Column(f"{_('Other words for the same')} ({name})") for _code, name in languages),
        Column(_("People"), Kind.NUMBER),
        Column(_("State")),
    ]
    return Table(
        _("Expertise"),
        columns,
        (
            [
                translated(item.names),
                *(item.names.get(code) for code, _name in languages),
                *(", ".join(item.synonyms.get(code, [])) for code, _name in languages),
                counts.get(item.id, 0),
                _("retired") if item.retired_at else _("offered"),
            ]
            for item in found
        ),
    )


def _named(speakers: Iterable[Affiliation], function: str) -> str:
    return ", ".join(item.person.display_name for item in speakers if item.function == function)
