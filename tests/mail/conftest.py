"""Mails and servers for the tests of delivery."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.core.db import db, write
from app.core.outbox import Mail, OutboxMessage, Recipient, queue
from tests.mail.smtp import Server, smtp_server


def make_mail(address: str = "anna@example.org", name: str = "Anna", subject: str = "Hello", **values: Any) -> int:
    """A mail in the outbox, written as features write them; its id."""
    language = values.pop("language", None)
    with write():
        message = queue(Recipient(address, name, language), Mail(subject, ("Something happened.",), **values))
        db.session.flush()
        return message.id


def row(message_id: int) -> OutboxMessage:
    """The row as it is now."""
    db.session.rollback()
    return db.session.get_one(OutboxMessage, message_id, populate_existing=True)


@pytest.fixture
def configured(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Changes settings for one test."""

    def configure(**values: object) -> None:
        monkeypatch.setitem(app.config, "ROUNDTABLE", replace(app.config["ROUNDTABLE"], **values))

    return configure


@pytest.fixture
def server(configured: Callable[..., None]) -> Iterator[Server]:
    """An SMTP server that mails go to."""
    with smtp_server() as running:
        configured(smtp_url=f"smtp://127.0.0.1:{running.port}")
        yield running
