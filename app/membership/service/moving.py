"""What every move of a membership goes through: its locks, the rules, the seat it takes or frees, its history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

from dateutil.relativedelta import relativedelta
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core import audit, clock, dates
from app.core.db import db, lock, violated, writing
from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.membership import mails, queries, seating
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import (
    BY_ONESELF,
    SEATED,
    Move,
    MoveRefused,
    ReasonMissing,
    Role,
    State,
    Who,
    free_seats,
    next_state,
    seat_number,
)
from app.membership.words import already
from app.people import queries as people
from app.people.models import Association, Person
from app.people.service.affiliations import affiliate
from app.terms import service as terms

T = TypeVar("T")


class AlreadyMoved(DomainError):
    """Someone else was quicker, or the person has decided otherwise: says who did what, and when."""

    def __init__(self, membership: Membership) -> None:
        changes = [event for event in membership.events if event.from_state != event.to_state]
        super().__init__(already(changes[-1] if changes else None))
        self.membership_id = membership.id


def lock_group(group_id: int) -> WorkingGroup:
    """The group, locked: whoever takes or frees a seat in it takes turns."""
    group = lock(WorkingGroup, group_id)
    assert group, "the view has found it"
    return group


def locked(membership_id: int) -> Membership:
    """A membership, locked after its group, in this order everywhere."""
    group_id = db.session.scalar(select(Membership.group_id).where(Membership.id == membership_id))
    assert group_id, "the view has found it"
    lock_group(group_id)
    membership = lock(Membership, membership_id)
    assert membership
    return membership


def move(
    membership: Membership, what: Move, by: Who, actor_id: int | None, reason: str | None = None,
    to: tuple[State, ...] = (),
) -> bool:  # fmt: skip
    """Move a locked membership; False where the same person has just done the same. Raises AlreadyMoved, DomainError.

    Where `to` names taking a seat and waiting for one, a free seat decides. Raises NotAccepted where someone comes in
    by themselves and has not accepted the terms in force.
    """
    try:
        state = _next(membership, what, by, reason, _settle(membership, to))
    except AlreadyMoved:
        if _repeats(membership, what, actor_id, reason):
            return False
        raise
    if what in BY_ONESELF:
        terms.require(membership.person_id)
    before = membership.state
    if state == State.ACTIVE and before != State.ACTIVE:
        sit(membership)
    membership.state, membership.moved_at = state, clock.now()
    membership.reminded_at = membership.escalated_at = None
    note(membership, what, before, actor_id, by, reason=reason)
    if before == State.ACTIVE and state != State.ACTIVE:
        offer_next(membership.group, membership.association)
    return True


def begin(
    group: WorkingGroup, person: Person, association: Association | None, what: Move, by: Who, actor_id: int | None,
    to: tuple[State, ...] = (), *, role: Role = Role.MEMBER, motivation: str | None = None, endorsed: bool = False,
    predecessor: Membership | None = None, number: int | None = None,
) -> Membership:  # fmt: skip
    """A new membership in a locked group. The unique index refuses a second open one of the person.

    Raises DomainError where the person was erased meanwhile, NotAccepted where someone comes in by themselves and has
    not accepted the terms in force.
    """
    here = lock(Person, person.id)
    if here is None or here.erased_at is not None:
        raise DomainError(_l("This person is no longer here."))
    if what in BY_ONESELF:
        terms.require(person.id)
    now = clock.now()
    membership = Membership(
        group_id=group.id, person_id=person.id, association_id=association.id if association else None, role=role,
        motivation=motivation, began_at=now, moved_at=now, endorsed=endorsed, seat_number=number,
        predecessor_id=predecessor.id if predecessor else None,
    )  # fmt: skip
    membership.group, membership.person, membership.association = group, person, association
    with db.session.no_autoflush:
        to = _settle(membership, to)
        state = next_state(None, what, by, motivation, to[0] if to else None)
        if state == State.ACTIVE:
            sit(membership)
    membership.state = state
    writing().add(membership)
    writing().flush()
    note(membership, what, None, actor_id, by, reason=motivation, role=role if what != Move.REQUEST else None)
    return membership


def sit(membership: Membership) -> None:
    """Give a membership its seat and the days of its mandate. Raises DomainError where no seat is left."""
    group = membership.group
    if membership.association_id and membership.association_id not in people.belongs_to(membership.person_id):
        affiliate(membership.person, membership.association_id, None)  # a nominee comes to belong there with the seat
    if membership.role in SEATED and membership.association_id is not None:
        _make_room(membership)
        held = seating.held(group.id, membership.association_id)
        claimed = seating.claims(group.id, membership.association_id)
        claimed.pop(membership.id, None)
        if membership.seat_number is None or membership.seat_number in held:
            taken = held | set(claimed.values())
            membership.seat_number = seat_number(seating.limit(group, membership.association), taken)
        if membership.seat_number is None:
            raise no_seat(membership.association)
    membership.starts_on = dates.today()
    membership.ends_on = end_of_term(membership.starts_on, group.term_months)


def _make_room(membership: Membership) -> None:
    """Whom a successor replaces gives up the seat in the same transaction."""
    before = membership.predecessor
    if before is None or before.state != State.ACTIVE:
        return
    before.state = next_state(State.ACTIVE, Move.REPLACE, Who.SYSTEM, None)
    before.moved_at = clock.now()
    note(before, Move.REPLACE, State.ACTIVE, None, Who.SYSTEM)
    writing().flush()
    mails.replaced(before, membership)


def end_of_term(first: date, months: int | None) -> date | None:
    """The last day of a mandate that begins on a day; None where it has no end."""
    return first + relativedelta(months=months) - timedelta(days=1) if months else None


def _settle(membership: Membership, to: tuple[State, ...]) -> tuple[State, ...]:
    """Of taking a seat and waiting for one, what is possible now."""
    if State.WAITING not in to:
        return to
    return (State.ACTIVE,) if has_seat_for(membership) else (State.WAITING,)


def has_seat_for(membership: Membership) -> bool:
    """Whether a membership would find a seat now that nobody waits for."""
    association = membership.association
    if association is None or membership.role not in SEATED:
        return True
    held = seating.held(membership.group_id, association.id)
    if membership.predecessor is not None and membership.predecessor.state == State.ACTIVE:
        return True
    claimed = seating.claims(membership.group_id, association.id)
    if membership.id in claimed and membership.seat_number not in held:
        return True  # the seat was kept for the successor, whoever waits
    ahead = {item.id for item in seating.line(membership.group_id, association.id)} | set(claimed)
    return free_seats(seating.limit(membership.group, association), held, len(ahead - {membership.id})) > 0


def offer_next(group: WorkingGroup, association: Association | None) -> None:
    """A seat may have become free: tell those who decide about the first in line, if there is one."""
    if association is None:
        return
    writing().flush()
    waiting = seating.line(group.id, association.id)
    held, claims = seating.held(group.id, association.id), seating.claims(group.id, association.id)
    if waiting and free_seats(seating.limit(group, association), held, len(claims)):
        mails.seat_offered(waiting[0])


def note(
    membership: Membership, what: Move, before: State | None, actor_id: int | None, by: Who, *,
    reason: str | None = None, role: Role | None = None, **more: object,
) -> None:  # fmt: skip
    """Put a move into the history and the audit trail; what people wrote on asking stays in the membership."""
    membership.events.append(
        MembershipEvent(
            move=what,
            from_state=before,
            to_state=membership.state,
            actor_id=actor_id,
            at=clock.now(),
            reason=reason,
            role=role,
            capacity=by,
        )
    )
    details: dict[str, object] = {"from": before, "to": membership.state, "role": role, "as": by}
    if membership.state == State.ACTIVE:
        details |= {"seat": membership.seat_number, "until": membership.ends_on and str(membership.ends_on)}
    audit.record(
        f"membership.{what}", membership, actor_id, reason if what != Move.REQUEST else None,
        **{key: value for key, value in details.items() if value}, **more,
    )  # fmt: skip


def one_at_a_time(act: Callable[[], T]) -> T:
    """Begin a membership; where another began in the same instant, once more: this time it is found."""
    try:
        return act()
    except IntegrityError as error:
        if violated(error) != "uq_memberships_open":
            raise
        return act()


def association_for(person: Person, wanted: int | None) -> Association | None:
    """The association a person joins for: their one, or the chosen among several. Raises DomainError."""
    own = queries.associations_to_join_for(person)
    if wanted is not None:
        chosen = next((item for item in own if item.id == wanted), None)
        if chosen is None:
            text = _("%(name)s does not belong to this association.", name=person.display_name)
            raise DomainError(text, "association")
        return chosen
    if len(own) > 1:
        raise DomainError(_l("There are several associations. Choose the one to join for."), "association")
    return own[0] if own else None


def no_seat(association: Association | None, field: str | None = "association") -> DomainError:
    """All seats are taken, in words."""
    code = association.code if association else ""
    text = _("All seats of %(association)s in this group are taken. End or replace one first, or grant another.",
             association=code)  # fmt: skip
    return DomainError(text, field)


def reason_missing(field: str) -> DomainError:
    """A reason is needed, beside its field."""
    return DomainError(_l("This is needed."), field)


def _next(membership: Membership, what: Move, by: Who, reason: str | None, to: tuple[State, ...]) -> State:
    """The state after the move, in words where the rules refuse it."""
    try:
        return next_state(membership.state, what, by, reason, to[0] if to else None)
    except ReasonMissing:
        raise reason_missing("reason") from None
    except MoveRefused:
        raise AlreadyMoved(membership) from None


def _repeats(membership: Membership, what: Move, actor_id: int | None, reason: str | None) -> bool:
    """Whether the same person just did the same."""
    last = membership.events[-1] if membership.events else None
    return last is not None and (last.move, last.actor_id, last.reason) == (what, actor_id, reason)
