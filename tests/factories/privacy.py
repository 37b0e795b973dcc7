"""Erasures for tests."""

from __future__ import annotations

from datetime import datetime

from app.core import clock
from app.core.db import db
from app.people.models import Person
from app.privacy.models import Erasure, ErasureState, Origin


def make_erasure(
    person: Person, *, due_at: datetime | None = None, origin: Origin = Origin.PERSON, asked_by: Person | None = None,
    state: ErasureState = ErasureState.PENDING,
) -> Erasure:  # fmt: skip
    """An erasure asked for now; due now unless said otherwise."""
    now = clock.now()
    erasure = Erasure(
        person_id=person.id,
        origin=origin,
        state=state,
        asked_at=now,
        asked_by_id=(asked_by or person).id,
        due_at=due_at or now,
        ended_at=None if state == ErasureState.PENDING else now,
    )
    db.session.add(erasure)
    db.session.commit()
    return erasure
