"""Likely doubles as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _

from app.core.tables.model import Cell, Column, Kind, Table
from app.merging.queries import Pair
from app.merging.words import REASONS
from app.people import queries as people
from app.people.models import Person


def doubles(found: Iterable[Pair]) -> Table:
    """One row for each pair: what is known of both records, and why they may be of one person."""
    headings = ((_("Full name"), Kind.TEXT), (_("E-mail address"), Kind.TEXT), (_("Account"), Kind.TEXT),
                (_("Belongs to"), Kind.TEXT), (_("Known since"), Kind.INSTANT))  # fmt: skip
    columns = [Column(f"{heading} {place}", kind) for place in (1, 2) for heading, kind in headings]
    return Table(
        _("Likely doubles"),
        [*columns, Column(_("Why"))],
        (
            [*_record(pair.first), *_record(pair.second), "; ".join(str(REASONS[one]) for one in pair.reasons)]
            for pair in found
        ),
    )


def _record(person: Person) -> Sequence[Cell]:
    account = person.account
    places = (
        item.association.code if item.association else item.organisation for item in people.current_affiliations(person)
    )
    return [
        person.display_name,
        person.email,
        None if account is None else _("administrator") if account.is_administrator else _("yes"),
        "; ".join(dict.fromkeys(filter(None, places))),
        person.created_at,
    ]
