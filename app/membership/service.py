"""Commands: asking, deciding, leaving, roles. Each is one transaction: the move, its history, its mails.

Who may give a command is asked in `policy`, what is possible in `rules`. A command repeated word for word by the
same person (a button pressed twice) changes nothing and is no error; whoever comes second with another one is told
what was done, by whom and when.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from app.core import audit, clock
from app.core.db import lock, lock_name, violated, write, writing
from app.core.errors import DomainError
from app.membership import mails, queries
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import Move, MoveRefused, ReasonMissing, Role, State, Who, next_state
from app.membership.words import already
from app.people import queries as people
from app.people.models import Person
from app.people.rules import normal_email
from app.people.service.persons import NewPerson, enter_person

T = TypeVar("T")


class AlreadyMoved(DomainError):
    """Someone else was quicker, or the person has decided otherwise: says who did what, and when."""

    def __init__(self, membership: Membership) -> None:
        changes = [event for event in membership.events if event.from_state != event.to_state]
        super().__init__(already(changes[-1] if changes else None))
        self.membership_id = membership.id


def request(person_id: int, group_id: int, motivation: str, association_id: int | None = None) -> Membership:
    """Ask to join: the new request, or the open request or membership that is there already. Raises DomainError.

    `association_id` is needed only of those who belong to several associations.
    """
    return _one_at_a_time(lambda: _request(person_id, group_id, motivation, association_id))


def accept(membership_id: int, actor_id: int | None) -> None:
    """Make the person who asks a member. Raises AlreadyMoved."""
    _move(membership_id, Move.ACCEPT, Who.COORDINATOR, actor_id, None, mails.accepted)


def decline(membership_id: int, actor_id: int | None, reason: str) -> None:
    """Say no, and why. Raises AlreadyMoved, or DomainError without a reason."""
    tell = mails.declined
    _move(membership_id, Move.DECLINE, Who.COORDINATOR, actor_id, reason, lambda it: tell(it, reason))


def withdraw(membership_id: int, actor_id: int) -> None:
    """Take one's request back. Raises AlreadyMoved."""
    _move(membership_id, Move.WITHDRAW, Who.EXPERT, actor_id, None, mails.withdrawn)


def leave(membership_id: int, actor_id: int) -> None:
    """Give up one's membership. Raises AlreadyMoved."""
    _move(membership_id, Move.LEAVE, Who.EXPERT, actor_id, None, mails.left)


def end(membership_id: int, actor_id: int | None, reason: str) -> None:
    """End another's membership, and say why. Raises AlreadyMoved, or DomainError without a reason."""
    tell = mails.ended
    _move(membership_id, Move.END, Who.COORDINATOR, actor_id, reason, lambda it: tell(it, reason))


def set_role(membership_id: int, role: Role, actor_id: int | None) -> None:
    """Give a member another role. Raises AlreadyMoved where they are a member no more."""
    with write():
        membership = _locked(membership_id)
        _next(membership, Move.SET_ROLE, Who.COORDINATOR, None)
        if membership.role == role:
            return
        membership.role = role
        _note(membership, Move.SET_ROLE, membership.state, actor_id, role=role)
        mails.role_changed(membership)


def enter(group_id: int, person: NewPerson, role: Role, actor_id: int | None) -> Membership:
    """Make someone a member without a request: known by their address, else a new person. Raises DomainError."""
    return _one_at_a_time(lambda: _enter(group_id, person, role, actor_id))


def _request(person_id: int, group_id: int, motivation: str, association_id: int | None) -> Membership:
    with write():
        known = queries.open_membership(person_id, group_id)
        if known is not None:
            return known
        try:
            state = next_state(None, Move.REQUEST, Who.EXPERT, motivation)
        except ReasonMissing:
            raise _reason_missing("motivation") from None
        person = people.person(person_id)
        assert person
        membership = _begin(
            group_id, person, state, Role.MEMBER, _association_for(person, association_id), motivation=motivation
        )
        _note(membership, Move.REQUEST, None, person_id, reason=motivation)
        mails.requested(membership)
    return membership


