"""Renewing the figures about gender: frozen when they are made, never calculated again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from app.core import dates
from app.core.db import lock_name, write, writing
from app.groups.models import WorkingGroup
from app.membership.models import Membership
from app.membership.rules import Role, State
from app.representation import disclosure
from app.representation.disclosure import Cell, Figure, Past, Place
from app.representation.models import BalanceCount, BalanceFigure, GenderDeclaration
from app.representation.rules import PART_OF, Answer, Part

OLDEST = timedelta(days=4 * 365)
"""A figure that could not be renewed for so long says nothing about those who sit there now, and is no longer shown."""


def renew_figures() -> bool:
    """Make the figures that can be shown now; say whether there are new ones. May run at any time, also twice."""
    with write():
        return make_edition(dates.today(), random.SystemRandom())


def make_edition(today: date, lot: random.Random) -> bool:
    """The same within a transaction, as of a day."""
    lock_name("balance")
    shown_now = select(BalanceFigure).where(BalanceFigure.replaced_on.is_(None))
    standing = {_cell(figure): figure for figure in writing().scalars(shown_now)}
    for cell, figure in list(standing.items()):
        if figure.taken_on < today - OLDEST:
            standing.pop(cell).replaced_on = today
    made = disclosure.edition(_places(), _answers(), _past(frozenset(standing)), lot)
    for cell in made.ended:
        standing[cell].replaced_on = today
    for new in made.figures:
        _keep(new, today)
    return bool(made.figures)


def _keep(figure: Figure, today: date) -> None:
    session = writing()
    row = BalanceFigure(
        part=figure.cell.part,
        group_id=figure.cell.group_id,
        community_id=figure.cell.community_id,
        taken_on=today,
        women=figure.women,
        men=figure.men,
        others=figure.others,
    )
    session.add(row)
    session.flush()
    session.add_all(
        BalanceCount(figure_id=row.id, person_id=one, alone=one in figure.alone) for one in sorted(figure.counted)
    )


def _cell(figure: BalanceFigure) -> Cell:
    return Cell(Part(figure.part), figure.group_id, figure.community_id)


def _places() -> Sequence[Place]:
    """Everyone who sits in a group today, outside experts and observers too."""
    rows = writing().execute(
        select(Membership.person_id, Membership.group_id, WorkingGroup.community_id, Membership.role)
        .join(WorkingGroup, WorkingGroup.id == Membership.group_id)
        .where(Membership.state == State.ACTIVE)
    )
    return [Place(person, group, community, PART_OF[Role(role)]) for person, group, community, role in rows]


def _answers() -> dict[int, Answer]:
    rows = writing().execute(select(GenderDeclaration.person_id, GenderDeclaration.answer))
    return {person_id: Answer(answer) for person_id, answer in rows}


def _past(shown: frozenset[Cell]) -> Past:
    rows = writing().execute(select(BalanceCount.person_id, BalanceCount.alone)).all()
    return Past(
        shown, frozenset(person_id for person_id, _ in rows), frozenset(person_id for person_id, alone in rows if alone)
    )
