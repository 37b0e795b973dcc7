"""Imports as a table; and the rows of one, to mend the faulty ones and bring them again."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from app.core.i18n import translated
from app.core.tables.model import Column, Kind, Table
from app.imports import queries
from app.imports.columns import FIELDS
from app.imports.models import Import
from app.imports.rules import ImportKind, ImportState, RowKind
from app.imports.words import KINDS, ROW_KINDS, STATES


def imports(found: Iterable[Import]) -> Table:
    """One row for each file, with what became of it."""
    columns = [
        Column(_("File")), Column(_("What")), Column(_("Group")), Column(_("State")), Column(_("New"), Kind.NUMBER),
        Column(_("Changed"), Kind.NUMBER), Column(_("Brought by")), Column(_("Brought"), Kind.INSTANT),
    ]  # fmt: skip
    return Table(
        _("Imports"),
        columns,
        (
            [
                item.filename,
                KINDS[ImportKind(item.kind)],
                translated(item.group.names) if item.group else None,
                STATES[ImportState(item.state)][0],
                item.counts.get("new", 0),
                item.counts.get("changed", 0),
                item.importer.display_name,
                item.created_at,
            ]
            for item in found
        ),
    )


def rows(item: Import, kind: RowKind | None) -> Table:
    """What stood in the file, what each row is, and why."""
    fields = FIELDS[ImportKind(item.kind)]
    columns = [*(Column(one.heading) for one in fields), Column(_("Row"), Kind.NUMBER), Column(_("Is")),
               Column(_("Why"))]  # fmt: skip
    return Table(
        _("Rows of the import"),
        columns,
        (
            [*(row.cells.get(one.key) for one in fields), row.number, ROW_KINDS[row.kind][0] if row.kind else None,
             row.reason]
            for row in queries.listed(item.id, kind)
        ),
    )  # fmt: skip