def _enter(group_id: int, new: NewPerson, role: Role, actor_id: int | None) -> Membership:
    with write() as session:
        lock_name(f"enter:{group_id}")
        known = people.person_of(normal_email(new.email)) if new.email else None
        if known is None:
            _check_new(group_id, new)
        entered = known or enter_person(new, actor_id)
        person = people.person(entered.id)
        assert person
        present = queries.open_membership(person.id, group_id)
        if present is not None:
            raise DomainError(_already_in(present), "email")
        state = next_state(None, Move.ENTER, Who.COORDINATOR, None)
        membership = _begin(group_id, person, state, role, _association_for(person, new.association_id))
        _note(membership, Move.ENTER, None, actor_id, role=role)
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


def _already_in(present: Membership) -> str:
    name = present.person.display_name
    if present.state == State.REQUESTED:
        return str(_("%(name)s has asked to join already. Accept the request instead.", name=name))
    return str(_("%(name)s is in the group already.", name=name))


def _association_for(person: Person, wanted: int | None) -> int | None:
    """The association a person joins for: their one, or the chosen among several. Raises DomainError."""
    own = [association.id for association in queries.associations_to_join_for(person)]
    if wanted is not None and wanted in own:
        return wanted
    if wanted is not None:
        raise DomainError(_("%(name)s does not belong to this association.", name=person.display_name), "association")
    if len(own) > 1:
        raise DomainError(_l("There are several associations. Choose the one to join for."), "association")
    return own[0] if own else None


def _begin(
    group_id: int, person: Person, state: State, role: Role, association_id: int | None, motivation: str | None = None
) -> Membership:
    """A new membership. The unique index refuses a second open one."""
    now = clock.now()
    membership = Membership(
        group_id=group_id, person_id=person.id, association_id=association_id, state=state, role=role,
        motivation=motivation, began_at=now, moved_at=now,
    )  # fmt: skip
    writing().add(membership)
    writing().flush()
    return membership


def _move(
    membership_id: int, move: Move, by: Who, actor_id: int | None, reason: str | None,
    tell: Callable[[Membership], None],
) -> None:  # fmt: skip
    """Lock the row, ask the rules, move, note, tell."""
    with write():
        membership = _locked(membership_id)
        try:
            state = _next(membership, move, by, reason)
        except AlreadyMoved:
            if _repeats(membership, move, actor_id, reason):
                return
            raise
        before, membership.state, membership.moved_at = membership.state, state, clock.now()
        _note(membership, move, before, actor_id, reason=reason)
        tell(membership)


def _next(membership: Membership, move: Move, by: Who, reason: str | None) -> State:
    """The state after the move, in words where the rules refuse it."""
    try:
        return next_state(membership.state, move, by, reason)
    except ReasonMissing:
        raise _reason_missing("reason") from None
    except MoveRefused:
        raise AlreadyMoved(membership) from None


def _note(
    membership: Membership, move: Move, before: State | None, actor_id: int | None, *, reason: str | None = None,
    role: Role | None = None,
) -> None:  # fmt: skip
    """Put a move into the history and the audit trail; what people wrote stays in the history."""
    membership.events.append(
        MembershipEvent(
            move=move,
            from_state=before,
            to_state=membership.state,
            actor_id=actor_id,
            at=clock.now(),
            reason=reason,
            role=role,
        )
    )  # fmt: skip
    details = {"from": before, "to": membership.state, "role": role}
    audit.record(f"membership.{move}", membership, actor_id, **{key: value for key, value in details.items() if value})


def _repeats(membership: Membership, move: Move, actor_id: int | None, reason: str | None) -> bool:
    """Whether the same person just did the same."""
    last = membership.events[-1] if membership.events else None
    return last is not None and (last.move, last.actor_id, last.reason) == (move, actor_id, reason)


def _locked(membership_id: int) -> Membership:
    membership = lock(Membership, membership_id)
    assert membership, "the view has found it"
    return membership


def _one_at_a_time(begin: Callable[[], T]) -> T:
    """Begin a membership; where another began in the same instant, once more: this time it is found."""
    try:
        return begin()
    except IntegrityError as error:
        if violated(error) != "uq_memberships_open":
            raise
        return begin()


def _reason_missing(field: str) -> DomainError:
    return DomainError(_l("This is needed."), field)
