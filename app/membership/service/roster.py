"""Who sits in a group: entered, given a role, leaving, ended."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.db import lock_name, write
from app.core.errors import DomainError
from app.membership import mails, queries, seating
from app.membership.models import Membership
from app.membership.rules import SEATED, Move, MoveRefused, Role, State, Who, bar_to_entering, next_state, seat_number
from app.membership.service.moving import (
    AlreadyMoved,
    association_for,
    begin,
    lock_group,
    locked,
    move,
    no_seat,
    note,
    offer_next,
    one_at_a_time,
)
from app.membership.words import BARS
from app.people import queries as people
from app.people.models import Person
from app.people.rules import normal_email
from app.people.service.persons import NewPerson, enter_person


def leave(membership_id: int, actor_id: int) -> None:
    """Give up one's membership. Raises AlreadyMoved."""
    with write():
        membership = locked(membership_id)
        if move(membership, Move.LEAVE, Who.EXPERT, actor_id):
            mails.left(membership)


def end(membership_id: int, actor_id: int | None, reason: str) -> None:
    """End another's membership, and say why. Raises AlreadyMoved, or DomainError without a reason."""
    _end(membership_id, Move.END, Who.COORDINATOR, actor_id, reason)


def recall(membership_id: int, actor_id: int | None, reason: str) -> None:
    """Take a seat back for the association, and say why. Raises AlreadyMoved, or DomainError without a reason."""
    _end(membership_id, Move.RECALL, Who.FOCAL_POINT, actor_id, reason)


def set_role(membership_id: int, role: Role, actor_id: int | None, stands_in_for: int | None = None) -> None:
    """Give a member another role. `stands_in_for` is the membership whose seat an alternate shares.

    Raises AlreadyMoved where they are a member no more, DomainError where no seat is left for the role.
    """
    with write():
        membership = locked(membership_id)
        try:
            next_state(membership.state, Move.SET_ROLE, Who.COORDINATOR, None)
        except MoveRefused:
            raise AlreadyMoved(membership) from None
        number = _seat_for(membership, role, stands_in_for)
        if (membership.role, membership.seat_number) == (role, number):
            return
        frees = membership.role in SEATED and role not in SEATED
        before = membership.role
        membership.role, membership.seat_number = role, number
        note(membership, Move.SET_ROLE, membership.state, actor_id, Who.COORDINATOR, role=role, old_role=before)
        mails.role_changed(membership)
        if frees:
            offer_next(membership.group, membership.association)


def enter(
    group_id: int, person: NewPerson, role: Role, actor_id: int | None, stands_in_for: int | None = None
) -> Membership:
    """Make someone a member without a request: known by their address, else a new person. Raises DomainError."""
    return one_at_a_time(lambda: _enter(group_id, person, role, actor_id, stands_in_for))


def _end(membership_id: int, what: Move, by: Who, actor_id: int | None, reason: str) -> None:
    with write():
        membership = locked(membership_id)
        if move(membership, what, by, actor_id, reason):
            mails.ended(membership, reason)


def _seat_for(membership: Membership, role: Role, stands_in_for: int | None) -> int | None:
    """The number of the seat that goes with a role. Raises DomainError."""
    association = membership.association
    if association is None:
        if role == Role.ALTERNATE:
            raise DomainError(_l("Only someone of an association can stand in for another."), "role")
        return None
    if role == Role.OBSERVER:
        return None
    if role == Role.ALTERNATE:
        return seat_to_share(membership.group_id, association.id, stands_in_for, membership.id)
    if membership.role in SEATED:
        return membership.seat_number
    claimed = seating.claims(membership.group_id, association.id).values()
    taken = seating.held(membership.group_id, association.id) | set(claimed)
    number = seat_number(seating.limit(membership.group, association), taken)
    if number is None:
        raise no_seat(association, "role")
    return number


def seat_to_share(group_id: int, association_id: int, stands_in_for: int | None, own_id: int | None = None) -> int:
    """The seat of the member whom an alternate stands in for. Raises DomainError."""
    held = [item for item in queries.members(group_id) if item.association_id == association_id]
    holder = next((item for item in held if item.id == stands_in_for and item.role in SEATED), None)
    if holder is None or holder.seat_number is None or holder.id == own_id:
        raise DomainError(_l("Choose whom they stand in for: someone who sits for the same association."),
                          "stands_in_for")  # fmt: skip
    other = next((item for item in held
                  if item.role == Role.ALTERNATE and item.seat_number == holder.seat_number and item.id != own_id),
                 None)  # fmt: skip
    if other is not None:
        text = _("%(name)s stands in for them already.", name=other.person.display_name)
        raise DomainError(text, "stands_in_for")
    return holder.seat_number


def _enter(group_id: int, new: NewPerson, role: Role, actor_id: int | None, stands_in_for: int | None) -> Membership:
    with write() as session:
        lock_name(f"enter:{group_id}")
        group = lock_group(group_id)
        bar = bar_to_entering(group.status)
        if bar is not None:
            raise DomainError(BARS[bar])
        known = people.person_of(normal_email(new.email)) if new.email else None
        if known is None:
            _check_new(group_id, new)
        entered = known or enter_person(new, actor_id)
        person = people.person(entered.id)
        assert person
        present = queries.open_membership(person.id, group_id)
        if present is not None:
            raise DomainError(already_in(present), "email")
        association = association_for(person, new.association_id)
        number = None
        if role == Role.ALTERNATE:
            if association is None:
                raise DomainError(_l("Only someone of an association can stand in for another."), "role")
            number = seat_to_share(group_id, association.id, stands_in_for)
        membership = begin(group, person, association, Move.ENTER, Who.COORDINATOR, actor_id, role=role, number=number)
        mails.entered(membership, session.get(Person, actor_id) if actor_id else None)
    return membership


def _check_new(group_id: int, new: NewPerson) -> None:
    """A new person needs a name; without an address, one that nobody bears who was entered so already."""
    if not new.full_name:
        raise DomainError(
            _l("We do not know this person yet. Please give the name.") if new.email else _l("This is needed."),
            "full_name",
        )
    if not new.email and queries.has_member_without_address(group_id, new.full_name):
        raise DomainError(
            _l("The group has a member of this name already. If this is someone else, give their e-mail address."),
            "full_name",
        )


def already_in(present: Membership) -> str:
    """Why someone cannot be added who has an open membership."""
    name = present.person.display_name
    if present.state == State.ACTIVE:
        return str(_("%(name)s is in the group already.", name=name))
    if present.state == State.NOMINATED:
        return str(_("%(name)s has been nominated already and has not answered yet.", name=name))
    return str(_("%(name)s has asked to join already. Accept the request instead.", name=name))
