"""What calendars do when meetings, milestones and groups change, within the same transaction."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import or_, select

from app.calendars import service
from app.calendars.sources import MEETINGS, MILESTONES, PARTS
from app.core.db import writing
from app.groups.models import Community, WorkingGroup
from app.groups.signals import group_changed
from app.meetings.models import Meeting, MeetingSeries, SeriesPart
from app.meetings.signals import meeting_changed, meeting_dropped, part_dropped, series_changed
from app.programme.models import Milestone
from app.programme.signals import milestone_changed


def init_app(_app: Flask) -> None:
    """Connect to the signals."""
    meeting_changed.connect(on_meeting_changed)
    series_changed.connect(on_series_changed)
    meeting_dropped.connect(on_meeting_dropped)
    part_dropped.connect(on_part_dropped)
    milestone_changed.connect(on_milestone_changed)
    group_changed.connect(on_group_changed)


def on_meeting_changed(meeting: Meeting) -> None:
    """Serialise the one meeting, or the part whose rule gives it, and let its group's feed be assembled anew."""
    service.raise_version(meeting.group_id)
    if meeting.uid is None:
        service.keep_components(PARTS, meeting.part)
    else:
        service.keep_components(MEETINGS, meeting)


def on_series_changed(series: MeetingSeries, **_touched: object) -> None:
    """Serialise the whole series: its parts and dates refer to each other."""
    service.raise_version(series.group_id)
    for part in series.parts:
        if part.rule:
            service.keep_components(PARTS, part)
    for meeting in series.meetings:
        if meeting.uid:
            service.keep_components(MEETINGS, meeting)


def on_meeting_dropped(meeting: Meeting) -> None:
    """Forget a date that is about to go."""
    service.raise_version(meeting.group_id)
    service.forget_components(MEETINGS, [meeting.id])


def on_part_dropped(part: SeriesPart) -> None:
    """Forget a part that is about to go."""
    service.forget_components(PARTS, [part.id])


def on_milestone_changed(milestone: Milestone) -> None:
    """The same for a milestone."""
    service.raise_version(milestone.group_id)
    service.keep_components(MILESTONES, milestone)


def on_group_changed(changed: WorkingGroup | Community) -> None:
    """Let the group's feed, or those of a community's groups, be assembled anew.

    Its events bear the group's name. They are not made here, where everybody who writes waits: their stamp tells the
    next assembly that the name is another. Milestones, of other communities' groups too, bear the community's goal.
    """
    if isinstance(changed, WorkingGroup):
        service.raise_version(changed.id)
        return
    serving = select(Milestone.group_id).where(Milestone.goal_id == changed.id)
    concerned = or_(WorkingGroup.community_id == changed.id, WorkingGroup.id.in_(serving))
    groups = select(WorkingGroup.id).where(concerned).order_by(WorkingGroup.id)
    for group_id in writing().scalars(groups).all():
        service.raise_version(group_id)
    service.forget_components(MILESTONES, select(Milestone.id).where(Milestone.goal_id == changed.id))
