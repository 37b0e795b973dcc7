"""What stands in a feed: which meetings and milestones, and in which form, as conditions that sources put.

Public feeds ask what every visitor may know. Personal ones ask the meetings' policy what their owner may know, as an
ordinary member: an administrator's programs fetch no more than that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from app.calendars.feeds import FeedKind
from app.calendars.forms import COMBINED, GROUP, INSIDE, Form
from app.groups import policy as groups_policy
from app.groups.models import WorkingGroup
from app.groups.rules import Visibility as GroupVisibility
from app.meetings import policy
from app.meetings.models import JointGroup, Meeting
from app.meetings.rules import LOOK_BACK, Visibility
from app.meetings.rules.company import Consent
from app.membership import policy as membership
from app.membership.models import Membership
from app.membership.rules import LEADING, SEATED, State
from app.people.viewer import Absent, Viewer
from app.programme.models import Milestone

MOST_OTHERS = 1_000
"""Joint meetings that are named one by one in a statement; of more, the database finds them itself."""
Condition = Callable[[Any], ColumnElement[bool]]
"""A condition on a column of group ids."""


@dataclass(frozen=True)
class Scope:
    """What a feed shows. `hosted` and `joint` are conditions on meetings of its groups, and on those of other hosts."""

    form: Form
    groups: Condition
    hosted: tuple[ColumnElement[bool], ...] = ()
    joint: tuple[ColumnElement[bool], ...] = ()
    milestones: tuple[ColumnElement[bool], ...] = ()
    one: tuple[ColumnElement[bool], ...] = ()
    """Conditions that leave a single meeting, or the dates of a single series."""
    others: tuple[int, ...] | None = None
    """The ids of the joint meetings of other hosts, where they were looked up."""
    alone: bool = False
    """Whether it is of a single meeting: a date of a rule stands there by itself, without the rule."""

    def called_off(self, shown: bool) -> Scope:
        """The same with what was cancelled, for a while, or without."""
        return replace(self, form=replace(self.form, cancelled=shown))

    def looked_up(self, session: Session, since: datetime) -> Scope:
        """The same, knowing the joint meetings of other hosts: as they are few, the database need not join for them."""
        found = self._partly(Meeting.id, since).where(~self.groups(Meeting.group_id)).limit(MOST_OTHERS + 1)
        others = tuple(session.scalars(found))
        return replace(self, others=others) if len(others) <= MOST_OTHERS else self

    def reached(self, since: datetime) -> ColumnElement[bool]:
        """The condition that a meeting is one of `meetings`."""
        if self.others is None:
            return Meeting.id.in_(self.meetings(since))
        hosted = and_(self.groups(Meeting.group_id), *self.hosted, *self._window(since))
        return or_(hosted, Meeting.id.in_(self.others)) if self.others else hosted

    def meetings(self, since: datetime, *, column: Any = Meeting.id, dates: bool = False) -> Any:
        """The ids of the meetings that are not over at `since`, some twice; with `dates` those of rules only.

        Who left a series that was joint has nothing of it any more.
        """
        hosted = select(column).where(self.groups(Meeting.group_id), *self.hosted, *self._window(since))
        partly = self._partly(column, since)
        if dates:
            hosted = hosted.where(Meeting.uid.is_(None), ~_of_few())
            partly = partly.where(Meeting.uid.is_(None), ~_of_few(), ~_left())
        return union_all(hosted, partly)

    def _partly(self, column: Any, since: datetime) -> Select[Any]:
        return (
            select(column)
            .join(JointGroup, JointGroup.meeting_id == Meeting.id)
            .where(self.groups(JointGroup.group_id), JointGroup.consent == Consent.AGREED)
            .where(*self.joint, *self._window(since))
        )

    def _window(self, since: datetime) -> list[ColumnElement[bool]]:
        return [Meeting.starts_at > since - LOOK_BACK, Meeting.ends_at > since, *self.one]

    def joint_ids(self) -> Select[int]:
        """The ids of the meetings of several groups, one of which is among its groups."""
        theirs = aliased(JointGroup)
        partly = select(theirs.meeting_id).where(self.groups(theirs.group_id))
        return (
            select(JointGroup.meeting_id)
            .join(Meeting, Meeting.id == JointGroup.meeting_id)
            .where(JointGroup.consent == Consent.AGREED, *self.one)
            .where(or_(self.groups(Meeting.group_id), JointGroup.meeting_id.in_(partly)))
        )


def public(groups: Condition, form: Form, *one: ColumnElement[bool]) -> Scope:
    """What everybody may know of these groups, which everybody finds."""
    shown = Meeting.visibility == Visibility.PUBLIC
    host_is_found = Meeting.group_id.in_(_found())
    return Scope(form, groups, (shown,), (shown, host_is_found), (Milestone.visibility == Visibility.PUBLIC,), one)


def of_group(group_id: int) -> Scope:
    """A group's own feed."""
    return public(lambda column: column == group_id, GROUP)


