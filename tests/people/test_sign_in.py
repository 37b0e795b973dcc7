"""Signing in and out."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask import Flask

from app.core.db import db, write
from app.people import passwords
from app.people.models import Account
from app.people.service import accounts
from tests.browsing import PASSWORD, Browser
from tests.factories.people import make_account, make_person
from tests.people.helpers import as_bytes, signed_in
from tests.queries import counted_queries


def test_in_and_out(app: Flask, browser: Browser) -> None:
    person = make_account("Anna Example", email="anna@example.org")
    browser.open("/sign-in")
    browser.send(having="password", follow=False, email=" ANNA@Example.org", password=PASSWORD)
    assert browser.status == 303
    assert browser.page and browser.page.headers["Location"] == "/me"
    assert "Anna Example" in browser.open("/me/account").text
    assert db.session.get_one(Account, person.account.id).last_sign_in_at is not None
    token = browser.forms()[0]["fields"]["csrf_token"]
    assert browser.client.get("/sign-out").status_code == 405
    assert browser.client.post("/sign-out").status_code == 400
    assert browser.client.post("/sign-out", data={"csrf_token": token}).status_code == 303
    assert browser.open("/me/account").path.startswith("/sign-in")


def test_the_page_leads_on(browser: Browser) -> None:
    text = browser.open("/sign-in").text
    assert "/forgotten-password" in text
    assert "/sign-up" in text


def test_wrong_password_and_unknown_address_get_the_same_answer(app: Flask) -> None:
    make_account(email="known@example.org")
    make_person(email="entered@example.org")
    pages = []
    for email in ("known@example.org", "entered@example.org", "unknown@example.org"):
        browser = Browser(app).sign_in(email, "not the password")
        assert browser.status == 422
        assert f'value="{email}"' in browser.text
        assert "not the password" not in browser.text
        pages.append(as_bytes(browser).replace(email, "…"))
    assert pages[0] == pages[1] == pages[2]
    assert "The e-mail address or the password is not right." in pages[0]


def test_wrong_password_and_unknown_address_cost_the_same(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make_account(email="known@example.org")
    hashed: list[bool] = []
    verify = passwords.verify

    def counting(password_hash: str | None, password: str) -> bool:
        hashed.append(True)
        return verify(password_hash, password)

    monkeypatch.setattr(passwords, "verify", counting)

    def cost(email: str) -> list[str]:
        with counted_queries() as statements, pytest.raises(accounts.WrongCredentials):
            accounts.sign_in(email, "not the password", "192.0.2.1")
        return [statement.split()[0] for statement in statements]

    assert cost("known@example.org") == cost("unknown@example.org")
    assert hashed == [True, True]


@pytest.mark.parametrize("email", ["", "nonsense", "a@b", "x" * 300, "anna@example.org\x00", "<script>@example.org"])
def test_nonsense_is_refused_quietly(browser: Browser, email: str) -> None:
    browser.sign_in(email, "not the password")
    assert browser.status == 422
    assert "<script>@" not in browser.text


@pytest.mark.parametrize("onward", ["/me/profile", "/admin/people?q=anna&page=2"])
def test_on_to_where_one_wanted_to_be(app: Flask, browser: Browser, onward: str) -> None:
    make_account(email="anna@example.org", administrator=True)
    browser.open(f"/sign-in?next={quote(onward, safe='')}")
    browser.send(having="password", follow=False, email="anna@example.org", password=PASSWORD)
    assert browser.page and browser.page.headers["Location"] == onward
    assert browser.client.get(f"/sign-in?next={quote(onward, safe='')}").headers["Location"] == onward


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example",
        "javascript:alert(1)", "/\t//evil.example", "\n//evil.example", "///evil.example",
        "/me\r\nLocation: https://evil.example",
    ],
)  # fmt: skip
def test_never_on_to_elsewhere(app: Flask, browser: Browser, onward: str) -> None:
    make_account(email="anna@example.org")
    browser.open(f"/sign-in?next={quote(onward, safe='')}")
    assert "evil" not in browser.forms()[0]["action"]
    browser.send(having="password", follow=False, email="anna@example.org", password=PASSWORD)
    assert browser.status == 303
    assert browser.page and browser.page.headers["Location"] == "/me"
    assert browser.client.get(f"/sign-in?next={quote(onward, safe='')}").headers["Location"] == "/me"


def test_a_page_that_needs_signing_in_is_returned_to(app: Flask, browser: Browser) -> None:
    make_account(email="anna@example.org")
    browser.open("/me/password")
    assert browser.path.startswith("/sign-in?next=")
    browser.send(having="password", email="anna@example.org", password=PASSWORD)
    assert browser.path == "/me/password"


def test_signing_in_begins_a_fresh_session(app: Flask, browser: Browser) -> None:
    make_account(email="anna@example.org", language="en")
    browser.open("/sign-in?lang=fr")
    with browser.client.session_transaction() as session:
        session["planted"] = "by someone else"
    browser.send(having="password", email="anna@example.org", password=PASSWORD)
    with browser.client.session_transaction() as session:
        assert "planted" not in session
        assert "lang" not in session
    assert '<html lang="en">' in browser.open("/me/profile").text


def test_no_form_without_its_token(app: Flask, client: object) -> None:
    make_account(email="anna@example.org")
    answer = app.test_client().post("/sign-in", data={"email": "anna@example.org", "password": PASSWORD})
    assert answer.status_code == 400


def test_a_hash_of_weaker_parameters_is_replaced(app: Flask, browser: Browser) -> None:
    from argon2 import PasswordHasher

    account_id = make_account(email="anna@example.org").account.id
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with write() as session:
        session.get_one(Account, account_id).password_hash = weak
    browser.sign_in("anna@example.org")
    assert browser.path == "/me"
    fresh = db.session.get_one(Account, account_id).password_hash
    assert fresh != weak
    assert not passwords.outdated(fresh)
    assert fresh.startswith("$argon2id$")


def test_one_password_however_it_is_typed(app: Flask) -> None:
    composed, decomposed = "caf\u00e9 cr\u00e8me matin", "cafe\u0301 cre\u0300me matin"
    assert passwords.verify(passwords.hash_password(composed), decomposed)
    assert not passwords.verify(passwords.hash_password(composed), "cafe creme matin")
    assert not passwords.verify(None, composed)


def test_sessions_that_were_tampered_with(app: Flask) -> None:
    person = make_account(email="anna@example.org")
    account_id = person.account.id
    for value in (f"{account_id}:2", f"{account_id}", "1:1:1", "x:y", f"{account_id + 1}:1"):
        browser = signed_in(app, person)
        with browser.client.session_transaction() as session:
            session["_user_id"] = value
        assert browser.open("/me/account").path.startswith("/sign-in"), value
