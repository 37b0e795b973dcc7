"""Who may see, plan and change meetings.

A meeting is its host group's, and that of every other group that has agreed to meet jointly. A meeting of few is known
only to those it is for, to who coordinates the host group, and to administrators: not even who leads another group, or
this one, learns of it otherwise.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from app.groups import policy as groups
from app.meetings.models import JointGroup, Meeting, MeetingPerson, MeetingSeries, Room, TaskForce
from app.meetings.rules import Visibility
from app.meetings.rules.company import Consent
from app.membership import policy as membership
from app.membership.rules import LEADING
from app.people.viewer import Viewer

plan = membership.runs_meetings
"""Whether the viewer may plan meetings of a group: coordinators, chairs, vice-chairs, administrators."""
keep_task_forces = groups.coordinate
"""Who says which members make a task force."""

OF_FEW = (Visibility.CHAIRS, Visibility.NAMED)


def book_rooms(viewer: Viewer) -> bool:
    """Whether the viewer sees the rooms of the house: who plans meetings of any group."""
    if viewer.is_administrator or groups.coordinated(viewer):
        return True
    return any(role in LEADING for role in membership.roles(viewer).values())


def see_room(viewer: Viewer, room: Room) -> bool:
    """Who books rooms sees each of them, be it out of use."""
    return book_rooms(viewer)


def inside(viewer: Viewer) -> frozenset[int]:
    """The ids of the groups whose members-only meetings the viewer sees; administrators see those of all."""
    return frozenset(membership.roles(viewer)) | groups.coordinated(viewer) | membership.shared_groups(viewer)


def led(viewer: Viewer) -> frozenset[int]:
    """The ids of the groups that the viewer is chair or vice-chair of."""
    return frozenset(group_id for group_id, role in membership.roles(viewer).items() if role in LEADING)


def visible(viewer: Viewer, meeting: Any = Meeting) -> ColumnElement[bool]:
    """The condition that a meeting, or the alias given, is one the viewer may know of."""
    if viewer.is_administrator:
        return true()
    public = open_to(viewer, meeting)
    within = inside(viewer)
    if not within:
        return public
    coordinated = groups.coordinated(viewer)
    shared = meeting.visibility.not_in(OF_FEW)
    known = [
        public,
        and_(meeting.group_id.in_(sorted(within)), shared),
        and_(meeting.id.in_(joint_with(within)), shared),
        and_(meeting.group_id.in_(sorted(led(viewer))), meeting.visibility == Visibility.CHAIRS),
        names(viewer, meeting),
    ]
    if coordinated:
        known.append(meeting.group_id.in_(sorted(coordinated)))
        known.append(and_(meeting.id.in_(joint_with(coordinated, Consent.ASKED)), shared))
    return or_(*known)


def open_to(viewer: Viewer, meeting: Any = Meeting) -> ColumnElement[bool]:
    """The condition that a meeting is public and of a host group that the viewer finds."""
    return and_(meeting.visibility == Visibility.PUBLIC, membership.sight(viewer, meeting.group_id))


def of_group(viewer: Viewer, group_id: int, meeting: Any = Meeting) -> ColumnElement[bool]:
    """The condition that a meeting is hosted by the group and one the viewer may know of.

    What is for few is excluded, not looked up: so it is read in the order of the group's meetings.
    """
    hosted: ColumnElement[bool] = meeting.group_id == group_id
    if viewer.is_administrator or group_id in groups.coordinated(viewer):
        return hosted
    if group_id not in inside(viewer):
        return and_(hosted, open_to(viewer, meeting))
    known = [meeting.visibility.not_in(OF_FEW)]
    if group_id in led(viewer):
        known = [meeting.visibility.not_in((Visibility.NAMED,))]
    if group_id in membership.roles(viewer):
        known.append(names(viewer, meeting))
    return and_(hosted, or_(*known))


def partly_of(viewer: Viewer, group_id: int, meeting: Any = Meeting) -> ColumnElement[bool]:
    """The condition that a meeting is another group's, held jointly with this one, and one the viewer may know of."""
    joint: ColumnElement[bool] = meeting.id.in_(joint_with((group_id,)))
    return joint if viewer.is_administrator or group_id in inside(viewer) else and_(joint, open_to(viewer, meeting))


def joint_with(group_ids: Any, consent: Consent = Consent.AGREED) -> Select[int]:
    """The ids of meetings that these groups have agreed to, or are asked to, hold jointly with their host."""
    return select(JointGroup.meeting_id).where(
        JointGroup.group_id.in_(sorted(group_ids)), JointGroup.consent == consent
    )


