"""Who may say whether they come, and who sees what others said."""

from __future__ import annotations

from app.groups import policy as groups
from app.meetings import policy as meetings
from app.meetings.models import Meeting
from app.membership import policy as membership
from app.people.viewer import Viewer


def answer(viewer: Viewer, meeting: Meeting) -> bool:
    """Whom a meeting is for: members and coordinators of its groups; of a meeting of few those alone."""
    own = frozenset(membership.roles(viewer)) | groups.coordinated(viewer)
    return bool(own & meeting.group_ids) and meetings.see_join_link(viewer, meeting)


see_names = meetings.edit
"""Who reads by name who comes: those who plan the meeting. Others it is for see how many."""
