"""What can be done with a meeting, be it one of a series. One transaction each; raise DomainError."""

from __future__ import annotations

import logging
import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, clock, conflicts
from app.core.db import lock_name, write, writing
from app.core.errors import DomainError
from app.core.settings import settings
from app.groups.models import WorkingGroup
from app.meetings import guest_mails, mails, rules
from app.meetings.models import Meeting, Room, SeriesPart
from app.meetings.rules import MeetingPlan, Precision, ShownAs, Status, Visibility
from app.meetings.rules.company import Company
from app.meetings.service import booking
from app.meetings.service import company as companies
from app.meetings.service.company import audience_of
from app.meetings.service.locking import locked
from app.meetings.signals import left_by, meeting_changed

log = logging.getLogger(__name__)


def plan_of(meeting: Meeting) -> MeetingPlan:
    """What is planned, as the form shows it."""
    return meeting.said


def new_uid() -> str:
    """A UID that nobody else has (RFC 7986 §5.3), at the host that is ours now."""
    return f"{uuid.uuid4()}@{settings().host_name}"


def create_meeting(
    group_id: int,
    plan: MeetingPlan,
    *,
    actor_id: int | None,
    creation_key: str | None = None,
    company: Company = Company(),  # noqa: B008 - nobody besides the group; it cannot be changed
) -> Meeting:
    """A new meeting; for a form that was sent twice, the one that it made the first time. Raises DomainError."""
    with write():
        return add_meeting(group_id, plan, actor_id=actor_id, creation_key=creation_key, company=company)


