"""Invented people: the four who sign in, the secretariat, and experts and focal points of the associations."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from anyascii import anyascii
from sqlalchemy.orm import Session

from app.core.addresses import slugify
from app.demo.names import Names, of_country
from app.demo.plan import DOMAIN, Plan
from app.people import rules
from app.people.models import Account, Affiliation, Association, Person

HOME = "VVSG"
"""The association of the demo expert and the demo focal point; the first one where a catalogue has no such code."""

ZONES = {
    "AM": "Asia/Yerevan", "BG": "Europe/Sofia", "CY": "Asia/Nicosia", "EE": "Europe/Tallinn", "FI": "Europe/Helsinki",
    "GB": "Europe/London", "GE": "Asia/Tbilisi", "GR": "Europe/Athens", "IE": "Europe/Dublin", "IL": "Asia/Jerusalem",
    "IS": "Atlantic/Reykjavik", "LT": "Europe/Vilnius", "LV": "Europe/Riga", "MD": "Europe/Chisinau",
    "PT": "Europe/Lisbon", "RO": "Europe/Bucharest", "TR": "Europe/Istanbul", "UA": "Europe/Kyiv",
}  # fmt: skip
NAMESAKES = 20
"""One in so many may have the name of someone else, as in life."""
TRIES = 20
FRENCH = {"BE", "FR", "LU", "CH"}
TITLES = ("Policy adviser", "Head of unit", "Policy officer", "Legal adviser", "Director", "Project manager")


@dataclass
class Cast:
    """Everyone invented: by the part they play."""

    administrator: Person
    coordinator: Person
    focal_point: Person
    expert: Person
    secretariat: list[Person] = field(default_factory=list)
    experts: list[tuple[Person, Association]] = field(default_factory=list)


def invent_people(session: Session, plan: Plan, associations: Sequence[Association], password_hash: str) -> Cast:
    """Add everyone to the session."""
    dice = plan.dice("people")
    home = next((item for item in associations if item.code == HOME), associations[0])
    sign_ins = {
        "admin": ("Alex Example", "en", None, "expert"),
        "coordinator": ("Camille Exemple", "fr", None, "expert"),
        "focal": ("Femke Voorbeeld", "en", home, "focal_point"),
        "expert": ("Emma Voorbeeld", "en", home, "expert"),
    }
    people = {}
    for name, (full_name, language, association, function) in sign_ins.items():
        person = _person(full_name, f"{name}@{DOMAIN}", plan, language=language)
        person.account = Account(
            password_hash=password_hash, is_administrator=name == "admin", created_at=person.created_at
        )
        _affiliate(person, plan, association, function)
        people[name] = person
    cast = Cast(people["admin"], people["coordinator"], people["focal"], people["expert"])
    for number in range(1, 8):
        names = of_country(("BE", "FR", "DE", "IT", "ES", "PL", "FI")[number - 1])
        person = _person(f"{dice.choice(names.given)} {names.family}", f"secretariat{number}@{DOMAIN}", plan)
        _affiliate(person, plan, None, "expert")
        cast.secretariat.append(person)
    cast.experts.append((cast.expert, home))
    taken = {person.full_name for person in (*people.values(), *cast.secretariat)}
    for number in range(max(0, plan.people - len(people) - len(cast.secretariat))):
        association = associations[number % len(associations)]
        full_name = _name(dice, of_country(association.country), () if number % NAMESAKES == 0 else taken)
        taken.add(full_name)
        person = _expert(dice, plan, association, number, full_name)
        # The first of an association speaks for it, but for one in nine: some have no focal point.
        first = number < len(associations) and number % 9 != 5
        if first and association is not home:
            _affiliate(person, plan, association, "focal_point")
        cast.experts.append((person, association))
    session.add_all([*people.values(), *cast.secretariat, *(person for person, _ in cast.experts)])
    session.flush()
    return cast


def _name(dice: random.Random, names: Names, taken: Collection[str]) -> str:
    """A name that nobody has yet, with a second given name where it takes one; that of another where all are taken."""
    full_name = f"{dice.choice(names.given)} {names.family}"
    for _try in range(TRIES):
        if full_name not in taken:
            break
        full_name = f"{' '.join(dice.sample(names.given, 2))} {names.family}"
    return full_name


def _expert(dice: random.Random, plan: Plan, association: Association, number: int, full_name: str) -> Person:
    address = f"{slugify(full_name).replace('-', '.')}.{number + 1}@{DOMAIN}"
    person = _person(
        full_name,
        address if dice.random() < 0.95 else None,
        plan,
        language="fr" if association.country in FRENCH and dice.random() < 0.6 else "en",
        time_zone=ZONES.get(association.country),
        job_title=dice.choice(TITLES),
    )
    _affiliate(person, plan, association, "expert", days=dice.randrange(100, 1500))
    return person


def _person(full_name: str, email: str | None, plan: Plan, **values: str | None) -> Person:
    latin = anyascii(full_name).title() if rules.needs_latin_name(full_name) else None
    return Person(
        full_name=full_name, latin_name=latin, email=email, demo=True, version=1, created_at=plan.ago(600), **values
    )


def _affiliate(person: Person, plan: Plan, association: Association | None, function: str, days: int = 500) -> None:
    person.affiliations.append(
        Affiliation(
            association_id=association.id if association else None,
            organisation=None if association else "Secretariat (demo)",
            function=function,
            starts_on=plan.today - timedelta(days=days),
        )
    )
