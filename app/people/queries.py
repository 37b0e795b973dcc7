"""Reads of persons, associations and the list of expertise for pages and for other features."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from babel import Locale
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload, undefer

from app.core import addresses, dates
from app.core.db import db
from app.core.i18n import locale, translated
from app.core.pagination import Page, paginate
from app.people.models import (
    SPEAKING,
    Account,
    Affiliation,
    Association,
    Delegate,
    Keyword,
    MergedPerson,
    Person,
    PersonKeyword,
    Photo,
)
from app.people.rules import fold, in_force


def account_of(email: str) -> Account | None:
    """The account that signs in with this normalised address, with its person."""
    found = select(Account).join(Account.person).options(contains_eager(Account.person))
    return db.session.scalar(found.where(Person.email == email))


def account(account_id: int) -> Account | None:
    """An account with its person."""
    return db.session.get(Account, account_id, options=[joinedload(Account.person)])


def person_of(email: str) -> Person | None:
    """The person with this normalised address."""
    return db.session.scalar(select(Person).where(Person.email == email))


def person(person_id: int) -> Person | None:
    """A person with their affiliations and account."""
    return db.session.scalar(_whole(select(Person)).where(Person.id == person_id))


def person_at(person_id: int) -> Person | None:
    """The person of a number, be it the present one or that of a record merged into theirs; as `person` otherwise."""
    return person(person_id) or person(present_id(person_id))


def present_id(person_id: int) -> int:
    """The number under which a person is known now."""
    found = select(MergedPerson.person_id).where(MergedPerson.former_id == person_id)
    return db.session.scalar(found) or person_id


def former_ids(person_id: int) -> Sequence[int]:
    """The numbers of records that were merged into a person's: what the audit trail may call them."""
    found = select(MergedPerson.former_id).where(MergedPerson.person_id == person_id)
    return db.session.scalars(found.order_by(MergedPerson.former_id)).all()


def photo_of(person_id: int) -> Photo | None:
    """A person's photo with its image."""
    return db.session.get(Photo, person_id, options=[undefer(Photo.image)])


def keywords(*, retired: bool = False) -> Sequence[Keyword]:
    """The shared list of expertise, by slug; with those that are no longer offered only if asked for."""
    found = select(Keyword).where(Keyword.merged_into_id.is_(None)).order_by(Keyword.slug)
    return db.session.scalars(found if retired else found.where(Keyword.retired_at.is_(None))).all()


def keyword_at(slug: str) -> Keyword | None:
    """The keyword of an address; of one that was merged, the one that it became."""
    if not slug.isprintable():  # PostgreSQL refuses a NUL even in a question
        return None
    found = db.session.scalar(select(Keyword).where(Keyword.slug == slug))
    while found is not None and found.merged_into_id is not None:
        found = db.session.get_one(Keyword, found.merged_into_id)
    return found


def keyword_counts() -> dict[int, int]:
    """{keyword id: how many people chose it}; keywords that nobody chose are left out."""
    found = select(PersonKeyword.keyword_id, func.count()).group_by(PersonKeyword.keyword_id)
    return dict(db.session.execute(found).all())


def search(
    text: str | None, number: int, *, only: str | None = None, association_id: int | None = None
) -> Page[Person]:
    """A page of what `found` finds."""
    return paginate(found(text, only=only, association_id=association_id), number)


def found(text: str | None, *, only: str | None = None, association_id: int | None = None) -> Select[Person]:
    """The persons found by every word of the text, in names and addresses, whatever the accents; all without a text.

    Those who were erased are not among them.

    `only`: "accounts" for those who have one, "administrators" for those who run the installation.
    `association_id`: those who belong to it today.
    """
    found = _whole(select(Person).where(Person.erased_at.is_(None)))
    for word in fold(text or "").split()[:8]:
        found = found.where(Person.search_text.contains(word, autoescape=True))
    if only == "accounts":
        found = found.where(Person.account.has())
    elif only == "administrators":
        found = found.where(Person.account.has(Account.is_administrator))
    if association_id is not None:
        found = found.where(Person.id.in_(_belonging_to(association_id)))
    return found.order_by(Person.search_text, Person.id)


