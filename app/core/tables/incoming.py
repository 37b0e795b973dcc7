"""What reading a table is about, whatever the format: limits, rows as read, and why a file is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from flask_babel import LazyString, format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError, Text

MOST_COLUMNS = 60
NAMED = 5
"""How many places of a fault are named."""

Value: TypeAlias = str | date
"""A cell as read: a cleaned text, or a day where the workbook says that it is one."""
RawRow: TypeAlias = tuple[int, Sequence[str | date]]
"""The number of a row in the file, the heading's being 1, and its cells."""


class TableError(DomainError):
    """The file cannot be read, and why."""

    def __init__(self, message: Text) -> None:
        super().__init__(message, "file")


@dataclass(frozen=True)
class Limits:
    """How much is taken in."""

    max_bytes: int
    max_rows: int

    @property
    def max_unpacked(self) -> int:
        """What a workbook, which is a compressed archive, may hold."""
        return self.max_bytes * 15


@dataclass(frozen=True)
class Line:
    """One row below the headings."""

    number: int
    """In the file, the heading's being 1."""
    cells: dict[int, Value]
    """{place of the column, from 0: what stands there}; empty cells are left out."""


@dataclass(frozen=True)
class Sheet:
    """A table as read: its headings as they stand there, and the rows that hold anything."""

    headings: list[str]
    lines: list[Line] = field(default_factory=list)


def too_large(limits: Limits) -> TableError:
    """The file is larger than what is taken in."""
    return TableError(
        _l(
            "The file is larger than %(limit)s. Leave out what is not imported, or bring it in several parts.",
            limit=LazyString(megabytes, limits.max_bytes),
        )
    )


def megabytes(size: int) -> str:
    """A size as people say it: "3 MB", "3 Mo"."""
    return str(_("%(number)s\u00a0MB", number=format_decimal(size / 1_000_000, "#,##0.##")))


def places(found: Sequence[str], more: bool) -> str:
    """The first few places of a fault: "B7, C9, …"."""
    return ", ".join([*found[:NAMED], *(["…"] if more else [])])
