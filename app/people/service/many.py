"""Entering and correcting many persons in one transaction, by the rules that hold for one.

What a file says of a person adds and corrects; it never takes anything away: an empty value says nothing, an address
that is known stays, an affiliation is begun and none is ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date

from app.core import audit, clock, dates
from app.core.db import lock_table, writing
from app.people import rules
from app.people.models import Affiliation, Person


@dataclass(frozen=True)
class Facts:
    """What is said of a person; None says nothing."""

    full_name: str | None
    latin_name: str | None = None
    email: str | None = None
    job_title: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Body:
    """Where a person belongs, as what, since when: an association or another organisation."""

    association_id: int | None
    organisation: str | None
    function: str = "expert"
    starts_on: date | None = None
    """None: today, where the affiliation is new."""


@dataclass
class Entry:
    """One person to enter, or to correct where one is given. Afterwards `person` is there in any case."""

    facts: Facts
    bodies: list[Body] = field(default_factory=list)
    person: Person | None = None


def corrections(person: Person, facts: Facts) -> dict[str, tuple[str | None, str]]:
    """{field: (what is known, what is said)} where that differs. An address is only added where there is none."""
    said = {item.name: getattr(facts, item.name) for item in fields(facts)}
    if person.email is not None:
        said.pop("email")
    return {
        name: (getattr(person, name), value)
        for name, value in said.items()
        if value is not None and getattr(person, name) != value
    }


def belongs(person: Person, body: Body, today: date) -> bool:
    """Whether the person has that function there already, today or from a later day on."""
    name = (body.organisation or "").casefold()
    return any(
        item.function == body.function
        and (item.ends_on is None or item.ends_on >= today)
        and item.association_id == body.association_id
        and (body.association_id is not None or (item.organisation or "").casefold() == name)
        for item in person.affiliations
    )


def check(person: Person | None, facts: Facts) -> None:
    """Refuse names that a single form would refuse. Raises DomainError."""
    known = person or Person()
    rules.check_names(facts.full_name or known.full_name or "", facts.latin_name or known.latin_name)


def hold_persons() -> None:
    """Let nobody else enter or change a person until the transaction ends; lock groups before."""
    lock_table(Person)


def write_all(entries: Sequence[Entry], actor_id: int | None) -> None:
    """Write these entries in the present transaction; `hold_persons` first."""
    session, now = writing(), clock.now()
    entered, corrected = [], []
    for entry in entries:
        check(entry.person, entry.facts)
        if entry.person is None:
            facts = {item.name: getattr(entry.facts, item.name) for item in fields(entry.facts)}
            entry.person = Person(**facts, created_at=now)
            session.add(entry.person)
            entered.append(entry.person)
        elif changes := corrections(entry.person, entry.facts):
            for name, (_before, value) in changes.items():
                setattr(entry.person, name, value)
            corrected.append((entry.person, list(changes)))
    audit.record_all("person.entered", [(person, {}) for person in entered], actor_id)
    audit.record_all("person.changed", [(person, {"fields": names}) for person, names in corrected], actor_id)
    _affiliate(entries, {id(person) for person in entered}, actor_id)


def _affiliate(entries: Sequence[Entry], new: set[int], actor_id: int | None) -> None:
    """Begin what is new of the affiliations; those of persons known before are noted by themselves."""
    today = dates.today()
    begun = []
    for person, body in [(entry.person, body) for entry in entries for body in entry.bodies]:
        if person is None or (id(person) not in new and belongs(person, body, today)):
            continue
        affiliation = Affiliation(
            person_id=person.id,
            association_id=body.association_id,
            organisation=body.organisation if body.association_id is None else None,
            function=body.function,
            starts_on=body.starts_on or today,
        )
        writing().add(affiliation)
        if id(person) not in new:
            begun.append((affiliation, {"person_id": person.id, "function": body.function}))
    audit.record_all("affiliation.added", begun, actor_id)
