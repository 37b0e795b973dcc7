"""Invented answers about gender, the figures made of them, and a year of snapshots of the seats held."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.plan import Plan
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import SEATED, State
from app.membership.seating import Place
from app.people.models import Person
from app.representation.models import GenderDeclaration
from app.representation.rules import Answer
from app.representation.service.balance import make_edition
from app.representation.service.coverage import note

ANSWERING = 0.8
"""How many answer."""
WEIGHTS = {Answer.WOMAN: 46, Answer.MAN: 44, Answer.ANOTHER: 2, Answer.UNSAID: 5}
MONTHS = 12


def invent_representation(session: Session, plan: Plan) -> None:
    """Answers of four in five people, whatever their names; figures as of the plan's day; seats month by month."""
    dice = plan.dice("representation")
    for person_id in session.scalars(select(Person.id).order_by(Person.id)):
        if dice.random() < ANSWERING:
            answer = dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            session.add(GenderDeclaration(person_id=person_id, answer=answer, answered_at=plan.ago(200)))
    session.flush()
    make_edition(plan.today, dice)
    spans = _seats(session)
    for month in range(MONTHS, -1, -1):
        day = plan.today - timedelta(days=30 * month)
        note(day, Counter(place for place, first, last in spans if first <= day and (last is None or day < last)))


def _seats(session: Session) -> list[tuple[Place, date, date | None]]:
    """Each seat that was ever held: where, from which day, until which day."""
    moves = session.execute(
        select(Membership.id, Membership.group_id, Membership.association_id, MembershipEvent.to_state,
               MembershipEvent.at)
        .join(MembershipEvent, MembershipEvent.membership_id == Membership.id)
        .where(Membership.role.in_(SEATED))
        .order_by(MembershipEvent.id)
    )  # fmt: skip
    began: dict[int, tuple[Place, date]] = {}
    found: list[tuple[Place, date, date | None]] = []
    for membership_id, group_id, association_id, state, at in moves:
        if association_id is None:
            continue
        if state == State.ACTIVE:
            began.setdefault(membership_id, ((group_id, association_id), at.date()))
        elif membership_id in began:
            place, first = began.pop(membership_id)
            found.append((place, first, at.date()))
    return [*found, *((place, first, None) for place, first in began.values())]
