"""Who leaves an association leaves the seats held for it; a colleague may take them over, all in one step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from app.core import dates
from app.core.db import db, lock, write, writing
from app.core.errors import DomainError
from app.membership import mails, signals
from app.membership.colleagues import colleague_at, group_ids, has_left, held_for, left_behind
from app.membership.models import Membership
from app.membership.nominees import Nominee
from app.membership.rules import OPEN, Move, State, Who
from app.membership.service.moving import lock_group, move, one_at_a_time
from app.membership.service.nominating import succeed
from app.people.models import SPEAKING, Affiliation, Person
from app.people.service.affiliations import finish_affiliation


@dataclass(frozen=True)
class Farewell:
    """What happens to a colleague and their seats."""

    last_day: date | None
    """The last day with the association; None where they stay with it."""
    successor: Nominee | None
    handed_over: Collection[int] = ()
    """The memberships for whose seats the successor is nominated."""


def end_affiliation(affiliation_id: int, ends_on: date, actor_id: int | None) -> Affiliation:
    """Let an affiliation end with a day. Seats held for the association end after the last day of the last function.

    Raises DomainError.
    """
    with write():
        affiliation = db.session.get(Affiliation, affiliation_id)
        if affiliation is not None and affiliation.association_id is not None:
            _lock_all(affiliation.person_id, affiliation.association_id)
        ended = finish_affiliation(affiliation_id, ends_on, actor_id)
        if ended.association_id is not None:
            _depart_if_over(ended.person_id, ended.association_id, actor_id)
    return ended


def let_go(
    code: str, person_id: int, farewell: Farewell, actor_id: int | None, *, as_administrator: bool = True
) -> list[Membership]:
    """Hand over the seats of a colleague to one successor, end their time with the association, or both.

    Returns the nominations of the successor. What is handed over changes hands when the successor accepts; what is not
    becomes vacant after the last day. Who is no administrator lets no other speaker go, and nobody in the past.
    Raises AlreadyMoved, DomainError.
    """
    if farewell.last_day is not None and farewell.last_day < dates.today() and not as_administrator:
        raise DomainError(_l("Give today or a later day. The secretariat corrects the past."), "last_day")
    if farewell.last_day is None and farewell.successor is None:
        raise DomainError(_l("Give the last day, a successor, or both."), "last_day")
    if farewell.successor is not None and not farewell.handed_over:
        raise DomainError(_l("Choose what the successor takes over."), "handed_over")
    return one_at_a_time(lambda: _let_go(code, person_id, farewell, actor_id, as_administrator))


def depart_due() -> bool:
    """End what is held for an association by those who no longer belong to it since their last day has passed."""
    found = left_behind()
    for person_id, association_id in found:
        with write():
            _lock_all(person_id, association_id)
            _depart_if_over(person_id, association_id, None)
    return bool(found)


def _let_go(
    code: str, person_id: int, farewell: Farewell, actor_id: int | None, as_administrator: bool
) -> list[Membership]:
    with write():
        colleague = colleague_at(code, person_id)
        if colleague is None:
            raise DomainError(_l("This person no longer belongs to the association."))
        speaks = any(item.function in SPEAKING for item in colleague.affiliations)
        if farewell.last_day is not None and speaks and not as_administrator and person_id != actor_id:
            raise DomainError(
                _l("This colleague speaks for the association. Ask the secretariat to end that."), "last_day"
            )
        held = {item.id: item for item in _lock_all(person_id, colleague.association.id)}
        made = []
        if farewell.successor is not None:
            for membership_id in sorted(farewell.handed_over, key=lambda key: held[key].group_id if key in held else 0):
                if membership_id not in held:
                    raise DomainError(_l("One of these seats is no longer held. Look again."), "handed_over")
                made.append(succeed(held[membership_id], farewell.successor, actor_id))
        if farewell.last_day is not None:
            for affiliation in colleague.affiliations:
                finish_affiliation(affiliation.id, farewell.last_day, actor_id)
            _depart_if_over(person_id, colleague.association.id, actor_id)
    return made


def _lock_all(person_id: int, association_id: int) -> Sequence[Membership]:
    """Lock the groups concerned, in their one order, then what the person holds in them."""
    concerned = set(group_ids(held_for(person_id, association_id)))
    for _receiver, others in signals.leaving.send(person_id, association_id=association_id):
        concerned.update(others)
    for group_id in sorted(concerned):
        lock_group(group_id)
    writing().expire_all()  # what was read before the locks may have changed while others held them
    found = [lock(Membership, item.id) for item in held_for(person_id, association_id)]
    return [item for item in found if item is not None and item.state in OPEN]


def _depart_if_over(person_id: int, association_id: int, actor_id: int | None) -> None:
    """End what a person holds for an association once no function there is in force or to come."""
    lock(Person, person_id)
    writing().flush()
    if not has_left(person_id, association_id):
        return
    ended = []
    for membership in held_for(person_id, association_id):
        was_member = membership.state == State.ACTIVE
        move(membership, Move.DEPART, Who.SYSTEM, actor_id)
        ended.append(membership)
        if was_member:
            mails.departed(membership)
    mails.farewell(ended, actor_id)
    signals.left.send(person_id, association_id=association_id, actor_id=actor_id)
