"""What ends a poll, or puts its end off: a meeting is made of a date, it is called off, there is more time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.core import audit, clock
from app.core.db import write
from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.meetings import queries as meetings
from app.meetings.rules import MeetingPlan, Visibility
from app.meetings.rules.company import Company
from app.meetings.service import add_meeting
from app.meetings.service.company import audience_of
from app.scheduling import audience, mails, queries, rules
from app.scheduling.models import Poll, PollOption
from app.scheduling.rules import Move, PollState
from app.scheduling.service.moving import NotNow, first_time, locked, refuse_unless, touch


@dataclass(frozen=True)
class Outcome:
    """The meeting to make of a date, but for its times, which are those of the date."""

    title: str
    venue: str | None = None
    join_link: str | None = None
    description: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    tentative: bool = False


def plan_of(poll: Poll, option: PollOption, outcome: Outcome) -> MeetingPlan:
    """The meeting that would be made. Where people were named, nobody else is to learn of it."""
    return MeetingPlan(
        title=outcome.title,
        starts=option.starts_local,
        ends=option.ends_local,
        time_zone=option.time_zone,
        venue=outcome.venue,
        join_link=outcome.join_link,
        description=outcome.description,
        visibility=Visibility.NAMED if poll.named else outcome.visibility,
        tentative=outcome.tentative,
    )


def company_of(poll: Poll, actor_id: int | None) -> Company:
    """Who meets: the groups that were asked together, or those who were named, as far as they are members.

    Who decides and would not see a meeting of others' names is among them.

    Raises DomainError.
    """
    if not poll.named:
        return Company(group_ids=frozenset(group.id for group in poll.further_groups if _meets(group)))
    people = meetings.members_among(poll.group_id, [one.person_id for one in poll.people])
    if people and actor_id is not None and not meetings.coordinating(actor_id, [poll.group_id]):
        people |= meetings.members_among(poll.group_id, [actor_id])
    if not people:
        raise DomainError(_l("Of those who were named, nobody is a member of the group any more."), "option")
    return Company(person_ids=people)


def _meets(group: WorkingGroup) -> bool:
    return group.status != GroupStatus.CLOSED


def close(poll_id: int, option_id: int, outcome: Outcome, actor_id: int | None) -> Poll:
    """Make a meeting of a date and release the others, in one step. Sent twice, it made one meeting.

    Whose meeting it is gets the mail about it; others who were asked, one about the result. Coordinators of further
    groups are asked to hold it jointly. Raises NotNow, DomainError.
    """
    with write() as session:
        poll = locked(poll_id)
        option = next((one for one in poll.options if one.id == option_id), None)
        if poll.state == PollState.CLOSED and option is not None and option.chosen and poll.moved_by_id == actor_id:
            return poll
        refuse_unless(Move.CLOSE, poll)
        if option is None or option.withdrawn_at is not None:
            raise DomainError(_l("This date is no longer offered. Choose another."), "option")
        if option.starts_at <= clock.now():
            raise DomainError(_l("This date is past. Choose another, or call the poll off."), "option")
        poll.meeting = add_meeting(
            poll.group_id,
            plan_of(poll, option, outcome),
            actor_id=actor_id,
            creation_key=f"poll:{poll.reference}",
            company=company_of(poll, actor_id),
        )
        option.chosen, poll.state = True, PollState.CLOSED
        touch(poll, actor_id)
        session.flush()
        audit.record("poll.closed", poll, actor_id)
        told = {person.id for person in audience_of(poll.meeting, None)} | {actor_id}
        others = [person for person in audience.asked(poll) if person.id not in told]
        mails.decided(poll, option, first_time(poll, others, "result"))
    return poll


def cancel(poll_id: int, reason: str, actor_id: int | None) -> Poll:
    """Call a poll off; all who were asked are told why. Raises NotNow, DomainError."""
    if not reason.strip():
        raise DomainError(_l("Say why."), "reason")
    with write() as session:
        poll = locked(poll_id)
        if (poll.state, poll.moved_by_id, poll.reason) == (PollState.CANCELLED, actor_id, reason):
            return poll
        refuse_unless(Move.CANCEL, poll)
        poll.state, poll.reason = PollState.CANCELLED, reason
        touch(poll, actor_id)
        session.flush()
        audit.record("poll.cancelled", poll, actor_id, reason)
        people = [person for person in audience.asked(poll) if person.id != actor_id]
        mails.cancelled(poll, first_time(poll, people, "result"))
    return poll


def extend(poll_id: int, closes: datetime, actor_id: int | None) -> Poll:
    """Give more time; a poll that waited for a decision is open again. Those who lack an answer are told.

    Raises NotNow, DomainError.
    """
    with write() as session:
        poll = locked(poll_id)
        refuse_unless(Move.EXTEND, poll)
        if closes == poll.closes_local:
            return poll
        for problem in rules.closing_problems(closes, poll.time_zone, clock.now()):
            raise problem
        if closes < poll.closes_local:
            raise DomainError(_l("Choose a time after the present one."), "closes_on")
        if not any(option.starts_local > closes for option in poll.offered):
            raise DomainError(_l("All dates would have begun by then. Choose an earlier time."), "closes_on")
        poll.close_at(closes, poll.time_zone)
        touch(poll, actor_id)
        session.flush()
        audit.record("poll.extended", poll, actor_id)
        told = first_time(poll, queries.silent(poll), f"extended:{closes:%Y%m%d%H%M}")
        mails.extended(poll, [person for person in told if person.id != actor_id])
    return poll


def remind_now(poll_id: int, actor_id: int | None) -> int:
    """Write to those who lack an answer, once a day at most; to how many. Raises NotNow, DomainError."""
    with write():
        poll = locked(poll_id)
        refuse_unless(Move.REMIND, poll)
        now = clock.now()
        if not rules.may_remind(poll.reminded_at, now):
            raise NotNow(poll.id, _l("They were reminded less than a day ago. Give them some time."))
        poll.reminded_at = now
        people = [person for person in queries.silent(poll) if person.recipient and person.id != actor_id]
        mails.reminder(poll, first_time(poll, people, f"reminded:{now:%Y%m%d%H%M%S}"))
        audit.record("poll.reminded", poll, actor_id)
    return len(people)
