"""A table: named columns, each of one kind, and rows of values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeAlias

from app.core.errors import Text

Cell: TypeAlias = str | int | float | date | datetime | None
FORMATS = ("csv", "xlsx")


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    WALL_TIME = "wall_time"
    """What people plan: a time without a zone, which stands in a column beside it."""
    INSTANT = "instant"
    """What happened; written in UTC."""


@dataclass(frozen=True)
class Column:
    """A column with its heading in the language in force."""

    heading: Text
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Table:
    """What is handed out. `rows` may be read only once; each has a value for every column."""

    title: Text
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell | Text]]


def plain(value: Cell | Text, kind: Kind) -> Cell:
    """A value as its column wants it: texts that wait for a language as text, instants in UTC without their zone."""
    if value is None or value == "":
        return None
    if kind is Kind.TEXT:
        return str(value)
    if isinstance(value, datetime) and kind is Kind.INSTANT:
        return value.astimezone(UTC).replace(tzinfo=None)
    assert isinstance(value, int | float | date), "a typed column holds typed values"
    return value
