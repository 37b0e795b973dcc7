"""The answer to one row, and how a row is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask_babel import gettext as _

from app.core.errors import DomainError
from app.imports.columns import Field
from app.imports.rules import RowKind

T = TypeVar("T")
Change = list[str | None]
"""[key of the field, what stands there now, what would]"""


@dataclass(frozen=True)
class Row:
    """A row as it was staged."""

    number: int
    cells: dict[str, str]
    surplus: bool = False
    choice: str | None = None


@dataclass
class Verdict:
    """What writing a row would do."""

    kind: RowKind
    changes: list[Change] = field(default_factory=list)
    reason: str | None = None
    candidates: list[int] = field(default_factory=list)
    target_id: int | None = None
    plan: Any = None
    """What the writing needs; not kept."""

    @property
    def kept(self) -> tuple[object, ...]:
        """What is shown to the importer, and so must be the same when it is written."""
        return (str(self.kind), self.changes, self.reason, self.candidates, self.target_id)


class Faults(Exception):
    """A row cannot be written, and all that is wrong with it."""

    def __init__(self, *sentences: str) -> None:
        super().__init__()
        self.sentences = sentences

    @property
    def verdict(self) -> Verdict:
        """The same as an answer."""
        return Verdict(RowKind.FAULTY, reason=" ".join(dict.fromkeys(self.sentences)))


class Reader:
    """Reads the cells of one row and gathers all that is wrong with them."""

    def __init__(self, row: Row, fields: tuple[Field, ...]) -> None:
        self._row = row
        self._fields = {item.key: item for item in fields}
        self._faults: list[str] = []

    def read(self, key: str, meaning: Callable[[str], T]) -> T | None:
        """What a cell means; None where it is empty or wrong."""
        text = self._row.cells.get(key)
        if not text:
            return None
        try:
            return meaning(text)
        except DomainError as error:
            self.blame(error, key)
            return None

    def blame(self, error: DomainError, key: str | None = None) -> None:
        """Note a fault, with the column it concerns."""
        item = self._fields.get(key or error.field or "")
        self._faults.append(f"{item.heading}{_(':')} {error.message}" if item else str(error.message))

    def done(self) -> None:
        """Raises Faults if there were any."""
        if self._faults:
            raise Faults(*self._faults)
