"""What happens to calls by itself: experts are written to, deadlines pass, focal points are reminded, reserves end."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import func, select

from app.calls import audience, mails
from app.calls.models import Call, Candidacy
from app.calls.rules import IN_PLAY, CallState, Standing, Step
from app.calls.service.moving import locked, step
from app.calls.service.steering import cancel
from app.core import clock, dates, zones
from app.core.db import db, write, writing
from app.core.settings import settings
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.membership.patience import is_paused
from app.membership.rules import Bar, Who
from app.membership.words import BARS

log = logging.getLogger(__name__)
BATCH = 100
"""Experts written to in one transaction: others can write in between."""


def close_due() -> bool:
    """Close the calls whose deadline has passed; those who choose are told."""
    found = db.session.scalars(
        select(Call.id).where(Call.state == CallState.OPEN, Call.deadline_at <= clock.now())
    ).all()
    for call_id in found:
        with write():
            locked(call_id)
    return bool(found)


def cancel_with_group() -> bool:
    """Call off what groups were looking for that have come to their end; those who stand are told."""
    found = db.session.scalars(
        select(Call.id)
        .join(Call.group)
        .where(
            Call.state.in_((CallState.DRAFT, CallState.OPEN, CallState.CLOSED)),
            WorkingGroup.status == GroupStatus.CLOSED,
        )
    ).all()
    for call_id in found:
        cancel(call_id, str(BARS[Bar.ENDED]), None)
    return bool(found)


def announce() -> bool:
    """Write to the experts that a call is for, some at a time, each once."""
    found = db.session.scalars(
        select(Call.id).where(Call.state == CallState.OPEN, Call.announced_to.is_not(None))
    ).all()
    for call_id in found:
        while _announce_some(call_id):
            pass
    return bool(found)


def remind() -> bool:
    """Some days before the deadline, remind the associations that nominate nobody or let someone wait."""
    config = settings()
    if is_paused(dates.today(), config.pause):
        return False
    soon = clock.now() + timedelta(days=config.call_reminder_days)
    found = db.session.scalars(
        select(Call.id).where(
            Call.state == CallState.OPEN, Call.reminded_at.is_(None), Call.deadline_at > clock.now(),
            Call.deadline_at <= soon,
        )
    ).all()  # fmt: skip
    for call_id in found:
        with write():
            call = locked(call_id)
            if call.state == CallState.OPEN and call.reminded_at is None:
                call.reminded_at = clock.now()
                _remind(call)
    return bool(found)


def lapse_reserves() -> bool:
    """End the reserve lists whose last day is over; who stood on them is told."""
    today = dates.today()
    kept = select(Candidacy.call_id).where(Candidacy.state == Standing.RESERVE)
    found = db.session.scalars(
        select(Call.id).where(Call.state == CallState.DECIDED, Call.reserve_until < today, Call.id.in_(kept))
    ).all()
    for call_id in found:
        with write():
            call = locked(call_id)
            if call.reserve_until is None or call.reserve_until >= today:
                continue
            waiting = select(Candidacy).where(Candidacy.call_id == call.id, Candidacy.state == Standing.RESERVE)
            for one in writing().scalars(waiting.order_by(Candidacy.id).with_for_update()).all():
                step(one, Step.LAPSE, Who.SYSTEM, None)
                mails.lapsed(one)
    return bool(found)


def rederive_deadlines() -> int:
    """Work out the deadlines of drafts and open calls anew, after new zone rules came; say how many moved."""
    moved = 0
    found = db.session.scalars(select(Call.id).where(Call.state.in_((CallState.DRAFT, CallState.OPEN)))).all()
    for call_id in found:
        with write() as session:
            call = session.get_one(Call, call_id, with_for_update=True, populate_existing=True)
            try:
                at = zones.to_utc(call.deadline_local, call.time_zone)
            except zones.UnknownZone:
                log.warning("a call's time zone is gone", extra={"call_id": call_id, "time_zone": call.time_zone})
                continue
            if at != call.deadline_at:
                call.deadline_at = at
                moved += 1
    return moved


def _announce_some(call_id: int) -> bool:
    """Write to the next experts; whether there may be more."""
    with write():
        call = locked(call_id)
        if call.state != CallState.OPEN or call.announced_to is None:
            return False
        found = audience.experts(call, call.announced_to, BATCH)
        mails.announced(call, found)
        call.announced_to = found[-1].id if len(found) == BATCH else None
        return call.announced_to is not None


def _remind(call: Call) -> None:
    counted = writing().execute(
        select(Candidacy.association_id, Candidacy.state, func.count())
        .where(Candidacy.call_id == call.id, Candidacy.state.in_(IN_PLAY))
        .group_by(Candidacy.association_id, Candidacy.state)
    )
    numbers = {(association_id, state): number for association_id, state, number in counted}
    for association_id, speakers in audience.speakers_by_association(call).items():
        waiting = numbers.get((association_id, Standing.TO_ENDORSE), 0)
        if waiting or not numbers.get((association_id, Standing.READY), 0):
            mails.reminder(call, waiting, [item.person for item in speakers])
