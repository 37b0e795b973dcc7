"""The staged rows of an import: put down, judged, and deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from app.core.db import db, writing
from app.imports.judging import memberships, people
from app.imports.judging.verdict import Row, Verdict
from app.imports.models import Import, ImportRow
from app.imports.rules import ImportKind


@dataclass(frozen=True)
class Staged:
    """A row with its id and what was said of it last."""

    id: int
    row: Row
    kept: tuple[object, ...]
    """As `Verdict.kept`."""


def staged(import_id: int) -> list[Staged]:
    """The rows of an import, in the order of the file."""
    table = ImportRow
    found = db.session.execute(
        select(
            table.id, table.number, table.cells, table.surplus, table.choice,
            table.kind, table.changes, table.reason, table.candidates, table.target_id,
        )
        .where(table.import_id == import_id)
        .order_by(table.number)
    )  # fmt: skip
    return [
        Staged(row.id, Row(row.number, row.cells, row.surplus, row.choice),
               (str(row.kind), row.changes, row.reason, row.candidates, row.target_id))
        for row in found
    ]  # fmt: skip


def judged(item: Import, rows: Sequence[Staged]) -> Iterator[Verdict]:
    """What writing each row would do now."""
    plain = [one.row for one in rows]
    return people.judge(plain) if item.kind == ImportKind.PEOPLE else memberships.judge(plain, item.group_id)


def put_down(import_id: int, found: Sequence[tuple[int, dict[str, str], bool]]) -> None:
    """Stage rows as read, in the present transaction."""
    writing().execute(
        insert(ImportRow),
        [
            {"import_id": import_id, "number": number, "cells": cells, "surplus": surplus, "changes": [],
             "candidates": []}
            for number, cells, surplus in found
        ],
    )  # fmt: skip


def note(verdicts: Sequence[tuple[int, Verdict]]) -> None:
    """Keep what was said of rows, in the present transaction."""
    writing().execute(
        update(ImportRow),
        [
            {"id": row_id, "kind": one.kind, "changes": one.changes, "reason": one.reason,
             "candidates": one.candidates, "target_id": one.target_id}
            for row_id, one in verdicts
        ],
    )  # fmt: skip


def note_targets(targets: Sequence[tuple[int, int]]) -> None:
    """Keep which person or membership each of these rows has become, in the present transaction."""
    if targets:
        writing().execute(update(ImportRow), [{"id": row_id, "target_id": target} for row_id, target in targets])


def clear(import_id: int) -> None:
    """Take out the rows of an import, in the present transaction."""
    writing().execute(delete(ImportRow).where(ImportRow.import_id == import_id))


def forget(ids: Collection[int]) -> None:
    """Delete these imports with all that was staged, in the present transaction."""
    writing().execute(delete(ImportRow).where(ImportRow.import_id.in_(ids)))
    writing().execute(delete(Import).where(Import.id.in_(ids)))
