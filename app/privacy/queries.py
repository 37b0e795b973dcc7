"""Reads of erasures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.pagination import Page, paginate
from app.privacy.models import Erasure, ErasureState


def pending_of(person_id: int) -> Erasure | None:
    """The erasure of a person that will be done, unless it is withdrawn."""
    return db.session.scalar(
        select(Erasure).where(Erasure.person_id == person_id, Erasure.state == ErasureState.PENDING)
    )


def erasure(erasure_id: int) -> Erasure | None:
    """An erasure with its person."""
    return db.session.get(Erasure, erasure_id, options=[joinedload(Erasure.person)])


def due(now: datetime) -> list[int]:
    """The ids of those whose pause is over, the oldest first."""
    found = select(Erasure.id).where(Erasure.state == ErasureState.PENDING, Erasure.due_at <= now)
    return list(db.session.scalars(found.order_by(Erasure.due_at, Erasure.id)))


def counts() -> dict[ErasureState, int]:
    """How many erasures are in each state."""
    found = db.session.execute(select(Erasure.state, func.count()).group_by(Erasure.state))
    numbers = dict.fromkeys(ErasureState, 0)
    numbers.update((ErasureState(state), number) for state, number in found)
    return numbers


def page_of(state: ErasureState | None, number: int) -> Page[Erasure]:
    """One page of the erasures in a state, or of all, the newest first."""
    return paginate(_found(state), number)


def listed(state: ErasureState | None) -> Iterator[Erasure]:
    """What the pages of `page_of` show, read in parts."""
    yield from db.session.scalars(_found(state).execution_options(yield_per=500))


def _found(state: ErasureState | None) -> Select[Erasure]:
    found = select(Erasure).options(joinedload(Erasure.person), joinedload(Erasure.asked_by))
    if state is not None:
        found = found.where(Erasure.state == state)
    return found.order_by(Erasure.id.desc())
