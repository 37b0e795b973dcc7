"""Secret addresses of personal feeds: given, replaced, taken back. One transaction each.

A secret is returned by the command that makes it, once; afterwards nobody can say what it was.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, or_, select, update

from app.calendars.feeds import FeedKind
from app.calendars.models import FeedSecret
from app.calendars.secret_words import EXPIRY, digest, new_secret
from app.core import audit, clock
from app.core.db import lock, write, writing
from app.core.errors import DomainError
from app.people import queries as people
from app.people.models import Person

MOST = 20
"""Addresses that one person has at a time."""


class MadeBefore(Exception):
    """The form was sent twice: the address was shown the first time."""


def live(now: datetime) -> ColumnElement[bool]:
    """The condition that an address still answers."""
    since = now - EXPIRY
    return FeedSecret.ended_at.is_(None) & or_(FeedSecret.used_at >= since, FeedSecret.created_at >= since)


def make(
    owner_id: int, kind: FeedKind, association_id: int | None, name: str, choice: str, creation_key: str
) -> tuple[FeedSecret, str]:
    """A new address, and the secret in it. Raises DomainError, and MadeBefore where the form was sent before."""
    secret, now = new_secret(), clock.now()
    with write() as session:
        if lock(Person, owner_id) is None:
            raise DomainError(_l("This person is no longer here."))
        if session.scalar(select(FeedSecret.id).where(FeedSecret.creation_key == creation_key)):
            raise MadeBefore
        if kind == FeedKind.ASSOCIATION and association_id not in people.spoken_for(owner_id):
            raise DomainError(_l("Only focal points of an association and their deputies follow its experts."), "feed")
        held = select(func.count()).select_from(FeedSecret).where(FeedSecret.owner_id == owner_id, live(now))
        if (session.scalar(held) or 0) >= MOST:
            raise DomainError(_l("At most %(number)d addresses at a time. Take one back first.", number=MOST))
        made = FeedSecret(
            digest=digest(secret), creation_key=creation_key, kind=kind,
            association_id=association_id if kind == FeedKind.ASSOCIATION else None,
            owner_id=owner_id, name=name, choice=choice, created_at=now,
        )  # fmt: skip
        session.add(made)
        session.flush()
        audit.record("feed_secret.made", made, owner_id, person_id=owner_id)
    return made, secret


def replace(secret_id: int, creation_key: str, actor_id: int) -> tuple[FeedSecret, str]:
    """Another address for the same device; the old one answers nobody from now on. Raises as `make` does."""
    secret, now = new_secret(), clock.now()
    with write() as session:
        old = lock(FeedSecret, secret_id)
        if session.scalar(select(FeedSecret.id).where(FeedSecret.creation_key == creation_key)):
            raise MadeBefore
        if old is None or old.ended_at is not None:
            raise DomainError(_l("This address has been taken back already."))
        old.ended_at = now
        made = FeedSecret(
            digest=digest(secret), creation_key=creation_key, kind=old.kind, association_id=old.association_id,
            owner_id=old.owner_id, name=old.name, choice=old.choice, created_at=now,
        )  # fmt: skip
        session.add(made)
        session.flush()
        audit.record("feed_secret.replaced", made, actor_id, person_id=made.owner_id, former_id=old.id)
    return made, secret


def take_back(secret_id: int, actor_id: int) -> None:
    """Let an address answer nobody any more; harmless when it does not already."""
    with write():
        found = lock(FeedSecret, secret_id)
        if found is not None and found.ended_at is None:
            found.ended_at = clock.now()
            audit.record("feed_secret.ended", found, actor_id, person_id=found.owner_id)


def keep_ended(digests: Collection[str]) -> None:
    """Let addresses that had been taken back stay so, within the transaction that restores an older backup."""
    writing().execute(
        update(FeedSecret)
        .where(FeedSecret.digest.in_(digests), FeedSecret.ended_at.is_(None))
        .values(ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )
