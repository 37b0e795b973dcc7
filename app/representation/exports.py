"""The matrix and the figures as files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import Response

from app.core.tables.model import Column, Kind
from app.core.tables.model import Table as File
from app.people.exporting import hand_out

Value = str | int | date | None


@dataclass(frozen=True)
class Table:
    """What goes into a file: its name without ending, the headings, the rows."""

    name: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]] = field(default_factory=list)


def answer(table: Table, kind: str, noted: str | None = None) -> Response:
    """The table as a file to keep; `kind`: csv or xlsx. `noted`: as `people.exporting.hand_out` has it."""
    cells = zip(*table.rows, strict=True) if table.rows else [()] * len(table.headings)
    columns = [Column(heading, _kind(values)) for heading, values in zip(table.headings, cells, strict=True)]
    return hand_out(File(table.title, columns, table.rows), kind, table.name, noted=noted)


def _kind(values: Sequence[Value]) -> Kind:
    """What all cells of a column are; text where they differ."""
    known = {type(value) for value in values if value is not None}
    return {frozenset({int}): Kind.NUMBER, frozenset({date}): Kind.DATE}.get(frozenset(known), Kind.TEXT)
