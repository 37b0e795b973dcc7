"""Reads of the outbox for administrators: everything but the texts."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from app.core.db import db
from app.core.outbox import FAILED, QUEUED, SENT, OutboxMessage
from app.core.pagination import SIZE, Page, last_page

STATES = (QUEUED, FAILED, SENT)
UNREAD = (defer(OutboxMessage.text, raiseload=True), defer(OutboxMessage.html, raiseload=True))
"""What a mail says is not even loaded."""


def counts() -> dict[str, int]:
    """How many mails are in each state."""
    found = db.session.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
    numbers = dict.fromkeys(STATES, 0)
    numbers.update((state, number) for state, number in found)
    return numbers


def page_of(state: str | None, number: int, counted: dict[str, int]) -> Page[OutboxMessage]:
    """One page of the mails in a state, or of all, the newest first; `counted` as `counts` says."""
    total = counted[state] if state else sum(counted.values())
    number = min(number, last_page(total, SIZE))
    found = select(OutboxMessage).options(*UNREAD).order_by(OutboxMessage.id.desc())
    if state:
        found = found.where(OutboxMessage.state == state)
    found = found.limit(SIZE).offset((number - 1) * SIZE)
    return Page(items=db.session.scalars(found).all(), number=number, total=total)


def message(message_id: int) -> OutboxMessage | None:
    """One mail."""
    return db.session.get(OutboxMessage, message_id, options=UNREAD)