def listed(text: str | None, *, only: str | None = None, association_id: int | None = None) -> Iterator[Person]:
    """All that `found` finds, read in parts, for a list that is handed out."""
    statement = found(text, only=only, association_id=association_id)
    yield from db.session.scalars(statement.execution_options(yield_per=500))


def namesake_of(full_name: str) -> Person | None:
    """Someone of the same name, whatever the accents."""
    name = fold(full_name)
    near = (
        select(Person)
        .where(Person.erased_at.is_(None), Person.search_text.startswith(name, autoescape=True))
        .order_by(Person.id)
        .limit(50)
    )
    return next((person for person in db.session.scalars(near) if fold(person.full_name) == name), None)


def affiliation(affiliation_id: int) -> Affiliation | None:
    """An affiliation with its person and association."""
    return db.session.get(
        Affiliation, affiliation_id, options=[joinedload(Affiliation.person), joinedload(Affiliation.association)]
    )


def spoken_for(person_id: int) -> frozenset[int]:
    """The ids of the associations that a person is focal point or deputy of today."""
    found = db.session.scalars(
        select(Affiliation.association_id).where(
            Affiliation.person_id == person_id, Affiliation.function.in_(SPEAKING), in_force_today()
        )
    )
    return frozenset(association_id for association_id in found if association_id is not None)


def delegates_of(person_id: int) -> Sequence[Delegate]:
    """Those who act for a person, in the order in which they were named."""
    found = select(Delegate).where(Delegate.person_id == person_id)
    return db.session.scalars(found.options(joinedload(Delegate.delegate)).order_by(Delegate.id)).all()


def delegations_to(person_id: int) -> Sequence[Delegate]:
    """Those for whom a person acts, by name."""
    return db.session.scalars(
        select(Delegate)
        .join(Delegate.person)
        .options(contains_eager(Delegate.person))
        .where(Delegate.delegate_id == person_id)
        .order_by(Person.search_text, Delegate.id)
    ).all()


def delegates_among(person_ids: Collection[int]) -> list[tuple[Person, int]]:
    """(who acts, for whom) of all who act for one of these people and have an account."""
    found = db.session.execute(
        select(Person, Delegate.person_id)
        .join(Delegate, Delegate.delegate_id == Person.id)
        .where(Delegate.person_id.in_(person_ids), Person.account.has())
        .order_by(Delegate.id)
    )
    return [(person, person_id) for person, person_id in found]


def delegation(delegation_id: int) -> Delegate | None:
    """Who acts for whom."""
    both = (joinedload(Delegate.person), joinedload(Delegate.delegate))
    return db.session.get(Delegate, delegation_id, options=both)


def belongs_to(person_id: int) -> frozenset[int]:
    """The ids of the associations that a person belongs to today, in whatever function."""
    found = db.session.scalars(
        select(Affiliation.association_id).where(Affiliation.person_id == person_id, in_force_today())
    )
    return frozenset(association_id for association_id in found if association_id is not None)


def association_at(code: str) -> Association | None:
    """The association at an address, current or old; codes are not case-sensitive."""
    target = addresses.lookup("association", code.upper())
    return db.session.get(Association, target) if target else None


def associations() -> Sequence[Association]:
    """All associations, by country name in the language in force, then by name."""
    found = db.session.scalars(select(Association)).all()
    return sorted(found, key=lambda item: (country_name(item.country), item.name))


def reach() -> tuple[int, int]:
    """How many associations there are, and in how many countries."""
    found = db.session.execute(
        select(func.count(), func.count(Association.country.distinct())).select_from(Association)
    )
    associations_found, countries_found = found.one()
    return associations_found, countries_found


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


