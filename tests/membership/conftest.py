"""What tests of memberships share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.core.outbox import OutboxMessage

Mails = Callable[[], Sequence[OutboxMessage]]


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
