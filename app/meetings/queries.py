"""Reads of meetings for pages and for other features.

Meetings are many: every list here is made of short branches, each read in an index's own order and no further than
the page needs. What is not over yet is found by its start, since no meeting is longer than `rules.LONGEST`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, select, union
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.core import clock, search
from app.core.db import db
from app.core.pagination import SIZE, Page, last_page
from app.groups.models import Coordinator, WorkingGroup
from app.meetings import policy, rules
from app.meetings.models import DroppedDate, JointGroup, Meeting, MeetingSeries
from app.meetings.rules import Status, Visibility
from app.meetings.rules.company import Consent
from app.membership.models import Membership
from app.membership.rules import State
from app.people.models import Person
from app.people.viewer import Viewer

_WITH_GROUP = joinedload(Meeting.group).joinedload(WorkingGroup.community)
Branch = Select[int, datetime]
"""Ids and starts of some of the meetings of a list."""
COUNTED_AHEAD = 4
"""Pages beyond the one asked for that are still counted: the whole of a long list never is."""


MOST_LISTED = 20_000
"""Meetings that one file, or one span of the planner, holds."""
LONGEST_KNOWN = timedelta(days=33)
"""More than from the first to the last day of anything: what is known by its month alone counts as all of it."""


def meeting_at(reference: str) -> Meeting | None:
    """The meeting of that reference, with its group and community."""
    if not reference.isprintable():  # PostgreSQL refuses a NUL even in a question
        return None
    return db.session.scalar(select(Meeting).options(_WITH_GROUP).where(Meeting.reference == reference))


def series_at(reference: str) -> MeetingSeries | None:
    """The series of that reference, with its group, community and dates."""
    if not reference.isprintable():
        return None
    group = joinedload(MeetingSeries.group).joinedload(WorkingGroup.community)
    dates = selectinload(MeetingSeries.meetings).joinedload(Meeting.group).joinedload(WorkingGroup.community)
    return db.session.scalar(select(MeetingSeries).options(group, dates).where(MeetingSeries.reference == reference))


def dropped_at(reference: str) -> DroppedDate | None:
    """What is left of a date that a series has no longer."""
    return db.session.get(DroppedDate, reference) if reference.isprintable() else None


def upcoming(viewer: Viewer, *, group_ids: Collection[int] | None = None, limit: int = 10) -> Sequence[Meeting]:
    """What is not over yet and the viewer may know of, soonest first; cancelled meetings too."""
    return _load(_branches(viewer, group_ids, past=False, rows=limit), past=False, limit=limit)


def upcoming_of_each(viewer: Viewer, group_ids: Collection[int], each: int = 3) -> Sequence[Meeting]:
    """The next few meetings of each of these groups, all together soonest first; cancelled meetings too."""
    branches = _branches(viewer, group_ids, past=False, rows=each)
    return _load(branches, past=False, limit=each * len(branches))


def past(viewer: Viewer, group_id: int, limit: int = 10) -> Sequence[Meeting]:
    """A group's meetings that are over, the latest first."""
    return _load(_branches(viewer, [group_id], past=True, rows=limit), past=True, limit=limit)


def page_of(viewer: Viewer, *, group_id: int | None = None, past: bool = False, number: int = 1) -> Page[Meeting]:
    """A page of all meetings ahead, or of all that are over."""
    group_ids = None if group_id is None else [group_id]
    most = (number + COUNTED_AHEAD) * SIZE
    counted = _together(_branches(viewer, group_ids, past=past, rows=most + 1))
    total = db.session.scalar(select(func.count()).select_from(counted)) or 0
    number = min(number, last_page(total, SIZE))
    branches = _branches(viewer, group_ids, past=past, rows=number * SIZE)
    items = _load(branches, past=past, limit=SIZE, offset=(number - 1) * SIZE)
    return Page(items, number, min(total, most), SIZE, more=total > most)


def listed(viewer: Viewer, *, group_id: int | None = None, past: bool = False) -> Sequence[Meeting]:
    """The whole of that list, for handing out; of one that is far too long, the part that comes first."""
    branches = _branches(viewer, None if group_id is None else [group_id], past=past, rows=MOST_LISTED)
    return _load(branches, past=past, limit=MOST_LISTED)


def between(viewer: Viewer, first: date, last: date, group_ids: Collection[int] | None = None) -> Sequence[Meeting]:
    """What lies within these days (both counted) by the clock of its place, soonest first; cancelled meetings too.

    With `group_ids`, what these groups host or have agreed to hold jointly. Who may know of it is asked of all alike.
    """
    begins, ends = datetime.combine(first, time()), datetime.combine(last + timedelta(days=1), time())
    near = Meeting.starts_at.between(
        begins.replace(tzinfo=UTC) - LONGEST_KNOWN, ends.replace(tzinfo=UTC) + timedelta(days=1)
    )
    if group_ids is None:
        branches = [select(Meeting.id).where(Meeting.visibility == one, near) for one in Visibility]
    else:
        ids = sorted(set(group_ids))
        joint = select(Meeting.id).join(JointGroup, JointGroup.meeting_id == Meeting.id)
        agreed = and_(JointGroup.group_id.in_(ids), JointGroup.consent == Consent.AGREED)
        branches = [select(Meeting.id).where(Meeting.group_id.in_(ids), near), joint.where(agreed, near)]
    found = union(*branches).subquery()
    return db.session.scalars(
        select(Meeting)
        .join(found, found.c.id == Meeting.id)
        .where(policy.visible(viewer), Meeting.starts_local < ends, Meeting.ends_local > begins)
        .options(_WITH_GROUP)
        .order_by(*_order(Meeting, past=False))
        .limit(MOST_LISTED)
    ).all()


