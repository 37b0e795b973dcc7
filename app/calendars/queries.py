"""Reads of secret addresses, for the pages that list them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.calendars.models import FeedSecret
from app.calendars.service.secrets import live
from app.core import clock
from app.core.db import db


def secret(secret_id: int) -> FeedSecret | None:
    """An address that still answers."""
    return db.session.scalar(
        select(FeedSecret)
        .options(joinedload(FeedSecret.owner), joinedload(FeedSecret.association))
        .where(FeedSecret.id == secret_id, live(clock.now()))
    )


def secrets_of(person_id: int) -> Sequence[FeedSecret]:
    """The addresses of a person that still answer, the newest first."""
    return db.session.scalars(
        select(FeedSecret)
        .options(joinedload(FeedSecret.association))
        .where(FeedSecret.owner_id == person_id, live(clock.now()))
        .order_by(FeedSecret.created_at.desc(), FeedSecret.id.desc())
    ).all()
