"""Who may do what with people and associations, and who speaks for which association."""

from __future__ import annotations

from app.core.policy import administrators
from app.people import queries
from app.people.models import Association
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
