"""Who may do what with groups and the catalogue."""

from __future__ import annotations

from app.core.policy import administrators
from app.groups import queries
from app.groups.models import WorkingGroup
from app.groups.rules import Visibility
from app.people.viewer import Viewer

manage_catalogue = administrators


def coordinated(viewer: Viewer) -> frozenset[int]:
    """The ids of the groups the viewer coordinates."""
    person_id = viewer.person_id
    if person_id is None:
        return frozenset()
    return viewer.remember("coordinated groups", lambda: queries.coordinated_group_ids(person_id))


def known(viewer: Viewer, group: WorkingGroup) -> bool:
    """Whether its own pages admit that a group exists, as far as can be said without knowing who is a member."""
    found = (Visibility.PUBLIC, Visibility.SIGNED_IN)
    return group.visibility in found or coordinate(viewer, group)


def coordinate(viewer: Viewer, group: WorkingGroup) -> bool:
    """Coordinators of the group; administrators stand in for them."""
    return viewer.is_administrator or group.id in coordinated(viewer)
