"""Reads of the outbox for administrators: everything but the texts."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select, func, select
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
    found = _found(state).limit(SIZE).offset((number - 1) * SIZE)
    return Page(items=db.session.scalars(found).all(), number=number, total=total)


def listed(state: str | None) -> Iterator[OutboxMessage]:
    """What the pages of `page_of` show, read in parts."""
    yield from db.session.scalars(_found(state).execution_options(yield_per=500))


def _found(state: str | None) -> Select[OutboxMessage]:
    found = select(OutboxMessage).options(*UNREAD).order_by(OutboxMessage.id.desc())
    return found.where(OutboxMessage.state == state) if state else found


def message(message_id: int) -> OutboxMessage | None:
    """One mail."""
    return db.session.get(OutboxMessage, message_id, options=UNREAD)
