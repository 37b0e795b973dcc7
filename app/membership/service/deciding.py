"""What focal points and coordinators decide about requests, one at a time or many at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.db import db, write, writing
from app.core.errors import DomainError
from app.membership import mails, seating
from app.membership.models import Membership
from app.membership.rules import Move, State, Who, endorsed
from app.membership.service.moving import AlreadyMoved, locked, move, reason_missing
from app.people import queries as people


@dataclass
class Decided:
    """What became of a decision about many."""

    done: list[Membership] = field(default_factory=list)
    overtaken: list[Membership] = field(default_factory=list)
    """Those about whom something else had been decided before."""


def endorse(membership_id: int, actor_id: int | None, reason: str | None = None) -> Membership:
    """Say the association's yes; the request goes on to the coordinators. Raises AlreadyMoved."""
    return _one(membership_id, Move.ENDORSE, actor_id, reason)


def refuse(membership_id: int, actor_id: int | None, reason: str) -> Membership:
    """Say the association's no, and why. Raises AlreadyMoved, or DomainError without a reason."""
    return _one(membership_id, Move.REFUSE, actor_id, reason)


def accept(membership_id: int, actor_id: int | None) -> Membership:
    """Let someone in who asks: a member where the association has a seat, else in the line for one.

    Raises AlreadyMoved.
    """
    return _one(membership_id, Move.ACCEPT, actor_id, None)


def decline(membership_id: int, actor_id: int | None, reason: str) -> Membership:
    """Say no, and why. Raises AlreadyMoved, or DomainError without a reason."""
    return _one(membership_id, Move.DECLINE, actor_id, reason)


def admit(membership_id: int, by: Who, actor_id: int | None, reason: str | None = None) -> Membership:
    """Give a vacant seat to someone who waits. Whoever is not the first in line needs a reason.

    Raises AlreadyMoved, or DomainError where no seat is vacant or the reason lacks.
    """
    with write():
        membership = locked(membership_id)
        if membership.state == State.WAITING and membership.association_id is not None:
            waiting = seating.line(membership.group_id, membership.association_id)
            if not (reason or "").strip() and waiting[0].id != membership.id:
                raise DomainError(_l("Others have waited longer. Say why this one comes first."), "reason")
        if move(membership, Move.ADMIT, by, actor_id, reason):
            mails.admitted(membership)
    return membership


def decide_many(
    what: Move, membership_ids: Collection[int], actor_id: int | None, reason: str | None,
    may: Callable[[Membership], bool],
) -> Decided:  # fmt: skip
    """The same decision about many, in one transaction, in the order in which they asked.

    `may` says whether the actor decides about one: a list that names another is refused whole. Raises DomainError.
    """
    decided = Decided()
    with write():
        if what in (Move.REFUSE, Move.DECLINE) and not (reason or "").strip():
            raise reason_missing("reason")
        for membership_id in _in_order(membership_ids):
            membership = locked(membership_id)
            if not may(membership):
                raise DomainError(_l("One of these is not yours to decide. Nothing was changed."))
            try:
                changed = _decide(membership, what, actor_id, reason)
            except AlreadyMoved:
                changed = False
            (decided.done if changed else decided.overtaken).append(membership)
    return decided


def pass_on_unheard() -> bool:
    """Send on the requests that wait for focal points whom their association no longer has."""
    found = db.session.scalars(select(Membership).where(Membership.state == State.TO_ENDORSE)).all()
    speaking = people.speakers_by_association()
    unheard = [item.id for item in found if item.association_id not in speaking]
    for membership_id in unheard:
        with write():
            membership = locked(membership_id)
            if membership.state == State.TO_ENDORSE and move(membership, Move.PASS_ON, Who.SYSTEM, None):
                mails.requested(membership)
    return bool(unheard)


CAPACITY = {
    Move.ENDORSE: Who.FOCAL_POINT,
    Move.REFUSE: Who.FOCAL_POINT,
    Move.ACCEPT: Who.COORDINATOR,
    Move.DECLINE: Who.COORDINATOR,
}
"""As what each decision is made."""


def _one(membership_id: int, what: Move, actor_id: int | None, reason: str | None) -> Membership:
    with write():
        membership = locked(membership_id)
        _decide(membership, what, actor_id, reason)
    return membership


def _decide(membership: Membership, what: Move, actor_id: int | None, reason: str | None) -> bool:
    to: tuple[State, ...] = (State.ACTIVE, State.WAITING) if what == Move.ACCEPT else ()
    if what == Move.ENDORSE:
        to = endorsed(membership.group.join_policy)
    if not move(membership, what, CAPACITY[what], actor_id, reason, to):
        return False
    if what == Move.ENDORSE:
        membership.endorsed = True
        if membership.state == State.REQUESTED:
            mails.requested(membership)
            mails.endorsed(membership)
        else:
            mails.taken(membership)
    elif what == Move.ACCEPT:
        mails.accepted(membership) if membership.state == State.ACTIVE else mails.queued(membership)
    else:
        mails.declined(membership, what, reason or "")
    writing().flush()
    return True


def _in_order(membership_ids: Collection[int]) -> Sequence[int]:
    """By group first, so that the locks of groups are always taken in the same order; then as they asked."""
    found = select(Membership.id).where(Membership.id.in_(membership_ids))
    return db.session.scalars(found.order_by(Membership.group_id, Membership.began_at, Membership.id)).all()