def add_meeting(
    group_id: int,
    plan: MeetingPlan,
    *,
    actor_id: int | None,
    creation_key: str | None = None,
    company: Company = Company(),  # noqa: B008 - nobody besides the group; it cannot be changed
    told: bool = True,
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
            return _same(made, group_id, plan, company)
    now = clock.now()
    meeting = Meeting(
        uid=new_uid(),
        creation_key=creation_key,
        group=session.get_one(WorkingGroup, group_id),
        created_at=now,
    )
    meeting.say(plan)
    session.add(meeting)
    meeting.modified_at, meeting.modified_by_id = now, actor_id
    session.flush()
    companies.settle(meeting, company, companies.consents_by(company.group_ids, actor_id))
    touch(meeting, actor_id)
    booking.keep([meeting])
    audit.record("meeting.created", meeting, actor_id, group_id=group_id)
    if meeting.ends_at > now:
        if told:
            mails.created(meeting, audience_of(meeting, actor_id))
        companies.ask([meeting], frozenset(), actor_id)
        guest_mails.invited([meeting], meeting.guests)
    return meeting


def change_meeting(
    meeting_id: int, plan: MeetingPlan, *, version: int, actor_id: int | None, company: Company | None = None
) -> frozenset[str]:
    """Let a meeting be as planned now, in that company if one is given; say what became different.

    Raises EditConflict where others were faster.
    """
    with write():
        meeting = locked(meeting_id)
        before = plan_of(meeting)
        if meeting.is_cancelled:
            raise DomainError(_l("This meeting is cancelled. Reinstate it before you change it."))
        known = companies.company_of(meeting)
        wanted = companies.like_its_part(meeting, company or known).for_sight(plan.visibility)
        changed, different = before.differences(plan), known.differences(wanted)
        if not changed | different:
            return changed
        conflicts.check_version(meeting.version, version, before.as_fields())
        rules.check(plan, clock.now())
        _check_within_series(meeting, plan)
        was_ahead, were, told = meeting.ends_at > clock.now(), meeting.group_ids, audience_of(meeting, actor_id)
        guests = list(meeting.guests)
        meeting.say(plan)
        companies.settle(meeting, wanted, companies.consents_by(wanted.group_ids - known.group_ids, actor_id))
        meeting.sequence = rules.next_sequence(meeting.sequence, changed)
        if meeting.uid is None and meeting.part is not None and "visibility" in changed:
            meeting.part.sequence += 1  # its EXDATEs are others
            meeting.part.modified_at = clock.now()
        touch(meeting, actor_id, left=were)
        booking.keep([meeting])
        audit.record("meeting.changed", meeting, actor_id, fields=sorted(changed | different))
        if was_ahead or meeting.ends_at > clock.now():
            audience = audience_of(meeting, actor_id)
            if changed & rules.WORTH_A_MAIL:
                mails.changed(meeting, before, changed, [person for person in audience if person in told])
                guest_mails.changed(meeting, before, changed, [one for one in guests if one in meeting.guests])
            if changed & {"visibility"} or different:
                mails.created(meeting, [person for person in audience if person not in told])
            companies.ask([meeting], known.group_ids, actor_id)
            companies.change_of_guests(meeting, known, wanted)
    return changed | different


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
        booking.keep([meeting])
        audit.record("meeting.cancelled", meeting, actor_id, reason=reason)
        if meeting.ends_at > clock.now():
            mails.cancelled(meeting, audience_of(meeting, actor_id))
            guest_mails.cancelled([meeting], reason)
    return meeting


def reinstate_meeting(
    meeting_id: int, *, actor_id: int | None, tentative: bool = False, without_room: bool = False
) -> Meeting:
    """Let a cancelled meeting take place after all, in its room if that is still free. Raises DomainError."""
    with write():
        meeting = locked(meeting_id)
        status = Status.TENTATIVE if tentative else Status.CONFIRMED
        if not meeting.is_cancelled:
            if (meeting.modified_by_id, meeting.status) == (actor_id, status):
                return meeting
            raise DomainError(_l("This meeting is not cancelled: it takes place."))
        meeting.status = status
        meeting.cancellation_reason = None
        if without_room:
            _leave_room(meeting)
        meeting.sequence += 1
        touch(meeting, actor_id)
        booking.keep([meeting])
        audit.record("meeting.reinstated", meeting, actor_id)
        if meeting.ends_at > clock.now():
            mails.reinstated(meeting, audience_of(meeting, actor_id))
            guest_mails.reinstated(meeting)
    return meeting


def check_sight(plan: MeetingPlan, part: SeriesPart) -> None:
    """A date seen by more people than its series would tell them of the series. Raises DomainError."""
    if not plan.visibility.within(Visibility(part.visibility)):
        message = _l("A date is not seen by more people than its series. Change the dates that follow instead.")
        raise DomainError(message, "visibility")


def _check_within_series(meeting: Meeting, plan: MeetingPlan) -> None:
    """What a date of a series cannot be: clients know it by its day, and as one entry where its rule gives it."""
    if meeting.part is not None:
        check_sight(plan, meeting.part)
    if meeting.part_id is not None and plan.precision == Precision.MONTH:
        raise DomainError(_l("A date of a series is known by its day at least."), "precision")
    if meeting.uid is None and plan.shown_as == ShownAs.DAILY_HOURS:
        raise DomainError(_l("Of a date that a series gives, calendars show one bar or whole days."), "shown_as")


def _leave_room(meeting: Meeting) -> None:
    """Take its room from it, and what the room gave of the place."""
    room = writing().get(Room, meeting.room_id) if meeting.room_id else None
    meeting.room_id = None
    if room is not None and meeting.venue == room.name:
        meeting.venue = None
        meeting.address = None if meeting.address == room.address else meeting.address


def _cancelled_already(meeting: Meeting) -> DomainError:
    if meeting.modified_by is None:
        return DomainError(_l("This meeting is cancelled already."))
    return DomainError(_l("%(name)s has cancelled this meeting already.", name=meeting.modified_by.display_name))


def _same(made: Meeting, group_id: int, plan: MeetingPlan, company: Company) -> Meeting:
    """The meeting a form made before, if it says the same now."""
    other_plan = plan_of(made).differences(plan) or companies.company_of(made).guests != company.guests
    if made.group_id != group_id or made.is_cancelled or other_plan:
        raise DomainError(_l("This form was sent before and made a meeting. Change that one, or start a new form."))
    return made


def touch(meeting: Meeting, actor_id: int | None, left: frozenset[int] = frozenset()) -> None:
    """Make it a new revision and let the features above know; `left`: groups whose it may be no longer."""
    meeting.modified_at = clock.now()
    meeting.modified_by_id = actor_id
    writing().flush()
    meeting_changed.send(meeting, **left_by(left - meeting.group_ids))
