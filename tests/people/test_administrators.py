"""Who runs the installation."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.errors import DomainError
from app.people import queries
from app.people.service.administrators import dismiss_administrator, make_administrator
from tests.factories.people import make_account, make_person
from tests.people.helpers import at_once, signed_in


def test_by_the_pages(app: Flask) -> None:
    first, second = make_account("Anna First", administrator=True), make_account("Ben Second")
    browser, other = signed_in(app, first), signed_in(app, second)
    assert other.open("/admin/people/new").status == 403
    browser.open(f"/admin/people/{second.id}/administrator")
    assert "Make Ben Second an administrator?" in browser.text
    browser.send("/administrator")
    assert browser.path == f"/admin/people/{second.id}"
    assert other.open("/admin/people/new").status == 200
    browser.open(f"/admin/people/{first.id}/administrator/dismiss").send("/dismiss")
    assert browser.path == "/me"
    assert browser.open("/admin/people/new").status == 403
    other.open(f"/admin/people/{second.id}/administrator/dismiss").send("/dismiss")
    assert other.status == 422
    assert "appoint another administrator first" in other.text
    assert [person.id for person in queries.administrators()] == [second.id]


def test_opening_the_page_changes_nothing(app: Flask) -> None:
    first, second = make_account(administrator=True), make_account(administrator=True)
    signed_in(app, first).open(f"/admin/people/{second.id}/administrator/dismiss")
    signed_in(app, first).open(f"/admin/people/{make_account().id}/administrator")
    assert len(queries.administrators()) == 2


def test_it_needs_an_account(app: Flask) -> None:
    admin, person = make_account(administrator=True), make_person()
    with pytest.raises(DomainError):
        make_administrator(person.id, admin.id)
    browser = signed_in(app, admin).open(f"/admin/people/{person.id}/administrator").send("/administrator")
    assert browser.status == 422
    assert "Only someone who has an account" in browser.text


def test_the_last_one_stays_even_when_two_dismiss_each_other_at_once(app: Flask) -> None:
    ids = [make_account(administrator=True).id for _ in range(2)]
    outcomes = at_once(
        app, lambda: dismiss_administrator(ids[0], ids[1]), lambda: dismiss_administrator(ids[1], ids[0])
    )
    assert [isinstance(outcome, DomainError) for outcome in outcomes].count(True) == 1, outcomes
    assert len(queries.administrators()) == 1


def test_who_was_dismissed_decides_no_more(app: Flask) -> None:
    anna, ben, cleo = (make_account(administrator=True).id for _ in range(3))
    dismiss_administrator(ben, anna)
    with pytest.raises(DomainError):
        dismiss_administrator(cleo, ben)
    with pytest.raises(DomainError):
        make_administrator(ben, ben)
    with pytest.raises(DomainError):
        dismiss_administrator(ben, anna)
