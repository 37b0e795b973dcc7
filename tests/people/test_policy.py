"""Who speaks for an association."""

from __future__ import annotations

from datetime import date

from flask import Flask

from app.people import policy
from app.people.models import Association, Person
from app.people.viewer import SignedIn, Visitor
from tests.factories.people import make_account, make_affiliation, make_association
from tests.queries import counted_queries


def viewer(person: Person) -> SignedIn:
    assert person.account
    return SignedIn(person.account)


def speaks(person: Person, association: Association, function: str, ends_on: date | None = None) -> Person:
    make_affiliation(person, association, function, ends_on=ends_on)
    return person


def test_who_speaks_for_an_association_today(app: Flask) -> None:
    home, away = make_association(), make_association()
    speakers = {
        "focal": speaks(make_account(), home, "focal_point"),
        "deputy": speaks(make_account(), home, "deputy"),
        "former": speaks(make_account(), home, "focal_point", date(2026, 1, 31)),
        "elsewhere": speaks(make_account(), away, "focal_point"),
        "colleague": make_account(association=home),
        "admin": make_account(administrator=True),
    }
    speaking = {name for name, person in speakers.items() if policy.is_focal_point(viewer(person), home)}
    assert speaking == {"focal", "deputy"}


def test_visitors_speak_for_nobody(app: Flask) -> None:
    assert policy.focal_for(Visitor()) == frozenset()


def test_asked_once_a_request(app: Flask) -> None:
    home, away = make_association(), make_association()
    asking = viewer(speaks(make_account(association=home), away, "deputy"))
    away_id = away.id
    with counted_queries() as statements:
        assert policy.focal_for(asking) == {away_id}
        assert policy.focal_for(asking) == {away_id}
    assert len(statements) == 1
