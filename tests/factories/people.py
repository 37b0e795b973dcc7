"""People for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from itertools import count

from app.core.db import db
from app.people import passwords
from app.people.models import Account, Affiliation, Association, Delegate, Keyword, Person, PersonKeyword, Photo
from app.people.rules import Audience
from tests.browsing import PASSWORD

_numbers = count(1)
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)


@cache
def _password_hash() -> str:
    return passwords.hash_password(PASSWORD)


def make_association(code: str | None = None, **values: object) -> Association:
    """An association with its address."""
    from app.core.addresses import Address

    code = code or f"ASSOC{next(_numbers)}"
    fields = {"country": "BE", "name": f"Association {code}", "names": {}, "status": "member", **values}
    association = Association(code=code, **fields)
    db.session.add(association)
    db.session.flush()
    db.session.add(Address(kind="association", slug=code, target_id=association.id))
    db.session.commit()
    return association


def make_person(
    name: str | None = None,
    *,
    email: str | None = None,
    association: Association | None = None,
    function: str = "expert",
    **values: object,
) -> Person:
    """A person without an account; with an association, in that function there."""
    number = next(_numbers)
    person = Person(full_name=name or f"Person {number}", email=email, created_at=LONG_AGO, **values)
    db.session.add(person)
    db.session.commit()
    if association is not None:
        make_affiliation(person, association, function)
    return person


def make_affiliation(
    person: Person, association: Association, function: str = "expert", *, ends_on: date | None = None
) -> Affiliation:
    """A person's function in an association, since the beginning of 2026."""
    affiliation = Affiliation(
        person_id=person.id,
        association_id=association.id,
        function=function,
        starts_on=date(2026, 1, 5),
        ends_on=ends_on,
    )
    db.session.add(affiliation)
    db.session.commit()
    return affiliation


def make_account(name: str | None = None, *, administrator: bool = False, **values: object) -> Person:
    """A person with an account whose password is PASSWORD."""
    values.setdefault("email", f"person{next(_numbers)}@example.org")
    person = make_person(name, **values)  # type: ignore[arg-type]
    account = Account(
        person_id=person.id, password_hash=_password_hash(), is_administrator=administrator, created_at=LONG_AGO,
        session_epoch=1,
    )  # fmt: skip
    db.session.add(account)
    db.session.commit()
    return person


def make_expert(name: str | None = None, **values: object) -> Person:
    """A person with an account who belongs to an association, so that they may ask to join groups."""
    values.setdefault("association", make_association())
    return make_account(name, **values)


def make_photo(person: Person, audience: Audience = Audience.COORDINATORS) -> Photo:
    """A picture of a person, for some to see; no real one."""
    photo = Photo(person_id=person.id, image=b"not really a JPEG", digest=f"{person.id:064x}", taken_at=LONG_AGO)
    db.session.add(photo)
    person.photo_audience = audience
    db.session.commit()
    return photo


def make_keyword(slug: str, *people: Person, **values: object) -> Keyword:
    """A field of expertise, and who knows about it."""
    fields = {"names": {"en": slug.capitalize(), "fr": f"{slug.capitalize()} FR"}, "synonyms": {}, **values}
    keyword = Keyword(slug=slug, **fields)
    db.session.add(keyword)
    db.session.flush()
    db.session.add_all(PersonKeyword(person_id=person.id, keyword_id=keyword.id) for person in people)
    db.session.commit()
    return keyword


def make_delegate(person: Person, delegate: Person) -> Delegate:
    """Let someone act for a person."""
    made = Delegate(person_id=person.id, delegate_id=delegate.id, called=delegate.full_name, named_at=LONG_AGO)
    db.session.add(made)
    db.session.commit()
    return made
