"""Forgotten and changed passwords, and the sessions that end with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask

from app.core.db import db
from app.core.errors import DomainError
from app.people.models import Account
from app.people.service import accounts
from tests.browsing import PASSWORD, Browser
from tests.factories.people import make_account, make_person
from tests.people.helpers import OTHER_PASSWORD, as_bytes, at_once, link_in, mails
from tests.queries import counted_queries

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def ask(browser: Browser, email: str) -> Browser:
    return browser.open("/forgotten-password").send(email=email)


def test_a_new_password_by_mail(app: Flask, browser: Browser) -> None:
    make_account("Anna Example", email="anna@example.org", language="fr")
    elsewhere = Browser(app).sign_in("anna@example.org")
    ask(browser, "Anna@example.org")
    [mail] = mails()
    assert mail.language == "fr"
    path = link_in(mail)
    browser.open(path)
    assert browser.page and browser.page.headers["Cache-Control"] == "private, no-store"
    assert browser.page.headers["Referrer-Policy"] == "strict-origin"
    assert elsewhere.open("/me/account").path == "/me/account"
    browser.send(password=OTHER_PASSWORD, password_again=OTHER_PASSWORD)
    assert browser.path == "/me"
    assert elsewhere.open("/me/account").path.startswith("/sign-in")
    assert Browser(app).sign_in("anna@example.org").status == 422
    assert Browser(app).sign_in("anna@example.org", OTHER_PASSWORD).path == "/me"
    assert len(mails()) == 2  # the second warns its owner
    assert Browser(app).open(path).status == 410


def test_known_and_unknown_addresses_get_the_same_answer(app: Flask) -> None:
    make_account(email="known@example.org")
    make_person(email="entered@example.org")
    pages = []
    for email in ("known@example.org", "entered@example.org", "unknown@example.org"):
        browser = ask(Browser(app), email)
        pages.append((browser.status, browser.path, as_bytes(browser)))
    assert pages[0] == pages[1] == pages[2]
    assert [mail.subject for mail in mails()] == [
        "Choose a new password", "No account with this address", "No account with this address",
    ]  # fmt: skip


def test_known_and_unknown_addresses_cost_the_same(app: Flask) -> None:
    make_account(email="known@example.org")
    db.session.rollback()

    def cost(email: str) -> list[str]:
        with counted_queries() as statements:
            accounts.ask_for_reset(email, "en", "192.0.2.1")
        return [statement.split()[0] for statement in statements]

    assert cost("known@example.org") == cost("unknown@example.org")


def test_the_link_works_for_two_hours(app: Flask, browser: Browser) -> None:
    make_account(email="anna@example.org")
    with time_machine.travel(NOW, tick=False) as clock:
        ask(browser, "anna@example.org")
        path = link_in(mails()[0])
        clock.shift(timedelta(minutes=119))
        assert browser.open(path).status == 200
        clock.shift(timedelta(minutes=2))
        assert browser.open(path).status == 410
        assert "expired" in browser.text


def test_forged_and_misused_links(app: Flask, browser: Browser) -> None:
    make_account(email="anna@example.org")
    ask(browser, "anna@example.org")
    token = link_in(mails()[0]).rpartition("/")[2]
    for forged in (token[:-3] + "AAA", "x", token.replace(".", "..", 1)):
        assert browser.open(f"/reset-password/{forged}").status == 410
    assert browser.open(f"/confirm-address/{token}").status == 410
    assert browser.open(f"/sign-up/confirm/{token}").status == 410


def test_used_once_even_by_two_at_once(app: Flask, browser: Browser) -> None:
    account_id = make_account(email="anna@example.org").account.id
    ask(browser, "anna@example.org")
    token = link_in(mails()[0]).rpartition("/")[2]
    outcomes = at_once(
        app,
        lambda: accounts.reset_password(token, "first of two passwords"),
        lambda: accounts.reset_password(token, "second of two passwords"),
    )
    assert [isinstance(outcome, Account) for outcome in outcomes].count(True) == 1, outcomes
    assert [isinstance(outcome, DomainError) for outcome in outcomes].count(True) == 1, outcomes
    assert db.session.get_one(Account, account_id).session_epoch == 2


def test_a_weak_new_password(app: Flask, browser: Browser) -> None:
    make_account("Anna Example", email="anna@example.org")
    ask(browser, "anna@example.org")
    browser.open(link_in(mails()[0])).send(password="anna example", password_again="anna example")
    assert browser.status == 422
    assert "Do not use your name" in browser.text
    browser.send(password=OTHER_PASSWORD, password_again=PASSWORD)
    assert browser.status == 422
    assert Browser(app).sign_in("anna@example.org").path == "/me"


def test_changing_it_ends_all_other_sessions(app: Flask, browser: Browser) -> None:
    make_account("Anna Example", email="anna@example.org")
    browser.sign_in("anna@example.org")
    elsewhere = Browser(app).sign_in("anna@example.org")
    browser.open("/me/password")
    browser.send(current=PASSWORD, password=OTHER_PASSWORD, password_again=OTHER_PASSWORD)
    assert browser.path == "/me/account"
    assert "is changed" in browser.text
    assert browser.open("/me/account").path == "/me/account"
    assert elsewhere.open("/me/account").path.startswith("/sign-in")
    assert Browser(app).sign_in("anna@example.org").status == 422
    assert [mail.subject for mail in mails()] == ["Your password was changed"]


def test_changing_it_needs_the_present_one(app: Flask, browser: Browser) -> None:
    make_account(email="anna@example.org")
    browser.sign_in("anna@example.org").open("/me/password")
    browser.send(current="not the password", password=OTHER_PASSWORD, password_again=OTHER_PASSWORD)
    assert browser.status == 422
    assert "This is not your password." in browser.text
    assert Browser(app).sign_in("anna@example.org").path == "/me"
    assert mails() == []


def test_a_reset_wins_over_a_change_that_began_before(app: Flask, browser: Browser) -> None:
    """Who knows only the old password cannot change it back while the owner sets a new one."""
    account_id = make_account(email="anna@example.org").account.id
    ask(browser, "anna@example.org")
    token = link_in(mails()[0]).rpartition("/")[2]
    for outcome in at_once(
        app,
        lambda: accounts.reset_password(token, "set by the owner now"),
        lambda: accounts.change_password(account_id, PASSWORD, "set by someone else", "192.0.2.1"),
    ):
        assert isinstance(outcome, Account | DomainError), outcome
    epoch = db.session.get_one(Account, account_id).session_epoch
    assert epoch == 2  # exactly one of them went through
