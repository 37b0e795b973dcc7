"""Persons: entered by coordinators and administrators, corrected by administrators; see `profiles` for themselves."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from flask_babel import lazy_gettext as _l

from app.core import audit, clock, conflicts
from app.core.db import lock, lock_name, write, writing
from app.core.errors import DomainError
from app.people import mails, queries, rules
from app.people.models import Person
from app.people.service.affiliations import affiliate
from app.people.service.identity import hold_email


@dataclass(frozen=True)
class Profile:
    """What a person says about themselves."""

    full_name: str
    latin_name: str | None
    job_title: str | None
    language: str | None
    time_zone: str | None


@dataclass(frozen=True)
class PersonFacts(Profile):
    """What administrators can correct: the address too."""

    email: str | None


@dataclass(frozen=True)
class NewPerson:
    """Someone entered by a coordinator; an address is not needed."""

    full_name: str
    latin_name: str | None
    email: str | None
    job_title: str | None
    association_id: int | None
    organisation: str | None


class Namesake(DomainError):
    """There is a person of that name already, who may be the one meant."""

    def __init__(self, person_id: int) -> None:
        super().__init__(
            _l("There is someone of this name already. If you mean someone else, say so below and send again."),
            "full_name",
        )
        self.person_id = person_id


def profile_of(person: Person) -> Profile:
    """What is known now, as the profile page shows it."""
    return Profile(person.full_name, person.latin_name, person.job_title, person.language, person.time_zone)


def facts_of(person: Person) -> PersonFacts:
    """What is known now, as administrators see it."""
    return PersonFacts(**asdict(profile_of(person)), email=person.email)


def enter_person(new: NewPerson, actor_id: int | None) -> Person:
    """The person with that address, else a new one without an account; within a transaction. Raises DomainError."""
    session = writing()
    rules.check_names(new.full_name, new.latin_name)
    email = rules.normal_email(new.email) if new.email else None
    known = hold_email(email) if email else None
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
    audit.record("person.entered", person, actor_id)
    affiliate(person, new.association_id, new.organisation, actor_id=actor_id)
    return person


def add_person(new: NewPerson, actor_id: int | None, *, namesake: bool = False) -> tuple[Person, bool]:
    """Enter a person; say whether they are new here. Raises DomainError.

    Raises Namesake where there is someone of that name and `namesake` does not say that another is meant: so what is
    sent twice is entered once.
    """
    email = rules.normal_email(new.email) if new.email else None
    with write():
        known = hold_email(email) if email else None
        if known is not None:
            return known, False
        lock_name(f"person:{rules.fold(new.full_name)}")
        same = queries.namesake_of(new.full_name)
        if same is not None and not namesake:
            raise Namesake(same.id)
        return enter_person(new, actor_id), True


def edit_person(person_id: int, facts: PersonFacts, version: int, actor_id: int | None) -> list[str]:
    """Correct someone's data; say what became different. Raises EditConflict, DomainError."""
    rules.check_names(facts.full_name, facts.latin_name)
    email = rules.normal_email(facts.email) if facts.email else None
    facts = PersonFacts(**{**asdict(facts), "email": email})
    with write():
        holder = hold_email(email) if email else None
        person = _locked(person_id)
        before, old = facts_of(person), person.recipient
        if holder is not None and holder.id != person.id:
            raise DomainError(_l("%(name)s has this address.", name=holder.full_name), "email")
        if email is None and person.account is not None:
            raise DomainError(_l("This person signs in with the address, so there has to be one."), "email")
        changed = correct(person, before, facts, version, actor_id)
        if "email" in changed and person.account is not None:
            person.account.pending_email = None
            if old is not None:
                mails.address_changed(old)
    return changed


def _locked(person_id: int) -> Person:
    person = lock(Person, person_id)
    if person is None or person.erased_at is not None:
        raise DomainError(_l("This person is no longer here."))
    return person


def correct(person: Person, before: Profile, after: Profile, version: int, actor_id: int | None) -> list[str]:
    """Take over what differs, within a transaction; say what that was. Raises EditConflict."""
    changed = conflicts.differences(before, after)
    if changed:
        conflicts.check_version(person.version, version, asdict(before))
        for name in changed:
            setattr(person, name, getattr(after, name))
        audit.record("person.changed", person, actor_id, fields=changed)
    return changed
