"""What happens to polls by itself: whoever joined is asked too, the silent are reminded, polls end with their group."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import select

from app.core import clock, dates, zones
from app.core.db import db, write
from app.core.settings import settings
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.membership.patience import is_paused
from app.membership.rules import Bar
from app.membership.words import BARS
from app.people.models import Person
from app.scheduling import audience, mails, queries
from app.scheduling.models import Poll, PollNotice
from app.scheduling.rules import Move, PollState, is_possible
from app.scheduling.service.deciding import cancel
from app.scheduling.service.moving import first_time, locked
from app.scheduling.service.opening import INVITED, invite

log = logging.getLogger(__name__)


def invite_newcomers() -> bool:
    """Write to those who came into a group, or got an address, since its poll was opened; each once."""
    is_open = (Poll.state == PollState.OPEN, Poll.closes_at > clock.now())
    asked = audience.pairs(*is_open).subquery()
    poll_id, person_id = asked.c
    told = select(PollNotice.poll_id).where(
        PollNotice.poll_id == poll_id, PollNotice.person_id == person_id, PollNotice.step == INVITED
    )
    missed = select(poll_id).join(Person, Person.id == person_id).where(Person.email.is_not(None), ~told.exists())
    found = db.session.scalars(missed.distinct()).all()
    for one in found:
        with write():
            poll = locked(one)
            if is_possible(Move.ANSWER, poll.now):
                invite(poll, audience.asked(poll))
    return bool(found)


def remind() -> bool:
    """Some days before a poll ends, write once to those who lack an answer; not in the pause."""
    config, now = settings(), clock.now()
    if is_paused(dates.today(), config.pause):
        return False
    soon = now + timedelta(days=config.poll_reminder_days)
    found = db.session.scalars(
        select(Poll.id).where(Poll.state == PollState.OPEN, Poll.closes_at > now, Poll.closes_at <= soon)
    ).all()
    told = False
    for poll_id in found:
        with write():
            poll = locked(poll_id)
            if not is_possible(Move.REMIND, poll.now):
                continue
            people = [person for person in queries.silent(poll) if person.recipient]
            fresh = first_time(poll, people, f"reminder:{poll.closes_local:%Y%m%d%H%M}")
            mails.reminder(poll, fresh)
            told = told or bool(fresh)
    return told


def cancel_with_group() -> bool:
    """Call off the polls of groups that have come to their end; those who were asked are told."""
    found = db.session.scalars(
        select(Poll.id).join(Poll.group).where(Poll.state == PollState.OPEN, WorkingGroup.status == GroupStatus.CLOSED)
    ).all()
    for poll_id in found:
        cancel(poll_id, str(BARS[Bar.ENDED]), None)
    return bool(found)


def rederive_instants() -> int:
    """Work out the instants of open polls anew, after new zone rules came; say how many polls moved."""
    moved = 0
    for poll_id in db.session.scalars(select(Poll.id).where(Poll.state == PollState.OPEN)).all():
        with write():
            poll = locked(poll_id)
            before = _instants(poll)
            try:
                poll.close_at(poll.closes_local, poll.time_zone)
                for option in poll.options:
                    option.plan(option.starts_local, option.ends_local, option.time_zone)
            except zones.UnknownZone:
                log.warning("a poll's time zone is gone", extra={"poll_id": poll_id, "time_zone": poll.time_zone})
            moved += _instants(poll) != before
    return moved


def _instants(poll: Poll) -> list[datetime]:
    return [poll.closes_at, *(instant for option in poll.options for instant in (option.starts_at, option.ends_at))]