def in_force_today() -> ColumnElement[bool]:
    """The affiliation is in force today: what `rules.in_force` says, for the database."""
    today = dates.today()
    return and_(Affiliation.starts_on <= today, or_(Affiliation.ends_on.is_(None), Affiliation.ends_on >= today))


def not_over() -> ColumnElement[bool]:
    """The affiliation is in force today or will be."""
    return or_(Affiliation.ends_on.is_(None), Affiliation.ends_on >= dates.today())


def current_affiliations(someone: Person) -> list[Affiliation]:
    """The affiliations in force today, the newest first."""
    today = dates.today()
    return [item for item in someone.affiliations if in_force(item.starts_on, item.ends_on, today)]


def affiliations_with(association_ids: Collection[int]) -> Sequence[Affiliation]:
    """Who belongs to these associations today and as what, by name."""
    return db.session.scalars(
        select(Affiliation)
        .join(Affiliation.person)
        .options(contains_eager(Affiliation.person), joinedload(Affiliation.association))
        .where(Affiliation.association_id.in_(association_ids), in_force_today())
        .order_by(Person.search_text, Person.id, Affiliation.id)
    ).all()


def experts_by_association() -> dict[int, int]:
    """{association id: number of its experts today}; associations without any are left out."""
    found = select(Affiliation.association_id, func.count(Affiliation.person_id.distinct())).where(
        Affiliation.function == "expert", in_force_today()
    )
    return {key: number for key, number in db.session.execute(found.group_by(Affiliation.association_id)) if key}


def associations_without_expert() -> int:
    """How many associations have no expert today."""
    expert = select(Affiliation.id).where(
        Affiliation.association_id == Association.id, Affiliation.function == "expert", in_force_today()
    )
    return db.session.scalar(select(func.count(Association.id)).where(~expert.exists())) or 0


def associations_without_speaker() -> int:
    """How many associations have neither focal point nor deputy today."""
    speaker = select(Affiliation.id).where(
        Affiliation.association_id == Association.id, Affiliation.function.in_(SPEAKING), in_force_today()
    )
    return db.session.scalar(select(func.count(Association.id)).where(~speaker.exists())) or 0


def speakers_by_association() -> dict[int, list[Affiliation]]:
    """{association id: its focal points, then their deputies, today}, each by name."""
    found = db.session.scalars(
        select(Affiliation)
        .join(Affiliation.person)
        .options(contains_eager(Affiliation.person))
        .where(Affiliation.function.in_(SPEAKING), in_force_today())
        .order_by(Affiliation.function.desc(), Person.search_text)
    )
    speakers: dict[int, list[Affiliation]] = {}
    for item in found:
        if item.association_id is not None:
            speakers.setdefault(item.association_id, []).append(item)
    return speakers


def speakers_of(association_id: int) -> Sequence[Affiliation]:
    """The focal points of an association today, then their deputies, each by name."""
    return db.session.scalars(
        select(Affiliation)
        .join(Affiliation.person)
        .options(contains_eager(Affiliation.person))
        .where(Affiliation.association_id == association_id, Affiliation.function.in_(SPEAKING), in_force_today())
        .order_by(Affiliation.function.desc(), Person.search_text)
    ).all()


def administrators() -> Sequence[Person]:
    """Those who run the installation."""
    return db.session.scalars(
        select(Person).join(Person.account).where(Account.is_administrator).order_by(Person.search_text)
    ).all()


def _belonging_to(association_id: int) -> Select[int]:
    """The ids of those affiliated with an association today, in whatever function."""
    return select(Affiliation.person_id).where(Affiliation.association_id == association_id, in_force_today())


def _whole(statement: Select[Person]) -> Select[Person]:
    """With the account and the affiliations and their associations, in two more statements."""
    return statement.options(
        joinedload(Person.account), selectinload(Person.affiliations).joinedload(Affiliation.association)
    )
