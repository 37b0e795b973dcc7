"""Attempts are limited by account and by address, in the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.core.db import db
from app.people import limits, passwords
from app.people.models import Attempt
from app.people.personal_data import retain
from app.people.service import accounts
from tests.browsing import PASSWORD, Browser
from tests.factories.people import make_account
from tests.people.helpers import as_bytes, at_once, link_in, mails

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
PER_ACCOUNT = limits.SIGN_IN.per_account


def try_often(email: str, times: int, address: str = "192.0.2.1") -> None:
    for _ in range(times):
        with pytest.raises(accounts.WrongCredentials):
            accounts.sign_in(email, "not the password", address)


@pytest.fixture
def no_hashing(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Wrong passwords without the cost of a hash; every one that would have been computed is noted."""
    seen: list[str | None] = []

    def note(password_hash: str | None, password: str) -> bool:
        seen.append(password_hash)
        return password_hash is not None and password == PASSWORD

    monkeypatch.setattr(passwords, "verify", note)
    return seen


@pytest.mark.parametrize("known", [True, False])
def test_by_account_known_or_not(app: Flask, no_hashing: list[str | None], known: bool) -> None:
    email = "anna@example.org"
    if known:
        make_account(email=email)
    with time_machine.travel(NOW, tick=False) as clock:
        for number in range(PER_ACCOUNT):
            try_often(email, 1, address=f"192.0.2.{number}")
        for password in ("not the password", PASSWORD):
            with pytest.raises(limits.TooManyAttempts):
                accounts.sign_in(email, password, "198.51.100.7")
        assert len(no_hashing) == PER_ACCOUNT
        try_often("ben@example.org", 1)
        clock.shift(limits.SIGN_IN.window + timedelta(seconds=1))
        try_often(email, 1)


def test_by_address(app: Flask, no_hashing: list[str | None]) -> None:
    for number in range(limits.SIGN_IN.per_address):
        try_often(f"anna{number}@example.org", 1, "2001:db8::1")
    with pytest.raises(limits.TooManyAttempts):
        accounts.sign_in("ben@example.org", "not the password", "2001:db8::ffff:1")  # the same network
    try_often("ben@example.org", 1, "2001:db8:0:1::1")


def test_the_page_says_the_same_for_known_and_unknown(app: Flask, no_hashing: list[str | None]) -> None:
    make_account(email="known@example.org")
    pages = []
    for email in ("known@example.org", "unknown@example.org"):
        browser = Browser(app)
        for _ in range(PER_ACCOUNT + 1):
            browser.sign_in(email, "not the password")
        assert browser.status == 429
        pages.append(as_bytes(browser).replace(email, "…"))
    assert pages[0] == pages[1]
    assert "Wait 15 minutes" in pages[0]


def test_successes_do_not_count(app: Flask, no_hashing: list[str | None]) -> None:
    make_account(email="anna@example.org")
    for _ in range(PER_ACCOUNT + 2):
        accounts.sign_in("anna@example.org", PASSWORD, "192.0.2.1")
    assert db.session.scalar(select(func.count(Attempt.id))) == 0


def test_a_new_password_by_mail_opens_the_account_again(app: Flask, browser: Browser) -> None:
    make_account(email="anna@example.org")
    for _ in range(PER_ACCOUNT):
        limits.begin_sign_in("anna@example.org", "192.0.2.1")
    accounts.ask_for_reset("anna@example.org", "en", "192.0.2.1")
    browser.open(link_in(mails()[0])).send(password="seven quiet otters", password_again="seven quiet otters")
    assert browser.path == "/me"
    assert Browser(app).sign_in("anna@example.org", "seven quiet otters").path == "/me"


@pytest.mark.parametrize("by", ["account", "address"])
def test_eight_at_once_do_not_slip_through(app: Flask, no_hashing: list[str | None], by: str) -> None:
    limit = PER_ACCOUNT if by == "account" else limits.SIGN_IN.per_address
    for number in range(limit - 3):
        limits.begin_sign_in("anna@example.org" if by == "account" else f"anna{number}@example.org", "192.0.2.1")

    def attempt(number: int) -> object:
        email = "anna@example.org" if by == "account" else f"ben{number}@example.org"
        return accounts.sign_in(email, "not the password", "192.0.2.1")

    outcomes = at_once(app, *[lambda it=number: attempt(it) for number in range(8)])
    assert [type(outcome) for outcome in outcomes].count(limits.TooManyAttempts) == 5, outcomes
    assert [type(outcome) for outcome in outcomes].count(accounts.WrongCredentials) == 3, outcomes
    assert len(no_hashing) == 3


def test_mails_at_once(app: Flask) -> None:
    outcomes = at_once(app, *[lambda: limits.begin_mail("anna@example.org", "192.0.2.1")] * 8)
    assert outcomes.count(True) == limits.MAIL.per_account
    assert outcomes.count(False) == 8 - limits.MAIL.per_account


def test_a_visitor_who_asks_for_many_mails_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(limits.MAIL.per_address):
        assert limits.begin_mail(f"anna{number}@example.org", "127.0.0.1")
    browser = Browser(app).open("/forgotten-password").send(email="ben@example.org")
    assert browser.status == 429
    assert "Too many mails" in browser.text
    assert mails() == []


def test_neither_addresses_nor_names_are_kept(app: Flask) -> None:
    limits.begin_sign_in("anna@example.org", "192.0.2.1")
    row = db.session.scalars(select(Attempt)).one()
    assert "anna" not in row.account_key
    assert "192" not in row.address_key or len(row.address_key) == 64
    assert row.account_key != row.address_key


def test_old_attempts_are_forgotten(app: Flask) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        limits.begin_sign_in("anna@example.org", "192.0.2.1")
        clock.shift(timedelta(minutes=59))
        retain(NOW + timedelta(minutes=59), dry_run=False)
        assert db.session.scalar(select(func.count(Attempt.id))) == 1
        clock.shift(timedelta(minutes=2))
        retain(NOW + timedelta(minutes=61), dry_run=False)
        assert db.session.scalar(select(func.count(Attempt.id))) == 0
