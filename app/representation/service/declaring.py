"""What people say about their gender, and take back."""

from __future__ import annotations

from app.core import audit, clock
from app.core.db import lock, write
from app.people.models import Person
from app.representation.models import GenderDeclaration
from app.representation.rules import Answer


def declare(person_id: int, answer: Answer) -> None:
    """Keep a person's own answer in place of an earlier one. The trail notes that, never what."""
    with write() as session:
        person = lock(Person, person_id)
        assert person
        known = lock(GenderDeclaration, person_id)
        if known is None:
            session.add(GenderDeclaration(person_id=person_id, answer=answer, answered_at=clock.now()))
        elif known.answer != answer:
            known.answer, known.answered_at = answer, clock.now()
        else:
            return
        audit.record("person.gender_declared", person, person_id)


def withdraw(person_id: int) -> bool:
    """Delete a person's answer; say whether there was one. Figures already shown stay: nobody can be found in them."""
    with write() as session:
        person = lock(Person, person_id)
        known = lock(GenderDeclaration, person_id)
        if person is None or known is None:
            return False
        session.delete(known)
        audit.record("person.gender_withdrawn", person, person_id)
        return True
