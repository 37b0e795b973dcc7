"""Who may see, plan and change meetings."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true

from app.groups import policy as groups
from app.meetings.models import Meeting, MeetingSeries, Room
from app.meetings.rules import Visibility
from app.membership import policy as membership
from app.membership.rules import LEADING
from app.people.viewer import Viewer

plan = membership.runs_meetings
"""Whether the viewer may plan meetings of a group: coordinators, chairs, vice-chairs, administrators."""


def book_rooms(viewer: Viewer) -> bool:
    """Whether the viewer sees the rooms of the house: who plans meetings of any group."""
    if viewer.is_administrator or groups.coordinated(viewer):
        return True
    return any(role in LEADING for role in membership.roles(viewer).values())


def see_room(viewer: Viewer, room: Room) -> bool:
    """Who books rooms sees each of them, be it out of use."""
    return book_rooms(viewer)


def inside(viewer: Viewer) -> frozenset[int]:
    """The ids of the groups whose members-only meetings the viewer sees; administrators see those of all."""
    return frozenset(membership.roles(viewer)) | groups.coordinated(viewer) | membership.shared_groups(viewer)


def visible(viewer: Viewer, meeting: Any = Meeting) -> ColumnElement[bool]:
    """The condition that a meeting, or the alias given, is one the viewer may know of."""
    if viewer.is_administrator:
        return true()
    within = inside(viewer)
    public = open_to(viewer, meeting)
    return or_(public, meeting.group_id.in_(sorted(within))) if within else public


def open_to(viewer: Viewer, meeting: Any = Meeting) -> ColumnElement[bool]:
    """The condition that a meeting is public and of a group that the viewer finds."""
    return and_(meeting.visibility == Visibility.PUBLIC, membership.sight(viewer, meeting.group_id))


def see(viewer: Viewer, meeting: Meeting) -> bool:
    """Whether the viewer may know of a meeting."""
    if meeting.is_public and membership.find(viewer, meeting.group):
        return True
    return see_join_link(viewer, meeting)


def see_join_link(viewer: Viewer, meeting: Meeting) -> bool:
    """Those inside the group, coordinators and administrators."""
    return membership.see_inside(viewer, meeting.group)


def edit(viewer: Viewer, meeting: Meeting) -> bool:
    """Who plans the group's meetings changes, cancels and reinstates them."""
    return plan(viewer, meeting.group)


def see_series(viewer: Viewer, series: MeetingSeries) -> bool:
    """Who may know of one of its dates."""
    return any(see(viewer, meeting) for meeting in series.meetings)


def change_series(viewer: Viewer, series: MeetingSeries) -> bool:
    """Who plans the group's meetings."""
    return plan(viewer, series.group)
