"""Who may do what with memberships, and what being a member lets one do."""

from __future__ import annotations

from app.groups import policy as groups
from app.groups.models import WorkingGroup
from app.membership import queries
from app.membership.models import Membership
from app.membership.rules import LEADING, Role
from app.people.viewer import Viewer


def roles(viewer: Viewer) -> dict[int, Role]:
    """{group id: role} of the groups the viewer is an active member of."""
    person_id = viewer.person_id
    if person_id is None:
        return {}
    return viewer.remember("roles in groups", lambda: queries.active_roles(person_id))


def is_member(viewer: Viewer, group: WorkingGroup) -> bool:
    """Active members of the group, whatever their role."""
    return group.id in roles(viewer)


def leads(viewer: Viewer, group: WorkingGroup) -> bool:
    """The group's chairs and vice-chairs."""
    return roles(viewer).get(group.id) in LEADING


def runs_meetings(viewer: Viewer, group: WorkingGroup) -> bool:
    """Who plans a group's meetings: its coordinators, chairs and vice-chairs."""
    return groups.coordinate(viewer, group) or leads(viewer, group)


def see_inside(viewer: Viewer, group: WorkingGroup) -> bool:
    """Who sees what a group keeps among itself: members' names, join links, meetings for members only."""
    return is_member(viewer, group) or groups.coordinate(viewer, group)


def use_desk(viewer: Viewer) -> bool:
    """Whoever runs at least one group or its meetings, and administrators."""
    if viewer.is_administrator or groups.coordinated(viewer):
        return True
    return any(role in LEADING for role in roles(viewer).values())


decide = groups.coordinate
"""Whether the viewer may accept, decline, enter and end members of a group. Not for chairs."""


def see(viewer: Viewer, membership: Membership) -> bool:
    """The history of a membership: the person, the group's coordinators, administrators."""
    return membership.person_id == viewer.person_id or groups.coordinate(viewer, membership.group)


def own(viewer: Viewer, membership: Membership) -> bool:
    """The person whose membership it is."""
    return viewer.person_id is not None and membership.person_id == viewer.person_id
