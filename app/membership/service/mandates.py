"""Mandates: asked to be renewed before they end, renewed, and ended when nobody did."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.core import audit, clock, dates
from app.core.db import db, write
from app.core.errors import DomainError
from app.core.settings import settings
from app.membership import mails
from app.membership.models import Membership
from app.membership.patience import is_paused
from app.membership.rules import Move, State, Who, next_state
from app.membership.service.moving import AlreadyMoved, end_of_term, locked, move, note
from app.membership.words import NOT_RENEWABLE
from app.people import queries as people


def renew(membership_id: int, by: Who, actor_id: int | None) -> Membership:
    """Let a mandate go on for another term. Raises AlreadyMoved, DomainError."""
    with write():
        membership = locked(membership_id)
        _check(membership)
        _renew(membership, by, actor_id)
    return membership


def answer(membership_id: int, by: Who, goes_on: bool, actor_id: int | None) -> Membership:
    """What the person (EXPERT) or the association (FOCAL_POINT) says to going on; with both, the mandate is renewed.

    An answer can be changed until then. Raises AlreadyMoved, DomainError.
    """
    with write():
        membership = locked(membership_id)
        _check(membership)
        attribute = "expert_renews" if by == Who.EXPERT else "association_renews"
        if getattr(membership, attribute) == goes_on:
            return membership
        setattr(membership, attribute, goes_on)
        if by == Who.EXPERT and membership.association_id in people.spoken_for(membership.person_id):
            membership.association_renews = goes_on  # who speaks for the association speaks for both
        audit.record("membership.renewal_answered", membership, actor_id, said_as=by, goes_on=goes_on)
        if membership.expert_renews and (membership.association_renews or not needs_association(membership)):
            _renew(membership, Who.SYSTEM, actor_id)
        elif not goes_on:
            mails.does_not_go_on(membership, by)
    return membership


def needs_association(membership: Membership) -> bool:
    """Whether someone speaks for the association that the seat belongs to."""
    return membership.association_id is not None and bool(people.speakers_of(membership.association_id))


def is_up_for_renewal(membership: Membership) -> bool:
    """Whether the end of the mandate is near enough to ask, or past."""
    return (
        membership.state == State.ACTIVE
        and membership.ends_on is not None
        and membership.ends_on <= dates.today() + timedelta(days=settings().renewal_days)
    )


def ask_for_renewals() -> bool:
    """Ask those whose mandates end soon, and their associations; and once more on the day after the last."""
    config, today = settings(), dates.today()
    if is_paused(today, config.pause):
        return False
    soon = db.session.scalars(
        select(Membership.id).where(
            Membership.state == State.ACTIVE,
            Membership.ends_on <= today + timedelta(days=config.renewal_days),
            Membership.reminded_at.is_(None),
        )
    ).all()
    over = db.session.scalars(
        select(Membership.id).where(
            Membership.state == State.ACTIVE, Membership.ends_on < today, Membership.escalated_at.is_(None)
        )
    ).all()
    for membership_id in dict.fromkeys([*soon, *over]):
        with write():
            membership = locked(membership_id)
            if not is_up_for_renewal(membership) or membership.ends_on is None:
                continue
            if membership.ends_on < today and membership.escalated_at is None:
                membership.escalated_at = clock.now()
            elif membership.reminded_at is not None:
                continue
            membership.reminded_at = clock.now()
            mails.renewal_asked(membership, last_day=membership.ends_on + timedelta(days=config.grace_days))
    return bool(soon or over)


def lapse_due() -> bool:
    """End the mandates that nobody renewed within the days of grace; their seats become vacant."""
    before = dates.today() - timedelta(days=settings().grace_days)
    found = db.session.scalars(
        select(Membership.id).where(Membership.state == State.ACTIVE, Membership.ends_on < before)
    ).all()
    for membership_id in found:
        with write():
            membership = locked(membership_id)
            if membership.state == State.ACTIVE and membership.ends_on is not None and membership.ends_on < before:
                move(membership, Move.LAPSE, Who.SYSTEM, None)
                mails.lapsed(membership)
    return bool(found)


def _check(membership: Membership) -> None:
    if membership.state != State.ACTIVE:
        raise AlreadyMoved(membership)
    if membership.ends_on is None:
        raise DomainError(NOT_RENEWABLE)


def _renew(membership: Membership, by: Who, actor_id: int | None) -> None:
    """The next term follows the present one, or begins today where that ended long ago."""
    assert membership.ends_on
    next_state(membership.state, Move.RENEW, by, None)
    first = membership.ends_on + timedelta(days=1)
    end = end_of_term(first, membership.group.term_months)
    if end is not None and end < dates.today():
        first = dates.today()
        end = end_of_term(first, membership.group.term_months)
    membership.starts_on, membership.ends_on = first, end
    membership.expert_renews = membership.association_renews = None
    membership.reminded_at = membership.escalated_at = None
    note(membership, Move.RENEW, membership.state, actor_id, by)
    mails.renewed(membership)
