"""Reads of meetings for pages and for other features.

Meetings are many: every list here is made of short branches, each read in an index's own order and no further than
the page needs. What is not over yet is found by its start, since no meeting began longer ago than `rules.LOOK_BACK`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, Subquery, and_, func, or_, select, union, union_all
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from app.core import clock, search
from app.core.db import db
from app.core.pagination import SIZE, Page, last_page
from app.groups import policy as groups_policy
from app.groups.models import Coordinator, WorkingGroup
from app.meetings import policy, rules
from app.meetings.models import DroppedDate, JointGroup, Meeting, MeetingPerson, MeetingSeries
from app.meetings.rules import Status, Visibility
from app.meetings.rules.company import Consent
from app.meetings.rules.interpreting import SOON
from app.membership.models import Membership
from app.membership.rules import LEADING, State
from app.people.models import Person
from app.people.viewer import Viewer

_WITH_GROUP = (
    joinedload(Meeting.group).joinedload(WorkingGroup.community),
    selectinload(Meeting.joint_groups).joinedload(JointGroup.group),
)
Branch = Select[int, datetime]
"""Ids and starts of some of the meetings of a list."""
MOST_OF_SERIES = 20
"""Dates of one series among those asked for that are read, to name the series once."""
COUNTED_AHEAD = 4
"""Pages beyond the one asked for that are still counted: the whole of a long list never is."""


FARTHEST_DUTY = timedelta(days=rules.MOST_DAYS_BEFORE) + SOON + timedelta(days=1)
"""How far ahead a meeting is at most whose deadline is soon."""
MOST_LISTED = 20_000
"""Meetings that one file, or one span of the planner, holds."""
LONGEST_KNOWN = timedelta(days=33)
"""More than from the first to the last day of anything: what is known by its month alone counts as all of it."""


def meeting_at(reference: str) -> Meeting | None:
    """The meeting of that reference, with its group and community."""
    if not reference.isprintable():  # PostgreSQL refuses a NUL even in a question
        return None
    return db.session.scalar(select(Meeting).options(*_WITH_GROUP).where(Meeting.reference == reference))


def series_at(reference: str) -> MeetingSeries | None:
    """The series of that reference, with its group, community and dates."""
    if not reference.isprintable():
        return None
    group = joinedload(MeetingSeries.group).joinedload(WorkingGroup.community)
    dates = selectinload(MeetingSeries.meetings)
    each = (
        dates.joinedload(Meeting.group).joinedload(WorkingGroup.community),
        dates.selectinload(Meeting.joint_groups).joinedload(JointGroup.group),
        dates.selectinload(Meeting.people),
    )
    return db.session.scalar(select(MeetingSeries).options(group, *each).where(MeetingSeries.reference == reference))


def dropped_at(reference: str) -> DroppedDate | None:
    """What is left of a date that a series has no longer."""
    return db.session.get(DroppedDate, reference) if reference.isprintable() else None


def upcoming(viewer: Viewer, *, group_ids: Collection[int] | None = None, limit: int = 10) -> Sequence[Meeting]:
    """What is not over yet and the viewer may know of, soonest first; cancelled meetings too."""
    return _load(_branches(viewer, group_ids, past=False, rows=limit), past=False, limit=limit)


def in_calendars(
    viewer: Viewer, group_ids: Collection[int] | None, limit: int, *, cancelled: bool
) -> Sequence[Meeting]:
    """The same as calendars have it: nothing that is known by its month only, and cancelled meetings if wanted."""
    known = Meeting.precision != rules.Precision.MONTH
    but = known if cancelled else and_(known, Meeting.status != Status.CANCELLED)
    return _load(_branches(viewer, group_ids, past=False, rows=limit, but=but), past=False, limit=limit)


def upcoming_of_each(viewer: Viewer, group_ids: Collection[int], each: int = 3) -> Sequence[Meeting]:
    """The next few meetings of each of these groups, all together soonest first; cancelled meetings too."""
    branches = _branches(viewer, group_ids, past=False, rows=each)
    return _load(branches, past=False, limit=each * len(branches))


def of(group_id: int, meetings: Iterable[Meeting], most: int) -> list[Meeting]:
    """Those of a group, be they another's and held jointly, among what a list of several groups has; the first ones."""
    return list(islice((meeting for meeting in meetings if group_id in meeting.group_ids), most))


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
        .options(*_WITH_GROUP)
        .order_by(*_order(Meeting, past=False))
        .limit(MOST_LISTED)
    ).all()


def titled(viewer: Viewer, text: str, limit: int = 10) -> Sequence[Meeting]:
    """The meetings whose title has words that begin with those of the text, the latest first."""
    found = select(Meeting).where(policy.visible(viewer), *search.matches(Meeting.title_key, text))
    return db.session.scalars(found.options(*_WITH_GROUP).order_by(*_order(Meeting, past=True)).limit(limit)).all()


