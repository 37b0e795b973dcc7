"""Reads of memberships for pages, policies and other features."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, false, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.core.db import db
from app.core.pagination import Page, paginate
from app.groups.models import Community, WorkingGroup
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import OPEN, Move, Role, State
from app.people.models import Association, Person
from app.people.queries import country_name, current_affiliations
from app.terms import queries as terms

_CHAIRS_FIRST = case({role.value: place for place, role in enumerate(Role)}, value=Membership.role)
_NAME = Person.search_text
_WHOLE = (
    joinedload(Membership.person),
    joinedload(Membership.association),
    joinedload(Membership.group).joinedload(WorkingGroup.community),
)

ROSTER = 20
"""Members that a page of the roster shows."""


def open_roles(person_id: int) -> dict[int, tuple[State, Role]]:
    """{group id: (state, role)} of what a person holds or is about to hold."""
    found = db.session.execute(
        select(Membership.group_id, Membership.state, Membership.role).where(
            Membership.person_id == person_id, Membership.state.in_(OPEN)
        )
    )
    return {group_id: (State(state), Role(role)) for group_id, state, role in found}


def active_roles(person_id: int) -> dict[int, Role]:
    """{group id: role} of a person's active memberships."""
    return {group_id: role for group_id, (state, role) in open_roles(person_id).items() if state == State.ACTIVE}


def membership(membership_id: int) -> Membership | None:
    """A membership with its person, association and group."""
    return db.session.get(Membership, membership_id, options=_WHOLE)


def memberships(ids: Collection[int]) -> Sequence[Membership]:
    """These memberships with all that goes with them, in the order in which they were asked for."""
    found = select(Membership).where(Membership.id.in_(ids)).options(*_WHOLE)
    return db.session.scalars(found.order_by(Membership.began_at, Membership.id)).all()


def with_history(membership_id: int) -> Membership | None:
    """The same with its moves and who made them."""
    moves = selectinload(Membership.events).joinedload(MembershipEvent.actor)
    return db.session.get(Membership, membership_id, options=[*_WHOLE, moves])


def open_membership(person_id: int, group_id: int) -> Membership | None:
    """The request or membership that holds a person's place in a group, if one does."""
    return db.session.scalar(_of(person_id, group_id).where(Membership.state.in_(OPEN)))


def sits_for(person_id: int, association_id: int) -> bool:
    """Whether a person holds a seat of an association that somebody has given them."""
    found = select(Membership.id).where(
        Membership.person_id == person_id, Membership.association_id == association_id, Membership.state == State.ACTIVE
    )
    return db.session.scalar(found.limit(1)) is not None


def latest(person_id: int, group_id: int) -> Membership | None:
    """The open membership of a person in a group, else the one that ended last."""
    return db.session.scalar(_of(person_id, group_id).order_by(Membership.id.desc()).limit(1))


def of_person(person_id: int) -> Sequence[Membership]:
    """All that a person is and was: what is open first, of each the newest first."""
    return db.session.scalars(
        select(Membership)
        .where(Membership.person_id == person_id)
        .options(joinedload(Membership.group).joinedload(WorkingGroup.community))
        .order_by(Membership.state.in_(OPEN).desc(), Membership.moved_at.desc(), Membership.id.desc())
    ).all()


def successors(membership_id: int) -> Sequence[Membership]:
    """Who followed, or is to follow, on the seat of a membership."""
    return db.session.scalars(
        select(Membership)
        .where(Membership.predecessor_id == membership_id, Membership.state.not_in((State.DECLINED, State.WITHDRAWN)))
        .options(joinedload(Membership.person))
        .order_by(Membership.id)
    ).all()


def nominations(person_id: int) -> Sequence[Membership]:
    """The nominations that a person has not answered yet, the oldest first."""
    return db.session.scalars(
        select(Membership)
        .where(Membership.person_id == person_id, Membership.state == State.NOMINATED)
        .options(joinedload(Membership.group), joinedload(Membership.person))
        .order_by(Membership.began_at, Membership.id)
    ).all()


