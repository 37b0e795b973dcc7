"""The rows of an import as a table: to mend the faulty ones and bring them again."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core.tables.model import Column, Kind, Table
from app.imports import queries
from app.imports.columns import FIELDS
from app.imports.models import Import
from app.imports.rules import ImportKind, RowKind
from app.imports.words import ROW_KINDS


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
