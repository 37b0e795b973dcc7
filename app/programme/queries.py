"""Reads of milestones for pages and for other features. Days are those of the installation's home."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, extract, select
from sqlalchemy.orm import joinedload

from app.core import dates, search
from app.core.db import db
from app.core.pagination import Page, paginate
from app.groups.models import WorkingGroup
from app.people.viewer import Viewer
from app.programme import policy, rules
from app.programme.models import Milestone
from app.programme.rules import Kind, State

_WITH_GROUP = joinedload(Milestone.group).joinedload(WorkingGroup.community)
_BY_DEADLINE = (Milestone.last_day, Milestone.first_day, Milestone.id)
MOST_LISTED = 20_000
"""Milestones that one file, or one span of the planner, holds."""


def milestone_at(reference: str) -> Milestone | None:
    """The milestone of that reference, with its group, community and goal."""
    if not reference.isprintable():  # PostgreSQL refuses a NUL even in a question
        return None
    found = select(Milestone).options(_WITH_GROUP, joinedload(Milestone.goal))
    return db.session.scalar(found.where(Milestone.reference == reference))


def between(
    viewer: Viewer, first: date, last: date, groups: Collection[int] | None = None, *, dropped: bool = False
) -> Sequence[Milestone]:
    """What of it falls within these days (both counted) and the viewer may know of, by first day; for planners."""
    found = _seen(viewer, groups).where(Milestone.first_day <= last, Milestone.last_day >= first)
    if not dropped:
        found = found.where(Milestone.state != State.DROPPED)
    return db.session.scalars(found.order_by(Milestone.first_day, *_BY_DEADLINE).limit(MOST_LISTED)).all()


def upcoming(viewer: Viewer, group_ids: Collection[int] | None = None, limit: int = 10) -> Sequence[Milestone]:
    """What is still to be done, by its last day."""
    found = _seen(viewer, group_ids).where(Milestone.state == State.PLANNED, Milestone.last_day >= dates.today())
    return db.session.scalars(found.order_by(*_BY_DEADLINE).limit(limit)).all()


def in_calendars(
    viewer: Viewer, group_ids: Collection[int] | None, limit: int, *, dropped: bool
) -> Sequence[Milestone]:
    """What calendars have ahead, by its last day: done or not, and dropped if wanted."""
    found = _seen(viewer, group_ids).where(Milestone.last_day >= dates.today())
    if not dropped:
        found = found.where(Milestone.state != State.DROPPED)
    return db.session.scalars(found.order_by(*_BY_DEADLINE).limit(limit)).all()


def next_deadlines(viewer: Viewer, limit: int) -> Sequence[Milestone]:
    """The consultations and other deadlines of all groups that come next."""
    found = _seen(viewer, None).where(
        Milestone.state == State.PLANNED, Milestone.kind != Kind.MILESTONE, Milestone.last_day >= dates.today()
    )
    return db.session.scalars(found.order_by(*_BY_DEADLINE).limit(limit)).all()


def due(viewer: Viewer, group_ids: Collection[int]) -> Sequence[Milestone]:
    """What of these groups is due soon, and what was not long ago and nobody has marked as done."""
    today = dates.today()
    found = _seen(viewer, group_ids).where(
        Milestone.state == State.PLANNED,
        Milestone.last_day.between(today - rules.DUE_SOON, today + rules.DUE_SOON),
    )
    return db.session.scalars(found.order_by(*_BY_DEADLINE)).all()


def around(viewer: Viewer, group_id: int, limit: int) -> Sequence[Milestone]:
    """A group's milestones of the year behind and of all time ahead, by their last day."""
    since = dates.today() - timedelta(days=365)
    found = _seen(viewer, [group_id]).where(Milestone.last_day >= since)
    return db.session.scalars(found.order_by(*_BY_DEADLINE).limit(limit)).all()


def page_of(viewer: Viewer, group_id: int, kind: Kind | None, state: State | None, number: int) -> Page[Milestone]:
    """A page of a group's whole programme, the latest year first, each year in the order of its days."""
    return paginate(_of_group(viewer, group_id, kind, state), number)


def listed(viewer: Viewer, group_id: int, kind: Kind | None, state: State | None) -> Sequence[Milestone]:
    """The whole of that list, for handing out."""
    found = _of_group(viewer, group_id, kind, state).options(joinedload(Milestone.goal))
    return db.session.scalars(found.limit(MOST_LISTED)).all()


def found_by(viewer: Viewer, text: str, limit: int = 10) -> Sequence[Milestone]:
    """Those whose title or file reference has words that begin with those of the text, the latest first."""
    found = _seen(viewer, None).where(*search.matches(Milestone.search_key, text))
    return db.session.scalars(found.order_by(Milestone.last_day.desc(), Milestone.id.desc()).limit(limit)).all()


def _seen(viewer: Viewer, group_ids: Collection[int] | None) -> Select[Any]:
    found = select(Milestone).options(_WITH_GROUP).where(policy.visible(viewer))
    return found if group_ids is None else found.where(Milestone.group_id.in_(sorted(group_ids)))


def _of_group(viewer: Viewer, group_id: int, kind: Kind | None, state: State | None) -> Select[Any]:
    found = _seen(viewer, [group_id])
    if kind is not None:
        found = found.where(Milestone.kind == kind)
    if state is not None:
        found = found.where(Milestone.state == state)
    return found.order_by(extract("year", Milestone.last_day).desc(), *_BY_DEADLINE)
