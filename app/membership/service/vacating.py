"""A person goes from all groups at once."""

from __future__ import annotations

from sqlalchemy import select

from app.core.db import writing
from app.membership import mails
from app.membership.models import Membership
from app.membership.rules import OPEN, Move, State, Who
from app.membership.service.moving import locked, move, offer_next

WAYS_OUT = {State.ACTIVE: Move.LEAVE, State.NOMINATED: Move.TURN_DOWN}


def give_up_all(person_id: int) -> None:
    """End all that is open as if the person had done so: those concerned are told, freed seats are offered.

    Within the present transaction; the groups are locked in the order of their ids.
    """
    found = writing().scalars(
        select(Membership.id)
        .where(Membership.person_id == person_id, Membership.state.in_(OPEN))
        .order_by(Membership.group_id)
    )
    for membership_id in found.all():
        membership = locked(membership_id)
        before = membership.state
        if before not in OPEN:
            continue
        move(membership, WAYS_OUT.get(before, Move.WITHDRAW), Who.EXPERT, person_id)
        if before == State.ACTIVE:
            mails.left(membership)
        elif before == State.NOMINATED:
            mails.turned_down(membership, None)
            offer_next(membership.group, membership.association)
        else:
            mails.withdrawn(membership, before)
