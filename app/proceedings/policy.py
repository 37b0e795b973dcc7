"""Who may say whether they come, and who sees what others said."""

from __future__ import annotations

from app.meetings import policy as meetings
from app.meetings.models import Meeting
from app.membership import policy as membership
from app.people.viewer import Viewer

answer = meetings.is_for
"""Whether the viewer is one of those that a meeting is for."""
see_names = meetings.edit
"""Who reads by name who comes: those who plan the meeting. Others it is for see how many."""


def named_groups(viewer: Viewer, meeting: Meeting) -> list[int]:
    """The ids of those of its groups whose members the viewer knows by name; of the others' they see how many."""
    return [group.id for group in meeting.groups if membership.see_inside(viewer, group)]
