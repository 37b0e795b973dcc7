"""Administrators enter and correct persons."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.audit import AuditEntry
from app.core.db import db
from app.people import queries
from app.people.models import Person
from app.people.service import accounts, persons
from tests.browsing import PASSWORD, Browser
from tests.factories.people import make_account, make_association, make_person
from tests.people.helpers import at_once, link_in, mails, sign_up, signed_in


@pytest.fixture
def admin(app: Flask) -> Browser:
    """An administrator's browser."""
    return signed_in(app, make_account("Adam Administrator", email="adam@example.org", administrator=True))


def enter(browser: Browser, **values: str) -> Browser:
    return browser.open("/admin/people/new").send(**{"full_name": "Sara Speaker", **values})


def test_entering_a_speaker_without_an_address(admin: Browser) -> None:
    enter(admin, job_title="Professor", association="other", organisation="A university")
    person = db.session.scalars(select(Person).where(Person.full_name == "Sara Speaker")).one()
    assert admin.path == f"/admin/people/{person.id}"
    assert (person.email, person.account, person.job_title) == (None, None, "Professor")
    assert [item.organisation for item in person.affiliations] == ["A university"]


def test_who_is_entered_signs_up_later(app: Flask, admin: Browser, browser: Browser) -> None:
    association = make_association("VVSG")
    enter(admin, email="Sara@example.org", association=str(association.id), organisation="")
    entered = queries.person_of("sara@example.org")
    assert entered and entered.account is None
    sign_up(browser, "sara@example.org")
    browser.open(link_in(mails()[-1])).send(password=PASSWORD)
    person = queries.person_of("sara@example.org")
    assert person and person.id == entered.id
    assert person.account is not None


def test_an_address_that_is_known(admin: Browser) -> None:
    known = make_person("Sara S. Speaker", email="sara@example.org")
    enter(admin, email="sara@example.org")
    assert admin.path == f"/admin/people/{known.id}"
    assert "Nothing was entered" in admin.text
    assert db.session.scalar(select(func.count(Person.id))) == 2


def test_a_namesake_is_asked_about(admin: Browser) -> None:
    known = make_person("Sára Speaker")
    make_person("Sara Speakerson")
    enter(admin)
    assert admin.status == 422
    assert f"/admin/people/{known.id}" in admin.text
    assert db.session.scalar(select(func.count(Person.id))) == 3
    admin.send(namesake="y")
    assert admin.status == 200
    assert db.session.scalar(select(func.count(Person.id))) == 4


def test_what_is_sent_twice_is_entered_once(app: Flask) -> None:
    new = persons.NewPerson("Sara Speaker", None, None, None, None, None)
    outcomes = at_once(app, *[lambda: persons.add_person(new, None)] * 4)
    assert [type(outcome) for outcome in outcomes].count(persons.Namesake) == 3, outcomes
    assert db.session.scalar(select(func.count(Person.id))) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("full_name", ""), ("full_name", "Ζωή"), ("email", "sara"), ("association", "99"), ("association", "other"),
     ("organisation", "Without the choice above")],
)  # fmt: skip
def test_what_is_refused(admin: Browser, field: str, value: str) -> None:
    enter(admin, **{field: value, "job_title": "Professor"})
    assert admin.status == 422
    assert 'value="Professor"' in admin.text
    assert db.session.scalar(select(func.count(Person.id))) == 1


def test_correcting_everything(admin: Browser) -> None:
    person = make_person("Sara Speaker", association=make_association())
    admin.open(f"/admin/people/{person.id}/edit")
    admin.send(full_name="Σάρα", latin_name="Sara", email="SARA@example.org", job_title="Professor", language="fr",
               time_zone="Europe/Athens")  # fmt: skip
    assert admin.path == f"/admin/people/{person.id}"
    saved = db.session.get_one(Person, person.id)
    assert (saved.display_name, saved.email, saved.job_title) == ("Σάρα (Sara)", "sara@example.org", "Professor")
    assert (saved.language, saved.time_zone) == ("fr", "Europe/Athens")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "person.changed")).one()
    assert "sara" not in str(entry.details).lower()
    assert set(entry.details["fields"]) == {"full_name", "latin_name", "email", "job_title", "language", "time_zone"}
    admin.open(f"/admin/people/{person.id}/edit").send(email="", language="", time_zone="")
    saved = db.session.get_one(Person, person.id)
    assert (saved.email, saved.language, saved.time_zone) == (None, None, None)


def test_the_address_of_an_account(app: Flask, admin: Browser) -> None:
    person = make_account("Sara Speaker", email="sara@example.org")
    make_person("Ben Sample", email="ben@example.org")
    accounts.ask_for_reset("sara@example.org", "en", "192.0.2.1")
    reset = link_in(mails()[0])
    page = f"/admin/people/{person.id}/edit"
    admin.open(page).send(email="")
    assert admin.status == 422
    assert "has to be one" in admin.text
    admin.open(page).send(email="ben@example.org")
    assert admin.status == 422
    assert "Ben Sample has this address." in admin.text
    admin.open(page).send(email="sara.new@example.org")
    assert admin.path == f"/admin/people/{person.id}"
    assert [mail.subject for mail in mails("sara@example.org")][-1] == "Your e-mail address was changed"
    assert Browser(app).open(reset).status == 410
    assert Browser(app).sign_in("sara.new@example.org").path == "/me"


def test_two_administrators_at_once(app: Flask, admin: Browser) -> None:
    person = make_person("Sara Speaker", job_title="Professor")
    other = signed_in(app, make_account(administrator=True))
    page = f"/admin/people/{person.id}/edit"
    admin.open(page)
    other.open(page).send(job_title="Rector", email="sara@example.org")
    admin.send(job_title="Dean", full_name="Sara M. Speaker")
    assert admin.status == 422
    assert "Someone else saved changes" in admin.text
    assert "Rector" in admin.text
    assert 'value="Dean"' in admin.text
    assert 'value="Sara M. Speaker"' in admin.text
    saved = db.session.get_one(Person, person.id)
    assert (saved.job_title, saved.full_name) == ("Rector", "Sara Speaker")
    admin.send()
    saved = db.session.get_one(Person, person.id)
    assert (saved.job_title, saved.full_name, saved.email) == ("Dean", "Sara M. Speaker", "sara@example.org")


def test_saving_without_a_change_is_no_conflict(app: Flask, admin: Browser) -> None:
    person = make_person("Sara Speaker")
    version = person.version
    admin.open(f"/admin/people/{person.id}/edit").send()
    assert admin.path == f"/admin/people/{person.id}"
    assert db.session.get_one(Person, person.id).version == version


def test_only_administrators(app: Flask) -> None:
    person = make_person("Sara Speaker")
    expert = signed_in(app, make_account())
    paths = ["/admin/people/new"]
    for person_id in (person.id, 4711):
        paths += [f"/admin/people/{person_id}/{what}" for what in (
            "edit", "affiliations/new", "administrator", "administrator/dismiss")]  # fmt: skip
    for path in [*paths, "/admin/affiliations/4711/end"]:
        assert expert.open(path).status == 403, path
        assert Browser(app).open(path).path.startswith("/sign-in"), path


def test_nobody_there(admin: Browser) -> None:
    for path in ("/admin/people/4711/edit", "/admin/people/99999999999/edit", "/admin/affiliations/4711/end",
                 "/admin/people/4711/affiliations/new", "/admin/people/4711/administrator"):  # fmt: skip
        assert admin.open(path).status == 404, path
