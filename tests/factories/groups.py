"""Communities and groups for tests."""

from __future__ import annotations

from itertools import count

from app.core.addresses import Address
from app.core.db import db
from app.groups.models import Community, Coordinator, WorkingGroup
from app.people.models import Person
from tests.factories.people import LONG_AGO

_numbers = count(1)


def make_community(slug: str | None = None, **values: object) -> Community:
    """A community with its address."""
    slug = slug or f"community-{next(_numbers)}"
    fields = {"names": {"en": slug.upper(), "fr": f"{slug.upper()} FR"}, "goals": {}, "position": 1, **values}
    community = Community(slug=slug, **fields)
    db.session.add(community)
    db.session.flush()
    db.session.add(Address(kind="community", slug=slug, target_id=community.id))
    db.session.commit()
    return community


def make_group(slug: str | None = None, *, coordinators: tuple[Person, ...] = (), **values: object) -> WorkingGroup:
    """A group with its address, its community and its coordinators."""
    number = next(_numbers)
    slug = slug or f"group-{number}"
    if "community" not in values:
        values["community"] = make_community()
    fields = {
        "names": {"en": f"Group {number}", "fr": f"Groupe {number}"},
        "topics": {"en": ["a topic"], "fr": ["un sujet"]},
        "mandate": {},
        "position": number,
        **values,
    }
    group = WorkingGroup(slug=slug, **fields)
    db.session.add(group)
    db.session.flush()
    db.session.add(Address(kind="group", slug=slug, target_id=group.id))
    for person in coordinators:
        db.session.add(Coordinator(group_id=group.id, person_id=person.id, appointed_at=LONG_AGO))
    db.session.commit()
    return group
