"""Reads of seats: what groups grant, what is held, what is vacant, who waits.

A seat is a group, an association and a number from 1 up to what the group grants the association. Only what is held
is stored, on the membership that holds it; a vacancy is what is left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.core.db import db
from app.groups import queries as groups_queries
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.membership.models import Membership, SeatGrant
from app.membership.rules import OPEN, PENDING, SEATED, Role, State, bar_to_entering, free_seats
from app.people import queries as people
from app.people.models import Association, Person

Place = tuple[int, int]
"""(group id, association id)"""


@dataclass
class Allotment:
    """The seats of an association in a group, and those who sit there or want to."""

    group: WorkingGroup
    association: Association
    limit: int
    holders: list[Membership] = field(default_factory=list)
    alternates: list[Membership] = field(default_factory=list)
    observers: list[Membership] = field(default_factory=list)
    pending: list[Membership] = field(default_factory=list)
    """On the way in, in the order in which they came."""

    @property
    def slug(self) -> str:
        """The group's present address."""
        return self.group.slug

    @property
    def code(self) -> str:
        """The association's present address."""
        return self.association.code

    @property
    def waiting(self) -> list[Membership]:
        """Those who wait for a seat, the first in line first."""
        return [item for item in self.pending if item.state == State.WAITING]

    @property
    def seated(self) -> list[Membership]:
        """All who are in the group for the association, in whatever role."""
        return [*self.holders, *self.alternates, *self.observers]

    @property
    def vacant(self) -> int:
        """Seats that nobody holds."""
        return free_seats(self.limit, {item.id for item in self.holders})

    @property
    def surplus(self) -> int:
        """Seats held beyond what is granted, since a limit was lowered."""
        return max(0, len(self.holders) - self.limit)

    @property
    def claimed(self) -> int:
        """Vacant seats that a named successor is about to take."""
        holders = {item.id for item in self.holders}
        return sum(
            1 for item in self.pending
            if item.predecessor_id and item.predecessor_id not in holders and item.role in SEATED
        )  # fmt: skip

    @property
    def offered(self) -> bool:
        """Whether a vacant seat waits for someone to say who takes it."""
        return self.vacant > self.claimed and bool(self.waiting)

    @property
    def left_alone(self) -> list[Membership]:
        """Alternates of a seat whose holder has gone: they stand in for whoever takes it next."""
        numbers = {item.seat_number for item in self.holders}
        return [item for item in self.alternates if item.seat_number not in numbers]

    def alternate_of(self, holder: Membership) -> Membership | None:
        """Who stands in for a holder."""
        return next((item for item in self.alternates if item.seat_number == holder.seat_number), None)


def limit(group: WorkingGroup, association: Association | None) -> int:
    """How many seats a group grants an association; none to those without one."""
    if association is None:
        return 0
    exception = db.session.scalar(
        select(SeatGrant.number).where(SeatGrant.group_id == group.id, SeatGrant.association_id == association.id)
    )
    return by_status(group, association.status) if exception is None else exception


def by_status(group: WorkingGroup, status: str) -> int:
    """What a group grants every association of a status."""
    return {"member": group.seats_member, "associate": group.seats_associate, "partner": group.seats_partner}[status]


def place_at(slug: str, code: str) -> Allotment | None:
    """The seats of the association at an address in the group at an address."""
    group, association = groups_queries.group_at(slug), people.association_at(code)
    if group is None or association is None:
        return None
    return allotments([group], [association])[group.id, association.id]


def limits(groups: Collection[WorkingGroup], associations: Collection[Association]) -> dict[Place, int]:
    """How many seats each of these groups grants each of these associations, in one statement."""
    exceptions: dict[Place, int] = {
        (row.group_id, row.association_id): row.number
        for row in db.session.execute(select(SeatGrant.group_id, SeatGrant.association_id, SeatGrant.number))
    }
    return {
        (group.id, one.id): exceptions.get((group.id, one.id), by_status(group, one.status))
        for group in groups
        for one in associations
    }


def vacancies(groups: Collection[WorkingGroup], associations: Collection[Association]) -> dict[Place, int]:
    """How many seats of each of these associations nobody holds in each of these groups, in two statements.

    Only where somebody could take one: groups that rest or have ended take in nobody.
    """
    holders = db.session.execute(
        select(Membership.group_id, Membership.association_id, func.count())
        .where(
            Membership.association_id.in_([one.id for one in associations]),
            Membership.state == State.ACTIVE,
            Membership.role.in_(SEATED),
        )
        .group_by(Membership.group_id, Membership.association_id)
    )
    taken = {(group_id, association_id): number for group_id, association_id, number in holders}
    open_groups = [group for group in groups if bar_to_entering(group.status) is None]
    free = {
        place: free_seats(number, range(taken.get(place, 0)))
        for place, number in limits(open_groups, associations).items()
    }
    return {place: number for place, number in free.items() if number}


