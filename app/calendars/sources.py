"""The kinds of things that a feed shows. Each is read, ordered and serialised in its own way, and stored alike."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.calendars.components import Component, component_of, part_component
from app.calendars.milestones import milestone_component
from app.meetings.models import Meeting, MeetingSeries, SeriesPart
from app.meetings.rules import LOOK_BACK, Precision, Visibility
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


class _Meetings:
    kind, model = "meeting", Meeting
    order = (Meeting.starts_at, Meeting.uid)
    loading = (joinedload(Meeting.group),)

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


class _Parts:
    """Runs of dates under one rule; shown whole as long as one of their dates is."""

    kind, model = "part", SeriesPart
    order = (SeriesPart.starts_local, SeriesPart.uid)
    loading = (
        joinedload(SeriesPart.series).joinedload(MeetingSeries.group),
        joinedload(SeriesPart.series).selectinload(MeetingSeries.parts),
        joinedload(SeriesPart.follows),
        selectinload(SeriesPart.meetings).joinedload(Meeting.group),
    )

    def shown(self, group_id: int, since: datetime) -> list[ColumnElement[bool]]:
        dates = select(Meeting.part_id).where(*_public(group_id, since), Meeting.uid.is_(None))
        return [SeriesPart.id.in_(dates)]

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


def _public(group_id: int, since: datetime) -> list[ColumnElement[bool]]:
    """The condition that a meeting is public, of the group, and was not over at `since`."""
    return [
        Meeting.group_id == group_id,
        Meeting.visibility == Visibility.PUBLIC,
        Meeting.starts_at > since - LOOK_BACK,
        Meeting.ends_at > since,
    ]


MEETINGS: Source = _Meetings()
PARTS: Source = _Parts()
MILESTONES: Source = _Milestones()
SOURCES = (PARTS, MEETINGS, MILESTONES)
"""In the order in which they come in a feed, and in which their rows are locked."""


def source(kind: str) -> Source:
    """The source of stored components of a kind."""
    return next(one for one in SOURCES if one.kind == kind)
