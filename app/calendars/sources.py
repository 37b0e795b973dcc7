"""The kinds of things that a feed shows. Each is read, ordered and serialised in its own way, and stored alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from app.calendars.components import CANCELLED_STAYS, Component, component_of, named, part_component
from app.calendars.forms import Form
from app.calendars.milestones import day_over_at, milestone_component
from app.calendars.scopes import Scope
from app.groups.models import WorkingGroup
from app.meetings.models import JointGroup, Meeting, MeetingSeries, SeriesPart
from app.meetings.policy import OF_FEW
from app.meetings.rules import Precision, Status
from app.programme.models import Milestone
from app.programme.rules import State as MilestoneState


class Source(Protocol):
    """One kind. Its name is the `kind` of stored components; a model has `id`, `group` and `is_public`."""

    kind: str
    model: Any
    order: Any
    """The columns by which its events come in a feed."""
    loading: Any
    """What has to be loaded along for serialising."""

    def host_id(self) -> Any:
        """The column with the id of the host group."""

    def joined(self, found: Select[Any]) -> Select[Any]:
        """The same with what is needed for that column."""

    def shown(self, scope: Scope, since: datetime, now: datetime) -> list[ColumnElement[bool]]:
        """The condition that one stands in a feed: it was not over at `since`, and not cancelled for too long."""

    def over_at(self, session: Session, scope: Scope, since: datetime, now: datetime) -> datetime | None:
        """When the first of those shown is over, or sooner."""

    def form_of(self, form: Form) -> Form:
        """The form in which its components are stored for feeds of that form."""

    def component_of(self, item: Any, language: str, form: Form, now: datetime) -> Component:
        """One for a calendar in that language."""

    def groups_of(self, item: Any) -> list[WorkingGroup]:
        """The groups that it names."""

    def joint(self, session: Session, scope: Scope, since: datetime, now: datetime) -> dict[int, list[WorkingGroup]]:
        """{id: the groups that it names} of those in a feed that name several groups, and maybe of others."""


class _Meetings:
    """Single dates, extra dates of series, and for those concerned the dates of rules that are for few."""

    kind, model = "meeting", Meeting
    order = (Meeting.starts_at, func.coalesce(Meeting.uid, Meeting.reference))
    loading = (joinedload(Meeting.group), selectinload(Meeting.joint_groups).joinedload(JointGroup.group))

    def host_id(self) -> Any:
        return Meeting.group_id

    def joined(self, found: Select[Any]) -> Select[Any]:
        return found.select_from(Meeting)

    def shown(self, scope: Scope, since: datetime, now: datetime) -> list[ColumnElement[bool]]:
        called_off = Meeting.status == Status.CANCELLED
        stays = or_(Meeting.ends_at > now, Meeting.modified_at > now - CANCELLED_STAYS)
        return [
            scope.reached(since),
            true() if scope.alone else or_(Meeting.uid.is_not(None), Meeting.visibility.in_(OF_FEW)),
            Meeting.precision != Precision.MONTH,
            or_(~called_off, stays) if scope.form.cancelled else ~called_off,
        ]

    def over_at(self, session: Session, scope: Scope, since: datetime, now: datetime) -> datetime | None:
        """Of all within reach, whether shown or not: an index tells that, and looking again too soon does no harm."""
        ends = scope.meetings(since, column=Meeting.ends_at.label("ends_at")).subquery()
        first: datetime | None = session.scalar(select(func.min(ends.c.ends_at)))
        return first

    def form_of(self, form: Form) -> Form:
        return form.of_one

    def component_of(self, item: Meeting, language: str, form: Form, now: datetime) -> Component:
        return component_of(item, language, form)

    def groups_of(self, item: Meeting) -> list[WorkingGroup]:
        return named(item)

    def joint(self, session: Session, scope: Scope, since: datetime, now: datetime) -> dict[int, list[WorkingGroup]]:
        found = select(Meeting).where(Meeting.id.in_(scope.joint_ids()), Meeting.ends_at > since).options(*self.loading)
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

    def host_id(self) -> Any:
        return MeetingSeries.group_id

    def joined(self, found: Select[Any]) -> Select[Any]:
        return found.select_from(SeriesPart).join(SeriesPart.series)

    def shown(self, scope: Scope, since: datetime, now: datetime) -> list[ColumnElement[bool]]:
        if scope.alone:
            return [false()]
        return [SeriesPart.id.in_(scope.meetings(since, column=Meeting.part_id, dates=True))]

    def over_at(self, session: Session, scope: Scope, since: datetime, now: datetime) -> datetime | None:
        last = (
            select(func.max(Meeting.ends_at).label("ends_at"))
            .where(Meeting.id.in_(scope.meetings(since, dates=True)))
            .group_by(Meeting.part_id)
            .subquery()
        )
        first: datetime | None = session.scalar(select(func.min(last.c.ends_at)))
        return first

    def form_of(self, form: Form) -> Form:
        return form

    def component_of(self, item: SeriesPart, language: str, form: Form, now: datetime) -> Component:
        return part_component(item, language, form, now)

    def groups_of(self, item: SeriesPart) -> list[WorkingGroup]:
        return named(item)

    def joint(self, session: Session, scope: Scope, since: datetime, now: datetime) -> dict[int, list[WorkingGroup]]:
        partly = select(Meeting.part_id).where(Meeting.id.in_(scope.joint_ids()), Meeting.ends_at > since)
        found = select(SeriesPart).where(SeriesPart.id.in_(partly)).options(*self.loading)
        return {part.id: named(part) for part in session.scalars(found)}


class _Milestones:
    """Days without a zone are over when they are in UTC."""

    kind, model = "milestone", Milestone
    order = (Milestone.first_day, Milestone.uid)
    loading = (joinedload(Milestone.group), joinedload(Milestone.goal))

    def host_id(self) -> Any:
        return Milestone.group_id

    def joined(self, found: Select[Any]) -> Select[Any]:
        return found.select_from(Milestone)

    def shown(self, scope: Scope, since: datetime, now: datetime) -> list[ColumnElement[bool]]:
        dropped = Milestone.state == MilestoneState.DROPPED
        stays = or_(Milestone.last_day >= now.astimezone(UTC).date(), Milestone.modified_at > now - CANCELLED_STAYS)
        return [
            false() if scope.one else scope.groups(Milestone.group_id),
            *scope.milestones,
            or_(~dropped, stays) if scope.form.cancelled else ~dropped,
            Milestone.last_day >= since.astimezone(UTC).date(),
        ]

    def over_at(self, session: Session, scope: Scope, since: datetime, now: datetime) -> datetime | None:
        first = session.scalar(select(func.min(Milestone.last_day)).where(*self.shown(scope, since, now)))
        return day_over_at(first) if first else None

    def form_of(self, form: Form) -> Form:
        return form.of_one

    def component_of(self, item: Milestone, language: str, form: Form, now: datetime) -> Component:
        return milestone_component(item, language, form)

    def groups_of(self, item: Milestone) -> list[WorkingGroup]:
        return [item.group]

    def joint(self, session: Session, scope: Scope, since: datetime, now: datetime) -> dict[int, list[WorkingGroup]]:
        return {}


MEETINGS: Source = _Meetings()
PARTS: Source = _Parts()
MILESTONES: Source = _Milestones()
SOURCES = (PARTS, MEETINGS, MILESTONES)
"""In the order in which they come in a feed, and in which their rows are locked."""


def source(kind: str) -> Source:
    """The source of stored components of a kind."""
    return next(one for one in SOURCES if one.kind == kind)
