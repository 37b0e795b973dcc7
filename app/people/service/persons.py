"""Persons: entered by coordinators, corrected by themselves."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, clock
from app.core.db import lock, lock_name, write, writing
from app.core.errors import DomainError
from app.people import queries, rules
from app.people.models import Account, Person
from app.people.service.affiliations import affiliate


@dataclass(frozen=True)
class Profile:
    """What a person says about themselves."""

    full_name: str
    latin_name: str | None
    job_title: str | None
    language: str
    time_zone: str


@dataclass(frozen=True)
class NewPerson:
    """Someone entered by a coordinator; an address is not needed."""

    full_name: str
    latin_name: str | None
    email: str | None
    job_title: str | None
    association_id: int | None
    organisation: str | None


def enter_person(new: NewPerson, actor_id: int | None) -> Person:
    """The person with that address, else a new one without an account; within a transaction. Raises DomainError."""
    session = writing()
    if new.latin_name:
        rules.check_latin(new.latin_name)
    elif rules.needs_latin_name(new.full_name):
        raise DomainError(_l("Please give the name in Latin letters as well, for badges and lists."), "latin_name")
    email = rules.normal_email(new.email) if new.email else None
    if email:
        lock_name(f"sign-up:{email}")
        known = session.scalar(select(Person).where(Person.email == email))
        if known is not None:
            return known
    person = Person(
        full_name=new.full_name,
        latin_name=new.latin_name,
        email=email,
        job_title=new.job_title,
        created_at=clock.now(),
    )
    session.add(person)
    session.flush()
    affiliate(person, new.association_id, new.organisation)
    audit.record("person.entered", person, actor_id)
    return person


def update_profile(person_id: int, profile: Profile) -> None:
    """Correct one's own data. Raises DomainError."""
    if profile.latin_name:
        rules.check_latin(profile.latin_name)
    elif rules.needs_latin_name(profile.full_name):
        raise DomainError(_l("Please give your name in Latin letters as well, for badges and lists."), "latin_name")
    with write():
        person = lock(Person, person_id)
        assert person
        changed = [name for name, value in vars(profile).items() if getattr(person, name) != value]
        for name in changed:
            setattr(person, name, getattr(profile, name))
        if changed:
            audit.record("person.changed", person, person_id, fields=changed)


def make_administrator(person_id: int, actor_id: int | None) -> None:
    """Let a person with an account run the installation. Raises DomainError."""
    with write():
        _administrator(person_id).is_administrator = True
        audit.record("administrator.appointed", _administrator(person_id).person, actor_id)


def dismiss_administrator(person_id: int, actor_id: int) -> None:
    """Take the role back; the last administrator stays. Raises DomainError."""
    with write():
        lock_name("administrators")
        account = _administrator(person_id)
        if [person.id for person in queries.administrators()] == [person_id]:
            raise DomainError(_l("Someone has to run this installation: appoint another administrator first."))
        account.is_administrator = False
        account.session_epoch += 1
        audit.record("administrator.dismissed", account.person, actor_id)


def _administrator(person_id: int) -> Account:
    account = writing().scalar(select(Account).where(Account.person_id == person_id).with_for_update())
    if account is None:
        raise DomainError(_l("Only someone who has an account can be an administrator."), "email")
    return account
