"""What calendars do when meetings and groups change, within the same transaction."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.calendars import service
from app.core.db import writing
from app.groups.models import Community, WorkingGroup
from app.groups.signals import group_changed
from app.meetings.models import Meeting
from app.meetings.signals import meeting_changed


def init_app(_app: Flask) -> None:
    """Connect to the signals."""
    meeting_changed.connect(on_meeting_changed)
    group_changed.connect(on_group_changed)


def on_meeting_changed(meeting: Meeting) -> None:
    """Serialise the one meeting, and let its group's feed be assembled anew."""
    service.raise_version(meeting.group_id)
    service.keep_components(meeting)


def on_group_changed(changed: WorkingGroup | Community) -> None:
    """Let the group's feed, or those of a community's groups, be assembled anew.

    Its events bear the group's name. They are not made here, where everybody who writes waits: their stamp tells the
    next assembly that the name is another.
    """
    if isinstance(changed, WorkingGroup):
        service.raise_version(changed.id)
        return
    groups = select(WorkingGroup.id).where(WorkingGroup.community_id == changed.id).order_by(WorkingGroup.id)
    for group_id in writing().scalars(groups):
        service.raise_version(group_id)
