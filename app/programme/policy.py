"""Who may see, plan and change milestones: by the same rules as meetings."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, true

from app.meetings import policy as meetings
from app.meetings.rules import Visibility
from app.membership import policy as membership
from app.people.viewer import Viewer
from app.programme.models import Milestone

plan = meetings.plan
"""Whether the viewer may add to a group's programme: who plans its meetings."""


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition that a milestone is one the viewer may know of."""
    if viewer.is_administrator:
        return true()
    public = and_(Milestone.visibility == Visibility.PUBLIC, membership.sight(viewer, Milestone.group_id))
    within = meetings.inside(viewer)
    return or_(public, Milestone.group_id.in_(sorted(within))) if within else public


def see(viewer: Viewer, milestone: Milestone) -> bool:
    """Whether the viewer may know of a milestone."""
    if milestone.is_public and membership.find(viewer, milestone.group):
        return True
    return membership.see_inside(viewer, milestone.group)


def edit(viewer: Viewer, milestone: Milestone) -> bool:
    """Who plans for the group changes, drops and reinstates, and says what is done."""
    return plan(viewer, milestone.group)
