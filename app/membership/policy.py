"""Who may do what with memberships, and what being a member lets one do."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import ColumnElement, select, true

from app.groups import policy as groups
from app.groups import queries as groups_queries
from app.groups.models import WorkingGroup
from app.groups.rules import Access, Visibility
from app.membership import queries, rules
from app.membership.colleagues import Colleague
from app.membership.models import Membership
from app.membership.rules import LEADING, Move, Role, State, Who
from app.membership.seating import Allotment
from app.people import policy as people
from app.people.models import Association
from app.people.viewer import Viewer


def roles(viewer: Viewer) -> dict[int, Role]:
    """{group id: role} of the groups the viewer is an active member of."""
    return {group_id: role for group_id, (state, role) in own_groups(viewer).items() if state == State.ACTIVE}


def own_groups(viewer: Viewer) -> dict[int, tuple[State, Role]]:
    """{group id: (state, role)} of the groups the viewer is in or on the way into."""
    person_id = viewer.person_id
    if person_id is None:
        return {}
    return viewer.remember("own groups", lambda: queries.open_roles(person_id))


def is_member(viewer: Viewer, group: WorkingGroup) -> bool:
    """Active members of the group, whatever their role."""
    return group.id in roles(viewer)


def leads(viewer: Viewer, group: WorkingGroup) -> bool:
    """The group's chairs and vice-chairs."""
    return roles(viewer).get(group.id) in LEADING


def runs_meetings(viewer: Viewer, group: WorkingGroup) -> bool:
    """Who plans a group's meetings: its coordinators, chairs and vice-chairs."""
    return groups.coordinate(viewer, group) or leads(viewer, group)


def in_network(viewer: Viewer) -> bool:
    """Whoever sits in any group, coordinates one or speaks for an association, and administrators."""
    return (
        viewer.is_administrator or bool(roles(viewer)) or bool(groups.coordinated(viewer))
        or bool(people.focal_for(viewer))
    )  # fmt: skip


def find(viewer: Viewer, group: WorkingGroup) -> bool:
    """Who finds a group: what `sight` says for the database."""
    if group.visibility == Visibility.PUBLIC or viewer.is_administrator:
        return True
    if not viewer.is_signed_in:
        return False
    return (
        group.visibility == Visibility.SIGNED_IN
        or groups.coordinate(viewer, group)
        or bool(people.focal_for(viewer))
        or group.id in own_groups(viewer)
    )


def sight(viewer: Viewer, group_id: Any) -> ColumnElement[bool]:
    """The condition that the group of a column is one the viewer finds."""
    if viewer.is_administrator or people.focal_for(viewer):
        return true()
    hidden = select(WorkingGroup.id).where(
        WorkingGroup.visibility == Visibility.MEMBERS if viewer.is_signed_in else
        WorkingGroup.visibility != Visibility.PUBLIC
    )  # fmt: skip
    if viewer.is_signed_in:
        hidden = hidden.where(WorkingGroup.id.not_in(sorted(own_groups(viewer).keys() | groups.coordinated(viewer))))
    return cast("ColumnElement[bool]", group_id.not_in(hidden))


def shared_groups(viewer: Viewer) -> frozenset[int]:
    """The ids of the groups whose inside the whole network sees, so far as the viewer is in it and finds them."""
    if not in_network(viewer):
        return frozenset()
    return viewer.remember("shared groups", lambda: groups_queries.shared_ids(sight(viewer, WorkingGroup.id)))


def see_inside(viewer: Viewer, group: WorkingGroup) -> bool:
    """Who sees what a group keeps among itself: members' names, join links, meetings for members only."""
    if is_member(viewer, group) or groups.coordinate(viewer, group):
        return True
    return group.access == Access.NETWORK and in_network(viewer) and find(viewer, group)


def ask_to_join(viewer: Viewer, group: WorkingGroup) -> bool:
    """Whoever has an account and finds the group."""
    return viewer.is_signed_in and find(viewer, group)


