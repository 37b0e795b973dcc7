"""Erasures: asked for, withdrawn, done."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Instant
from app.people.models import Person


class ErasureState(StrEnum):
    """Where an erasure stands."""

    PENDING = "pending"
    WITHDRAWN = "withdrawn"
    DONE = "done"


class Origin(StrEnum):
    """Who or what asked for an erasure."""

    PERSON = "person"
    LETTER = "letter"
    """The person, who has no account, through an administrator."""
    RETENTION = "retention"
    """Nothing was heard of the person for as long as the settings say."""


class Erasure(Base):
    """The erasure of one person: at most one pending at a time. Kept when done, since it names nobody."""

    __tablename__ = "erasures"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'withdrawn', 'done')", name="state"),
        CheckConstraint("origin IN ('person', 'letter', 'retention')", name="origin"),
        CheckConstraint("(state = 'pending') = (ended_at IS NULL)", name="ended"),
        Index(
            "uq_erasures_pending", "person_id", unique=True,
            sqlite_where=text("state = 'pending'"), postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_erasures_state_due", "state", "due_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    origin: Mapped[Origin] = mapped_column(String(10))
    state: Mapped[ErasureState] = mapped_column(String(10), default=ErasureState.PENDING)
    asked_at: Mapped[Instant]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    """The person, or the administrator who read the letter; None where the settings asked."""
    due_at: Mapped[Instant]
    """The end of the pause: from then on it is done."""
    ended_at: Mapped[Instant | None]
    """When it was withdrawn or done."""

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])

    @property
    def is_pending(self) -> bool:
        """Whether it will be done, unless it is withdrawn."""
        return self.state == ErasureState.PENDING
