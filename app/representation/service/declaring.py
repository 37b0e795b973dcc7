"""What people say about their gender, and take back.

None of it goes into the audit trail: administrators read that, and who knows who has answered can tell from a figure
that all of these are women or men.
"""

from __future__ import annotations

from app.core import clock
from app.core.db import lock, write
from app.people.models import Person
from app.representation.models import GenderDeclaration
from app.representation.rules import Answer


def declare(person_id: int, answer: Answer) -> None:
    """Keep a person's own answer in place of an earlier one."""
    with write() as session:
        lock(Person, person_id)  # two answers sent at once come one after the other
        known = lock(GenderDeclaration, person_id)
        if known is None:
            session.add(GenderDeclaration(person_id=person_id, answer=answer, answered_at=clock.now()))
        elif known.answer != answer:
            known.answer, known.answered_at = answer, clock.now()


def withdraw(person_id: int) -> bool:
    """Delete a person's answer; say whether there was one. Figures already shown stay: nobody can be found in them."""
    with write() as session:
        known = lock(GenderDeclaration, person_id)
        if known is None:
            return False
        session.delete(known)
        return True
