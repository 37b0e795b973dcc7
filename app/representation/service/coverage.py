"""Taking stock: how many seats are held, association by association, group by group, without any person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from app.core import dates
from app.core.db import lock_name, write, writing
from app.groups import queries as groups
from app.groups.rules import GroupStatus
from app.membership import seating
from app.membership.seating import Place
from app.people import queries as people
from app.representation import queries
from app.representation.models import CoverageCount, CoverageSnapshot


def take_stock() -> bool:
    """Note today's seats, once a day at most; say whether it was done."""
    today = dates.today()
    with write():
        return note(today, {place: one.number for place, one in queries.held(today).items()})


def note(day: date, held: Mapping[Place, int]) -> bool:
    """Note the seats held on a day, unless that was done; within a transaction."""
    session = writing()
    lock_name("coverage")
    if session.scalar(select(CoverageSnapshot.id).where(CoverageSnapshot.taken_on == day)) is not None:
        return False
    snapshot = CoverageSnapshot(taken_on=day)
    session.add(snapshot)
    session.flush()
    open_groups = [group for group in groups.groups() if group.status != GroupStatus.CLOSED]
    for place, granted in seating.limits(open_groups, people.associations()).items():
        if granted or held.get(place):
            session.add(
                CoverageCount(
                    snapshot_id=snapshot.id,
                    group_id=place[0],
                    association_id=place[1],
                    granted=granted,
                    held=held.get(place, 0),
                )
            )
    return True
