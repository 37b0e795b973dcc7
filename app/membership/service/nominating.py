"""Associations fill their seats: nominating colleagues, what the nominated answer, and successors."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from app.core import audit, clock
from app.core.db import db, lock_name, write, writing
from app.core.errors import DomainError
from app.core.i18n import translated
from app.core.settings import settings
from app.groups.models import WorkingGroup
from app.membership import mails, queries, seating
from app.membership.models import Membership
from app.membership.nominees import Nominee
from app.membership.rules import (
    PENDING,
    SEATED,
    Move,
    Role,
    State,
    Who,
    bar_to_nominating,
    free_seats,
    taken_up,
)
from app.membership.service.moving import AlreadyMoved, begin, lock_group, locked, move, offer_next, one_at_a_time
from app.membership.service.roster import seat_to_share
from app.membership.words import BARS
from app.people import queries as people
from app.people.models import Association, Person
from app.people.rules import normal_email
from app.people.service.persons import NewPerson, enter_person
from app.terms import service as terms


@dataclass(frozen=True)
class Nomination:
    """For what an association nominates: a seat, or to stand in for someone who sits for it."""

    group_id: int
    association_id: int
    role: Role = Role.MEMBER
    stands_in_for: int | None = None


def nominate(what: Nomination, nominees: Sequence[Nominee], actor_id: int | None) -> list[Membership]:
    """Nominate colleagues, all or none of them. Each is written to and answers. Raises DomainError.

    Someone nominated already is left as they are, so that what is sent twice is done once.
    """
    return one_at_a_time(lambda: _nominate(what, nominees, actor_id))


def replace(membership_id: int, successor: Nominee, actor_id: int | None, *, at_once: bool) -> Membership:
    """Nominate a successor for a seat. Who holds it goes when the successor takes it up, or at once.

    Raises AlreadyMoved, DomainError.
    """
    with write():
        held = locked(membership_id)
        return succeed(held, successor, actor_id, at_once=at_once)


def succeed(held: Membership, successor: Nominee, actor_id: int | None, *, at_once: bool = False) -> Membership:
    """Within a transaction that has locked the seat: nominate its successor; the same one twice is one nomination.

    Raises AlreadyMoved, DomainError.
    """
    association = held.association
    known = _open_successor(held.id)
    if known is not None and _is(known.person, successor):
        return known
    if held.state != State.ACTIVE:
        raise AlreadyMoved(held)
    if association is None or held.role not in (*SEATED, Role.ALTERNATE):
        raise DomainError(_l("Only whoever holds a seat of an association can be replaced."))
    if known is not None:
        text = _("%(name)s is nominated as the successor already.", name=known.person.display_name)
        raise DomainError(text, "email")
    person = colleague(successor, association, actor_id)
    _check_free(person, held.group)
    role = Role.ALTERNATE if held.role == Role.ALTERNATE else Role.MEMBER
    membership = begin(held.group, person, association, Move.NOMINATE, Who.FOCAL_POINT, actor_id,
                       role=role, endorsed=True, predecessor=held, number=held.seat_number)  # fmt: skip
    membership.invited_at = clock.now()
    mails.nominated(membership, actor_id)
    if at_once:
        move(held, Move.RECALL, Who.FOCAL_POINT, actor_id, _("A successor is nominated."))
        mails.replaced(held, membership)
    return membership


def take_up(membership_id: int, actor_id: int, *, accepts: Collection[int] = ()) -> Membership:
    """Say yes to a nomination. `accepts`: the versions of the terms of participation that are accepted with it.

    Raises AlreadyMoved, NotAccepted.
    """
    with write():
        membership = locked(membership_id)
        terms.note_accepted(membership.person_id, accepts)
        chosen = membership.events[0].capacity == Who.COORDINATOR
        to = taken_up(membership.group.join_policy, chosen=chosen)
        if move(membership, Move.TAKE_UP, Who.EXPERT, actor_id, None, to):
            mails.requested(membership) if membership.state == State.REQUESTED else mails.taken(membership)
            mails.taken_up(membership)
    return membership


def turn_down(membership_id: int, actor_id: int, reason: str | None) -> None:
    """Say no to a nomination. Raises AlreadyMoved."""
    with write():
        membership = locked(membership_id)
        if move(membership, Move.TURN_DOWN, Who.EXPERT, actor_id, reason):
            mails.turned_down(membership, reason)
            offer_next(membership.group, membership.association)


def revoke(membership_id: int, actor_id: int | None) -> None:
    """Take a nomination back before it is answered. Raises AlreadyMoved."""
    with write():
        membership = locked(membership_id)
        if move(membership, Move.REVOKE, Who.FOCAL_POINT, actor_id):
            mails.revoked(membership)
            offer_next(membership.group, membership.association)


def resend(membership_id: int, actor_id: int | None) -> Membership:
    """Write to a nominated person once more, with a fresh link. Raises AlreadyMoved."""
    with write():
        membership = locked(membership_id)
        if membership.state != State.NOMINATED:
            raise AlreadyMoved(membership)
        now = clock.now()
        if membership.invited_at is None or (now - membership.invited_at).total_seconds() > 60:
            membership.invited_at = now
            audit.record("membership.invited_again", membership, actor_id)
            mails.nominated(membership, actor_id)
    return membership


def _nominate(what: Nomination, nominees: Sequence[Nominee], actor_id: int | None) -> list[Membership]:
    with write() as session:
        lock_name(f"enter:{what.group_id}")
        group = lock_group(what.group_id)
        association = session.get(Association, what.association_id)
        assert association, "the view has found it"
        bar = bar_to_nominating(group.status, group.join_policy, seating.limit(group, association))
        if bar is not None:
            raise DomainError(BARS[bar])
        made = []
        people_meant = [colleague(nominee, association, actor_id) for nominee in nominees]
        new = [one for one in people_meant if not _nominated_already(one, group.id, association)]
        number = _seat(what, group, association, len(new))
        for person in new:
            _check_free(person, group)
            membership = begin(group, person, association, Move.NOMINATE, Who.FOCAL_POINT, actor_id,
                               role=what.role, endorsed=True, number=number)  # fmt: skip
            membership.invited_at = clock.now()
            mails.nominated(membership, actor_id)
            made.append(membership)
    return made


def _seat(what: Nomination, group: WorkingGroup, association: Association, number: int) -> int | None:
    """The seat to share, for an alternate; for others, that there are vacant seats for all. Raises DomainError."""
    if what.role == Role.ALTERNATE:
        if number > 1:
            raise DomainError(_l("One person can stand in for another, not several."), "nominees")
        return seat_to_share(group.id, association.id, what.stands_in_for)
    vacant = vacant_for_nomination(group, association)
    if number > vacant:
        if vacant == 0:
            raise DomainError(
                _l("Your association has no vacant seat in this group. Replace one of those who sit there."), "nominees"
            )
        text = ngettext(
            "Your association has %(num)d vacant seat in this group, and you nominate more people than that.",
            "Your association has %(num)d vacant seats in this group, and you nominate more people than that.",
            vacant,
        )
        raise DomainError(text, "nominees")
    return None


def vacant_for_nomination(group: WorkingGroup, association: Association) -> int:
    """Seats that nobody holds, waits for or is nominated for."""
    on_the_way = db.session.scalars(
        select(Membership.id).where(
            Membership.group_id == group.id,
            Membership.association_id == association.id,
            Membership.state.in_((State.NOMINATED, State.WAITING)),
            Membership.role.in_(SEATED),
            Membership.predecessor_id.is_(None),
        )
    ).all()
    held = seating.held(group.id, association.id)
    claims = seating.claims(group.id, association.id)
    return free_seats(seating.limit(group, association), held, len({*on_the_way, *claims}))


def colleague(nominee: Nominee, association: Association, actor_id: int | None) -> Person:
    """The person nominated: known by the address, else entered; a colleague of the association. Raises DomainError."""
    known = people.person_of(normal_email(nominee.email))
    if known is None:
        if not nominee.full_name:
            text = _("%(email)s is not known here yet: write the name too.", email=nominee.email)
            raise DomainError(text, "full_name")
        new = NewPerson(nominee.full_name, nominee.latin_name, nominee.email, None, association.id, None)
        known = enter_person(new, actor_id)
    person = people.person(known.id)
    assert person
    if association.id in {item.association_id for item in people.current_affiliations(person)}:
        return person
    if any(item.association_id for item in people.current_affiliations(person)):
        text = _("%(name)s belongs to another association. Ask the secretariat to correct that first.",
                 name=person.display_name)  # fmt: skip
        raise DomainError(text, "email")
    return person  # belongs to the association once they take the seat: see `moving.sit`


def _nominated_already(person: Person, group_id: int, association: Association) -> bool:
    present = queries.open_membership(person.id, group_id)
    return present is not None and present.state == State.NOMINATED and present.association_id == association.id


def _check_free(person: Person, group: WorkingGroup) -> None:
    present = queries.open_membership(person.id, group.id)
    if present is None:
        return
    name, group_name = person.display_name, translated(group.names)
    if present.state in PENDING:
        text = _("%(name)s is on the way into the group %(group)s already.", name=name, group=group_name)
    else:
        text = _("%(name)s is in the group %(group)s already.", name=name, group=group_name)
    raise DomainError(text, "email")


def _open_successor(membership_id: int) -> Membership | None:
    return writing().scalar(
        select(Membership).where(Membership.predecessor_id == membership_id, Membership.state.in_(PENDING))
    )


def _is(person: Person, nominee: Nominee) -> bool:
    return person.email == normal_email(nominee.email)


def expire_invitations() -> bool:
    """Let nominations go that nobody answered within the days that the settings allow."""
    before = clock.now() - timedelta(days=settings().invitation_days)
    found = db.session.scalars(
        select(Membership.id).where(Membership.state == State.NOMINATED, Membership.invited_at < before)
    ).all()
    for membership_id in found:
        with write():
            membership = locked(membership_id)
            if membership.state == State.NOMINATED and membership.invited_at and membership.invited_at < before:
                move(membership, Move.EXPIRE, Who.SYSTEM, None)
                mails.expired(membership)
                offer_next(membership.group, membership.association)
    return bool(found)