def exceptions(group_id: int) -> Mapping[int, int]:
    """{association id: number} of what a group grants by name."""
    found = select(SeatGrant.association_id, SeatGrant.number).where(SeatGrant.group_id == group_id)
    return dict(db.session.execute(found).all())


def held(group_id: int, association_id: int) -> set[int]:
    """The numbers of the seats that members of an association hold in a group."""
    return set(
        db.session.scalars(
            select(Membership.seat_number).where(
                Membership.group_id == group_id,
                Membership.association_id == association_id,
                Membership.state == State.ACTIVE,
                Membership.role.in_(SEATED),
            )
        )
    )


def held_counts(group_id: int) -> dict[int, int]:
    """{association id: number of seats held} in a group."""
    found = select(Membership.association_id, func.count()).where(
        Membership.group_id == group_id,
        Membership.state == State.ACTIVE,
        Membership.role.in_(SEATED),
        Membership.association_id.is_not(None),
    )
    return {key: number for key, number in db.session.execute(found.group_by(Membership.association_id)) if key}


def line(group_id: int, association_id: int) -> Sequence[Membership]:
    """Those who wait for a seat of an association in a group, the first in line first."""
    return db.session.scalars(
        select(Membership)
        .where(
            Membership.group_id == group_id,
            Membership.association_id == association_id,
            Membership.state == State.WAITING,
        )
        .options(joinedload(Membership.person))
        .order_by(Membership.began_at, Membership.id)
    ).all()


def claims(group_id: int, association_id: int) -> dict[int, int]:
    """{id: seat number} of named successors who are about to take a seat that is vacant already."""
    before = aliased(Membership)
    found = (
        select(Membership.id, Membership.seat_number)
        .join(before, before.id == Membership.predecessor_id)
        .where(
            Membership.group_id == group_id,
            Membership.association_id == association_id,
            Membership.state.in_(PENDING),
            Membership.role.in_(SEATED),
            before.state != State.ACTIVE,
        )
    )
    return {key: number or 0 for key, number in db.session.execute(found)}


def allotments(
    groups: Sequence[WorkingGroup], associations: Sequence[Association], *, only_in_use: bool = False
) -> dict[Place, Allotment]:
    """The seats of these associations in these groups, with all who sit there or are on the way, in two statements.

    `only_in_use` leaves out what is neither granted nor held.
    """
    known = {group.id: group for group in groups}
    bodies = {item.id: item for item in associations}
    found = {
        place: Allotment(known[place[0]], bodies[place[1]], number)
        for place, number in limits(groups, associations).items()
    }
    for item in _open_memberships(known, bodies):
        if item.association_id is None:
            continue
        place = found[item.group_id, item.association_id]
        if item.state != State.ACTIVE:
            place.pending.append(item)
        elif item.role == Role.ALTERNATE:
            place.alternates.append(item)
        elif item.role == Role.OBSERVER:
            place.observers.append(item)
        else:
            place.holders.append(item)
    if only_in_use:
        return {key: place for key, place in found.items() if place.limit or place.holders or place.pending
                or place.alternates or place.observers}  # fmt: skip
    return found


def offers(association_ids: Collection[int] | None, group_ids: Collection[int] | None) -> list[Allotment]:
    """Where a seat is vacant and someone waits for it; of these associations and these groups, or of all for None."""
    found = (
        select(Membership)
        .join(Membership.person)
        .where(Membership.state == State.WAITING, Membership.association_id.is_not(None))
        .options(
            contains_eager(Membership.person),
            joinedload(Membership.association),
            joinedload(Membership.group).joinedload(WorkingGroup.community),
        )
        .order_by(Membership.began_at, Membership.id)
    )
    if association_ids is not None:
        found = found.where(Membership.association_id.in_(association_ids))
    if group_ids is not None:
        found = found.where(Membership.group_id.in_(group_ids))
    lines: dict[Place, list[Membership]] = defaultdict(list)
    for item in db.session.scalars(found):
        assert item.association_id
        lines[item.group_id, item.association_id].append(item)
    if not lines:
        return []
    firsts = [line[0] for line in lines.values()]
    places = allotments(
        list({item.group_id: item.group for item in firsts}.values()),
        list({item.association_id: item.association for item in firsts if item.association}.values()),
    )
    return [places[key] for key in lines if places[key].offered and places[key].group.status == GroupStatus.ACTIVE]


def _open_memberships(groups: Collection[int], associations: Collection[int]) -> Sequence[Membership]:
    return db.session.scalars(
        select(Membership)
        .join(Membership.person)
        .where(
            Membership.group_id.in_(groups),
            Membership.association_id.in_(associations),
            Membership.state.in_(OPEN),
        )
        .options(contains_eager(Membership.person))
        .order_by(Membership.seat_number, Membership.began_at, Person.search_text, Membership.id)
    ).all()
