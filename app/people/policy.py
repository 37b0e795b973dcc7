"""Who may do what with people and associations, and who speaks for which association."""

from __future__ import annotations

from app.core.policy import administrators
from app.people import queries
from app.people.models import Association, Delegate
from app.people.viewer import Viewer

manage_people = administrators
manage_associations = administrators


def focal_for(viewer: Viewer) -> frozenset[int]:
    """The ids of the associations the viewer is focal point or deputy of today."""
    person_id = viewer.person_id
    if person_id is None:
        return frozenset()
    return viewer.remember("spoken for", lambda: queries.spoken_for(person_id))


def is_focal_point(viewer: Viewer, association: Association) -> bool:
    """Whether the viewer is focal point of the association, or their deputy."""
    return association.id in focal_for(viewer)


def acts_for(viewer: Viewer) -> frozenset[int]:
    """The ids of those who have named the viewer to act for them."""
    person_id = viewer.person_id
    if person_id is None:
        return frozenset()
    return viewer.remember("acts for", lambda: frozenset(item.person_id for item in queries.delegations_to(person_id)))


def end_delegation(viewer: Viewer, delegation: Delegate) -> bool:
    """Either of the two."""
    return viewer.person_id is not None and viewer.person_id in (delegation.person_id, delegation.delegate_id)


def knows_of_delegation(viewer: Viewer, delegation: Delegate) -> bool:
    """Whether to admit that it exists; visitors may be either of them."""
    return not viewer.is_signed_in or end_delegation(viewer, delegation)
