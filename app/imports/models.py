"""Imports and their rows, kept from the upload until some days after."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from app.core.audit import BigId
from app.core.db import Base, Instant, Json
from app.groups.models import WorkingGroup
from app.imports.rules import ImportKind, ImportState, RowKind
from app.people.models import Person

_KINDS = ", ".join(f"'{kind}'" for kind in ImportKind)
_STATES = ", ".join(f"'{state}'" for state in ImportState)
_ROW_KINDS = ", ".join(f"'{kind}'" for kind in RowKind)


class Import(Base):
    """One file, from its upload to what was written of it."""

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ImportKind] = mapped_column(String(12))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("working_groups.id"), index=True)
    """The one group whose memberships it may touch; None for administrators' imports, which may touch all."""
    importer_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    language: Mapped[str] = mapped_column(String(10))
    """The importer's, in which the worker says what is wrong."""
    filename: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    """The file, until it has been read into rows."""
    state: Mapped[ImportState] = mapped_column(String(10), default=ImportState.QUEUED, index=True)
    created_at: Mapped[Instant]
    moved_at: Mapped[Instant]
    """When it came into its present state."""
    lease_until: Mapped[Instant | None]
    """Until when one worker alone may work on it; after a crash the next may once this has passed."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How often a worker has taken it up since it last came into its state."""
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    """Steps of the present work, for the progress bar; 0 while they are not known."""
    unread: Mapped[list[str]] = mapped_column(Json, default=list)
    """Headings of columns that are not imported."""
    counts: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    """{kind of row: how many}, as of the last check."""
    leave_out: Mapped[bool] = mapped_column(default=False)
    """Whether the importer said to write the others without the faulty rows."""
    tell: Mapped[bool] = mapped_column(default=False)
    """Whether those who have become members are still to be written to."""
    told: Mapped[int] = mapped_column(default=0)
    """Number of the row up to which that is done."""
    message: Mapped[str | None] = mapped_column(Text)
    """Why it was refused, or why it has to be looked at again."""

    group: Mapped[WorkingGroup | None] = relationship()
    importer: Mapped[Person] = relationship()


class ImportRow(Base):
    """A row of the file: what stands there, and what writing it would do."""

    __tablename__ = "import_rows"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_ROW_KINDS})", name="kind"),
        UniqueConstraint("import_id", "number"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    number: Mapped[int]
    """In the file, the heading's being 1."""
    cells: Mapped[dict[str, str]] = mapped_column(Json)
    """{key of the column: what stands there}."""
    surplus: Mapped[bool] = mapped_column(default=False)
    """Whether the row has more cells than there are headings."""
    kind: Mapped[RowKind | None] = mapped_column(String(10))
    """None until it has been checked."""
    changes: Mapped[list[list[Any]]] = mapped_column(Json, default=list)
    """[key of the field, what stands there now, what would], for what is known already."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it is faulty, or perhaps a double."""
    candidates: Mapped[list[int]] = mapped_column(Json, default=list)
    """Ids of the persons who may be meant."""
    target_id: Mapped[int | None]
    """The person or membership that it is about. No foreign key: what is staged outlives nothing."""
    choice: Mapped[str | None] = mapped_column(String(20))
    """What the importer decided about a possible double."""
