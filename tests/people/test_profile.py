"""What one says about oneself."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.db import db
from app.people.models import Person
from app.people.service import persons
from tests.factories.people import make_account, make_association
from tests.people.helpers import signed_in


def test_everything_is_saved(app: Flask) -> None:
    person = make_account("Anna Example", association=make_association("VVSG"))
    browser = signed_in(app, person).open("/me/profile")
    assert "VVSG" in browser.text
    browser.send(
        full_name="Άννα Παπά", latin_name="Anna Papa", job_title="Adviser", language="fr", time_zone="Europe/Athens"
    )
    assert browser.path == "/me/profile"
    saved = db.session.get_one(Person, person.id)
    assert (saved.full_name, saved.latin_name, saved.job_title) == ("Άννα Παπά", "Anna Papa", "Adviser")
    assert (saved.language, saved.time_zone) == ("fr", "Europe/Athens")
    assert saved.search_text.startswith("anna papa anna papa")


def test_the_language_takes_effect_at_once(app: Flask) -> None:
    browser = signed_in(app, make_account(language="en"))
    browser.open("/me/profile?lang=en").open("/me/profile").send(language="fr")
    assert '<html lang="fr">' in browser.text
    browser.send(language="en")
    assert '<html lang="en">' in browser.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", ""), ("full_name", "Ζωή"), ("full_name", "x" * 201), ("latin_name", "Ζωή"), ("language", "xx"),
        ("time_zone", "Europe/Nowhere"), ("time_zone", "../../etc/passwd"), ("job_title", "x" * 201),
    ],
)  # fmt: skip
def test_what_is_refused(app: Flask, field: str, value: str) -> None:
    person = make_account("Anna Example")
    browser = signed_in(app, person).open("/me/profile").send(**{field: value, "job_title": value or "Adviser"})
    assert browser.status == 422
    assert "There is a problem" in browser.text
    assert db.session.get_one(Person, person.id).job_title is None


def test_the_person_and_an_administrator_at_once(app: Flask) -> None:
    person = make_account("Anna Example", job_title="Adviser")
    browser = signed_in(app, person).open("/me/profile")
    facts = persons.facts_of(person)
    corrected = persons.PersonFacts(**{**vars(facts), "job_title": "Director"})
    persons.edit_person(person.id, corrected, person.version, None)
    browser.send(job_title="Head of unit")
    assert browser.status == 422
    assert "Saved meanwhile" in browser.text
    assert "Director" in browser.text
    assert 'value="Head of unit"' in browser.text
    browser.send()
    assert browser.path == "/me/profile"
    assert db.session.get_one(Person, person.id).job_title == "Head of unit"
