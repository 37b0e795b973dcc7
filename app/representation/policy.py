"""Who may know who sits where.

The whole matrix is the secretariat's. Coordinators see the seats of their groups, those who speak for an association
see its seats: a vacancy is nobody else's business. Figures about gender are safe to show and open to all who are
asked to help make them.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.policy import administrators, signed_in
from app.groups import policy as groups
from app.membership.seating import Allotment
from app.people import policy as people
from app.people.viewer import Viewer

see_coverage = administrators
see_balance = signed_in
declare = signed_in
"""Only ever about oneself."""


@dataclass(frozen=True)
class Scope:
    """What of the matrix is shown to somebody: whole columns, whole rows, or everything."""

    everything: bool
    groups: frozenset[int] = frozenset()
    associations: frozenset[int] = frozenset()

    def holds(self, group_id: int, association_id: int) -> bool:
        """Whether it holds this cell."""
        return self.everything or group_id in self.groups or association_id in self.associations

    def has_group(self, group_id: int) -> bool:
        """Whether any cell of this group is in it."""
        return self.everything or bool(self.associations) or group_id in self.groups

    def has_association(self, association_id: int) -> bool:
        """Whether any cell of this association is in it."""
        return self.everything or bool(self.groups) or association_id in self.associations


def scope(viewer: Viewer) -> Scope:
    """What of the matrix the viewer may see."""
    if viewer.is_administrator:
        return Scope(everything=True)
    return Scope(False, groups.coordinated(viewer), people.focal_for(viewer))


def see_matrix(viewer: Viewer) -> bool:
    """Whoever may see at least a row or a column."""
    found = scope(viewer)
    return found.everything or bool(found.groups or found.associations)


def see_place(viewer: Viewer, place: Allotment) -> bool:
    """Who sits for an association in a group: for its speakers, the group's coordinators, and administrators."""
    return scope(viewer).holds(place.group.id, place.association.id)
