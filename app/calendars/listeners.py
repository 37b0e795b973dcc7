"""What calendars do when meetings, milestones and groups change, within the same transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flask import Flask
from sqlalchemy import or_, select, union

from app.calendars import service
from app.calendars.feeds import ANSWERED_KINDS, FeedKey, FeedKind
from app.calendars.models import Feed
from app.calendars.sources import MEETINGS, MILESTONES, PARTS
from app.core.db import writing
from app.groups.models import Community, WorkingGroup
from app.groups.signals import group_changed
from app.meetings.models import JointGroup, Meeting, MeetingSeries, SeriesPart
from app.meetings.rules.company import Consent
from app.meetings.signals import meeting_changed, meeting_dropped, part_dropped, series_changed
from app.proceedings.signals import responses_changed
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
    responses_changed.connect(on_responses_changed)


def on_meeting_changed(meeting: Meeting, left: frozenset[int] = frozenset()) -> None:
    """Serialise the one meeting, or the part whose rule gives it, and let the feeds it is in be assembled anew."""
    service.raise_versions(_touched(meeting.group_ids | left, [meeting], [meeting.series_id]))
    if meeting.uid is None:
        service.keep_components(PARTS, meeting.part)
        service.forget_components(MEETINGS, [meeting.id])  # of one for few: see `component_of`
    else:
        service.keep_components(MEETINGS, meeting)


def on_series_changed(series: MeetingSeries, left: frozenset[int] = frozenset(), **_touched_too: object) -> None:
    """Serialise the whole series: its parts and dates refer to each other."""
    group_ids = left.union({series.group_id}, *(meeting.group_ids for meeting in series.meetings))
    service.raise_versions(_touched(group_ids, series.meetings, [series.id]))
    for part in series.parts:
        if part.rule:
            service.keep_components(PARTS, part)
    for meeting in series.meetings:
        if meeting.uid:
            service.keep_components(MEETINGS, meeting)
    service.forget_components(MEETINGS, [meeting.id for meeting in series.meetings if not meeting.uid])


def on_meeting_dropped(meeting: Meeting) -> None:
    """Forget a date that is about to go."""
    service.raise_versions(_touched(meeting.group_ids, [meeting], [meeting.series_id]))
    service.forget_components(MEETINGS, [meeting.id])


def on_part_dropped(part: SeriesPart) -> None:
    """Forget a part that is about to go."""
    service.forget_components(PARTS, [part.id])


def on_milestone_changed(milestone: Milestone) -> None:
    """The same for a milestone."""
    service.raise_versions(_touched({milestone.group_id}))
    service.keep_components(MILESTONES, milestone)


def on_group_changed(changed: WorkingGroup | Community) -> None:
    """Let the group's feed, or those of a community's groups, be assembled anew.

    Its events bear the group's name. They are not made here, where everybody who writes waits: their stamp tells the
    next assembly that the name is another. Milestones, of other communities' groups too, bear the community's goal.
    Calendars of a single meeting or series bear the name as well.
    """
    if isinstance(changed, WorkingGroup):
        group_ids = _meeting_with(changed.id)
        # It may have come from any community.
        every = {FeedKey(FeedKind.COMMUNITY, key) for key in writing().scalars(select(Community.id))}
        service.raise_versions(_touched(group_ids) | every | _single(group_ids))
        return
    serving = select(Milestone.group_id).where(Milestone.goal_id == changed.id)
    concerned = or_(WorkingGroup.community_id == changed.id, WorkingGroup.id.in_(serving))
    group_ids = frozenset(writing().scalars(select(WorkingGroup.id).where(concerned)))
    service.raise_versions(_touched(group_ids) | {FeedKey(FeedKind.COMMUNITY, changed.id)} | _single(group_ids))
    service.forget_components(MILESTONES, select(Milestone.id).where(Milestone.goal_id == changed.id))


def on_responses_changed(person_id: int) -> None:
    """Let the feeds that say what this person answered be assembled anew."""
    service.raise_versions(FeedKey(kind, person_id) for kind in ANSWERED_KINDS)


def _touched(
    group_ids: Collection[int], meetings: Iterable[Meeting] = (), series_ids: Iterable[int | None] = ()
) -> set[FeedKey]:
    """The public feeds that what happens in these groups stands in. Personal ones follow the groups' by themselves."""
    communities = writing().scalars(select(WorkingGroup.community_id).where(WorkingGroup.id.in_(group_ids)))
    return {
        FeedKey(FeedKind.ALL),
        *(FeedKey(FeedKind.COMMUNITY, community_id) for community_id in communities),
        *(FeedKey(FeedKind.GROUP, group_id) for group_id in group_ids),
        *(FeedKey(FeedKind.MEETING, meeting.id) for meeting in meetings),
        *(FeedKey(FeedKind.SERIES, series_id) for series_id in series_ids if series_id is not None),
    }


def _single(group_ids: Collection[int]) -> set[FeedKey]:
    """The calendars of single meetings and series of these groups that somebody has asked for."""
    hosted = {FeedKind.MEETING: Meeting.id, FeedKind.SERIES: MeetingSeries.id}
    hosts = {FeedKind.MEETING: Meeting.group_id, FeedKind.SERIES: MeetingSeries.group_id}
    return {
        FeedKey(kind, target_id)
        for kind, column in hosted.items()
        for target_id in writing().scalars(
            select(Feed.target_id)
            .join(column.class_, column == Feed.target_id)
            .where(Feed.kind == kind, hosts[kind].in_(group_ids))
        )
    }


def _meeting_with(group_id: int) -> frozenset[int]:
    """A group, and those that meet jointly with it: their feeds name it as well."""
    session, agreed = writing(), JointGroup.consent == Consent.AGREED
    mine = select(JointGroup.meeting_id).where(JointGroup.group_id == group_id, agreed)
    hosted = select(JointGroup.group_id).join(JointGroup.meeting).where(Meeting.group_id == group_id, agreed)
    hosts = select(Meeting.group_id).where(Meeting.id.in_(mine))
    others = select(JointGroup.group_id).where(JointGroup.meeting_id.in_(mine), agreed)
    return frozenset({group_id, *session.scalars(union(hosted, hosts, others))})
