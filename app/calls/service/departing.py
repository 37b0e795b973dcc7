"""Who leaves an association stands for it no longer; who is erased stands for nobody."""

from __future__ import annotations

from collections.abc import Sequence

from app.calls import mails, queries
from app.calls.models import Candidacy
from app.calls.rules import HOPING, Step
from app.calls.service.moving import locked_candidacy, step, unplace
from app.core.db import lock, write, writing
from app.membership.colleagues import has_left
from app.membership.rules import Who
from app.membership.service.moving import lock_group
from app.people.models import Person


def depart(person_id: int, association_id: int, actor_id: int | None) -> None:
    """Within a transaction that has locked the groups: end what someone stands for in an association's name."""
    ended = []
    for candidacy in _hoping(queries.hopes_for(person_id, association_id)):
        step(candidacy, Step.DEPART, Who.SYSTEM, actor_id)
        unplace(candidacy)
        ended.append(candidacy)
    mails.departed(ended, actor_id)


def depart_due() -> bool:
    """End what those stand for who no longer belong to the association since their last day has passed."""
    found = queries.left_behind()
    for person_id, association_id in found:
        with write():
            for group_id in queries.groups_of_hopes(person_id, association_id):
                lock_group(group_id)
            lock(Person, person_id)
            if has_left(person_id, association_id):
                depart(person_id, association_id, None)
    return bool(found)


def withdraw_all(person_id: int) -> None:
    """Within a transaction: end all that someone stands for as if they had withdrawn; the associations are told."""
    for candidacy in _hoping(queries.hopes_of(person_id)):
        step(candidacy, Step.WITHDRAW, Who.EXPERT, None)
        unplace(candidacy)
        mails.withdrawn(candidacy)


def _hoping(found: Sequence[Candidacy]) -> list[Candidacy]:
    """Those of them that, locked, are open still."""
    locked = [locked_candidacy(key) for key in [one.id for one in found]]
    writing().flush()
    return [one for one in locked if one.state in HOPING]
