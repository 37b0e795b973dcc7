"""Memberships for tests."""

from __future__ import annotations

from app.core.db import db
from app.groups.models import WorkingGroup
from app.membership.models import Membership
from app.membership.rules import State
from app.people.models import Association, Person
from tests.factories.people import LONG_AGO


def make_membership(
    group: WorkingGroup, person: Person, state: State = State.ACTIVE, association: Association | None = None
) -> Membership:
    """A membership in any state, without history."""
    membership = Membership(
        group_id=group.id,
        person_id=person.id,
        association_id=association.id if association else None,
        state=state,
        motivation="I work on this every day.",
        began_at=LONG_AGO,
        moved_at=LONG_AGO,
    )
    db.session.add(membership)
    db.session.commit()
    return membership
