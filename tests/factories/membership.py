"""Memberships for tests."""

from __future__ import annotations

from app.core.db import db
from app.groups.models import WorkingGroup
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import TRANSITIONS, Move, Role, State, Who
from app.people.models import Association, Person
from tests.factories.people import LONG_AGO

PATHS = {
    State.REQUESTED: (Move.REQUEST,),
    State.ACTIVE: (Move.REQUEST, Move.ACCEPT),
    State.DECLINED: (Move.REQUEST, Move.DECLINE),
    State.WITHDRAWN: (Move.REQUEST, Move.WITHDRAW),
    State.LEFT: (Move.REQUEST, Move.ACCEPT, Move.LEAVE),
    State.ENDED: (Move.REQUEST, Move.ACCEPT, Move.END),
}


def make_membership(
    group: WorkingGroup,
    person: Person,
    state: State = State.ACTIVE,
    association: Association | None = None,
    *,
    role: Role = Role.MEMBER,
    decided_by: Person | None = None,
    **values: object,
) -> Membership:
    """A membership in any state, with the moves that led there."""
    fields = {"motivation": "I work on this every day.", "began_at": LONG_AGO, "moved_at": LONG_AGO, **values}
    membership = Membership(
        group_id=group.id,
        person_id=person.id,
        association_id=association.id if association else None,
        state=state,
        role=role,
        **fields,
    )
    for move in PATHS[state]:
        step = TRANSITIONS[move]
        actor = person if step.by == Who.EXPERT else decided_by
        reason = "A reason." if step.needs_reason else None
        membership.events.append(
            MembershipEvent(
                move=move,
                from_state=step.start,
                to_state=step.end,
                actor_id=actor.id if actor else None,
                at=LONG_AGO,
                reason=fields["motivation"] if move == Move.REQUEST else reason,
            )
        )
    db.session.add(membership)
    db.session.commit()
    return membership
