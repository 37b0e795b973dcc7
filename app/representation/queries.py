"""Reads: how many sit where now and earlier, figures about gender. None grows with the number of people shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select

from app.core.db import db
from app.membership.models import Membership
from app.membership.rules import SEATED, State
from app.membership.seating import Place
from app.representation.balance import Shown
from app.representation.models import BalanceFigure, CoverageCount, CoverageSnapshot, GenderDeclaration

KEPT_IN_VIEW = 36
"""How many of the latest snapshots the pages show: three years, month by month."""


@dataclass(frozen=True)
class Held:
    """Seats that an association holds in a group, and how many of these mandates end by a certain day."""

    number: int
    ending: int


@dataclass(frozen=True)
class Filled:
    """How many seats of a group were held on a day, of how many, and by how many associations."""

    held: int
    granted: int
    associations: int


def held(until: date) -> dict[Place, Held]:
    """{(group id, association id): seats held}, in one statement; `until`: by when a mandate counts as ending."""
    ends = func.sum(case((Membership.ends_on <= until, 1), else_=0))
    rows = db.session.execute(
        select(Membership.group_id, Membership.association_id, func.count(), ends)
        .where(Membership.state == State.ACTIVE, Membership.role.in_(SEATED), Membership.association_id.is_not(None))
        .group_by(Membership.group_id, Membership.association_id)
    )
    return {(group_id, association_id): Held(number, ending) for group_id, association_id, number, ending in rows}


def snapshots() -> Sequence[CoverageSnapshot]:
    """The latest snapshots, the earliest of them first."""
    found = select(CoverageSnapshot).order_by(CoverageSnapshot.taken_on.desc()).limit(KEPT_IN_VIEW)
    return list(reversed(db.session.scalars(found).all()))


def filled(snapshot_ids: Sequence[int]) -> dict[int, dict[int, Filled]]:
    """{snapshot id: {group id: how it was filled}}, in one statement."""
    present = func.sum(case((CoverageCount.held > 0, 1), else_=0))
    rows = db.session.execute(
        select(
            CoverageCount.snapshot_id,
            CoverageCount.group_id,
            func.sum(CoverageCount.held),
            func.sum(CoverageCount.granted),
            present,
        )
        .where(CoverageCount.snapshot_id.in_(snapshot_ids))
        .group_by(CoverageCount.snapshot_id, CoverageCount.group_id)
    )
    found: dict[int, dict[int, Filled]] = {snapshot_id: {} for snapshot_id in snapshot_ids}
    for snapshot_id, group_id, number, granted, associations in rows:
        found[snapshot_id][group_id] = Filled(number, granted, associations)
    return found


def held_in(snapshot_id: int) -> dict[Place, int]:
    """{(group id, association id): seats held} as noted that day."""
    rows = db.session.execute(
        select(CoverageCount.group_id, CoverageCount.association_id, CoverageCount.held).where(
            CoverageCount.snapshot_id == snapshot_id, CoverageCount.held > 0
        )
    )
    return {(group_id, association_id): number for group_id, association_id, number in rows}


def declaration(person_id: int) -> GenderDeclaration | None:
    """What a person has declared; for themselves alone."""
    return db.session.get(GenderDeclaration, person_id)


def figures() -> list[Shown]:
    """Every figure about gender that is or was shown, in order."""
    rows = db.session.execute(
        select(
            BalanceFigure.id,
            BalanceFigure.part,
            BalanceFigure.group_id,
            BalanceFigure.community_id,
            BalanceFigure.taken_on,
            BalanceFigure.replaced_on,
            BalanceFigure.women,
            BalanceFigure.men,
            BalanceFigure.others,
        ).order_by(BalanceFigure.taken_on, BalanceFigure.id)
    )
    return [Shown(*row) for row in rows]
