"""Who did what, when and why: an append-only trail of ids, without names or private values.

The database itself refuses changes and deletions (triggers of migration 0004); what stands here says so earlier and in
words. Only `reason`, the free text, may be emptied: that is how it is erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Delete, Index, Integer, String, Text, Update, event, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, ORMExecuteState, Session, mapped_column

from app.core import clock
from app.core.db import Base, Instant, Json, writing

CONCERNS = ("person_id", "group_id", "association_id")

BigId = BigInteger().with_variant(Integer, "sqlite")


class AuditEntry(Base):
    """One thing done to one subject. `details` names fields and states, never people or private values."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject_type", "subject_id"),
        Index("ix_audit_entries_person", "person_id", "id"),
        Index("ix_audit_entries_group", "group_id", "id"),
        Index("ix_audit_entries_association", "association_id", "id"),
        Index("ix_audit_entries_action", "action", "id"),
        Index("ix_audit_entries_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[Instant]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    """The person who acted; None where the system did. No foreign key: the trail outlives the person."""
    action: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    person_id: Mapped[int | None]
    """Whom it concerns, as of then; the two that follow likewise. No foreign keys, for the same reason."""
    group_id: Mapped[int | None]
    association_id: Mapped[int | None]
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
            **_concerned(subject, details),
            details=details,
        )
        for subject, details in subjects
    )


def record(action: str, subject: Base, actor_id: int | None, reason: str | None = None, **details: Any) -> None:
    """Note in the present transaction that `actor_id` did `action` to `subject` (which must have an id).

    Whom and what it concerns is read from the subject: its `person_id`, `group_id` and `association_id`, or itself
    where its model is `audited_as` one of these. `details` of that name say it where the subject does not.
    """
    session = writing()
    session.flush()
    session.add(
        AuditEntry(
            at=clock.now(),
            actor_id=actor_id,
            action=action,
            subject_type=subject.__tablename__,
            subject_id=subject.id,  # type: ignore[attr-defined]
            **_concerned(subject, details),
            details=details,
            reason=reason or None,
        )
    )


def changes(before: object, after: object, names: Iterable[str]) -> dict[str, Any]:
    """What became different, for `record`: {"old": {name: value}, "new": {name: value}}. For public values only."""
    return {"old": _values(before, names), "new": _values(after, names)}


def _values(record: object, names: Iterable[str]) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in names}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}


def _concerned(subject: Base, details: Mapping[str, Any]) -> dict[str, int | None]:
    found = {name: details.get(name) or getattr(subject, name, None) for name in CONCERNS}
    own = getattr(subject, "audited_as", None)
    return {**found, own: subject.id} if own else found  # type: ignore[attr-defined]


def forget_texts(*about: ColumnElement[bool]) -> None:
    """Blank the free text of entries, in the present transaction; all else of the trail stays."""
    writing().execute(update(AuditEntry).where(AuditEntry.reason.is_not(None), *about).values(reason=None))
