"""The kinds of things that a feed shows. Each is read, ordered and serialised in its own way, and stored alike."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload

from app.calendars.components import Component, component_of, named, part_component
from app.calendars.milestones import milestone_component
from app.groups.models import WorkingGroup
from app.groups.rules import Visibility as GroupVisibility
from app.meetings.models import JointGroup, Meeting, MeetingSeries, SeriesPart
from app.meetings.rules import LOOK_BACK, Precision, Visibility
from app.meetings.rules.company import Consent
from app.programme.models import Milestone


class Source(Protocol):
    """One kind. Its name is the `kind` of stored components; a model has `id`, `group` and `is_public`."""

    kind: str
    model: Any
    order: Any
    """The columns by which its events come in a feed."""
    loading: Any
    """What has to be loaded along for serialising."""

    def shown(self, group_id: int, since: datetime) -> list[ColumnElement[bool]]:
        """The condition that one stands in a group's public feed: it was not over at `since`."""

    def first_end(self, session: Session, group_id: int, since: datetime) -> datetime | None:
        """When the first of those shown is over."""

    def component_of(self, item: Any, language: str) -> Component:
        """One for a calendar in that language."""

    def groups_of(self, item: Any) -> list[WorkingGroup]:
        """The groups that it names."""

    def joint(self, session: Session, group_id: int, since: datetime) -> dict[int, list[WorkingGroup]]:
        """{id: the groups that it names} of those in a group's feed that name another group as well."""


class _Meetings:
    kind, model = "meeting", Meeting
    order = (Meeting.starts_at, Meeting.uid)
    loading = (joinedload(Meeting.group), selectinload(Meeting.joint_groups).joinedload(JointGroup.group))

    def shown(self, group_id: int, since: datetime) -> list[ColumnElement[bool]]:
        return [
            *_public(group_id, since),
            Meeting.uid.is_not(None),
            Meeting.precision != Precision.MONTH,
        ]

    def first_end(self, session: Session, group_id: int, since: datetime) -> datetime | None:
        return session.scalar(select(func.min(Meeting.ends_at)).where(*self.shown(group_id, since)))

    def component_of(self, item: Meeting, language: str) -> Component:
        return component_of(item, language)

    def groups_of(self, item: Meeting) -> list[WorkingGroup]:
        return named(item)

    def joint(self, session: Session, group_id: int, since: datetime) -> dict[int, list[WorkingGroup]]:
        found = select(Meeting).where(*self.shown(group_id, since), _is_joint()).options(*self.loading)
        return {meeting.id: named(meeting) for meeting in session.scalars(found)}


class _Parts:
    """Runs of dates under one rule; shown whole as long as one of their dates is."""

    kind, model = "part", SeriesPart
    order = (SeriesPart.starts_local, SeriesPart.uid)
    loading = (
        joinedload(SeriesPart.series).joinedload(MeetingSeries.group),
        joinedload(SeriesPart.series).selectinload(MeetingSeries.parts),
        joinedload(SeriesPart.follows),
        selectinload(SeriesPart.meetings).joinedload(Meeting.group),
        selectinload(SeriesPart.meetings).selectinload(Meeting.joint_groups).joinedload(JointGroup.group),
    )

    def shown(self, group_id: int, since: datetime) -> list[ColumnElement[bool]]:
        dates = select(Meeting.part_id).where(*_public(group_id, since), Meeting.uid.is_(None))
        left = (
            select(Meeting.part_id)
            .join(Meeting.joint_groups)
            .where(
                JointGroup.group_id == group_id, JointGroup.consent == Consent.DECLINED, Meeting.part_id.is_not(None)
            )
        )
        return [SeriesPart.id.in_(dates), SeriesPart.id.not_in(left)]  # who left a series has nothing of it ahead

    def first_end(self, session: Session, group_id: int, since: datetime) -> datetime | None:
        last = (
            select(func.max(Meeting.ends_at).label("ends_at"))
            .where(*_public(group_id, since), Meeting.uid.is_(None))
            .group_by(Meeting.part_id)
            .subquery()
        )
        found: datetime | None = session.scalar(select(func.min(last.c.ends_at)))
        return found

    def component_of(self, item: SeriesPart, language: str) -> Component:
        return part_component(item, language)

    def groups_of(self, item: SeriesPart) -> list[WorkingGroup]:
        return named(item)

    def joint(self, session: Session, group_id: int, since: datetime) -> dict[int, list[WorkingGroup]]:
        dates = select(Meeting.part_id).where(*_public(group_id, since), Meeting.uid.is_(None), _is_joint())
        found = select(SeriesPart).where(SeriesPart.id.in_(dates)).options(*self.loading)
        return {part.id: named(part) for part in session.scalars(found)}


class _Milestones:
    """Days without a zone are over when they are in UTC."""

    kind, model = "milestone", Milestone
    order = (Milestone.first_day, Milestone.uid)
    loading = (joinedload(Milestone.group), joinedload(Milestone.goal))

    def shown(self, group_id: int, since: datetime) -> list[ColumnElement[bool]]:
        return [
            Milestone.group_id == group_id,
            Milestone.visibility == Visibility.PUBLIC,
            Milestone.last_day >= since.astimezone(UTC).date(),
        ]

    def first_end(self, session: Session, group_id: int, since: datetime) -> datetime | None:
        last = session.scalar(select(func.min(Milestone.last_day)).where(*self.shown(group_id, since)))
        return datetime.combine(last + timedelta(days=1), time(), UTC) if last else None

    def component_of(self, item: Milestone, language: str) -> Component:
        return milestone_component(item, language)

    def groups_of(self, item: Milestone) -> list[WorkingGroup]:
        return [item.group]

    def joint(self, session: Session, group_id: int, since: datetime) -> dict[int, list[WorkingGroup]]:
        return {}


def _public(group_id: int, since: datetime) -> list[ColumnElement[bool]]:
    """The condition that a meeting is public, the group's or held jointly with it, and was not over at `since`."""
    time = (Meeting.starts_at > since - LOOK_BACK, Meeting.ends_at > since)
    hosted = select(Meeting.id).where(Meeting.group_id == group_id, Meeting.visibility == Visibility.PUBLIC, *time)
    partly = (
        select(JointGroup.meeting_id)
        .join(JointGroup.meeting)
        .join(Meeting.group)
        .where(JointGroup.group_id == group_id, JointGroup.consent == Consent.AGREED)
        .where(Meeting.visibility == Visibility.PUBLIC, WorkingGroup.visibility == GroupVisibility.PUBLIC, *time)
    )
    return [Meeting.id.in_(union_all(hosted, partly))]


def _is_joint() -> ColumnElement[bool]:
    """The condition that a meeting is that of several groups: few are."""
    return Meeting.id.in_(select(JointGroup.meeting_id).where(JointGroup.consent == Consent.AGREED))


MEETINGS: Source = _Meetings()
PARTS: Source = _Parts()
MILESTONES: Source = _Milestones()
SOURCES = (PARTS, MEETINGS, MILESTONES)
"""In the order in which they come in a feed, and in which their rows are locked."""


def source(kind: str) -> Source:
    """The source of stored components of a kind."""
    return next(one for one in SOURCES if one.kind == kind)
