"""Who may do what with memberships, and what being a member lets one do."""

from __future__ import annotations

from app.groups import policy as groups
from app.groups.models import WorkingGroup
from app.membership import queries, rules
from app.membership.models import Membership
from app.membership.rules import LEADING, Move, Role, Who
from app.people import policy as people
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


def decide_on(viewer: Viewer, membership: Membership) -> bool:
    """The same, asked about one membership."""
    return decide(viewer, membership.group)


def own(viewer: Viewer, membership: Membership) -> bool:
    """The person whose membership it is."""
    return viewer.person_id is not None and membership.person_id == viewer.person_id


def see_reasons(viewer: Viewer, membership: Membership) -> bool:
    """Who reads the motivation and why it was decided so: the person, and those who decide."""
    return own(viewer, membership) or decide_on(viewer, membership)


def see(viewer: Viewer, membership: Membership) -> bool:
    """Who knows of a membership and its history: the same, and focal points of the association it is held for."""
    return see_reasons(viewer, membership) or membership.association_id in people.focal_for(viewer)


def knows_of(viewer: Viewer, membership: Membership) -> bool:
    """Whether to admit that it exists. Visitors may be any of these: they are asked to sign in, as mails lead here."""
    return not viewer.is_signed_in or see(viewer, membership)


def moves(viewer: Viewer, membership: Membership) -> list[Move]:
    """What the viewer can do with a membership now, in all their capacities."""
    return [
        move
        for who, may in ((Who.COORDINATOR, decide_on), (Who.EXPERT, own))
        if may(viewer, membership)
        for move in rules.moves(membership.state, who)
    ]