def refusals(person_id: int, since: datetime) -> Sequence[MembershipEvent]:
    """Requests of a person that were declined and memberships that were ended for them since then, newest first."""
    return db.session.scalars(
        select(MembershipEvent)
        .join(MembershipEvent.membership)
        .join(Membership.group)
        .options(
            contains_eager(MembershipEvent.membership)
            .contains_eager(Membership.group)
            .joinedload(WorkingGroup.community)
        )
        .where(
            Membership.person_id == person_id,
            MembershipEvent.move.in_((Move.DECLINE, Move.REFUSE, Move.END, Move.RECALL)),
            MembershipEvent.at >= since,
        )
        .order_by(MembershipEvent.id.desc())
    ).all()


def members(group_id: int, limit: int | None = None) -> Sequence[Membership]:
    """A group's active members: chairs, vice-chairs, then the others, each by name in Latin letters."""
    return db.session.scalars(_members(group_id).limit(limit)).all()


def member_page(group_id: int, number: int, *, without_terms: bool = False) -> Page[Membership]:
    """The same, a page at a time; or those alone who have not accepted the terms in force."""
    found = _members(group_id)
    if without_terms:
        lacks = terms.lacks_acceptance(Membership.person_id)
        found = found.where(false() if lacks is None else lacks)
    return paginate(found, number, ROSTER)


def without_terms_counts(group_ids: Collection[int]) -> dict[int, int]:
    """{group id: number of members who have not accepted the terms in force}; groups without any are left out."""
    lacks = terms.lacks_acceptance(Membership.person_id)
    if lacks is None:
        return {}
    found = select(Membership.group_id, func.count()).where(
        Membership.group_id.in_(group_ids), Membership.state == State.ACTIVE, lacks
    )
    return dict(db.session.execute(found.group_by(Membership.group_id)).all())


def members_without_terms() -> int:
    """How many people hold a place in a group and have not accepted the terms in force."""
    lacks = terms.lacks_acceptance(Membership.person_id)
    if lacks is None:
        return 0
    found = select(func.count(Membership.person_id.distinct())).where(Membership.state == State.ACTIVE, lacks)
    return db.session.scalar(found) or 0


def people_in_groups() -> int:
    """How many people hold a place in a group."""
    return (
        db.session.scalar(select(func.count(Membership.person_id.distinct())).where(Membership.state == State.ACTIVE))
        or 0
    )


def chairs(group_id: int) -> Sequence[Person]:
    """Those who chair a group, by name."""
    return db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id, Membership.state == State.ACTIVE, Membership.role == Role.CHAIR)
        .order_by(_NAME)
    ).all()


def has_member_without_address(group_id: int, full_name: str) -> bool:
    """Whether a member of this name was entered without an e-mail address."""
    found = _members(group_id).where(Person.full_name == full_name, Person.email.is_(None))
    return db.session.scalar(found.limit(1)) is not None


def associations_to_join_for(person: Person) -> list[Association]:
    """The associations a person belongs to today, each once."""
    return list(dict.fromkeys(item.association for item in current_affiliations(person) if item.association))


def waiting(group_ids: Collection[int] | None, limit: int | None = None) -> Sequence[Membership]:
    """Requests nobody has decided on, the oldest first; of these groups, or of all for None."""
    return db.session.scalars(
        select(Membership)
        .where(_requested(group_ids))
        .options(*_WHOLE)
        .order_by(Membership.began_at, Membership.id)
        .limit(limit)
    ).all()


def pending(limit: int | None = None, since_before: datetime | None = None) -> Sequence[Membership]:
    """What waits for a focal point or a coordinator, whoever waits longest first; only since before an instant."""
    return db.session.scalars(
        select(Membership)
        .where(_pending(since_before))
        .options(*_WHOLE)
        .order_by(Membership.moved_at, Membership.id)
        .limit(limit)
    ).all()


