"""What becomes of memberships when two records of a person, or two associations, become one; and when one is split.

Each works within a transaction of the feature that merges, which has called `lock_groups` first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import joinedload

from app.core import audit
from app.core.db import db, writing
from app.groups.models import Coordinator, WorkingGroup
from app.membership.models import Membership, SeatGrant
from app.membership.rules import OPEN, PENDING, Move, Role, State, Who
from app.membership.service.moving import lock_group, move, offer_next
from app.people.models import Association

ENDINGS = {
    State.ACTIVE: (Move.END, Who.COORDINATOR),
    State.REQUESTED: (Move.DECLINE, Who.COORDINATOR),
    State.WAITING: (Move.DECLINE, Who.COORDINATOR),
    State.TO_ENDORSE: (Move.REFUSE, Who.FOCAL_POINT),
    State.NOMINATED: (Move.REVOKE, Who.FOCAL_POINT),
}
"""How an administrator, in whose place, ends what one person has twice."""
FAR = 1_000
"""Beyond every seat number there is: where numbers wait while others are given."""


def lock_groups(*, person_ids: Collection[int] = (), association_ids: Collection[int] = ()) -> None:
    """Lock every group where these people or associations have, had or are granted anything, in one order."""
    session = writing()
    whose = or_(Membership.person_id.in_(person_ids), Membership.association_id.in_(association_ids))
    ids = set(session.scalars(select(Membership.group_id).where(whose)))
    ids |= set(session.scalars(select(Coordinator.group_id).where(Coordinator.person_id.in_(person_ids))))
    ids |= set(session.scalars(select(SeatGrant.group_id).where(SeatGrant.association_id.in_(association_ids))))
    for group_id in sorted(ids):
        lock_group(group_id)


def doubles(one_id: int, other_id: int) -> list[Membership]:
    """Of two records of one person, the open memberships that would have to end: one person is in a group once."""
    by_group: dict[int, list[Membership]] = defaultdict(list)
    for item in db.session.scalars(
        select(Membership)
        .where(Membership.person_id.in_((one_id, other_id)), Membership.state.in_(OPEN))
        .options(joinedload(Membership.group).joinedload(WorkingGroup.community))
        .order_by(Membership.id)
    ):
        by_group[item.group_id].append(item)
    return [lesser for items in by_group.values() for lesser in sorted(items, key=_standing)[1:]]


def join_memberships(kept_id: int, gone_id: int, actor_id: int | None) -> None:
    """Give all memberships to one person. Where both have an open one in a group, the one that is further goes on."""
    for lesser in doubles(kept_id, gone_id):
        what, by = ENDINGS[State(lesser.state)]
        reason = _("Two records of one person were merged: the other membership in this group goes on.")
        move(lesser, what, by, actor_id, reason)
    writing().flush()
    writing().execute(update(Membership).where(Membership.person_id == gone_id).values(person_id=kept_id))


def join_seats(staying_id: int, joining_id: int) -> None:
    """Number the seats of an association that joins another after those held there; no seat ends.

    More may then be held than a group grants; seating shows that, and no seat is free until fewer are held. What
    groups granted the joining one by name ends with it.
    """
    numbered: dict[int, list[Membership]] = defaultdict(list)
    taken: dict[int, set[int]] = defaultdict(set)
    for item in _numbered((staying_id, joining_id)):
        if item.association_id == joining_id:
            numbered[item.group_id].append(item)
        else:
            taken[item.group_id].add(item.seat_number or 0)
    for group_id, items in numbered.items():
        held = {item.seat_number for item in items if item.seat_number is not None}
        free = iter(number for number in range(1, FAR) if number not in held | taken[group_id])
        _number(items, {number: next(free) for number in sorted(held & taken[group_id])})
    writing().execute(delete(SeatGrant).where(SeatGrant.association_id == joining_id))


def hand_over(memberships: Sequence[Membership], into: Association, actor_id: int | None) -> None:
    """Let memberships of one association go on as another's, in a new association that holds no seat yet."""
    _forget_successors_across(memberships)
    before = {(item.group, item.association) for item in memberships}
    by_group: dict[int, list[Membership]] = defaultdict(list)
    for item in memberships:
        audit.record("membership.transferred", item, actor_id, out_of=item.association_id, into=into.id)
        item.association = into
        if item.seat_number is not None:
            by_group[item.group_id].append(item)
    for items in by_group.values():
        held = sorted({item.seat_number for item in items if item.seat_number is not None})
        _number(items, {number: place for place, number in enumerate(held, start=1)})
    for group, association in before:
        offer_next(group, association)


def _forget_successors_across(going: Sequence[Membership]) -> None:
    """Nobody takes over a seat of another association: who was to succeed someone is on the way in like others."""
    ids = {item.id for item in going}
    for item in writing().scalars(
        select(Membership).where(
            Membership.state.in_(PENDING), or_(Membership.id.in_(ids), Membership.predecessor_id.in_(ids))
        )
    ):
        if item.predecessor_id is not None and (item.id in ids) != (item.predecessor_id in ids):
            item.predecessor = None


def _number(items: Sequence[Membership], new: Mapping[int, int]) -> None:
    """Give seats new numbers, {old: new}; an alternate keeps the holder's.

    Numbers are unique at every moment, so they first go out of the way.
    """
    changed = [(item, new[item.seat_number or 0]) for item in items if item.seat_number in new]
    for item, number in changed:
        item.seat_number = number + FAR
    writing().flush()
    for item, number in changed:
        item.seat_number = number
    writing().flush()


def _numbered(association_ids: Iterable[int]) -> Sequence[Membership]:
    return db.session.scalars(
        select(Membership)
        .where(
            Membership.association_id.in_(association_ids),
            Membership.state == State.ACTIVE,
            Membership.seat_number.is_not(None),
        )
        .order_by(Membership.id)
    ).all()


def _standing(item: Membership) -> tuple[bool, int, datetime, int]:
    """What is further comes first: active ones, by their role, then who came first."""
    return item.state != State.ACTIVE, list(Role).index(Role(item.role)), item.began_at, item.id
