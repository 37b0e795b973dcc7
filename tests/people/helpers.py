"""What tests of people share: the mails that were queued, browsers already signed in, threads that start together."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.core.outbox import OutboxMessage
from app.people.models import Person
from tests.browsing import PASSWORD, Browser

OTHER_PASSWORD = "seven quiet otters swim"


def mails(to: str | None = None) -> list[OutboxMessage]:
    """The mails in the outbox, the oldest first; those to one address only."""
    db.session.rollback()
    found = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    return [mail for mail in found if to is None or to in mail.recipient]


def link_in(mail: OutboxMessage) -> str:
    """The path of the link that a mail asks to open."""
    found = re.search(r"http://localhost(/\S+)", mail.text or "")
    assert found, mail.text
    return found.group(1)


def as_bytes(browser: Browser) -> str:
    """A page without its CSRF tokens, to compare it with another."""
    return re.sub(r'name="csrf_token"[^>]*value="[^"]+"', "csrf", browser.text)


def signed_in(app: Flask, person: Person, language: str = "en") -> Browser:
    """A browser in which the person has signed in, without going through the page."""
    browser = Browser(app, language)
    account = person.account
    assert account is not None
    with browser.client.session_transaction() as session:
        session["_user_id"] = f"{account.id}:{account.session_epoch}"
        session["_fresh"] = True
    return browser


def sign_up(browser: Browser, email: str, **values: str) -> Browser:
    """Fill in the sign-up page."""
    fields = {
        "full_name": "Anna Example", "email": email, "association": "other", "organisation": "A ministry",
        "password": PASSWORD, "password_again": PASSWORD, **values,
    }  # fmt: skip
    return browser.open("/sign-up").send(**fields)


def at_once(app: Flask, *commands: Callable[[], object]) -> list[object]:
    """Run the commands in threads that start together; what each returned or raised."""
    db.session.rollback()
    start = threading.Barrier(len(commands))
    outcomes: list[object] = [None] * len(commands)

    def run(number: int, command: Callable[[], object]) -> None:
        with app.app_context():
            try:
                start.wait()
                outcomes[number] = command()
            except Exception as error:
                outcomes[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(commands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    return outcomes