def find_or_visit(viewer: Viewer, group: WorkingGroup) -> bool:
    """Whether to admit that a group exists; visitors are asked to sign in only where everyone with an account may."""
    return find(viewer, group) or (not viewer.is_signed_in and group.visibility == Visibility.SIGNED_IN)


def use_desk(viewer: Viewer) -> bool:
    """Whoever runs at least one group or its meetings or speaks for an association, and administrators."""
    if viewer.is_administrator or groups.coordinated(viewer) or people.focal_for(viewer):
        return True
    return any(role in LEADING for role in roles(viewer).values())


decide = groups.coordinate
"""Whether the viewer may accept, decline, enter and end members of a group. Not for chairs."""


def decide_on(viewer: Viewer, membership: Membership) -> bool:
    """The same, asked about one membership."""
    return decide(viewer, membership.group)


def speaks_for(viewer: Viewer, membership: Membership) -> bool:
    """Who says the association's word on a membership: its focal points, deputies, administrators in their place."""
    if membership.association_id is None:
        return False
    return viewer.is_administrator or membership.association_id in people.focal_for(viewer)


def speak_of(viewer: Viewer, colleague: Colleague) -> bool:
    """Who says that a colleague leaves or hands over: those who speak for the association."""
    return speaks_for_association(viewer, colleague.association)


def speaks_for_association(viewer: Viewer, association: Association) -> bool:
    """Who confirms an association's list: its focal points, deputies, administrators in their place."""
    return viewer.is_administrator or people.is_focal_point(viewer, association)


def nominate(viewer: Viewer, _group: WorkingGroup) -> bool:
    """Who may nominate for one association or another."""
    return viewer.is_administrator or bool(people.focal_for(viewer))


def decide_or_speak(viewer: Viewer, membership: Membership) -> bool:
    """Who decides about a vacant seat: coordinators, and those who speak for the association."""
    return decide_on(viewer, membership) or speaks_for(viewer, membership)


def answer_renewal(viewer: Viewer, membership: Membership) -> bool:
    """Who is asked whether a mandate is to go on: the person, and those who speak for the association."""
    return own(viewer, membership) or speaks_for(viewer, membership)


def decide_place(viewer: Viewer, place: Allotment) -> bool:
    """Who grants seats: whoever decides on members."""
    return decide(viewer, place.group)


def find_place(viewer: Viewer, place: Allotment) -> bool:
    """Whether to admit that it exists: where the group is found."""
    return find_or_visit(viewer, place.group)


def own(viewer: Viewer, membership: Membership) -> bool:
    """The person whose membership it is."""
    return viewer.person_id is not None and membership.person_id == viewer.person_id


def see_reasons(viewer: Viewer, membership: Membership) -> bool:
    """Who reads the motivation and why it was decided so: the person, and those who endorse and decide."""
    return own(viewer, membership) or decide_or_speak(viewer, membership)


see = see_reasons
"""Who knows of a membership and its history: the same."""


def knows_of(viewer: Viewer, membership: Membership) -> bool:
    """Whether to admit that it exists. Visitors may be any of these: they are asked to sign in, as mails lead here."""
    return not viewer.is_signed_in or see(viewer, membership)


def moves(viewer: Viewer, membership: Membership) -> list[Move]:
    """What the viewer can do with a membership now, in all their capacities."""
    found = [
        move
        for who, may in ((Who.FOCAL_POINT, speaks_for), (Who.COORDINATOR, decide_on), (Who.EXPERT, own))
        if may(viewer, membership)
        for move in rules.moves(membership.state, who)
    ]
    return [move for move in dict.fromkeys(found) if move not in _not_offered(membership)]


def _not_offered(membership: Membership) -> set[Move]:
    """What the state allows and yet makes no sense now: a seat is given where one is free, which its own list says."""
    hidden = {Move.ADMIT}
    if membership.ends_on is None:
        hidden.add(Move.RENEW)
    if membership.role == Role.OBSERVER:
        hidden.add(Move.RECALL)
    return hidden
