"""Wanting an account, and showing that the address is one's own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.core import dates
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import DomainError
from app.people import queries, tokens
from app.people.models import Account, Person, SignUp
from app.people.personal_data import retain
from app.people.service import accounts
from app.people.service.affiliations import add_affiliation
from tests.browsing import PASSWORD, Browser
from tests.factories.people import make_account, make_association, make_person
from tests.people.helpers import OTHER_PASSWORD, as_bytes, at_once, link_in, mails, sign_up
from tests.queries import counted_queries

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def test_from_the_form_to_an_account(app: Flask, browser: Browser) -> None:
    association = make_association("VVSG", name="Vlaamse Steden")
    sign_up(browser, " Anna@Example.org ", association=str(association.id), organisation="")
    assert browser.path == "/sign-up/sent"
    assert "Check your mail" in browser.text
    assert "anna@example.org" not in browser.text.lower()
    assert queries.person_of("anna@example.org") is None
    [mail] = mails()
    assert mail.recipient == "anna@example.org"
    assert mail.language == "en"
    browser.open(link_in(mail)).send(password=PASSWORD)
    assert browser.path == "/me"
    assert "Welcome" in browser.text
    person = queries.person_of("anna@example.org")
    assert person and person.account
    assert (person.full_name, person.latin_name, person.language) == ("Anna Example", None, "en")
    assert [item.association_id for item in queries.current_affiliations(person)] == [association.id]
    assert db.session.scalar(select(func.count(SignUp.id))) == 0
    assert set(db.session.scalars(select(AuditEntry.action))) == {"affiliation.added", "account.created"}
    assert browser.open("/me/account").status == 200


def test_the_language_of_the_page_is_that_of_the_mail_and_the_profile(app: Flask) -> None:
    browser = Browser(app, "fr")
    sign_up(browser, "anna@example.org")
    [mail] = mails()
    assert mail.language == "fr"
    browser.open(link_in(mail)).send(password=PASSWORD)
    person = queries.person_of("anna@example.org")
    assert person and person.language == "fr"


def test_associations_are_offered_by_country(app: Flask, browser: Browser) -> None:
    make_association("KEDE", country="GR", name="Κεντρική Ένωση")
    make_association("VVSG", country="BE", name="Vlaamse Steden")
    text = browser.open("/sign-up").text
    assert text.index('<optgroup label="Belgium">') < text.index('<optgroup label="Greece">')


def test_everything_wrong_is_said_at_once_and_nothing_typed_is_lost(browser: Browser) -> None:
    sign_up(browser, "no address", full_name="Мария Иванова", organisation="", password="short", password_again="shart")
    assert browser.status == 422
    for message in (
        "The full name is not in Latin letters", "This is not an e-mail address", "Give the name of the organisation",
        "Use at least 12 characters", "This is not the same password",
    ):  # fmt: skip
        assert message in browser.text
    assert 'value="Мария Иванова"' in browser.text
    assert 'value="no address"' in browser.text
    assert "short" not in browser.text
    assert mails() == []


@pytest.mark.parametrize("latin_name", ["", "Ζωή"])
def test_a_latin_name_is_asked_for(browser: Browser, latin_name: str) -> None:
    sign_up(browser, "zoi@example.org", full_name="Ζωή Παπαδοπούλου", latin_name=latin_name)
    assert browser.status == 422
    sign_up(browser, "zoi@example.org", full_name="Ζωή Παπαδοπούλου", latin_name="Zoi Papadopoulou")
    browser.open(link_in(mails()[0])).send(password=PASSWORD)
    person = queries.person_of("zoi@example.org")
    assert person and person.display_name == "Ζωή Παπαδοπούλου (Zoi Papadopoulou)"


def test_an_association_that_does_not_exist(browser: Browser) -> None:
    sign_up(browser, "anna@example.org", association="99")
    assert browser.status == 422
    assert mails() == []


def test_known_and_unknown_addresses_get_the_same_answer(app: Flask) -> None:
    make_account(email="known@example.org")
    make_person(email="entered@example.org")
    pages = []
    for email in ("known@example.org", "entered@example.org", "unknown@example.org"):
        browser = sign_up(Browser(app), email)
        pages.append((browser.status, browser.path, as_bytes(browser)))
    assert pages[0] == pages[1] == pages[2]
    assert [mail.subject for mail in mails()] == [
        "You already have an account", "Confirm your e-mail address", "Confirm your e-mail address",
    ]  # fmt: skip
    assert "/sign-up/confirm/" not in (mails("known@")[0].text or "")


def test_known_and_unknown_addresses_cost_the_same(app: Flask) -> None:
    make_account(email="known@example.org")
    db.session.rollback()

    def cost(email: str) -> list[str]:
        with counted_queries() as statements:
            accounts.sign_up(accounts.NewAccount("Anna", None, email, None, "x", PASSWORD, "en"), "192.0.2.1")
        return [statement.split()[0] for statement in statements]

    assert cost("known@example.org") == cost("unknown@example.org")


def test_the_mail_to_a_stranger_says_nothing_that_someone_typed(browser: Browser) -> None:
    sign_up(browser, "stranger@example.org", full_name="Cheap watches example.com", organisation="Buy now")
    [mail] = mails()
    for text in (mail.text, mail.html, mail.subject, mail.recipient):
        assert "watches" not in (text or "")
        assert "Buy" not in (text or "")


def test_who_signs_up_with_the_address_of_a_known_person_becomes_that_person(browser: Browser) -> None:
    known = make_person("Anna Maria Example", email="anna@example.org", association=make_association("VVSG"))
    known_id = known.id
    sign_up(browser, "ANNA@example.org", organisation="Somewhere else")
    browser.open(link_in(mails()[0])).send(password=PASSWORD)
    person = queries.person_of("anna@example.org")
    assert person and person.account
    assert (person.id, person.full_name) == (known_id, "Anna Maria Example")
    [affiliation] = queries.current_affiliations(person)
    assert affiliation.association and affiliation.association.code == "VVSG"


def test_an_affiliation_that_begins_later_stays_the_only_one(browser: Browser) -> None:
    known, association = make_person("Anna Example", email="anna@example.org"), make_association("VVSG")
    begins = dates.today() + timedelta(days=30)
    add_affiliation(known.id, association.id, None, "expert", begins, None)
    sign_up(browser, "anna@example.org", association=str(association.id), organisation="")
    browser.open(link_in(mails()[0])).send(password=PASSWORD)
    assert browser.path == "/me"
    person = queries.person_of("anna@example.org")
    assert person and [item.starts_on for item in person.affiliations] == [begins]


def test_opening_the_link_does_nothing_and_the_password_is_needed(app: Flask, browser: Browser) -> None:
    sign_up(browser, "anna@example.org")
    path = link_in(mails()[0])
    for _ in range(3):
        scanner = app.test_client().get(path)
        assert scanner.status_code == 200
        assert scanner.headers["Cache-Control"] == "private, no-store"
    assert app.test_client().head(path).status_code == 200
    assert queries.person_of("anna@example.org") is None
    browser.open(path).send(password=OTHER_PASSWORD)
    assert browser.status == 422
    assert "not the password you signed up with" in browser.text
    assert queries.person_of("anna@example.org") is None
    browser.send(password=PASSWORD)
    assert browser.path == "/me"


def test_links_that_no_longer_hold(app: Flask, browser: Browser) -> None:
    with time_machine.travel(NOW, tick=False):
        sign_up(browser, "anna@example.org")
        path = link_in(mails()[0])
    for forged in (path[:-2] + ("aa" if not path.endswith("aa") else "bb"), "/sign-up/confirm/x", path + "x"):
        page = Browser(app).open(forged)
        assert page.status == 410
        assert "not complete" in page.text
    reset = tokens.make(tokens.RESET, id=1, epoch=1, to="")
    assert Browser(app).open(f"/sign-up/confirm/{reset}").status == 410
    with time_machine.travel(NOW + timedelta(days=3, minutes=-1), tick=False):
        assert browser.open(path).status == 200
    with time_machine.travel(NOW + timedelta(days=3, minutes=1), tick=False):
        assert browser.open(path).status == 410
        assert "expired" in browser.text
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        browser.open(path).send(password=PASSWORD)
        assert browser.path == "/me"
        assert Browser(app).open(path).status == 410


def test_two_sign_ups_of_one_address_make_one_account(app: Flask) -> None:
    for round_number in range(4):
        email = f"anna{round_number}@example.org"
        paths = []
        for password in (PASSWORD, OTHER_PASSWORD):
            sign_up(Browser(app), email, password=password, password_again=password)
            paths.append(link_in(mails(email)[-1]).rpartition("/")[2])
        outcomes = at_once(
            app,
            lambda it=paths: accounts.confirm_sign_up(it[0], PASSWORD, "192.0.2.1"),
            lambda it=paths: accounts.confirm_sign_up(it[1], OTHER_PASSWORD, "192.0.2.2"),
        )
        assert [isinstance(outcome, Account) for outcome in outcomes].count(True) == 1, outcomes
        assert [isinstance(outcome, DomainError) for outcome in outcomes].count(True) == 1, outcomes
        assert db.session.scalar(select(func.count(Person.id)).where(Person.email == email)) == 1
    assert db.session.scalar(select(func.count(Account.id))) == 4


def test_the_same_link_confirmed_twice_at_once(app: Flask, browser: Browser) -> None:
    sign_up(browser, "anna@example.org")
    token = link_in(mails()[0]).rpartition("/")[2]
    outcomes = at_once(app, *[lambda: accounts.confirm_sign_up(token, PASSWORD, "192.0.2.1")] * 3)
    assert [isinstance(outcome, Account) for outcome in outcomes].count(True) == 1
    assert db.session.scalar(select(func.count(Account.id))) == 1


def test_at_most_four_mails_an_hour_and_the_page_does_not_tell(app: Flask) -> None:
    pages = {as_bytes(sign_up(Browser(app), "anna@example.org")) for _ in range(6)}
    assert len(pages) == 1
    assert len(mails()) == 4


def test_what_nobody_confirmed_is_forgotten(app: Flask, browser: Browser) -> None:
    with time_machine.travel(NOW, tick=False):
        sign_up(browser, "anna@example.org")
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        sign_up(browser, "ben@example.org")
        retain(NOW + timedelta(days=2), dry_run=False)
        assert db.session.scalar(select(func.count(SignUp.id))) == 2
    with time_machine.travel(NOW + timedelta(days=4), tick=False):
        retain(NOW + timedelta(days=4), dry_run=False)
        assert db.session.scalars(select(SignUp.email)).all() == ["ben@example.org"]


def test_the_affiliation_begins_on_the_day_it_is_at_home(browser: Browser) -> None:
    with time_machine.travel(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), tick=False):  # half past midnight in Brussels
        sign_up(browser, "anna@example.org")
        browser.open(link_in(mails()[0])).send(password=PASSWORD)
    person = queries.person_of("anna@example.org")
    assert person and person.affiliations[0].starts_on == date(2026, 7, 2)


def test_who_is_signed_in_needs_no_account(app: Flask, browser: Browser) -> None:
    make_account(email="anna@example.org")
    browser.sign_in("anna@example.org")
    assert browser.open("/sign-up").path == "/me"