def titled(viewer: Viewer, text: str, limit: int = 10) -> Sequence[Meeting]:
    """The meetings whose title has words that begin with those of the text, the latest first."""
    found = select(Meeting).where(policy.visible(viewer), *search.matches(Meeting.title_key, text))
    return db.session.scalars(found.options(_WITH_GROUP).order_by(*_order(Meeting, past=True)).limit(limit)).all()


def next_by_group(viewer: Viewer) -> dict[int, Meeting]:
    """{group id: its next meeting, be it running} of the groups that have one the viewer may know of; not cancelled."""
    soonest = aliased(Meeting)
    one = (
        select(soonest.id)
        .where(soonest.group_id == WorkingGroup.id, soonest.status != Status.CANCELLED, _not_over(soonest))
        .where(policy.visible(viewer, soonest))
        .order_by(soonest.starts_at, soonest.id)
        .limit(1)
        .correlate(WorkingGroup)
        .scalar_subquery()
    )
    found = db.session.scalars(select(Meeting).where(Meeting.id.in_(select(one).select_from(WorkingGroup))))
    return {meeting.group_id: meeting for meeting in found}


def next_of(viewer: Viewer, group_id: int) -> Meeting | None:
    """A group's next meeting that is not cancelled and that the viewer may know of."""
    return db.session.scalar(
        select(Meeting)
        .where(Meeting.group_id == group_id, Meeting.status != Status.CANCELLED, _not_over(Meeting))
        .where(policy.visible(viewer))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(1)
    )


def audience(group_id: int, but: int | None = None) -> Sequence[Person]:
    """Whom a group's meetings are announced to: active members and coordinators with an address, `but` the actor."""
    return db.session.scalars(select(Person).where(_in_audience(group_id, but)).order_by(Person.id)).all()


def audience_by_zone(group_id: int, but: int | None = None) -> dict[str | None, int]:
    """{time zone: how many of the audience live by it}, those of most people first; None for who has not said."""
    found = db.session.execute(
        select(Person.time_zone, func.count())
        .where(_in_audience(group_id, but))
        .group_by(Person.time_zone)
        .order_by(func.count().desc(), Person.time_zone)
    )
    return {zone: number for zone, number in found}  # noqa: C416 - dict() of rows has no types


def _in_audience(group_id: int, but: int | None) -> ColumnElement[bool]:
    members = select(Membership.person_id).where(Membership.group_id == group_id, Membership.state == State.ACTIVE)
    coordinators = select(Coordinator.person_id).where(Coordinator.group_id == group_id, Coordinator.ended_at.is_(None))
    everyone = and_(Person.id.in_(union(members, coordinators)), Person.email.is_not(None))
    return everyone if but is None else and_(everyone, Person.id != but)


def _not_over(meeting: Any) -> ColumnElement[bool]:
    now = clock.now()
    return and_(meeting.starts_at >= now - rules.LOOK_BACK, meeting.ends_at >= now)


def _over(meeting: Any) -> ColumnElement[bool]:
    now = clock.now()
    return and_(meeting.starts_at < now, meeting.ends_at < now)


def _branches(viewer: Viewer, group_ids: Collection[int] | None, *, past: bool, rows: int) -> list[Branch]:
    """Selects of (id, starts_at) that together hold the first `rows` meetings of the list."""
    within = policy.inside(viewer)
    public = policy.open_to(viewer)
    conditions: list[ColumnElement[bool]]
    if group_ids is not None:
        conditions = [
            Meeting.group_id == group_id
            if viewer.is_administrator or group_id in within
            else and_(Meeting.group_id == group_id, public)
            for group_id in sorted(set(group_ids))
        ]
    elif viewer.is_administrator:
        conditions = [Meeting.visibility == Visibility.PUBLIC, Meeting.visibility == Visibility.MEMBERS]
    else:
        conditions = [public, *(Meeting.group_id == group_id for group_id in sorted(within))]
    time = _over(Meeting) if past else _not_over(Meeting)
    return [
        select(Meeting.id, Meeting.starts_at).where(condition, time).order_by(*_order(Meeting, past)).limit(rows)
        for condition in conditions
    ]


def _order(meeting: Any, past: bool) -> tuple[Any, Any]:
    return (meeting.starts_at.desc(), meeting.id.desc()) if past else (meeting.starts_at, meeting.id)


def _together(branches: list[Branch]) -> Subquery:
    """The rows of all branches, each once."""
    if len(branches) == 1:
        return branches[0].subquery()
    return union(*(select(branch.subquery()) for branch in branches)).subquery()


def _load(branches: list[Branch], *, past: bool, limit: int, offset: int = 0) -> Sequence[Meeting]:
    if not branches:
        return []
    found = _together(branches)
    wanted = select(found.c.id).order_by(*_order(found.c, past)).limit(limit).offset(offset).subquery()
    return db.session.scalars(
        select(Meeting).join(wanted, wanted.c.id == Meeting.id).options(_WITH_GROUP).order_by(*_order(Meeting, past))
    ).all()
