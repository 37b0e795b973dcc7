"""Asking to join, and taking it back."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.core.db import write
from app.core.errors import DomainError
from app.membership import mails, queries, seating
from app.membership.models import Membership
from app.membership.rules import Move, State, Who, asked, bar_to_asking
from app.membership.service.moving import (
    association_for,
    begin,
    lock_group,
    locked,
    move,
    one_at_a_time,
    reason_missing,
)
from app.membership.words import BARS
from app.people import queries as people
from app.people.models import SPEAKING, Association, Person
from app.terms import service as terms


def request(
    person_id: int, group_id: int, motivation: str, association_id: int | None = None, *, accepts: Collection[int] = ()
) -> Membership:
    """Ask to join: the new request, or the open request or membership that is there already. Raises DomainError.

    `accepts`: the versions of the terms of participation that are accepted with it; NotAccepted where some lack.

    It goes to the focal points of the association first, then to the coordinators; in an open group it takes a seat.
    `association_id` is needed only of those who belong to several associations.
    """
    return one_at_a_time(lambda: _request(person_id, group_id, motivation, association_id, accepts))


def withdraw(membership_id: int, actor_id: int) -> None:
    """Take one's request back. Raises AlreadyMoved."""
    with write():
        membership = locked(membership_id)
        before = membership.state
        if move(membership, Move.WITHDRAW, Who.EXPERT, actor_id):
            mails.withdrawn(membership, before)


def _request(
    person_id: int, group_id: int, motivation: str, association_id: int | None, accepts: Collection[int]
) -> Membership:
    with write():
        group = lock_group(group_id)
        known = queries.open_membership(person_id, group_id)
        if known is not None:
            return known
        if not motivation.strip():
            raise reason_missing("motivation")
        person = people.person(person_id)
        assert person
        association = association_for(person, association_id)
        bar = bar_to_asking(group.status, group.join_policy, seating.limit(group, association))
        if bar is not None:
            raise DomainError(BARS[bar])
        speakers = people.speakers_of(association.id) if association else []
        endorsed = _speaks(person, association)
        vouched = association is not None and queries.sits_for(person.id, association.id)
        to = asked(group.join_policy, has_speakers=bool(speakers), endorsed=endorsed, vouched=vouched)
        terms.note_accepted(person_id, accepts)
        membership = begin(group, person, association, Move.REQUEST, Who.EXPERT, person_id, to,
                           motivation=motivation, endorsed=endorsed)  # fmt: skip
        _tell(membership, [item.person for item in speakers])
    return membership


def _speaks(person: Person, association: Association | None) -> bool:
    """Whether the person speaks for the association, so that asking says its yes."""
    return association is not None and any(
        item.function in SPEAKING and item.association_id == association.id
        for item in people.current_affiliations(person)
    )


def _tell(membership: Membership, speakers: Sequence[Person]) -> None:
    if membership.state == State.TO_ENDORSE:
        mails.to_endorse(membership, speakers)
    elif membership.state == State.REQUESTED:
        mails.requested(membership)
    else:
        mails.taken(membership)
