"""Delivery of the outbox: each mail is claimed with a lease, handed over, and noted at once.

Killed before handing over: the next worker takes it when the lease has passed. Killed between the server's answer and
our note, where SMTP itself cannot tell: it is handed over again with the same Message-ID.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select

from app.core import clock
from app.core.db import any_due, lock, write
from app.core.outbox import FAILED, QUEUED, SENT, OutboxMessage
from app.core.settings import settings
from app.mail.messages import Letter, Sender, build
from app.mail.rules import MOST_ATTEMPTS, pause_after
from app.mail.transports import Postponed, Refused, Transport, Unreachable, transport

log = logging.getLogger(__name__)
BATCH = 200
"""Mails in one round, so that the worker's other work has its turn."""


def deliver_due(stopping: Callable[[], bool] = lambda: False) -> int:
    """Deliver what is due, oldest first, over one connection; the number that was handed over."""
    if not any_due(_due()):
        return 0
    sent = 0
    way = transport(settings())
    try:
        unreachable = _opened(way)
        for _ in range(BATCH):
            if stopping():
                break
            letter = _claim()
            if letter is None:
                break
            unreachable = unreachable or _deliver(letter, way)
            if unreachable is not None:  # one mail shows what is wrong; the others wait for the next round
                _postpone(letter, str(unreachable))
                break
            sent += 1
    finally:
        way.close()
    return sent


def _opened(way: Transport) -> Unreachable | None:
    """Get the way ready before a mail is claimed; what is in the way, if anything."""
    try:
        way.open()
    except Unreachable as error:
        return error
    return None


def _due() -> ColumnElement[bool]:
    now = clock.now()
    return (
        (OutboxMessage.state == QUEUED)
        & (OutboxMessage.next_attempt_at <= now)
        & or_(OutboxMessage.lease_until.is_(None), OutboxMessage.lease_until <= now)
    )


def _claim() -> Letter | None:
    """The next mail that is due, for this worker alone until the lease ends."""
    lease = timedelta(seconds=settings().mail_lease)
    with write() as session:
        message = session.scalar(
            select(OutboxMessage)
            .where(_due())
            .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if message is None:
            return None
        message.attempts += 1
        message.lease_until = clock.now() + lease
        return Letter(
            id=message.id,
            attempts=message.attempts,
            lease_until=message.lease_until,
            message_id=message.message_id,
            recipient=message.recipient,
            language=message.language,
            subject=message.subject,
            text=message.text or "",
            html=message.html or "",
            created_at=message.created_at,
        )


def _deliver(letter: Letter, way: Transport) -> Unreachable | None:
    """Hand over one mail and note what came of it; returns what stands in the way of all mails, if anything."""
    config = settings()
    if letter.attempts > MOST_ATTEMPTS:
        _fail(letter, "Every worker that took this mail up has died.")
        return None
    try:
        built = build(letter, Sender(config.mail_from, config.support_address))
    except Exception as error:  # a mail that cannot even be written must not block the others
        log.warning("mail cannot be built", extra=_named(letter, error=type(error).__name__))
        _fail(letter, f"The message cannot be built: {type(error).__name__}")
        return None
    try:
        way.send(built, letter.message_id)
    except Unreachable as error:
        return error
    except Postponed as error:
        _postpone(letter, str(error))
    except Refused as error:
        _fail(letter, str(error))
    else:
        _sent(letter)
    return None


def _sent(letter: Letter) -> None:
    """It is out: nothing can take that back, not even a lease that ended meanwhile."""
    with write():
        message = lock(OutboxMessage, letter.id)
        if message is None or message.state == SENT:
            return
        message.state, message.sent_at, message.next_attempt_at = SENT, clock.now(), clock.now()
        message.text = message.html = message.lease_until = message.last_error = None
    log.info("mail sent", extra=_named(letter))


def _postpone(letter: Letter, reason: str) -> None:
    pause = pause_after(letter.attempts)
    if pause is None:
        _fail(letter, reason)
        return
    with write():
        message = _still_ours(letter)
        if message is None:
            return
        message.lease_until, message.last_error = None, reason
        message.next_attempt_at = clock.now() + pause
    log.warning("mail postponed", extra=_named(letter))


def _fail(letter: Letter, reason: str) -> None:
    with write():
        message = _still_ours(letter)
        if message is None:
            return
        message.state, message.lease_until, message.last_error = FAILED, None, reason
        message.next_attempt_at = clock.now()
    log.error("mail failed", extra=_named(letter))


def _still_ours(letter: Letter) -> OutboxMessage | None:
    """The row, if nobody else took the mail up after our lease ended."""
    message = lock(OutboxMessage, letter.id)
    if message is None or message.state != QUEUED or message.lease_until != letter.lease_until:
        return None
    return message


def _named(letter: Letter, **more: str) -> dict[str, object]:
    """What logs may say of a mail: neither to whom nor what."""
    return {"message_id": letter.message_id, "attempts": letter.attempts, **more}
