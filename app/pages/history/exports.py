"""The audit trail as a table: all that a search finds, some hundred entries at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from sqlalchemy import Select

from app.core.audit import AuditEntry
from app.core.db import db
from app.core.tables.model import Cell, Column, Kind, Table
from app.pages.history.lines import Change, lines

AT_ONCE = 500


def trail(found: Select[AuditEntry]) -> Table:
    """What was done, the newest first."""
    columns = [
        Column(_("Number"), Kind.NUMBER), Column(_("When"), Kind.INSTANT), Column(_("What")), Column(_("Changes")),
        Column(_("Reason")),
    ]  # fmt: skip
    return Table(_("History"), columns, _rows(found))


def _rows(found: Select[AuditEntry]) -> Iterator[Sequence[Cell]]:
    before: int | None = None
    while True:
        wanted = found if before is None else found.where(AuditEntry.id < before)
        entries = db.session.scalars(wanted.order_by(AuditEntry.id.desc()).limit(AT_ONCE)).all()
        for line in lines(entries, with_reasons=True):
            yield [line.id, line.at, line.what.striptags(), "; ".join(map(_change, line.changes)), line.reason]
        if len(entries) < AT_ONCE:
            return
        before = entries[-1].id


def _change(change: Change) -> str:
    if change.old is None and change.new is None:
        return change.field
    return f"{change.field}: {change.old or ''} → {change.new or ''}"
