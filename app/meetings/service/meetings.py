"""What can be done with a meeting, be it one of a series. One transaction each; raise DomainError."""

from __future__ import annotations

import logging
import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, clock, conflicts
from app.core.db import lock, lock_name, write, writing
from app.core.errors import DomainError
from app.core.settings import settings
from app.groups.models import WorkingGroup
from app.meetings import mails, queries, rules
from app.meetings.models import Meeting, MeetingSeries
from app.meetings.rules import MeetingPlan, Status
from app.meetings.signals import meeting_changed

log = logging.getLogger(__name__)


def plan_of(meeting: Meeting) -> MeetingPlan:
    """What is planned, as the form shows it."""
    return meeting.said


def new_uid() -> str:
    """A UID that nobody else has (RFC 7986 §5.3), at the host that is ours now."""
    return f"{uuid.uuid4()}@{settings().host_name}"


def create_meeting(
    group_id: int, plan: MeetingPlan, *, actor_id: int | None, creation_key: str | None = None
) -> Meeting:
    """A new meeting; for a form that was sent twice, the one that it made the first time. Raises DomainError."""
    with write():
        return add_meeting(group_id, plan, actor_id=actor_id, creation_key=creation_key)


def add_meeting(
    group_id: int, plan: MeetingPlan, *, actor_id: int | None, creation_key: str | None = None, told: bool = True
) -> Meeting:
    """What `create_meeting` does, within the transaction of a feature above. Raises DomainError.

    `told`: whether the members are; who makes many at once tells them in one mail.
    """
    rules.check(plan, clock.now())
    session = writing()
    if creation_key:
        lock_name(f"meeting:{creation_key}")
        made = session.scalar(select(Meeting).where(Meeting.creation_key == creation_key))
        if made is not None:
            return _same(made, group_id, plan)
    now = clock.now()
    meeting = Meeting(
        uid=new_uid(),
        creation_key=creation_key,
        group=session.get_one(WorkingGroup, group_id),
        created_at=now,
    )
    meeting.say(plan)
    session.add(meeting)
    touch(meeting, actor_id)
    audit.record("meeting.created", meeting, actor_id, group_id=group_id)
    if told and meeting.ends_at > now:
        mails.created(meeting, queries.audience(meeting.group_id, but=actor_id))
    return meeting


def change_meeting(meeting_id: int, plan: MeetingPlan, *, version: int, actor_id: int | None) -> frozenset[str]:
    """Let a meeting be as planned now; say what became different. Raises EditConflict where others were faster."""
    with write():
        meeting = locked(meeting_id)
        before = plan_of(meeting)
        if meeting.is_cancelled:
            raise DomainError(_l("This meeting is cancelled. Reinstate it before you change it."))
        changed = before.differences(plan)
        if not changed:
            return changed
        conflicts.check_version(meeting.version, version, before.as_fields())
        rules.check(plan, clock.now())
        was_ahead = meeting.ends_at > clock.now()
        meeting.say(plan)
        meeting.sequence = rules.next_sequence(meeting.sequence, changed)
        touch(meeting, actor_id)
        audit.record("meeting.changed", meeting, actor_id, fields=sorted(changed))
        if changed & rules.WORTH_A_MAIL and (was_ahead or meeting.ends_at > clock.now()):
            mails.changed(meeting, before, changed, queries.audience(meeting.group_id, but=actor_id))
    return changed


def cancel_meeting(meeting_id: int, reason: str | None, *, actor_id: int | None) -> Meeting:
    """Call a meeting off (once, if one person says so twice); it stays visible as cancelled. Raises DomainError."""
    reason = reason or None
    with write():
        meeting = locked(meeting_id)
        if meeting.is_cancelled:
            if (meeting.modified_by_id, meeting.cancellation_reason) == (actor_id, reason):
                return meeting
            raise _cancelled_already(meeting)
        meeting.status = Status.CANCELLED
        meeting.cancellation_reason = reason
        meeting.sequence += 1
        touch(meeting, actor_id)
        audit.record("meeting.cancelled", meeting, actor_id, reason=reason)
        if meeting.ends_at > clock.now():
            mails.cancelled(meeting, queries.audience(meeting.group_id, but=actor_id))
    return meeting


def reinstate_meeting(meeting_id: int, *, actor_id: int | None, tentative: bool = False) -> Meeting:
    """Let a cancelled meeting take place after all. Raises DomainError."""
    with write():
        meeting = locked(meeting_id)
        status = Status.TENTATIVE if tentative else Status.CONFIRMED
        if not meeting.is_cancelled:
            if (meeting.modified_by_id, meeting.status) == (actor_id, status):
                return meeting
            raise DomainError(_l("This meeting is not cancelled: it takes place."))
        meeting.status = status
        meeting.cancellation_reason = None
        meeting.sequence += 1
        touch(meeting, actor_id)
        audit.record("meeting.reinstated", meeting, actor_id)
        if meeting.ends_at > clock.now():
            mails.reinstated(meeting, queries.audience(meeting.group_id, but=actor_id))
    return meeting


def locked(meeting_id: int) -> Meeting:
    """The meeting, for this transaction alone; where it is one of a series, the series first."""
    series_id = writing().scalar(select(Meeting.series_id).where(Meeting.id == meeting_id))
    if series_id is not None:
        lock(MeetingSeries, series_id)
    meeting = lock(Meeting, meeting_id)
    if meeting is None:
        raise DomainError(_l("This meeting is gone."))
    return meeting


def _cancelled_already(meeting: Meeting) -> DomainError:
    if meeting.modified_by is None:
        return DomainError(_l("This meeting is cancelled already."))
    return DomainError(_l("%(name)s has cancelled this meeting already.", name=meeting.modified_by.display_name))


def _same(made: Meeting, group_id: int, plan: MeetingPlan) -> Meeting:
    """The meeting a form made before, if it says the same now."""
    if made.group_id != group_id or made.is_cancelled or plan_of(made).differences(plan):
        raise DomainError(_l("This form was sent before and made a meeting. Change that one, or start a new form."))
    return made


def touch(meeting: Meeting, actor_id: int | None) -> None:
    """Make it a new revision and let the features above know."""
    meeting.modified_at = clock.now()
    meeting.modified_by_id = actor_id
    writing().flush()
    meeting_changed.send(meeting)
