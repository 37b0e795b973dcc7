"""Who coordinates a group, from when until when."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, clock
from app.core.db import lock, write, writing
from app.core.errors import DomainError
from app.groups.models import Coordinator, WorkingGroup
from app.people import queries as people
from app.people import rules
from app.people.models import Person


def appoint_coordinator(group_id: int, email: str, actor_id: int | None) -> Person:
    """Let the person with that address coordinate a group from now on. Raises DomainError."""
    email = rules.normal_email(email)
    with write() as session:
        _lock_group(group_id)
        person = people.person_of(email)
        if person is None:
            raise DomainError(
                _l("Nobody here has this address. Ask them to sign up with it, or enter them as a person first."),
                "email",
            )
        if _open(group_id, person.id) is not None:
            raise DomainError(_l("%(name)s coordinates this group already.", name=person.full_name), "email")
        coordinator = Coordinator(group_id=group_id, person_id=person.id, appointed_at=clock.now())
        session.add(coordinator)
        audit.record("coordinator.appointed", coordinator, actor_id)
    return person


def dismiss_coordinator(group_id: int, person_id: int, actor_id: int | None) -> None:
    """Let a person coordinate a group no longer. Raises DomainError."""
    with write():
        _lock_group(group_id)
        coordinator = _open(group_id, person_id)
        if coordinator is None:
            raise DomainError(_l("This person does not coordinate the group any more."))
        coordinator.ended_at = clock.now()
        audit.record("coordinator.dismissed", coordinator, actor_id)


def _lock_group(group_id: int) -> None:
    if lock(WorkingGroup, group_id) is None:
        raise DomainError(_l("This group is no longer here."))


def _open(group_id: int, person_id: int) -> Coordinator | None:
    return writing().scalar(
        select(Coordinator).where(
            Coordinator.group_id == group_id, Coordinator.person_id == person_id, Coordinator.ended_at.is_(None)
        )
    )
