"""Terms of participation in force, and who has accepted them: all but a few of the invented members."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.demo.plan import DOMAIN, Plan
from app.membership.models import Membership
from app.membership.rules import State
from app.people.models import Person
from app.terms.loading import put_in_force
from app.terms.models import TermsAcceptance, TermsAsking

DAYS_AGO = 590
"""Before anybody sat anywhere."""


def invent_terms(session: Session, plan: Plan) -> None:
    """The texts that come along, in force since before the first member came; every tenth member has yet to accept."""
    began = plan.ago(DAYS_AGO)
    versions = put_in_force(began, began.date())
    dice = plan.dice("terms")
    found = session.execute(
        select(Person, Membership.began_at)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.state.in_((State.ACTIVE, State.WAITING, State.REQUESTED, State.TO_ENDORSE)))
        .order_by(Person.id, Membership.began_at.desc())
    )
    accepted = []
    for person, began_at in {person.id: (person, began_at) for person, began_at in found}.values():
        if dice.random() < 0.1 and person.email != f"expert@{DOMAIN}":
            session.add(TermsAsking(person_id=person.id, asked_at=plan.ago(dice.randrange(2, 20))))
            continue
        accepted += [
            {
                "person_id": person.id, "version_id": version.id, "accepted_at": began_at - timedelta(minutes=5),
                "language": person.language or "en",
            }
            for version in versions
        ]  # fmt: skip
    session.flush()
    if accepted:
        session.execute(insert(TermsAcceptance), accepted)
