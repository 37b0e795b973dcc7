"""Reads of persons and associations for pages and for other features."""

from __future__ import annotations

from collections.abc import Sequence

from babel import Locale
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.core import addresses, clock
from app.core.db import db
from app.core.i18n import locale, translated
from app.people.models import Account, Affiliation, Association, Person
from app.people.rules import in_force


def account_of(email: str) -> Account | None:
    """The account that signs in with this normalised address."""
    return db.session.scalar(select(Account).join(Account.person).where(Person.email == email))


def person_of(email: str) -> Person | None:
    """The person with this normalised address."""
    return db.session.scalar(select(Person).where(Person.email == email))


def person(person_id: int) -> Person | None:
    """A person with their affiliations."""
    found = select(Person).where(Person.id == person_id)
    return db.session.scalar(found.options(selectinload(Person.affiliations).joinedload(Affiliation.association)))


def association_at(code: str) -> Association | None:
    """The association at an address, current or old; codes are not case-sensitive."""
    target = addresses.lookup("association", code.upper())
    return db.session.get(Association, target) if target else None


def associations() -> Sequence[Association]:
    """All associations, by country name in the language in force, then by name."""
    found = db.session.scalars(select(Association)).all()
    return sorted(found, key=lambda item: (country_name(item.country), item.name))


def association_choices() -> dict[str, list[tuple[str, str]]]:
    """Associations for a select field, grouped by country."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for item in associations():
        groups.setdefault(country_name(item.country), []).append((str(item.id), f"{item.code} · {item.name}"))
    return groups


def country_name(code: str, in_locale: Locale | None = None) -> str:
    """The name of a country (ISO 3166-1 alpha-2, or XK) in the language in force."""
    return str((in_locale or locale()).territories.get(code, code))


def association_name(association: Association) -> str:
    """The association's name in the language in force, else in its own."""
    return translated(association.names) or association.name


def current_affiliations(someone: Person) -> list[Affiliation]:
    """The affiliations in force today, the newest first."""
    today = clock.now().date()
    return [item for item in someone.affiliations if in_force(item.starts_on, item.ends_on, today)]


def current_association(someone: Person) -> Association | None:
    """The association a person speaks for today, if any."""
    return next((item.association for item in current_affiliations(someone) if item.association), None)


def persons_of(association_id: int) -> Sequence[Person]:
    """Everyone affiliated with an association today, by name."""
    today = clock.now().date()
    found = (
        select(Person)
        .join(Person.affiliations)
        .where(
            Affiliation.association_id == association_id,
            Affiliation.starts_on <= today,
            (Affiliation.ends_on.is_(None)) | (Affiliation.ends_on >= today),
        )
        .distinct()
        .order_by(Person.full_name)
    )
    return db.session.scalars(found).all()


def administrators() -> Sequence[Person]:
    """Those who run the installation."""
    return db.session.scalars(
        select(Person).join(Person.account).where(Account.is_administrator).order_by(Person.full_name)
    ).all()
