"""Reads of communities and groups for pages and for other features."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.core import addresses
from app.core.db import db
from app.core.i18n import translated
from app.core.settings import settings
from app.groups.models import Community, Coordinator, WorkingGroup
from app.groups.rules import Access
from app.people.models import Person


def communities() -> Sequence[Community]:
    """All communities with their groups, in the catalogue's order."""
    return db.session.scalars(
        select(Community).options(selectinload(Community.groups)).order_by(Community.position, Community.id)
    ).all()


def groups(only: Collection[int] | None = None) -> Sequence[WorkingGroup]:
    """All groups, or those of these ids, with their communities, in the catalogue's order."""
    found = (
        select(WorkingGroup)
        .join(WorkingGroup.community)
        .options(joinedload(WorkingGroup.community))
        .order_by(Community.position, Community.id, WorkingGroup.position, WorkingGroup.id)
    )
    return db.session.scalars(found if only is None else found.where(WorkingGroup.id.in_(only))).all()


def community_at(slug: str) -> Community | None:
    """The community at an address, current or old, with its groups."""
    target = addresses.lookup("community", slug)
    return db.session.get(Community, target, options=[selectinload(Community.groups)]) if target else None


def group_at(slug: str) -> WorkingGroup | None:
    """The group at an address, current or old, with its community."""
    target = addresses.lookup("group", slug)
    return db.session.get(WorkingGroup, target, options=[joinedload(WorkingGroup.community)]) if target else None


def coordinators_of(group_id: int) -> Sequence[Person]:
    """Those who coordinate a group today, by name."""
    return db.session.scalars(
        select(Person)
        .join(Coordinator, Coordinator.person_id == Person.id)
        .where(Coordinator.group_id == group_id, Coordinator.ended_at.is_(None))
        .order_by(Person.search_text, Person.id)
    ).all()


def coordinators_by_group() -> dict[int, list[Coordinator]]:
    """{group id: who coordinates it today and since when, by name}, in one statement."""
    found = db.session.scalars(
        select(Coordinator)
        .join(Coordinator.person)
        .options(contains_eager(Coordinator.person))
        .where(Coordinator.ended_at.is_(None))
        .order_by(Person.search_text, Coordinator.id)
    )
    listed: dict[int, list[Coordinator]] = defaultdict(list)
    for coordinator in found:
        listed[coordinator.group_id].append(coordinator)
    return dict(listed)


def coordinator_at(slug: str, person_id: int) -> Coordinator | None:
    """A person as coordinator of the group at an address, the latest time if there were several."""
    return db.session.scalar(
        select(Coordinator)
        .options(joinedload(Coordinator.person), joinedload(Coordinator.group).joinedload(WorkingGroup.community))
        .where(Coordinator.group_id == addresses.lookup("group", slug), Coordinator.person_id == person_id)
        .order_by(Coordinator.ended_at.is_not(None), Coordinator.ended_at.desc())
        .limit(1)
    )


def community_choices() -> list[tuple[str, str]]:
    """Communities for a select field, in the catalogue's order."""
    found = db.session.scalars(select(Community).order_by(Community.position, Community.id))
    return [(str(community.id), translated(community.names)) for community in found]


def coordinated_group_ids(person_id: int) -> frozenset[int]:
    """The groups a person coordinates today."""
    return frozenset(
        db.session.scalars(
            select(Coordinator.group_id).where(Coordinator.person_id == person_id, Coordinator.ended_at.is_(None))
        )
    )


def shared_ids(seen: ColumnElement[bool]) -> frozenset[int]:
    """The groups that let the whole network see inside; `seen`: the condition that the viewer finds a group."""
    found = select(WorkingGroup.id).where(WorkingGroup.access == Access.NETWORK, seen)
    return frozenset(db.session.scalars(found))


def coordinated_by(person_id: int) -> Sequence[Coordinator]:
    """The groups a person coordinates today, with their communities, and since when; in the catalogue's order."""
    return db.session.scalars(
        select(Coordinator)
        .join(Coordinator.group)
        .join(WorkingGroup.community)
        .options(contains_eager(Coordinator.group).contains_eager(WorkingGroup.community))
        .where(Coordinator.person_id == person_id, Coordinator.ended_at.is_(None))
        .order_by(Community.position, Community.id, WorkingGroup.position, WorkingGroup.id)
    ).all()


def zone_of(group: WorkingGroup) -> str:
    """The zone a group plans in (IANA name)."""
    return group.time_zone or settings().default_time_zone
