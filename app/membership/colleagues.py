"""What a colleague holds for an association: read before they leave it or hand it over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import dates
from app.core.db import db
from app.groups.models import WorkingGroup
from app.membership.models import Membership
from app.membership.rules import OPEN, SEATED, Role, State
from app.people import queries as people
from app.people.models import Affiliation, Association, Person


@dataclass(frozen=True)
class Colleague:
    """A person of an association, with their functions there and all that they hold or are about to hold for it."""

    association: Association
    person: Person
    affiliations: Sequence[Affiliation]
    memberships: Sequence[Membership]

    @property
    def code(self) -> str:
        """The association's present address."""
        return self.association.code

    @property
    def seats(self) -> list[Membership]:
        """What a successor can take over."""
        return [item for item in self.memberships
                if item.state == State.ACTIVE and item.role in (*SEATED, Role.ALTERNATE)]  # fmt: skip


def colleague_at(code: str, person_id: int) -> Colleague | None:
    """The colleague at an address; None for someone who neither belongs to the association nor sits for it."""
    association, person = people.association_at(code), people.person(person_id)
    if association is None or person is None:
        return None
    own = [item for item in people.current_affiliations(person) if item.association_id == association.id]
    held = held_for(person.id, association.id)
    return Colleague(association, person, own, held) if own or held else None


def held_for(person_id: int, association_id: int) -> Sequence[Membership]:
    """All open memberships of a person for an association, in the catalogue's order of groups."""
    return db.session.scalars(
        select(Membership)
        .join(Membership.group)
        .where(
            Membership.person_id == person_id, Membership.association_id == association_id, Membership.state.in_(OPEN)
        )
        .options(
            joinedload(Membership.group).joinedload(WorkingGroup.community),
            joinedload(Membership.person),
            joinedload(Membership.association),
        )
        .order_by(WorkingGroup.position, WorkingGroup.id)
    ).all()


def colleagues_of(association_id: int) -> Sequence[Person]:
    """Who belongs to an association today in whatever function, by name, each once."""
    return list({item.person_id: item.person for item in people.affiliations_with([association_id])}.values())


def leaves_with(affiliation: Affiliation) -> bool:
    """Whether whose affiliation ends leaves the association with it: no other function there stays."""
    today = dates.today()
    return affiliation.association_id is not None and not any(
        item.id != affiliation.id
        and item.association_id == affiliation.association_id
        and (item.ends_on is None or item.ends_on >= today)
        for item in affiliation.person.affiliations
    )


def would_end(affiliation: Affiliation) -> Sequence[Membership]:
    """The memberships that end with an affiliation: those held for the association, unless another function stays."""
    if affiliation.association_id is None or not leaves_with(affiliation):
        return []
    return held_for(affiliation.person_id, affiliation.association_id)


def has_left(person_id: int, association_id: int) -> bool:
    """Whether someone belonged to an association, and has no function there in force or to come."""
    own = select(Affiliation.id).where(Affiliation.person_id == person_id, Affiliation.association_id == association_id)
    return bool(db.session.scalar(select(own.exists() & ~own.where(people.not_over()).exists())))


def left_behind() -> Sequence[tuple[int, int]]:
    """(person id, association id) of those who hold something for an association that they no longer belong to."""
    over = select(Affiliation.id).where(
        Affiliation.person_id == Membership.person_id, Affiliation.association_id == Membership.association_id
    )
    found = (
        select(Membership.person_id, Membership.association_id)
        .where(Membership.state.in_(OPEN), over.exists(), ~over.where(people.not_over()).exists())
        .distinct()
    )
    return [(person_id, association_id) for person_id, association_id in db.session.execute(found) if association_id]


def group_ids(memberships: Collection[Membership]) -> list[int]:
    """Their groups, in the order in which every command locks them."""
    return sorted({item.group_id for item in memberships})
