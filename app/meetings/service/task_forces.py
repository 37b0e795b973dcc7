"""Task forces: lists of members that meetings of few are called with. One transaction each; raise DomainError."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.core import audit, clock, conflicts
from app.core.db import lock, lock_name, write, writing
from app.core.errors import DomainError
from app.meetings import mails, queries
from app.meetings.models import Meeting, MeetingTaskForce, TaskForce, TaskForcePerson
from app.meetings.rules.company import follow
from app.meetings.service.company import announce, audience_of, put_people
from app.meetings.service.locking import locked


def make_task_force(group_id: int, name: str, person_ids: Iterable[int], *, actor_id: int | None) -> TaskForce:
    """A new one. Raises DomainError."""
    with write() as session:
        _check_name(group_id, name, None)
        task_force = TaskForce(group_id=group_id, name=name)
        session.add(task_force)
        session.flush()
        _put(task_force, _members(group_id, person_ids))
        audit.record("task_force.made", task_force, actor_id)
    return task_force


def change_task_force(
    task_force_id: int, name: str, person_ids: Iterable[int], *, version: int, actor_id: int | None
) -> None:
    """Another name, or others in it: the meetings ahead that it is called to follow. Raises EditConflict."""
    with write() as session:
        task_force = _locked(task_force_id)
        conflicts.check_version(task_force.version, version, {"name": task_force.name})
        _check_name(task_force.group_id, name, task_force.id)
        before, after = task_force.person_ids, _members(task_force.group_id, person_ids)
        if (task_force.name, before) == (name, after):
            return
        task_force.name = name
        _put(task_force, after)
        flag_modified(task_force, "name")  # a new version, also where only the people are others
        session.flush()
        audit.record("task_force.changed", task_force, actor_id)
        if before != after:
            for meeting_id in _ahead(task_force_id):
                _follow(locked(meeting_id), before, after, actor_id)


def drop_task_force(task_force_id: int, *, actor_id: int | None) -> None:
    """Keep the list no longer; the meetings stay with the people they are for."""
    with write() as session:
        task_force = _locked(task_force_id)
        audit.record("task_force.dropped", task_force, actor_id)
        for link in session.scalars(select(MeetingTaskForce).where(MeetingTaskForce.task_force_id == task_force_id)):
            session.delete(link)
        session.flush()
        session.delete(task_force)


def _follow(meeting: Meeting, before: frozenset[int], after: frozenset[int], actor_id: int | None) -> None:
    """Let a meeting be for those who are in the task force now; who is new to it gets a mail."""
    told = set(audience_of(meeting, None))
    others = [link.task_force.person_ids for link in meeting.task_forces]
    put_people(meeting, follow(frozenset(one.person_id for one in meeting.people), before, after).union(*others))
    meeting.modified_at = clock.now()
    writing().flush()
    announce(meeting)
    if not meeting.is_cancelled:
        mails.created(meeting, [person for person in audience_of(meeting, actor_id) if person not in told])


def _ahead(task_force_id: int) -> list[int]:
    """The meetings ahead that a task force is called to."""
    found = select(Meeting.id).join(MeetingTaskForce, MeetingTaskForce.meeting_id == Meeting.id)
    found = found.where(MeetingTaskForce.task_force_id == task_force_id, Meeting.ends_at > clock.now())
    return list(writing().scalars(found.order_by(Meeting.id)))


def _members(group_id: int, person_ids: Iterable[int]) -> frozenset[int]:
    found = queries.members_among(group_id, frozenset(person_ids))
    if not found:
        raise DomainError(_l("Choose at least one."), "people")
    return found


def _put(task_force: TaskForce, person_ids: frozenset[int]) -> None:
    for one in list(task_force.people):
        if one.person_id not in person_ids:
            task_force.people.remove(one)
    for person_id in sorted(person_ids - task_force.person_ids):
        task_force.people.append(TaskForcePerson(person_id=person_id))


def _check_name(group_id: int, name: str, own_id: int | None) -> None:
    lock_name(f"task forces:{group_id}")
    same = select(TaskForce.id).where(TaskForce.group_id == group_id, TaskForce.name == name)
    if writing().scalar(same.where(TaskForce.id != (own_id or 0))) is not None:
        raise DomainError(_l("The group has a task force of that name already."), "name")


def _locked(task_force_id: int) -> TaskForce:
    task_force = lock(TaskForce, task_force_id)
    if task_force is None:
        raise DomainError(_l("This task force is gone."))
    return task_force
