"""Who may do what with people and associations, and whose addresses one may see."""

from __future__ import annotations

from app.core.policy import administrators
from app.people import queries
from app.people.models import Association, Person
from app.people.viewer import Viewer

manage_people = administrators
manage_associations = administrators

SPEAKING = ("focal_point", "deputy")
"""The functions of those who speak for an association."""


def affiliated(viewer: Viewer) -> frozenset[int]:
    """The ids of the associations the viewer belongs to today, in whatever function."""
    return frozenset(association_id for association_id, _function in _functions(viewer))


def focal_for(viewer: Viewer) -> frozenset[int]:
    """The ids of the associations the viewer is focal point or deputy of today."""
    return frozenset(association_id for association_id, function in _functions(viewer) if function in SPEAKING)


def is_focal_point(viewer: Viewer, association: Association) -> bool:
    """Whether the viewer is focal point of the association, or their deputy."""
    return association.id in focal_for(viewer)


def see_address(viewer: Viewer, person: Person) -> bool:
    """Who sees a person's e-mail address: they themselves, focal points of their association, administrators.

    Coordinators see those of their groups' members too, which membership knows.
    """
    if viewer.person_id is None:
        return False
    if viewer.is_administrator or viewer.person_id == person.id:
        return True
    mine = focal_for(viewer)
    return bool(mine) and any(item.association_id in mine for item in queries.current_affiliations(person))


def _functions(viewer: Viewer) -> frozenset[tuple[int, str]]:
    person_id = viewer.person_id
    if person_id is None:
        return frozenset()
    return viewer.remember("functions in associations", lambda: queries.functions_of(person_id))
