"""Who did what, when and why: an append-only trail of ids, without names or private values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Delete, Index, Integer, String, Text, Update, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, ORMExecuteState, Session, mapped_column

from app.core import clock
from app.core.db import Base, Instant, Json, writing

BigId = BigInteger().with_variant(Integer, "sqlite")


class AuditEntry(Base):
    """One thing done to one subject. `details` names fields and states, never people or private values."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_subject", "subject_type", "subject_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[Instant]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    """The person who acted; None where the system did. No foreign key: the trail outlives the person."""
    action: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    reason: Mapped[str | None] = mapped_column(Text)
    """Free text given by the actor; it alone can be erased."""


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _append_only(_mapper: Mapper[AuditEntry], _connection: Connection, _entry: AuditEntry) -> None:
    raise RuntimeError("the audit trail is append-only")


@event.listens_for(Session, "do_orm_execute")
def _append_only_in_bulk(state: ORMExecuteState) -> None:
    """The same for statements; only the free text may be changed, which is how it is erased."""
    statement = state.statement
    if not isinstance(statement, Update | Delete) or getattr(statement.table, "name", None) != AuditEntry.__tablename__:
        return
    changed = {getattr(column, "key", column) for column in getattr(statement, "_values", None) or {}}
    if isinstance(statement, Delete) or changed != {"reason"}:
        raise RuntimeError("the audit trail is append-only")


def record_all(action: str, subjects: Sequence[tuple[Base, dict[str, Any]]], actor_id: int | None) -> None:
    """The same of many subjects, each with its details: what a command did to many is noted in a few statements."""
    session = writing()
    session.flush()
    now = clock.now()
    session.add_all(
        AuditEntry(
            at=now,
            actor_id=actor_id,
            action=action,
            subject_type=subject.__tablename__,
            subject_id=subject.id,  # type: ignore[attr-defined]
            details=details,
        )
        for subject, details in subjects
    )


def record(action: str, subject: Base, actor_id: int | None, reason: str | None = None, **details: Any) -> None:
    """Note in the present transaction that `actor_id` did `action` to `subject` (which must have an id)."""
    session = writing()
    session.flush()
    session.add(
        AuditEntry(
            at=clock.now(),
            actor_id=actor_id,
            action=action,
            subject_type=subject.__tablename__,
            subject_id=subject.id,  # type: ignore[attr-defined]
            details=details,
            reason=reason or None,
        )
    )