def with_interpreters(viewer: Viewer, group_ids: Collection[int]) -> Sequence[Meeting]:
    """The meetings ahead of these groups whose interpreters are to be booked or cancelled by some day."""
    if not group_ids:
        return []
    reminded = or_(Meeting.book_interpreters.is_not(None), Meeting.release_interpreters.is_not(None))
    return db.session.scalars(
        select(Meeting)
        .where(Meeting.group_id.in_(sorted(group_ids)), Meeting.status != Status.CANCELLED, reminded)
        .where(_not_over(Meeting), Meeting.starts_at < clock.now() + FARTHEST_DUTY, policy.visible(viewer))
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()


def next_by_group(viewer: Viewer) -> dict[int, Meeting]:
    """{group id: its next meeting, be it running} of the groups that have one the viewer may know of; not cancelled."""
    hosted, partly = aliased(Meeting), aliased(Meeting)
    joint = and_(JointGroup.meeting_id == partly.id, JointGroup.consent == Consent.AGREED)
    soonest = union_all(
        _soonest(viewer, hosted, hosted.group_id == WorkingGroup.id),
        _soonest(viewer, partly, and_(JointGroup.group_id == WorkingGroup.id, joint)),
    ).subquery()
    found: dict[int, Meeting] = {}
    rows = db.session.execute(select(soonest.c.group_id, Meeting).join(Meeting, Meeting.id == soonest.c.meeting_id))
    for group_id, meeting in rows:
        other = found.get(group_id)
        if other is None or (meeting.starts_at, meeting.id) < (other.starts_at, other.id):
            found[group_id] = meeting
    return found


def _soonest(viewer: Viewer, meeting: Any, of_group: ColumnElement[bool]) -> Select[int, int]:
    """(group id, the id of the first meeting that fulfils the condition) of every group."""
    first = (
        select(meeting.id)
        .where(of_group, meeting.status != Status.CANCELLED, _not_over(meeting), policy.visible(viewer, meeting))
        .order_by(meeting.starts_at, meeting.id)
        .limit(1)
        .correlate(WorkingGroup)
        .scalar_subquery()
    )
    return select(WorkingGroup.id.label("group_id"), first.label("meeting_id"))


def next_of(viewer: Viewer, group_id: int) -> Meeting | None:
    """A group's next meeting that is not cancelled and that the viewer may know of."""
    branches = _branches(viewer, [group_id], past=False, rows=1, but=Meeting.status != Status.CANCELLED)
    return next(iter(_load(branches, past=False, limit=1)), None)


def asked_of(viewer: Viewer, limit: int = 50) -> Sequence[JointGroup]:
    """What the viewer's groups are asked to hold jointly, soonest first; of a series one date stands for all.

    Administrators answer for every group.
    """
    mine = () if viewer.is_administrator else (JointGroup.group_id.in_(sorted(groups_policy.coordinated(viewer))),)
    found = db.session.scalars(
        select(JointGroup)
        .join(JointGroup.meeting)
        .where(JointGroup.consent == Consent.ASKED, _not_over(Meeting), Meeting.status != Status.CANCELLED, *mine)
        .options(contains_eager(JointGroup.meeting).options(*_WITH_GROUP), joinedload(JointGroup.group))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(limit * MOST_OF_SERIES)
    )
    each: dict[tuple[object, int], JointGroup] = {}
    for joint in found:
        each.setdefault((joint.meeting.series_id or joint.meeting.reference, joint.group_id), joint)
    return list(each.values())[:limit]


def joint_at(reference: str, slug: str) -> JointGroup | None:
    """That a group of that name is asked to hold the meeting of that reference jointly, or was."""
    if not (reference.isprintable() and slug.isprintable()):
        return None
    return db.session.scalar(
        select(JointGroup)
        .join(JointGroup.meeting)
        .join(JointGroup.group)
        .where(Meeting.reference == reference, WorkingGroup.slug == slug)
        .options(contains_eager(JointGroup.group), contains_eager(JointGroup.meeting).options(*_WITH_GROUP))
    )


def audience(
    group_id: int,
    but: int | None = None,
    *,
    visibility: Visibility = Visibility.PUBLIC,
    partners: Collection[int] = (),
    person_ids: Collection[int] = (),
) -> Sequence[Person]:
    """Whom a group's meetings are announced to: active members and coordinators with an address, `but` the actor.

    `visibility`: of a meeting of few only these, besides the coordinators; `partners`: other groups whose meeting it
    is too; `person_ids`: those named.
    """
    condition = _in_audience(group_id, but, visibility, partners, person_ids)
    return db.session.scalars(select(Person).where(condition).order_by(Person.id)).all()


def audience_by_zone(
    group_id: int,
    but: int | None = None,
    *,
    visibility: Visibility = Visibility.PUBLIC,
    partners: Collection[int] = (),
    person_ids: Collection[int] = (),
) -> dict[str | None, int]:
    """{time zone: how many of the audience live by it}, those of most people first; None for who has not said."""
    found = db.session.execute(
        select(Person.time_zone, func.count())
        .where(_in_audience(group_id, but, visibility, partners, person_ids))
        .group_by(Person.time_zone)
        .order_by(func.count().desc(), Person.time_zone)
    )
    return {zone: number for zone, number in found}  # noqa: C416 - dict() of rows has no types


def members_among(group_id: int, person_ids: Collection[int]) -> frozenset[int]:
    """Which of these people are active members of a group."""
    found = select(Membership.person_id).where(
        Membership.group_id == group_id, Membership.state == State.ACTIVE, Membership.person_id.in_(sorted(person_ids))
    )
    return frozenset(db.session.scalars(found)) if person_ids else frozenset()


def coordinating(person_id: int | None, group_ids: Collection[int]) -> frozenset[int]:
    """Which of these groups a person coordinates."""
    found = select(Coordinator.group_id).where(
        Coordinator.person_id == person_id, Coordinator.ended_at.is_(None), Coordinator.group_id.in_(sorted(group_ids))
    )
    return frozenset(db.session.scalars(found)) if group_ids and person_id is not None else frozenset()


def _in_audience(
    group_id: int, but: int | None, visibility: Visibility, partners: Collection[int], person_ids: Collection[int]
) -> ColumnElement[bool]:
    hosts = [group_id] if visibility.is_of_few else sorted({group_id, *partners})
    invited = _invited(hosts, visibility, person_ids)
    everyone = and_(Person.id.in_(invited), Person.email.is_not(None))
    return everyone if but is None else and_(everyone, Person.id != but)


def invited(meeting: Meeting, group_ids: Collection[int]) -> CompoundSelect[int]:
    """The ids of those in these of its groups whom a meeting is for: members and coordinators, or the few."""
    person_ids = [one.person_id for one in meeting.people] if meeting.visibility == Visibility.NAMED else []
    hosts = {meeting.group_id}.intersection(group_ids) if meeting.is_of_few else group_ids
    return _invited(sorted(hosts), Visibility(meeting.visibility), person_ids)


def _invited(hosts: Sequence[int], visibility: Visibility, person_ids: Collection[int]) -> CompoundSelect[int]:
    members = _members(hosts, visibility, person_ids)
    coordinators = select(Coordinator.person_id).where(Coordinator.group_id.in_(hosts), Coordinator.ended_at.is_(None))
    return union(members, coordinators)


def member_count(
    group_id: int, *, visibility: Visibility, partners: Collection[int], person_ids: Collection[int]
) -> int:
    """How many members a meeting is for; see `audience`."""
    hosts = [group_id] if visibility.is_of_few else sorted({group_id, *partners})
    people = _members(hosts, visibility, person_ids).distinct().subquery()
    return db.session.scalar(select(func.count()).select_from(people)) or 0


def _members(hosts: Collection[int], visibility: Visibility, person_ids: Collection[int]) -> Select[int]:
    members = select(Membership.person_id).where(Membership.group_id.in_(hosts), Membership.state == State.ACTIVE)
    if visibility == Visibility.CHAIRS:
        return members.where(Membership.role.in_(sorted(LEADING)))
    if visibility == Visibility.NAMED:
        return members.where(Membership.person_id.in_(sorted(person_ids)))
    return members


def names_of(meeting: Meeting) -> Sequence[Person]:
    """Those a meeting is for by name, in order of their names."""
    found = select(Person).join(MeetingPerson, MeetingPerson.person_id == Person.id)
    return db.session.scalars(found.where(MeetingPerson.meeting_id == meeting.id).order_by(Person.full_name)).all()


def _not_over(meeting: Any) -> ColumnElement[bool]:
    now = clock.now()
    return and_(meeting.starts_at >= now - rules.LOOK_BACK, meeting.ends_at >= now)


def _over(meeting: Any) -> ColumnElement[bool]:
    now = clock.now()
    return and_(meeting.starts_at < now, meeting.ends_at < now)


def _branches(
    viewer: Viewer,
    group_ids: Collection[int] | None,
    *,
    past: bool,
    rows: int,
    but: ColumnElement[bool] | None = None,
) -> list[Branch]:
    """Selects of (id, starts_at) that together hold the first `rows` meetings of the list. `but`: a condition more."""
    within = policy.inside(viewer)
    conditions: list[ColumnElement[bool]]
    if group_ids is not None:
        conditions = [
            condition
            for group_id in sorted(set(group_ids))
            for condition in (policy.of_group(viewer, group_id), policy.partly_of(viewer, group_id))
        ]
    elif viewer.is_administrator:
        conditions = [Meeting.visibility == visibility for visibility in Visibility]
    else:
        conditions = [policy.open_to(viewer), *(policy.of_group(viewer, group_id) for group_id in sorted(within))]
        if within:
            conditions.append(Meeting.id.in_(policy.joint_with(within)))
    time = _over(Meeting) if past else _not_over(Meeting)
    also = () if but is None else (but,)
    return [
        select(Meeting.id, Meeting.starts_at).where(condition, time, *also).order_by(*_order(Meeting, past)).limit(rows)
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
        select(Meeting).join(wanted, wanted.c.id == Meeting.id).options(*_WITH_GROUP).order_by(*_order(Meeting, past))
    ).all()
