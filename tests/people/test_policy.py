"""Who may see whose address, and who speaks for an association."""

from __future__ import annotations

from datetime import date

from flask import Flask

from app.core.db import db
from app.people import policy
from app.people.models import Affiliation, Association, Person
from app.people.viewer import SignedIn, Visitor
from tests.factories.people import make_account, make_association, make_person
from tests.queries import counted_queries


def viewer(person: Person) -> SignedIn:
    assert person.account
    return SignedIn(person.account)


def speaks(person: Person, association: Association, function: str, ends_on: date | None = None) -> Person:
    db.session.add(
        Affiliation(
            person_id=person.id,
            association_id=association.id,
            function=function,
            starts_on=date(2026, 1, 1),
            ends_on=ends_on,
        )
    )
    db.session.commit()
    return person


def test_who_sees_an_address(app: Flask) -> None:
    home, away = make_association(), make_association()
    person = make_account("Anna Example", association=home)
    focal = speaks(make_account(), home, "focal_point")
    deputy = speaks(make_account(), home, "deputy")
    former = speaks(make_account(), home, "focal_point", date(2026, 1, 31))
    elsewhere = speaks(make_account(), away, "focal_point")
    colleague = make_account(association=home)
    admin = make_account(administrator=True)
    seen = {
        name: policy.see_address(viewer(each), person)
        for name, each in {
            "self": person, "focal": focal, "deputy": deputy, "former": former, "elsewhere": elsewhere,
            "colleague": colleague, "admin": admin,
        }.items()
    }  # fmt: skip
    assert seen == {
        "self": True, "focal": True, "deputy": True, "former": False, "elsewhere": False, "colleague": False,
        "admin": True,
    }  # fmt: skip
    assert not policy.see_address(Visitor(), person)
    assert not policy.see_address(viewer(focal), make_person("Of no association"))


def test_visitors_belong_nowhere(app: Flask) -> None:
    assert policy.affiliated(Visitor()) == policy.focal_for(Visitor()) == frozenset()


def test_asked_once_a_request(app: Flask) -> None:
    home, away = make_association(), make_association()
    person = speaks(make_account(association=home), away, "deputy")
    asking = viewer(person)
    home_id, away_id = home.id, away.id
    with counted_queries() as statements:
        assert policy.affiliated(asking) == {home_id, away_id}
        assert policy.focal_for(asking) == {away_id}
        assert policy.affiliated(asking)
    assert len(statements) == 1
