"""What tests of pages share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.people.models import Account, Person
from tests.browsing import Browser

Visit = Callable[..., Browser]


@pytest.fixture
def visit(app: Flask) -> Visit:
    """`visit(person)`: a browser in which this person is signed in."""

    def sign_in(person: Person, language: str = "en") -> Browser:
        account = db.session.scalars(select(Account).where(Account.person_id == person.id)).one()
        browser = Browser(app, language)
        with browser.client.session_transaction() as session:
            session["_user_id"] = f"{account.id}:{account.session_epoch}"
        return browser

    return sign_in
