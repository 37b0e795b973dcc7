"""Reads that only the administration needs. Of its lists, each is one or a few statements whatever its length."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.core.audit import AuditEntry
from app.core.db import Base, db
from app.core.outbox import FAILED, QUEUED, OutboxMessage
from app.groups.models import Coordinator, WorkingGroup
from app.people.models import Account, Association, MergedPerson, Person

TRAIL = 50
"""How many of the latest entries of the audit trail a page shows."""


def numbers() -> dict[str, int]:
    """What the overview counts and no feature counts for it, in one statement."""
    with_coordinator = select(Coordinator.id).where(
        Coordinator.group_id == WorkingGroup.id, Coordinator.ended_at.is_(None)
    )
    wanted = {
        "people": select(func.count(Person.id)),
        "accounts": select(func.count(Account.id)),
        "administrators": select(func.count(Account.id)).where(Account.is_administrator),
        "associations": select(func.count(Association.id)),
        "groups": select(func.count(WorkingGroup.id)),
        "groups_without_coordinator": select(func.count(WorkingGroup.id)).where(~with_coordinator.exists()),
        "mails_queued": select(func.count(OutboxMessage.id)).where(OutboxMessage.state == QUEUED),
        "mails_failed": select(func.count(OutboxMessage.id)).where(OutboxMessage.state == FAILED),
    }
    row = db.session.execute(select(*(count.scalar_subquery().label(name) for name, count in wanted.items()))).one()
    return dict(zip(wanted, row, strict=True))


def coordinations(person_id: int) -> Sequence[Coordinator]:
    """The groups that a person coordinates or once did, with their communities, the latest first."""
    return db.session.scalars(
        select(Coordinator)
        .where(Coordinator.person_id == person_id)
        .options(joinedload(Coordinator.group).joinedload(WorkingGroup.community))
        .order_by(Coordinator.ended_at.is_(None).desc(), Coordinator.appointed_at.desc(), Coordinator.id.desc())
    ).all()


def trail_of(subjects: dict[type[Base], list[int]]) -> list[tuple[AuditEntry, Person | None]]:
    """The latest entries of the audit trail about these subjects, newest first, each with who acted."""
    about = [
        (AuditEntry.subject_type == model.__tablename__) & AuditEntry.subject_id.in_(ids)
        for model, ids in subjects.items()
        if ids
    ]
    found = (
        select(AuditEntry, Person)
        .outerjoin(MergedPerson, MergedPerson.former_id == AuditEntry.actor_id)
        .outerjoin(Person, Person.id == func.coalesce(MergedPerson.person_id, AuditEntry.actor_id))
        .where(or_(*about))
        .order_by(AuditEntry.id.desc())
        .limit(TRAIL)
    )
    return [(entry, actor) for entry, actor in db.session.execute(found)]
