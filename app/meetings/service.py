"""What can be done with meetings. One transaction each; raise DomainError."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import audit, clock, conflicts, zones
from app.core.db import db, lock, lock_name, write, writing
from app.core.errors import DomainError
from app.core.settings import settings
from app.groups.models import WorkingGroup
from app.meetings import mails, queries, rules
from app.meetings.models import Meeting
from app.meetings.rules import MeetingPlan, Status, Visibility
from app.meetings.signals import meeting_changed

__all__ = [
    "MeetingPlan",
    "add_meeting",
    "cancel_meeting",
    "change_meeting",
    "create_meeting",
    "leap_sequences",
    "plan_of",
    "rederive_instants",
    "reinstate_meeting",
]

log = logging.getLogger(__name__)


def plan_of(meeting: Meeting) -> MeetingPlan:
    """What is planned, as the form shows it."""
    return MeetingPlan(
        title=meeting.title,
        starts=meeting.starts_local,
        ends=meeting.ends_local,
        time_zone=meeting.time_zone,
        venue=meeting.venue,
        join_link=meeting.join_link,
        description=meeting.description,
        visibility=Visibility(meeting.visibility),
        tentative=meeting.status == Status.TENTATIVE,
    )


def create_meeting(
    group_id: int, plan: MeetingPlan, *, actor_id: int | None, creation_key: str | None = None
) -> Meeting:
    """A new meeting; for a form that was sent twice, the one that it made the first time. Raises DomainError."""
    rules.check(plan, clock.now())
    with write():
        return add_meeting(group_id, plan, actor_id=actor_id, creation_key=creation_key)


def add_meeting(group_id: int, plan: MeetingPlan, *, actor_id: int | None, creation_key: str | None = None) -> Meeting:
    """What `create_meeting` does, within the transaction of a feature above. Raises DomainError."""
    rules.check(plan, clock.now())
    session = writing()
    if creation_key:
        lock_name(f"meeting:{creation_key}")
        made = session.scalar(select(Meeting).where(Meeting.creation_key == creation_key))
        if made is not None:
            return _same(made, group_id, plan)
    now = clock.now()
    meeting = Meeting(
        uid=f"{uuid.uuid4()}@{settings().host_name}",
        creation_key=creation_key,
        group=session.get_one(WorkingGroup, group_id),
        created_at=now,
    )
    _write_plan(meeting, plan)
    session.add(meeting)
    _touch(session, meeting, actor_id)
    audit.record("meeting.created", meeting, actor_id, group_id=group_id)
    if meeting.ends_at > now:
        mails.created(meeting, queries.audience(meeting.group_id, but=actor_id))
    return meeting


def change_meeting(meeting_id: int, plan: MeetingPlan, *, version: int, actor_id: int | None) -> frozenset[str]:
    """Let a meeting be as planned now; say what became different. Raises EditConflict where others were faster."""
    with write() as session:
        meeting = _locked(meeting_id)
        before = plan_of(meeting)
        if meeting.is_cancelled:
            raise DomainError(_l("This meeting is cancelled. Reinstate it before you change it."))
        changed = before.differences(plan)
        if not changed:
            return changed
        conflicts.check_version(meeting.version, version, before.as_fields())
        rules.check(plan, clock.now())
        was_ahead = meeting.ends_at > clock.now()
        _write_plan(meeting, plan)
        meeting.sequence = rules.next_sequence(meeting.sequence, changed)
        _touch(session, meeting, actor_id)
        audit.record("meeting.changed", meeting, actor_id, fields=sorted(changed))
        if changed & rules.WORTH_A_MAIL and (was_ahead or meeting.ends_at > clock.now()):
            mails.changed(meeting, before, changed, queries.audience(meeting.group_id, but=actor_id))
    return changed


def cancel_meeting(meeting_id: int, reason: str | None, *, actor_id: int | None) -> Meeting:
    """Call a meeting off (once, if one person says so twice); it stays visible as cancelled. Raises DomainError."""
    reason = reason or None
    with write() as session:
        meeting = _locked(meeting_id)
        if meeting.is_cancelled:
            if (meeting.modified_by_id, meeting.cancellation_reason) == (actor_id, reason):
                return meeting
            raise _cancelled_already(meeting)
        meeting.status = Status.CANCELLED
        meeting.cancellation_reason = reason
        meeting.sequence += 1
        _touch(session, meeting, actor_id)
        audit.record("meeting.cancelled", meeting, actor_id, reason=reason)
        if meeting.ends_at > clock.now():
            mails.cancelled(meeting, queries.audience(meeting.group_id, but=actor_id))
    return meeting


def reinstate_meeting(meeting_id: int, *, actor_id: int | None, tentative: bool = False) -> Meeting:
    """Let a cancelled meeting take place after all. Raises DomainError."""
    with write() as session:
        meeting = _locked(meeting_id)
        status = Status.TENTATIVE if tentative else Status.CONFIRMED
        if not meeting.is_cancelled:
            if (meeting.modified_by_id, meeting.status) == (actor_id, status):
                return meeting
            raise DomainError(_l("This meeting is not cancelled: it takes place."))
        meeting.status = status
        meeting.cancellation_reason = None
        meeting.sequence += 1
        _touch(session, meeting, actor_id)
        audit.record("meeting.reinstated", meeting, actor_id)
        if meeting.ends_at > clock.now():
            mails.reinstated(meeting, queries.audience(meeting.group_id, but=actor_id))
    return meeting


def leap_sequences() -> None:
    """Let every meeting be a new revision, within a transaction: a backup was restored.

    Calendar programs ignore what has a lower SEQUENCE than they have seen, and they may have seen more than the backup.
    """
    leap = {"sequence": Meeting.sequence + rules.LEAP, "modified_at": clock.now(), "version": Meeting.version + 1}
    writing().execute(update(Meeting).values(leap).execution_options(synchronize_session=False))


def rederive_instants() -> int:
    """Work out all instants anew from the wall-clock times, after new zone rules came; say how many meetings moved.

    SEQUENCE stays: what was planned is the same, only UTC's view of it changed.
    """
    moved = 0
    stale = _ids_with_stale_instants()
    for start in range(0, len(stale), 200):
        with write() as session:
            for meeting_id in stale[start : start + 200]:
                meeting = _locked(meeting_id)
                instants = _instants(meeting.starts_local, meeting.ends_local, meeting.time_zone)
                if instants != (meeting.starts_at, meeting.ends_at):
                    meeting.starts_at, meeting.ends_at = instants
                    meeting.modified_at = clock.now()
                    session.flush()
                    meeting_changed.send(meeting)
                    moved += 1
    return moved


def _ids_with_stale_instants() -> list[int]:
    stale = []
    rows = db.session.execute(
        select(
            Meeting.id, Meeting.starts_local, Meeting.ends_local, Meeting.time_zone, Meeting.starts_at, Meeting.ends_at
        ).execution_options(yield_per=5_000)
    )
    for meeting_id, starts, ends, zone, starts_at, ends_at in rows:
        try:
            fresh = _instants(starts, ends, zone)
        except zones.UnknownZone:
            log.warning("a meeting's time zone is gone", extra={"meeting_id": meeting_id, "time_zone": zone})
            continue
        if fresh != (starts_at, ends_at):
            stale.append(meeting_id)
    return stale


def _instants(starts: datetime, ends: datetime, zone: str) -> tuple[datetime, datetime]:
    """Where new rules let a time vanish, the end could come before the start: then the length as planned counts."""
    starts_at, ends_at = zones.to_utc(starts, zone), zones.to_utc(ends, zone)
    return starts_at, ends_at if ends_at > starts_at else starts_at + (ends - starts)


def _locked(meeting_id: int) -> Meeting:
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


def _write_plan(meeting: Meeting, plan: MeetingPlan) -> None:
    meeting.plan(plan.starts, plan.ends, plan.time_zone)
    meeting.title = plan.title
    meeting.venue = plan.venue or None
    meeting.join_link = plan.join_link or None
    meeting.description = plan.description or None
    meeting.visibility = plan.visibility
    meeting.status = Status.TENTATIVE if plan.tentative else Status.CONFIRMED


def _touch(session: Session, meeting: Meeting, actor_id: int | None) -> None:
    """Make it a new revision and let the features above know."""
    meeting.modified_at = clock.now()
    meeting.modified_by_id = actor_id
    session.flush()
    meeting_changed.send(meeting)
