"""The outbox page: for administrators, with counts and reasons, never with texts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.audit import AuditEntry
from app.core.db import db, write
from app.core.outbox import FAILED, QUEUED, SENT, OutboxMessage
from tests.browsing import Browser
from tests.factories.people import make_account
from tests.mail.conftest import row
from tests.queries import counted_queries


def make_row(state: str = QUEUED, **values: object) -> int:
    number = db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage))
    now = clock.now()
    fields = {
        "message_id": f"<{number}@example.org>",
        "recipient": f"Person {number} <p{number}@example.org>",
        "language": "en",
        "subject": f"Subject {number}.",
        "text": "the hidden text",
        "html": "the hidden text",
        "state": state,
        "created_at": now,
        "next_attempt_at": now + timedelta(hours=1),
        **values,
    }
    with write() as session:
        message = OutboxMessage(**fields)
        session.add(message)
        session.flush()
        return message.id


@pytest.fixture
def administrator(app: Flask, browser: Browser) -> Browser:
    make_account(email="admin@example.org", administrator=True)
    return browser.sign_in("admin@example.org")


def test_only_administrators_see_it(browser: Browser) -> None:
    message_id = make_row(FAILED)
    answer = browser.client.get("/admin/outbox")
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]
    make_account(email="anna@example.org")
    browser.sign_in("anna@example.org")
    assert browser.client.get("/admin/outbox").status_code == 403
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.open("/admin/outbox").text)
    data = {"csrf_token": token.group(1)} if token else {}
    assert browser.client.post(f"/admin/outbox/{message_id}/retry", data=data).status_code in (403, 404)
    assert row(message_id).state == FAILED


def test_states_with_counts_and_what_came_of_each(administrator: Browser) -> None:
    make_row(QUEUED)
    make_row(QUEUED, attempts=3, last_error="451 Later <please>")
    make_row(FAILED, attempts=20, last_error="550 No such user")
    for _ in range(3):
        make_row(SENT, attempts=1, sent_at=clock.now(), text=None, html=None)
    page = administrator.open("/admin/outbox").text
    assert administrator.status == 200
    shown = re.findall(r'<a href="/admin/outbox\?state=(\w+)">[^<]*<span class="muted">(\d+)', page)
    assert shown == [("queued", "2"), ("failed", "1"), ("sent", "3")]
    assert page.index("Subject 5.") < page.index("Subject 0.")
    assert "Person 2 &lt;p2@example.org&gt;" in page
    assert "451 Later &lt;please&gt;" in page
    assert "550 No such user" in page
    assert "20 attempts" in page
    assert "Next try:" in page
    assert "hidden text" not in page
    only = administrator.open("/admin/outbox?state=failed").text
    assert "Subject 2." in only
    assert "Subject 1." not in only
    assert "Subject 5." in administrator.open("/admin/outbox?state=nonsense").text


def test_the_number_of_queries_does_not_grow(administrator: Browser) -> None:
    numbers = []
    for amount in (1, 60):
        for _ in range(amount):
            make_row()
        with counted_queries() as statements:
            administrator.open("/admin/outbox")
        numbers.append(len(statements))
        assert not any("hidden" in statement or "outbox_messages.text" in statement for statement in statements)
    assert numbers[0] == numbers[1] <= 12


def test_pages(administrator: Browser) -> None:
    for _ in range(51):
        make_row()
    first = administrator.open("/admin/outbox").text
    assert "Subject 50." in first
    assert "Subject 0." not in first
    assert "page=2" in first
    assert "Subject 0." in administrator.open("/admin/outbox?page=2").text
    assert "Subject 0." in administrator.open("/admin/outbox?page=99").text


def test_trying_again(administrator: Browser) -> None:
    failed = make_row(FAILED, attempts=20, last_error="550 No")
    waiting = make_row(QUEUED, attempts=3, last_error="451 Later")
    administrator.open("/admin/outbox?state=failed").send(f"/admin/outbox/{failed}/retry")
    assert administrator.path == "/admin/outbox?state=failed"
    assert "“Subject 0.” is tried again now." in administrator.text
    assert (row(failed).state, row(failed).attempts) == (QUEUED, 0)
    assert row(failed).next_attempt_at <= clock.now()
    administrator.open("/admin/outbox").send(f"/admin/outbox/{waiting}/retry")
    assert (row(waiting).state, row(waiting).attempts) == (QUEUED, 3)
    assert row(waiting).next_attempt_at <= clock.now()
    actions = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.subject_type == "outbox_messages")).all()
    assert actions == ["mail.tried_again"] * 2


def test_what_was_sent_is_not_sent_again(administrator: Browser) -> None:
    message_id = make_row(QUEUED, attempts=1)
    administrator.open("/admin/outbox")
    with write() as session:
        session.get_one(OutboxMessage, message_id).state = SENT
    administrator.send(f"/admin/outbox/{message_id}/retry")
    assert "This mail has been sent meanwhile." in administrator.text
    assert row(message_id).state == SENT
    assert "Try again now" not in administrator.text


def test_trying_again_leaves_a_lease_in_force(administrator: Browser) -> None:
    """Another worker may be handing it over at this moment."""
    lease = clock.now() + timedelta(minutes=2)
    message_id = make_row(QUEUED, attempts=1, lease_until=lease)
    administrator.open("/admin/outbox").send(f"/admin/outbox/{message_id}/retry")
    assert row(message_id).lease_until == lease


def test_empty(administrator: Browser) -> None:
    assert "No mail yet" in administrator.open("/admin/outbox").text
    make_row(SENT, sent_at=clock.now())
    assert "No mail in this state" in administrator.open("/admin/outbox?state=failed").text
