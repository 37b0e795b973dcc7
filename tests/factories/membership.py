"""Memberships for tests."""

from __future__ import annotations

from itertools import count

from app.core.db import db
from app.groups.models import WorkingGroup
from app.membership import seating
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import SEATED, TRANSITIONS, Move, Role, State, Who
from app.people.models import Association, Person
from tests.factories.people import LONG_AGO

REQUESTED = ((Move.REQUEST, State.REQUESTED),)
ACTIVE = (*REQUESTED, (Move.ACCEPT, State.ACTIVE))
PATHS = {
    State.TO_ENDORSE: ((Move.REQUEST, State.TO_ENDORSE),),
    State.REQUESTED: REQUESTED,
    State.NOMINATED: ((Move.NOMINATE, State.NOMINATED),),
    State.WAITING: (*REQUESTED, (Move.ACCEPT, State.WAITING)),
    State.ACTIVE: ACTIVE,
    State.DECLINED: (*REQUESTED, (Move.DECLINE, State.DECLINED)),
    State.WITHDRAWN: (*REQUESTED, (Move.WITHDRAW, State.WITHDRAWN)),
    State.LEFT: (*ACTIVE, (Move.LEAVE, State.LEFT)),
    State.ENDED: (*ACTIVE, (Move.END, State.ENDED)),
    State.LAPSED: (*ACTIVE, (Move.LAPSE, State.LAPSED)),
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
    """A membership in any state, with the moves that led there; a member has the next free seat, beyond any limit."""
    if state == State.ACTIVE and association is not None and role in SEATED:
        held = seating.held(group.id, association.id)
        values.setdefault("seat_number", next(number for number in count(1) if number not in held))
    if state == State.ACTIVE:
        values.setdefault("starts_on", LONG_AGO.date())
    fields = {"motivation": "I work on this every day.", "began_at": LONG_AGO, "moved_at": LONG_AGO, **values}
    membership = Membership(
        group_id=group.id,
        person_id=person.id,
        association_id=association.id if association else None,
        state=state,
        role=role,
        **fields,
    )
    before = None
    for move, after in PATHS[state]:
        by = TRANSITIONS[move].by
        actor = person if Who.EXPERT in by else decided_by
        reason = "A reason." if TRANSITIONS[move].needs_reason else None
        membership.events.append(
            MembershipEvent(
                move=move,
                from_state=before,
                to_state=after,
                actor_id=actor.id if actor else None,
                at=LONG_AGO,
                reason=fields["motivation"] if move == Move.REQUEST else reason,
            )
        )
        before = after
    db.session.add(membership)
    db.session.commit()
    return membership
