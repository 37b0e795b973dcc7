"""The directory as a table: of each person what the viewer may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from app.core.db import db
from app.core.i18n import translated
from app.core.tables.model import Cell, Column, Table
from app.membership.directory import Wanted, entries, people
from app.membership.rules import Role
from app.membership.words import ROLES
from app.people.queries import association_name, country_name
from app.people.viewer import Viewer

AT_ONCE = 200


def directory(viewer: Viewer, wanted: Wanted) -> Table:
    """Everybody whom the viewer finds so, one row each; empty cells for what the viewer may not see."""
    columns = [
        Column(_("Full name")), Column(_("Name in Latin letters")), Column(_("Job title")), Column(_("Association")),
        Column(_("Country")), Column(_("Groups")), Column(_("Expertise")), Column(_("E-mail address")),
        Column(_("Telephone")),
    ]  # fmt: skip
    return Table(_("People"), columns, _rows(viewer, wanted))


def _rows(viewer: Viewer, wanted: Wanted) -> Iterator[Sequence[Cell]]:
    found = people(viewer, wanted)
    start = 0
    while True:
        persons = db.session.scalars(found.offset(start).limit(AT_ONCE)).all()
        for entry in entries(viewer, persons):
            bodies = [item.association for item in entry.affiliations if item.association]
            person = entry.person
            yield [
                person.full_name,
                person.latin_name,
                person.job_title,
                "; ".join(dict.fromkeys(association_name(one) for one in bodies)),
                "; ".join(dict.fromkeys(country_name(one.country) for one in bodies)),
                "; ".join(
                    [f"{translated(seat.group.names)} ({ROLES[Role(seat.role)]})" for seat in entry.seats]
                    + [f"{translated(item.group.names)} ({_('Coordinator')})" for item in entry.coordinated]
                ),
                "; ".join(translated(keyword.names) for keyword in entry.keywords),
                entry.email,
                entry.phone,
            ]
        if len(persons) < AT_ONCE:
            return
        start += AT_ONCE