def pending_count(since_before: datetime | None = None) -> int:
    """How many wait so."""
    return db.session.scalar(select(func.count()).where(_pending(since_before))) or 0


def to_endorse(association_ids: Collection[int] | None, limit: int | None = None) -> Sequence[Membership]:
    """Requests that wait for the word of these associations, or of any for None; the oldest first."""
    return db.session.scalars(
        select(Membership)
        .where(_unendorsed(association_ids))
        .options(*_WHOLE)
        .order_by(Membership.began_at, Membership.id)
        .limit(limit)
    ).all()


def to_endorse_counts(association_ids: Collection[int] | None = None) -> dict[int, int]:
    """{association id: number of requests that wait for its word}; associations without any are left out."""
    found = select(Membership.association_id, func.count()).where(_unendorsed(association_ids))
    rows = db.session.execute(found.group_by(Membership.association_id))
    return {association_id: number for association_id, number in rows if association_id is not None}


def waiting_count(group_ids: Collection[int] | None) -> int:
    """How many requests wait; in these groups, or in all for None."""
    return db.session.scalar(select(func.count()).where(_requested(group_ids))) or 0


def waiting_counts(group_ids: Collection[int] | None = None) -> dict[int, int]:
    """{group id: number of requests that wait}, of these groups, or of all; groups without any are left out."""
    found = select(Membership.group_id, func.count()).where(_requested(group_ids))
    return dict(db.session.execute(found.group_by(Membership.group_id)).all())


def member_counts(group_ids: Collection[int] | None = None) -> dict[int, int]:
    """{group id: number of active members} of these groups, or of all; groups without any are left out."""
    found = select(Membership.group_id, func.count()).where(Membership.state == State.ACTIVE)
    if group_ids is not None:
        found = found.where(Membership.group_id.in_(group_ids))
    return dict(db.session.execute(found.group_by(Membership.group_id)).all())


def active_count() -> int:
    """How many memberships are active, over all groups."""
    return db.session.scalar(select(func.count()).where(Membership.state == State.ACTIVE)) or 0


def member_count(group_id: int) -> int:
    """How many active members a group has."""
    found = select(func.count()).where(Membership.group_id == group_id, Membership.state == State.ACTIVE)
    return db.session.scalar(found) or 0


def seats_by_community(association_id: int, seen: ColumnElement[bool]) -> list[tuple[Community, int]]:
    """The communities in whose groups an association has active members, in order, and how many in each.

    `seen`: the condition that a membership is in a group that the viewer finds (`policy.sight`).
    """
    found = (
        select(Community, func.count())
        .join(WorkingGroup, WorkingGroup.community_id == Community.id)
        .join(Membership, Membership.group_id == WorkingGroup.id)
        .where(Membership.association_id == association_id, Membership.state == State.ACTIVE, seen)
        .group_by(Community.id)
        .order_by(Community.position)
    )
    return [(community, number) for community, number in db.session.execute(found)]


def experts_of(association_id: int, number: int, size: int) -> Page[Person]:
    """A page of those who sit in groups for an association today, by name."""
    held = select(Membership.person_id).where(
        Membership.association_id == association_id, Membership.state == State.ACTIVE
    )
    return paginate(select(Person).where(Person.id.in_(held)).order_by(_NAME, Person.id), number, size)


def seats_of(person_ids: Collection[int], association_id: int) -> dict[int, list[Membership]]:
    """{person id: the active memberships that they hold for an association, in the catalogue's order of groups}."""
    found = (
        select(Membership)
        .join(Membership.group)
        .join(WorkingGroup.community)
        .where(
            Membership.person_id.in_(person_ids),
            Membership.association_id == association_id,
            Membership.state == State.ACTIVE,
        )
        .options(contains_eager(Membership.group))
        .order_by(Community.position, WorkingGroup.position)
    )
    seats: dict[int, list[Membership]] = {}
    for held in db.session.scalars(found):
        seats.setdefault(held.person_id, []).append(held)
    return seats


