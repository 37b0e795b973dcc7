"""The outbox: mails written in the transaction that causes them, delivered afterwards by the worker.

A row is the truth. A mail whose transaction rolled back never existed; one that was committed is delivered even if
every process is killed in between (`app/mail/delivery.py`).
"""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast

from flask import render_template
from flask_babel import force_locale
from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, jobs
from app.core.audit import BigId
from app.core.db import Base, Instant, after_commit, writing
from app.core.errors import Text as Words
from app.core.settings import settings

QUEUED, SENT, FAILED = "queued", "sent", "failed"
LONGEST_SUBJECT = 200


class OutboxMessage(Base):
    """One mail to one address. Its text is wiped once sent: it may hold links that are secrets."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sent', 'failed')", name="state"),
        Index("ix_outbox_messages_due", "state", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    """RFC 5322 Message-ID, the same at every attempt."""
    recipient: Mapped[str] = mapped_column(String(500))
    """As people read it: "Name <address>", or the address alone."""
    language: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(255))
    text: Mapped[str | None] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default=QUEUED)
    created_at: Mapped[Instant]
    next_attempt_at: Mapped[Instant]
    """When it is due; of one that was sent or has failed, when that was."""
    lease_until: Mapped[Instant | None]
    """Until when one worker alone may try; after a crash the next may once this has passed."""
    attempts: Mapped[int] = mapped_column(default=0)
    """How often a worker has taken it up since it was queued or queued again."""
    last_error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[Instant | None]


@dataclass(frozen=True)
class Recipient:
    """Where a mail goes and in which language it speaks."""

    address: str
    name: str
    language: str | None = None


@dataclass(frozen=True)
class Mail:
    """What a mail says: plain paragraphs, at most one link to act on, and why one gets it."""

    subject: Words
    paragraphs: tuple[Words, ...]
    action: tuple[Words, str] | None = None
    quote: str | None = None
    """Words of another person, shown as a quotation."""
    afterword: Words | None = None


def speaking(recipient: Recipient) -> AbstractContextManager[None]:
    """A context in which texts come out in the recipient's language."""
    return cast(AbstractContextManager[None], force_locale(_language(recipient)))


def queue(recipient: Recipient, mail: Mail) -> OutboxMessage:
    """Put a mail into the outbox, as part of the present transaction."""
    config = settings()
    language, now = _language(recipient), clock.now()
    with force_locale(language):
        context = {"mail": mail, "recipient": recipient, "instance_name": config.instance_name, "language": language}
        message = OutboxMessage(
            message_id=f"<{uuid.uuid4()}@{_domain(config.host_name)}>",
            recipient=_addressed(_one_line(recipient.name), recipient.address),
            language=language,
            subject=_shortened(_one_line(str(mail.subject))),
            text=render_template("mail/message.txt", **context),
            html=render_template("mail/message.html", **context),
            created_at=now,
            next_attempt_at=now,
        )
    writing().add(message)
    after_commit(jobs.wake)
    return message


def _language(recipient: Recipient) -> str:
    config = settings()
    return recipient.language if recipient.language in config.languages else config.default_language


def _addressed(name: str, address: str) -> str:
    return f"{name} <{address}>" if name else address


def _one_line(text: str) -> str:
    """Harmless in a header: no line breaks, and no "=?" to smuggle some in as an encoded word (RFC 2047)."""
    return " ".join(text.replace("=?", "= ?").split())


def _shortened(subject: str) -> str:
    return subject if len(subject) <= LONGEST_SUBJECT else subject[: LONGEST_SUBJECT - 1].rstrip() + "…"


def _domain(host: str) -> str:
    """A host name as the right side of a Message-ID: IPv6 in brackets, other scripts in ASCII."""
    return f"[IPv6:{host}]" if ":" in host else host.encode("idna").decode()