def of_found(narrowed: tuple[int, ...] | None, community_id: int | None = None) -> Scope:
    """Those of several groups, of one community or of all, narrowed to the ids given."""
    return public(lambda column: column.in_(_found(narrowed, community_id)), COMBINED)


def of_meeting(meeting_id: int) -> Scope:
    """A single meeting."""
    return replace(public(lambda column: column.in_(_found()), GROUP, Meeting.id == meeting_id), alone=True)


def of_series(series_id: int) -> Scope:
    """A single series."""
    return public(lambda column: column.in_(_found()), GROUP, Meeting.series_id == series_id)


def of_association(association_id: int, narrowed: tuple[int, ...] | None) -> Scope:
    """What is public of the groups in which an association has members; its focal points find groups of every kind."""
    theirs = select(Membership.group_id).where(
        Membership.association_id == association_id, Membership.state == State.ACTIVE
    )
    if narrowed is not None:
        theirs = theirs.where(Membership.group_id.in_(narrowed))
    shown = (Meeting.visibility == Visibility.PUBLIC,)
    milestones = (Milestone.visibility == Visibility.PUBLIC,)
    return Scope(COMBINED, lambda column: column.in_(theirs), shown, shown, milestones)


def of_person(kind: FeedKind, owner: Absent, narrowed: tuple[int, ...] | None) -> Scope:
    """What a person may know of their groups: all, or what they are expected at, or the deadlines."""
    own = group_ids_of(owner)
    ids = sorted(own if narrowed is None else own.intersection(narrowed))
    known = policy.visible(owner)
    if kind == FeedKind.DEADLINES:
        return Scope(INSIDE, lambda column: column.in_(ids), (false(),), (false(),))
    expected = (known,) if kind == FeedKind.MINE else (known, _expected(owner))
    milestones = () if kind == FeedKind.MINE else (false(),)
    return Scope(INSIDE, lambda column: column.in_(ids), expected, expected, milestones)


def group_ids_of(owner: Viewer) -> frozenset[int]:
    """The groups that a person's feeds are about."""
    return frozenset(membership.roles(owner)) | groups_policy.coordinated(owner)


def _expected(owner: Absent) -> ColumnElement[bool]:
    """Whole groups expect those who hold a seat, and their coordinators; meetings of few those whom they are for."""
    roles, coordinated = membership.roles(owner), groups_policy.coordinated(owner)
    seated = {group_id for group_id, role in roles.items() if role in SEATED} | coordinated
    leading = {group_id for group_id, role in roles.items() if role in LEADING} | coordinated
    whole = and_(
        Meeting.visibility.not_in(policy.OF_FEW),
        or_(Meeting.group_id.in_(sorted(seated)), Meeting.id.in_(policy.joint_with(seated))),
    )
    chairs = and_(Meeting.visibility == Visibility.CHAIRS, Meeting.group_id.in_(sorted(leading)))
    return or_(whole, chairs, policy.names(owner, Meeting))


def _found(narrowed: tuple[int, ...] | None = None, community_id: int | None = None) -> Select[int]:
    """The ids of the groups that everybody finds."""
    found = select(WorkingGroup.id).where(WorkingGroup.visibility == GroupVisibility.PUBLIC)
    if community_id is not None:
        found = found.where(WorkingGroup.community_id == community_id)
    return found if narrowed is None else found.where(WorkingGroup.id.in_(narrowed))


def _of_few() -> ColumnElement[bool]:
    return Meeting.visibility.in_(policy.OF_FEW)


def _left() -> ColumnElement[bool]:
    """The condition that the group has declined another date of the same run of dates."""
    other, date = aliased(JointGroup), aliased(Meeting)
    return (
        select(other.meeting_id)
        .join(date, date.id == other.meeting_id)
        .where(
            other.group_id == JointGroup.group_id,
            other.consent == Consent.DECLINED,
            date.part_id == Meeting.part_id,
        )
        .correlate(JointGroup, Meeting)
        .exists()
    )