def members_of_associations(association_ids: Collection[int]) -> Sequence[Membership]:
    """Who sits where for these associations today: by name, then in the catalogue's order of groups."""
    return db.session.scalars(
        select(Membership)
        .join(Membership.person)
        .join(Membership.group)
        .where(Membership.association_id.in_(association_ids), Membership.state == State.ACTIVE)
        .options(
            contains_eager(Membership.person),
            contains_eager(Membership.group).joinedload(WorkingGroup.community),
        )
        .order_by(_NAME, Person.id, WorkingGroup.position, WorkingGroup.id)
    ).all()


def seats_by_association(seen: ColumnElement[bool] | None = None) -> dict[int, int]:
    """{association id: number of active memberships held for it}; `seen`: as above, all without."""
    found = select(Membership.association_id, func.count()).where(
        Membership.state == State.ACTIVE, Membership.association_id.is_not(None)
    )
    if seen is not None:
        found = found.where(seen)
    rows = db.session.execute(found.group_by(Membership.association_id))
    return {association_id: number for association_id, number in rows if association_id is not None}


def groups_of(association_ids: Collection[int]) -> dict[int, set[int]]:
    """{association id: the groups in which somebody sits for it today}."""
    found: dict[int, set[int]] = {association_id: set() for association_id in association_ids}
    rows = select(Membership.association_id, Membership.group_id).where(
        Membership.association_id.in_(association_ids), Membership.state == State.ACTIVE
    )
    for association_id, group_id in db.session.execute(rows.distinct()):
        if association_id is not None:
            found[association_id].add(group_id)
    return found


def represented_in(group_ids: Collection[int]) -> frozenset[int]:
    """The ids of the associations that somebody sits for in at least one of these groups today."""
    found = db.session.scalars(
        select(Membership.association_id)
        .where(Membership.group_id.in_(group_ids), Membership.state == State.ACTIVE)
        .where(Membership.association_id.is_not(None))
        .distinct()
    )
    return frozenset(association_id for association_id in found if association_id is not None)


def associations_in(group_id: int) -> Sequence[Association]:
    """The associations that active members sit for, by country in the language in force, then by name."""
    held = select(Membership.association_id).where(Membership.group_id == group_id, Membership.state == State.ACTIVE)
    found = db.session.scalars(select(Association).where(Association.id.in_(held))).all()
    return sorted(found, key=lambda item: (country_name(item.country), item.name))


def _of(person_id: int, group_id: int) -> Select[Membership]:
    return select(Membership).where(Membership.person_id == person_id, Membership.group_id == group_id)


def _members(group_id: int) -> Select[Membership]:
    return (
        select(Membership)
        .join(Membership.person)
        .where(Membership.group_id == group_id, Membership.state == State.ACTIVE)
        .options(contains_eager(Membership.person), joinedload(Membership.association))
        .order_by(_CHAIRS_FIRST, _NAME, Membership.id)
    )


def _pending(since_before: datetime | None) -> ColumnElement[bool]:
    waits: ColumnElement[bool] = Membership.state.in_((State.TO_ENDORSE, State.REQUESTED))
    return waits if since_before is None else and_(waits, Membership.moved_at < since_before)


def _requested(group_ids: Collection[int] | None) -> ColumnElement[bool]:
    requested: ColumnElement[bool] = Membership.state == State.REQUESTED
    return requested if group_ids is None else and_(requested, Membership.group_id.in_(group_ids))


def _unendorsed(association_ids: Collection[int] | None) -> ColumnElement[bool]:
    waits = and_(Membership.state == State.TO_ENDORSE, Membership.association_id.is_not(None))
    return waits if association_ids is None else and_(waits, Membership.association_id.in_(association_ids))
