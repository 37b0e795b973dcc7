"""Another address, and signing out everywhere."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.core.db import db
from app.core.errors import DomainError
from app.people import queries
from app.people.models import Account, Person
from app.people.service import accounts, persons
from tests.browsing import PASSWORD, Browser
from tests.factories.people import make_account, make_person
from tests.people.helpers import as_bytes, at_once, link_in, mails, signed_in

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def ask(browser: Browser, email: str, password: str = PASSWORD) -> Browser:
    return browser.open("/me/email").send(email=email, current=password)


def test_another_address_counts_once_it_is_confirmed(app: Flask, browser: Browser) -> None:
    person_id = make_account("Anna Example", email="anna@example.org").id
    browser.sign_in("anna@example.org")
    ask(browser, "Anna.New@example.org")
    assert browser.path == "/me/account"
    assert "anna.new@example.org" in browser.text
    [mail] = mails()
    assert mail.recipient == "anna.new@example.org"
    path = link_in(mail)
    assert app.test_client().get(path).headers["Cache-Control"] == "private, no-store"
    assert db.session.get_one(Person, person_id).email == "anna@example.org"
    phone = Browser(app).open(path)
    phone.send(password="not the password")
    assert phone.status == 422
    assert db.session.get_one(Person, person_id).email == "anna@example.org"
    phone.send(password=PASSWORD)
    assert phone.path == "/me/account"
    assert db.session.get_one(Person, person_id).email == "anna.new@example.org"
    assert [mail.recipient for mail in mails()][1:] == ["Anna Example <anna@example.org>"]
    assert Browser(app).sign_in("anna.new@example.org").path == "/me"
    assert Browser(app).sign_in("anna@example.org").status == 422
    assert Browser(app).open(path).status == 410


def test_it_needs_the_password(app: Flask, browser: Browser) -> None:
    make_account(email="anna@example.org")
    browser.sign_in("anna@example.org")
    ask(browser, "anna.new@example.org", "not the password")
    assert browser.status == 422
    assert mails() == []
    ask(browser, "anna@example.org")
    assert browser.status == 422
    assert "This is your address already." in browser.text


def test_that_an_address_is_taken_is_told_to_its_owner_alone(app: Flask) -> None:
    make_account(email="taken@example.org")
    pages = []
    for asker, wanted in (("anna@example.org", "taken@example.org"), ("anna2@example.org", "free0@example.org")):
        make_account("Anna Example", email=asker)
        browser = Browser(app).sign_in(asker)
        pages.append(as_bytes(ask(browser, wanted)).replace(wanted, "new").replace(asker, "old"))
    assert pages[0] == pages[1]
    assert [mail.subject for mail in mails()] == [
        "This address already has an account",
        "Confirm your new e-mail address",
    ]
    assert "/confirm-address/" not in (mails()[0].text or "")


def test_the_mail_to_the_new_address_names_nobody(app: Flask, browser: Browser) -> None:
    make_account("Cheap watches", email="anna@example.org")
    browser.sign_in("anna@example.org")
    ask(browser, "stranger@example.org")
    assert "watches" not in (mails()[0].text or "") + (mails()[0].html or "") + mails()[0].recipient


def test_no_address_stands_in_a_link(app: Flask, browser: Browser) -> None:
    make_account(email="anna@example.org")
    browser.sign_in("anna@example.org")
    ask(browser, "anna.new@example.org")
    accounts.ask_for_reset("anna@example.org", "en", "192.0.2.1")
    for mail in mails():
        payload = link_in(mail).rpartition("/")[2].split(".")[0]
        assert b"anna" not in base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


def test_only_the_latest_link_holds_and_for_a_day(app: Flask, browser: Browser) -> None:
    make_account(email="anna@example.org")
    with time_machine.travel(NOW, tick=False) as clock:
        browser.sign_in("anna@example.org")
        ask(browser, "first@example.org")
        ask(browser, "second@example.org")
        first, second = (link_in(mail) for mail in mails())
        assert browser.open(first).status == 410
        clock.shift(timedelta(hours=23))
        assert browser.open(second).status == 200
        clock.shift(timedelta(hours=2))
        assert browser.open(second).status == 410


def test_a_new_password_ends_links_too(app: Flask, browser: Browser) -> None:
    make_account(email="anna@example.org")
    browser.sign_in("anna@example.org")
    ask(browser, "anna.new@example.org")
    accounts.ask_for_reset("anna@example.org", "en", "192.0.2.1")
    change, reset = (link_in(mail) for mail in mails())
    browser.open(reset).send(password="seven quiet otters", password_again="seven quiet otters")
    assert browser.path == "/me"
    assert browser.open(change).status == 410
    assert "Waiting to be confirmed" not in browser.open("/me/account").text


def test_a_reset_link_sent_to_the_old_address_ends_with_it(app: Flask, browser: Browser) -> None:
    make_account(email="anna@example.org")
    browser.sign_in("anna@example.org")
    accounts.ask_for_reset("anna@example.org", "en", "192.0.2.1")
    ask(browser, "anna.new@example.org")
    reset, change = (link_in(mail) for mail in mails())
    browser.open(change).send(password=PASSWORD)
    assert browser.open(reset).status == 410


def test_an_address_that_someone_else_got_meanwhile(app: Flask, browser: Browser) -> None:
    make_account(email="anna@example.org")
    browser.sign_in("anna@example.org")
    ask(browser, "shared@example.org")
    make_person("Ben Sample", email="shared@example.org")
    browser.open(link_in(mails()[0])).send(password=PASSWORD)
    assert browser.status == 422
    assert "belongs to someone we know already" in browser.text
    assert queries.person_of("anna@example.org") is not None


def test_two_who_want_the_same_address(app: Flask) -> None:
    tokens = []
    for email in ("anna@example.org", "ben@example.org"):
        account_id = make_account(email=email).account.id
        accounts.ask_for_address(account_id, "shared@example.org", PASSWORD, "192.0.2.1")
        tokens.append(link_in(mails("shared@")[-1]).rpartition("/")[2])
    outcomes = at_once(app, *[lambda it=token: accounts.confirm_address(it, PASSWORD, "192.0.2.1") for token in tokens])
    assert [isinstance(outcome, Account) for outcome in outcomes].count(True) == 1, outcomes
    assert [isinstance(outcome, DomainError) for outcome in outcomes].count(True) == 1, outcomes


def test_a_sign_up_and_a_change_to_the_same_address(app: Flask) -> None:
    account_id = make_account(email="anna@example.org").account.id
    accounts.ask_for_address(account_id, "shared@example.org", PASSWORD, "192.0.2.1")
    change = link_in(mails()[-1]).rpartition("/")[2]
    accounts.sign_up(
        accounts.NewAccount("Ben Sample", None, "shared@example.org", None, "x", PASSWORD, "en"), "192.0.2.1"
    )
    confirm = link_in(mails()[-1]).rpartition("/")[2]
    outcomes = at_once(
        app,
        lambda: accounts.confirm_address(change, PASSWORD, "192.0.2.1"),
        lambda: accounts.confirm_sign_up(confirm, PASSWORD, "192.0.2.2"),
    )
    assert [isinstance(outcome, Account) for outcome in outcomes].count(True) == 1, outcomes
    assert [isinstance(outcome, DomainError) for outcome in outcomes].count(True) == 1, outcomes


def test_an_administrator_entering_someone_at_the_same_time(app: Flask) -> None:
    accounts.sign_up(accounts.NewAccount("Ben Sample", None, "ben@example.org", None, "x", PASSWORD, "en"), "192.0.2.1")
    confirm = link_in(mails()[-1]).rpartition("/")[2]
    new = persons.NewPerson("Benjamin Sample", None, "ben@example.org", None, None, None)
    outcomes = at_once(
        app,
        lambda: accounts.confirm_sign_up(confirm, PASSWORD, "192.0.2.2"),
        lambda: persons.add_person(new, None),
        lambda: persons.add_person(new, None),
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    person = queries.person_of("ben@example.org")
    assert person and person.account


def test_signing_out_everywhere(app: Flask, browser: Browser) -> None:
    person = make_account(email="anna@example.org")
    elsewhere = signed_in(app, person)
    stranger = signed_in(app, make_account())
    browser.sign_in("anna@example.org").open("/me/account").send("/me/sessions/end")
    assert browser.path == "/sign-in"
    assert "signed out on all" in browser.text
    for each in (browser, elsewhere):
        assert each.open("/me/account").path.startswith("/sign-in")
    assert stranger.open("/me/account").path == "/me/account"


@pytest.mark.parametrize("path", ["/me/account", "/me/password", "/me/email", "/me/profile"])
def test_visitors_sign_in_first(browser: Browser, path: str) -> None:
    assert browser.open(path).path.startswith("/sign-in?next=")
    assert browser.client.head(path).status_code == 302
