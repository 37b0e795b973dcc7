"""Who acts for whom: naming someone, and ending it. One transaction each."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, clock
from app.core.db import lock, write
from app.core.errors import DomainError
from app.people import mails
from app.people.models import Delegate, Person
from app.people.service.persons import NewPerson, enter_person

MOST = 5
"""Who may act for one person at a time."""


def name_delegate(person_id: int, called: str, latin_name: str | None, email: str) -> Delegate:
    """Let whoever has this address act for a person; they are told. Naming someone twice changes nothing.

    Someone who is not known yet is entered, and can act once they have made an account. Raises DomainError.
    """
    with write() as session:
        delegate = enter_person(NewPerson(called, latin_name, email, None, None, None), person_id)
        person = lock(Person, person_id)
        if person is None:
            raise DomainError(_l("This person is no longer here."))
        if delegate.id == person.id:
            raise DomainError(_l("This is your own address. Give that of someone else."), "email")
        named = session.scalars(select(Delegate).where(Delegate.person_id == person.id)).all()
        known = next((item for item in named if item.delegate_id == delegate.id), None)
        if known is not None:
            return known
        if len(named) >= MOST:
            raise DomainError(_l("At most %(number)d people can act for you at a time.", number=MOST))
        made = Delegate(person_id=person.id, delegate_id=delegate.id, called=called, named_at=clock.now())
        session.add(made)
        session.flush()
        audit.record("delegate.named", made, person_id, delegate_id=delegate.id)
        mails.named_delegate(person, delegate)
    return made


def end_delegation(delegation_id: int, actor_id: int) -> None:
    """Let it be over, whoever of the two wants it so; the other is told. Nothing where it is over already."""
    with write() as session:
        found = lock(Delegate, delegation_id)
        if found is None:
            return
        person, delegate = found.person, found.delegate
        audit.record("delegate.ended", found, actor_id, delegate_id=delegate.id)
        session.delete(found)
        mails.delegation_ended(person, found.called, to=delegate if actor_id == person.id else person)
