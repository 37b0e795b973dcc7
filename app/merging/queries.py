"""Reads of what may be merged, and of what would move."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.core.db import db
from app.core.pagination import Page, last_page
from app.groups.models import Coordinator, WorkingGroup
from app.membership.models import Membership, MembershipEvent, SeatGrant
from app.membership.rules import OPEN, State
from app.merging import rules
from app.merging.rules import Reason, Record
from app.people.models import Account, Affiliation, DistinctPersons, Person
from app.people.queries import in_force_today

SIZE = 25
AT_ONCE = 200
"""Pairs that are read together for a list that is handed out."""
Found = tuple[tuple[int, int], Sequence[Reason]]


@dataclass(frozen=True)
class Pair:
    """Two records that may be of one person, and why."""

    first: Person
    second: Person
    reasons: Sequence[Reason]


@dataclass(frozen=True)
class Belongings:
    """What hangs on a person, counted."""

    memberships: int
    active: int
    affiliations: int
    coordinated: int
    decisions: int
    """Moves of memberships that the person made."""


def likely_doubles(number: int, size: int = SIZE) -> Page[Pair]:
    """Pairs that may be one person each, the likeliest first; in seven statements, however many people there are."""
    found = _likely()
    number = min(number, last_page(len(found), size))
    return Page(_pairs(found[(number - 1) * size : number * size]), number, len(found), size)


def all_doubles() -> Iterator[Pair]:
    """What the pages of `likely_doubles` show, read in parts."""
    found = _likely()
    for start in range(0, len(found), AT_ONCE):
        yield from _pairs(found[start : start + AT_ONCE])


def _likely() -> list[Found]:
    """The likely pairs by their ids, and why."""
    said = db.session.execute(select(DistinctPersons.first_id, DistinctPersons.second_id))
    apart = frozenset((first, second) for first, second in said)
    associations: dict[int, set[int]] = defaultdict(set)
    for person_id, association_id in db.session.execute(
        select(Affiliation.person_id, Affiliation.association_id).where(
            Affiliation.association_id.is_not(None), in_force_today()
        )
    ):
        associations[person_id].add(association_id or 0)
    rows = db.session.execute(
        select(Person.id, Person.full_name, Person.latin_name, Person.email, Account.pending_email)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Person.name_key != "")
    )
    records = [
        Record(
            row.id,
            row.full_name,
            row.latin_name,
            frozenset(filter(None, (row.email, row.pending_email))),
            frozenset(associations[row.id]),
        )
        for row in rows
    ]
    return list(rules.likely(records, apart).items())


def _pairs(found: Sequence[Found]) -> list[Pair]:
    people = _people({person_id for pair, _reasons in found for person_id in pair})
    return [Pair(people[first], people[second], reasons) for (first, second), reasons in found]


def belongings(person_id: int) -> Belongings:
    """What hangs on a person, in one statement."""
    member = Membership.person_id == person_id
    counts = (
        select(func.count()).where(member).scalar_subquery(),
        select(func.count()).where(member, Membership.state == State.ACTIVE).scalar_subquery(),
        select(func.count()).where(Affiliation.person_id == person_id).scalar_subquery(),
        select(func.count())
        .where(Coordinator.person_id == person_id, Coordinator.ended_at.is_(None))
        .scalar_subquery(),
        select(func.count()).where(MembershipEvent.actor_id == person_id).scalar_subquery(),
    )
    return Belongings(*db.session.execute(select(*counts)).one())


def open_memberships(association_id: int) -> Sequence[Membership]:
    """All open memberships that are held or asked for in an association's name: by name, in the catalogue's order."""
    return db.session.scalars(
        select(Membership)
        .join(Membership.person)
        .join(Membership.group)
        .where(Membership.association_id == association_id, Membership.state.in_(OPEN))
        .options(joinedload(Membership.person), joinedload(Membership.group).joinedload(WorkingGroup.community))
        .order_by(Person.search_text, Person.id, WorkingGroup.position, WorkingGroup.id)
    ).all()


def named_grants(association_id: int) -> Sequence[tuple[WorkingGroup, int]]:
    """(group, number of seats) of what groups grant an association by name."""
    found = (
        select(WorkingGroup, SeatGrant.number)
        .join(SeatGrant, SeatGrant.group_id == WorkingGroup.id)
        .where(SeatGrant.association_id == association_id)
        .order_by(WorkingGroup.position, WorkingGroup.id)
    )
    return [(group, number) for group, number in db.session.execute(found)]


def _people(ids: set[int]) -> dict[int, Person]:
    found = (
        select(Person)
        .where(Person.id.in_(ids))
        .options(
            joinedload(Person.account),
            selectinload(Person.affiliations).joinedload(Affiliation.association),
        )
    )
    return {person.id: person for person in db.session.scalars(found)}
