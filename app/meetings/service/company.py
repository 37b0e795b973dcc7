"""Who meets besides the host group: kept with each date, asked and answered once for a series. Raises DomainError.

All of it happens within the transaction that plans the meeting, but for `answer`, which is a command of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, clock
from app.core.db import write, writing
from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.meetings import company_mails, guest_mails, mails, queries, series_mails
from app.meetings.models import Guest, JointGroup, Meeting, MeetingPerson, MeetingTaskForce, TaskForce
from app.meetings.rules import Visibility
from app.meetings.rules import company as rules
from app.meetings.rules.company import Company, Consent, GuestPlan
from app.meetings.service.locking import locked
from app.meetings.signals import left_by, meeting_changed, series_changed
from app.people.models import Person

Consents = Mapping[int, tuple[Consent, datetime | None, int | None]]
"""{group id: what it said, when, and by whom}."""


def company_of(meeting: Meeting) -> Company:
    """Who meets, as the form shows it: a group that has declined is no longer there."""
    lists = [link.task_force for link in meeting.task_forces]
    listed = {person_id for one in lists for person_id in one.person_ids}
    return Company(
        group_ids=frozenset(one.group_id for one in meeting.joint_groups if one.consent != Consent.DECLINED),
        person_ids=frozenset(one.person_id for one in meeting.people if one.person_id not in listed),
        task_force_ids=frozenset(one.id for one in lists),
        guests=frozenset(GuestPlan(one.email, one.name, one.speaks, one.language) for one in meeting.guests),
    )


def consents_of(meetings: Iterable[Meeting]) -> Consents:
    """What other groups have said to the dates of a series: a new date needs no new word."""
    said: dict[int, tuple[Consent, datetime | None, int | None]] = {}
    for meeting in meetings:
        for one in meeting.joint_groups:
            said[one.group_id] = (one.consent, one.decided_at, one.decided_by_id)
    return said


def consents_by(group_ids: Iterable[int], actor_id: int | None) -> Consents:
    """Whoever plans for one group and coordinates the other has agreed by planning."""
    now = clock.now()
    return dict.fromkeys(queries.coordinating(actor_id, frozenset(group_ids)), (Consent.AGREED, now, actor_id))


def settle(meeting: Meeting, company: Company, consents: Consents) -> frozenset[str]:
    """Let a meeting be held in this company; the names of what became different. The meeting has its id already.

    `consents`: what groups that were not in it have said already; the others are asked.
    """
    visibility = Visibility(meeting.visibility)
    company = company.for_sight(visibility)
    rules.check(company, visibility)
    changed = company_of(meeting).differences(company)
    if "group_ids" in changed:
        _settle_groups(meeting, company.group_ids, consents)
    if changed & {"person_ids", "task_force_ids"}:
        _settle_people(meeting, company)
    if "guests" in changed:
        _settle_guests(meeting, company.guests)
    if changed:
        writing().flush()
    return changed


def check_groups(group_ids: Iterable[int], host_id: int) -> None:
    """Refuse to ask a group that meets no more, or the host itself. Raises DomainError."""
    wanted = frozenset(group_ids)
    if not wanted:
        return
    open_ids = writing().scalars(
        select(WorkingGroup.id).where(WorkingGroup.id.in_(sorted(wanted)), WorkingGroup.status != GroupStatus.CLOSED)
    )
    if wanted - (set(open_ids) - {host_id}):
        raise DomainError(_l("One of the other groups meets no more. Take it out."), "joint_groups")


def answer(
    meeting_id: int, group_id: int, consent: Consent, *, actor_id: int | None, reason: str | None = None
) -> JointGroup:
    """Say for another group whether it meets jointly, or no longer: of a series, for all its dates ahead."""
    now, reason = clock.now(), reason or None
    with write() as session:
        meeting = locked(meeting_id)
        joint = session.get(JointGroup, (meeting_id, group_id))
        if joint is None:
            raise DomainError(_l("The host has taken your group out of this meeting."))
        if joint.consent == consent:
            return joint
        if joint.consent == Consent.DECLINED:
            raise DomainError(_l("This is declined already. If you meet after all, the host has to ask once more."))
        dates = meeting.series.meetings if meeting.series else [meeting]
        answered = []
        for date in dates:
            one = next((one for one in date.joint_groups if one.group_id == group_id), None)
            if one is not None and (date is meeting or date.ends_at > now) and one.consent != Consent.DECLINED:
                one.consent, one.reason = consent, reason
                one.decided_at, one.decided_by_id = now, actor_id
                date.modified_at = now
                answered.append(date)
        if meeting.series:
            meeting.series.modified_at = now
            for part in meeting.series.parts:
                part.modified_at = now
        session.flush()
        announce(meeting, left=frozenset({group_id}))
        action = "meeting.joined" if consent == Consent.AGREED else "meeting.left"
        audit.record(action, meeting, actor_id, reason=reason, group_id=group_id)
        ahead = [date for date in answered if date.ends_at > now and not date.is_cancelled]
        if ahead:
            company_mails.answered(joint, reason, _coordinators(meeting.group_id, actor_id))
            if consent == Consent.AGREED:
                _welcome(meeting, ahead, group_id, actor_id)
    return joint


def announce(meeting: Meeting, left: frozenset[int] = frozenset()) -> None:
    """Let the features above know of a meeting, or of its whole series; `left`: groups whose it is no longer."""
    if meeting.series is not None:
        series_changed.send(meeting.series, **left_by(left))
    else:
        meeting_changed.send(meeting, **left_by(left))


def ask(dates: Sequence[Meeting], before: frozenset[int], actor_id: int | None) -> None:
    """Write to the coordinators of the groups that are newly asked, once for all dates; `before`: asked already."""
    now = clock.now()
    ahead = [date for date in dates if date.ends_at > now]
    if not ahead:
        return
    for joint in ahead[0].joint_groups:
        if joint.consent == Consent.ASKED and joint.group_id not in before:
            company_mails.asked(joint, _coordinators(joint.group_id, actor_id))


def audience_of(meeting: Meeting, but: int | None) -> Sequence[Person]:
    """Whom a meeting is announced to, in all its groups."""
    return queries.audience(
        meeting.group_id,
        but,
        visibility=Visibility(meeting.visibility),
        partners=meeting.group_ids,
        person_ids=[one.person_id for one in meeting.people],
    )


def change_of_guests(meeting: Meeting, before: Company, after: Company) -> None:
    """Write to the guests who come, and to those who are not expected any more."""
    if meeting.ends_at <= clock.now() or meeting.is_cancelled:
        return
    known = {one.email for one in before.guests}
    expected = {one.email for one in after.guests}
    guest_mails.invited([meeting], [one for one in meeting.guests if one.email not in known])
    guest_mails.uninvited(meeting, [one for one in before.guests if one.email not in expected])


def like_its_part(meeting: Meeting, company: Company) -> Company:
    """A date that the rule of a series gives is held with the same groups as the others."""
    return replace(company, group_ids=company_of(meeting).group_ids) if meeting.uid is None else company


def _settle_groups(meeting: Meeting, group_ids: frozenset[int], consents: Consents) -> None:
    known = {one.group_id: one for one in meeting.joint_groups}
    check_groups(group_ids - known.keys(), meeting.group_id)
    for group_id, one in known.items():
        if group_id not in group_ids and one.consent != Consent.DECLINED:
            meeting.joint_groups.remove(one)
    writing().flush()
    now = clock.now()
    for group_id in sorted(group_ids):
        present = known.get(group_id)
        if present is not None and present.consent != Consent.DECLINED:
            continue
        consent, decided_at, decided_by_id = consents.get(group_id, (Consent.ASKED, None, None))
        if present is None:
            present = JointGroup(group=writing().get_one(WorkingGroup, group_id))
            meeting.joint_groups.append(present)
        present.consent, present.asked_at, present.reason = consent, now, None
        present.decided_at, present.decided_by_id = decided_at, decided_by_id


def _settle_people(meeting: Meeting, company: Company) -> None:
    """Those named and those in the task forces, as far as they are members of the group."""
    lists = [
        one
        for task_force_id in sorted(company.task_force_ids)
        if (one := writing().get(TaskForce, task_force_id)) is not None and one.group_id == meeting.group_id
    ]
    wanted = company.person_ids.union(*(one.person_ids for one in lists))
    wanted = queries.members_among(meeting.group_id, wanted)
    if meeting.visibility == Visibility.NAMED and not wanted:
        raise DomainError(_l("Name at least one person, or a task force."), "people")
    linked = {link.task_force_id: link for link in meeting.task_forces}
    keys = {one.id for one in lists}
    meeting.task_forces = [linked.get(one.id) or MeetingTaskForce(task_force=one) for one in lists if one.id in keys]
    put_people(meeting, wanted)


def put_people(meeting: Meeting, person_ids: frozenset[int]) -> None:
    """Let a meeting be for these people."""
    present = {one.person_id: one for one in meeting.people}
    for person_id, one in present.items():
        if person_id not in person_ids:
            meeting.people.remove(one)
    for person_id in sorted(person_ids - present.keys()):
        meeting.people.append(MeetingPerson(person_id=person_id))


def _settle_guests(meeting: Meeting, guests: frozenset[GuestPlan]) -> None:
    expected = {one.email: one for one in guests}
    for guest in list(meeting.guests):
        plan = expected.pop(guest.email, None)
        if plan is None:
            meeting.guests.remove(guest)
        else:
            guest.name, guest.speaks, guest.language = plan.name, plan.speaks, plan.language
    for plan in sorted(expected.values(), key=lambda one: one.email):
        meeting.guests.append(Guest(email=plan.email, name=plan.name, speaks=plan.speaks, language=plan.language))


def _coordinators(group_id: int, but: int | None) -> Sequence[Person]:
    """A group's coordinators: whom a meeting of nobody else is announced to."""
    return queries.audience(group_id, but, visibility=Visibility.NAMED)


def _welcome(meeting: Meeting, ahead: Sequence[Meeting], group_id: int, actor_id: int | None) -> None:
    """Announce a meeting to the members of a group that has joined it, but those who know it from the host."""
    others = sorted(meeting.group_ids - {group_id, meeting.group_id})
    known = {person.id for person in queries.audience(meeting.group_id, partners=others)}
    new = [person for person in queries.audience(group_id, actor_id) if person.id not in known]
    if meeting.series is not None:
        series_mails.created(meeting.series, ahead, new)
    else:
        mails.created(meeting, new)