def names(viewer: Viewer, meeting: Any) -> ColumnElement[bool]:
    """The condition that a meeting is for people named, the viewer among them, who is a member of the group still."""
    named = select(MeetingPerson.meeting_id).where(MeetingPerson.person_id == viewer.person_id)
    return and_(
        meeting.visibility == Visibility.NAMED,
        meeting.group_id.in_(sorted(membership.roles(viewer))),
        meeting.id.in_(named),
    )


def see(viewer: Viewer, meeting: Meeting) -> bool:
    """Whether the viewer may know of a meeting: what `visible` says for the database."""
    if meeting.is_public and membership.find(viewer, meeting.group):
        return True
    return see_join_link(viewer, meeting) or asked(viewer, meeting)


def see_join_link(viewer: Viewer, meeting: Meeting) -> bool:
    """Those inside one of its groups, coordinators and administrators; of a meeting of few those it is for."""
    if meeting.is_of_few:
        return groups.coordinate(viewer, meeting.group) or _is_one_of_few(viewer, meeting)
    return membership.see_inside(viewer, meeting.group) or any(
        membership.see_inside(viewer, group) for group in meeting.partners
    )


def _is_one_of_few(viewer: Viewer, meeting: Meeting) -> bool:
    """Whether the viewer is one of the few."""
    if meeting.visibility == Visibility.CHAIRS:
        return membership.leads(viewer, meeting.group)
    return membership.is_member(viewer, meeting.group) and any(
        one.person_id == viewer.person_id for one in meeting.people
    )


def is_for(viewer: Viewer, meeting: Meeting) -> bool:
    """Whether the viewer is one of those it is for, as `queries.invited` says: members and coordinators of its groups;
    of a meeting of few those alone, and who coordinates the host group.
    """
    coordinated = groups.coordinated(viewer)
    if meeting.is_of_few:
        return meeting.group_id in coordinated or _is_one_of_few(viewer, meeting)
    return not meeting.group_ids.isdisjoint(membership.roles(viewer).keys() | coordinated)


def asked(viewer: Viewer, meeting: Meeting) -> bool:
    """Whether the viewer coordinates a group that is asked to hold it jointly and has not answered."""
    return not meeting.is_of_few and any(
        joint.consent == Consent.ASKED and groups.coordinate(viewer, joint.group) for joint in meeting.joint_groups
    )


def edit(viewer: Viewer, meeting: Meeting) -> bool:
    """Who plans the host group's meetings and sees this one changes, cancels and reinstates it."""
    return plan(viewer, meeting.group) and see(viewer, meeting)


def see_guests(viewer: Viewer, meeting: Meeting) -> bool:
    """Who knows the guests and their addresses: those who plan the meeting."""
    return edit(viewer, meeting)


def edit_following(viewer: Viewer, meeting: Meeting) -> bool:
    """Who changes or ends a series from one of its dates on: who may change every one of them."""
    if meeting.series is None:
        return edit(viewer, meeting)
    return plan(viewer, meeting.group) and all(see(viewer, one) for one in meeting.series.meetings)


def see_series(viewer: Viewer, series: MeetingSeries) -> bool:
    """Who may know of one of its dates."""
    return any(see(viewer, meeting) for meeting in series.meetings)


def visible_series(viewer: Viewer) -> ColumnElement[bool]:
    """The condition that a series is one the viewer may know of: what `see_series` says, for the database."""
    if viewer.is_administrator:
        return true()
    known = select(Meeting.series_id).where(Meeting.series_id.is_not(None), visible(viewer))
    return MeetingSeries.id.in_(known)


def change_series(viewer: Viewer, series: MeetingSeries) -> bool:
    """Who plans the group's meetings, if none of the dates is hidden from them."""
    return plan(viewer, series.group) and all(see(viewer, meeting) for meeting in series.meetings)


def answer(viewer: Viewer, joint: JointGroup) -> bool:
    """Who says whether a group meets jointly with another, and takes it back: its coordinators.

    Not of what has become a matter of few; and once they have declined, only of what they may know of anyway.
    """
    if joint.meeting.is_of_few or (joint.consent == Consent.DECLINED and not see(viewer, joint.meeting)):
        return False
    return groups.coordinate(viewer, joint.group)


def knows_asked(viewer: Viewer, joint: JointGroup) -> bool:
    """Who may know that it is asked: who answers, and those inside; once it has agreed, whoever sees the meeting."""
    if joint.consent == Consent.AGREED and membership.find(viewer, joint.group):
        return see(viewer, joint.meeting)
    return answer(viewer, joint) or see_join_link(viewer, joint.meeting)


def see_task_force(viewer: Viewer, task_force: TaskForce) -> bool:
    """Who knows that a task force exists: who plans the group's meetings."""
    return plan(viewer, task_force.group)


def keep_task_force(viewer: Viewer, task_force: TaskForce) -> bool:
    """Who changes it: the group's coordinators."""
    return groups.coordinate(viewer, task_force.group)
