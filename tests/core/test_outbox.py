"""Writing mails into the outbox."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import LazyString, get_locale

from app.core.db import db, write
from app.core.outbox import QUEUED, Mail, OutboxMessage, Recipient, queue, speaking


def written(recipient: Recipient, mail: Mail) -> OutboxMessage:
    with write():
        queue(recipient, mail)
    return db.session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()  # type: ignore[return-value]


def test_a_mail_needs_a_transaction(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="only within"):
        queue(Recipient("anna@example.org", "Anna"), Mail("Hello", ("x",)))


def test_a_mail_as_it_waits(app: Flask) -> None:
    message = written(Recipient("anna@example.org", "Anna"), Mail("Hello", ("Something happened.",)))
    assert message.state == QUEUED
    assert message.attempts == 0
    assert message.recipient == "Anna <anna@example.org>"
    assert re.fullmatch(r"<[0-9a-f-]{36}@localhost>", message.message_id)
    assert message.next_attempt_at == message.created_at


def test_a_mail_speaks_the_language_of_its_recipient(app: Flask) -> None:
    """Whatever the language of who causes it."""
    heard = LazyString(lambda: f"in {get_locale()}")
    for language, expected in (("fr", "fr"), ("en", "en"), (None, "en"), ("xx", "en")):
        to = Recipient("anna@example.org", "Anna", language)
        with app.test_request_context("/?lang=fr" if expected == "en" else "/?lang=en"):
            with speaking(to):
                eager = str(get_locale())
            message = written(to, Mail(heard, (heard, eager)))
        assert message.language == expected
        assert message.subject == f"in {expected}"
        assert f"in {expected}" in (message.text or "")
        assert f"in {expected}" in (message.html or "")
        assert f'<html lang="{expected}">' in (message.html or "")
        assert eager == expected


def test_texts_are_escaped_in_html_and_not_in_text(app: Flask) -> None:
    message = written(
        Recipient("anna@example.org", "A <b> & C"),
        Mail("x", ("1 < 2 & 3",), action=("Open <it>", "https://example.org/?a=1&b=2"), quote="<script>\nsecond line"),
    )
    assert message.text is not None
    assert message.html is not None
    for plain in ("A <b> & C", "1 < 2 & 3", "https://example.org/?a=1&b=2\n", "> <script>\n> second line\n"):
        assert plain in message.text
    assert "<script>" not in message.html
    assert 'href="https://example.org/?a=1&amp;b=2"' in message.html
    assert "1 &lt; 2 &amp; 3" in message.html


def test_the_text_as_a_whole(app: Flask) -> None:
    message = written(
        Recipient("anna@example.org", ""),
        Mail("x", ("One.", "Two."), action=("Open", "https://example.org/1"), quote="Said.", afterword="Because."),
    )
    assert message.text == (
        "Good day,\n\nOne.\n\nTwo.\n\n> Said.\n\nOpen:\nhttps://example.org/1\n\nBecause.\n\n-- \nRoundtable"
    )


def test_a_long_subject_is_cut_visibly(app: Flask) -> None:
    message = written(Recipient("anna@example.org", "Anna"), Mail("é" * 400, ("x",)))
    assert len(message.subject) == 200
    assert message.subject.endswith("…")


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("groups.example.org", "groups.example.org"),
        ("::1", "[IPv6:::1]"),
        ("münchen.example", "xn--mnchen-3ya.example"),
    ],
)
def test_the_message_id_is_valid_for_any_host(app: Flask, host: str, domain: str) -> None:
    from app.core.outbox import _domain

    assert _domain(host) == domain
