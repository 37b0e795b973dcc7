"""What tests of memberships share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.core.outbox import OutboxMessage
from app.people.models import Account, Person
from tests.browsing import Browser

Visit = Callable[..., Browser]
Mails = Callable[[], Sequence[OutboxMessage]]


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


@pytest.fixture
def mails(app: Flask) -> Mails:
    """`mails()`: what was written since it was last asked, oldest first."""
    seen: list[int] = []

    def new() -> Sequence[OutboxMessage]:
        db.session.rollback()
        found = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        fresh = [mail for mail in found if mail.id not in seen]
        seen.extend(mail.id for mail in fresh)
        return fresh

    return new


def addressed(written: Sequence[OutboxMessage]) -> set[str]:
    """The addresses mails go to."""
    return {mail.recipient.rpartition("<")[2].rstrip(">") for mail in written}
