"""Commands on the outbox: one transaction each."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core import audit, clock, jobs
from app.core.db import after_commit, lock, write
from app.core.errors import DomainError
from app.core.outbox import FAILED, QUEUED, SENT, OutboxMessage


def try_again(message_id: int, actor_id: int | None) -> None:
    """Let a mail be tried at once, be it one that waits or one that was given up. Raises DomainError."""
    with write():
        message = lock(OutboxMessage, message_id)
        if message is None:
            raise DomainError(_l("This mail is no longer in the outbox."))
        if message.state == SENT:
            raise DomainError(_l("This mail has been sent meanwhile."))
        if message.state == FAILED:
            message.state, message.attempts = QUEUED, 0
        message.next_attempt_at = clock.now()
        audit.record("mail.tried_again", message, actor_id)
        after_commit(jobs.wake)
