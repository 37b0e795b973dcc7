"""Finding people."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import insert

from app.core.db import db
from app.people import queries
from app.people.models import Person
from tests.factories.people import LONG_AGO, make_account, make_association, make_person
from tests.queries import counted_queries


def found(text: str | None, **more: str) -> list[str]:
    return [person.full_name for person in queries.search(text, 1, **more).items]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("zoi", ["Ζωή Παπαδοπούλου"]),
        ("ζωή", ["Ζωή Παπαδοπούλου"]),
        ("PAPADOP", ["Ζωή Παπαδοπούλου"]),
        ("jose", ["José Ångström"]),
        ("Ångström josé", ["José Ångström"]),
        ("angstrom@example", ["José Ångström"]),
        ("mariya иванова", ["Мария Иванова"]),
        ("100%", ["Per 100% Cent"]),
        ("%", ["Per 100% Cent"]),
        ("under_score", ["Under_score Person"]),
        ("r_s", ["Under_score Person"]),
        ("nobody", []),
        (None, ["José Ångström", "Мария Иванова", "Per 100% Cent", "Under_score Person", "Ζωή Παπαδοπούλου"]),
        ("  ", ["José Ångström", "Мария Иванова", "Per 100% Cent", "Under_score Person", "Ζωή Παπαδοπούλου"]),
        ("\x00jose", ["José Ångström"]),
    ],
)
def test_by_names_and_addresses_whatever_the_accents(app: Flask, text: str | None, names: list[str]) -> None:
    make_person("Ζωή Παπαδοπούλου", latin_name="Zoi Papadopoulou")
    make_person("José Ångström", email="angstrom@example.org")
    make_person("Мария Иванова", latin_name="Mariya Ivanova")
    make_person("Per 100% Cent")
    make_person("Under_score Person")
    assert found(text) == names


def test_only_some(app: Flask) -> None:
    make_person("Anna Entered")
    make_account("Ben Account")
    make_account("Cleo Administrator", administrator=True)
    assert found(None, only="accounts") == ["Ben Account", "Cleo Administrator"]
    assert found(None, only="administrators") == ["Cleo Administrator"]
    assert found("ben", only="administrators") == []


def test_a_constant_number_of_statements(app: Flask) -> None:
    association = make_association()

    def statements() -> int:
        db.session.expire_all()
        db.session.rollback()
        with counted_queries() as sent:
            for person in queries.search("person", 1).items:
                assert person.affiliations[0].association
                assert person.account is None
        return len(sent)

    make_person(association=association)
    few = statements()
    for _ in range(20):
        make_person(association=association)
    assert statements() == few <= 3


def test_rows_inserted_in_bulk_are_found_too(app: Flask) -> None:
    rows = [{"stored_name": f"Élodie {n}", "demo": True, "created_at": LONG_AGO, "version": 1} for n in range(3)]
    db.session.execute(insert(Person), rows)
    db.session.commit()
    assert found("elodie 2") == ["Élodie 2"]


def test_what_people_are_found_by_follows_what_is_corrected(app: Flask) -> None:
    person = make_person("Klara Example")
    person.email = "anna@example.org"
    db.session.commit()
    assert found("anna@example.org") == ["Klara Example"]
    person.full_name = "Ben Sample"
    db.session.commit()
    assert found("klara") == []
    assert found("ben anna@") == ["Ben Sample"]
