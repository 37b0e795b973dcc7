"""Limits by account and by address, kept in the database: failed attempts to sign in, mails asked for.

An attempt counts from its beginning and is struck off when it succeeds: many at once cannot slip under the limit,
and an unknown account is counted like a known one.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, func, select

from app.core import clock
from app.core.db import lock_name, write, writing
from app.core.errors import DomainError
from app.core.settings import settings
from app.people.models import Attempt


@dataclass(frozen=True)
class Limit:
    """How many attempts of a kind are let through within a window."""

    kind: str
    window: timedelta
    per_account: int
    per_address: int


SIGN_IN = Limit("sign_in", timedelta(minutes=15), per_account=10, per_address=60)
MAIL = Limit("mail", timedelta(hours=1), per_account=4, per_address=40)
LONGEST = max(SIGN_IN.window, MAIL.window)


class TooManyAttempts(DomainError):
    """The limit is reached; said alike for known and unknown accounts."""

    def __init__(self) -> None:
        super().__init__(_l("Too many attempts. Wait 15 minutes, or ask for a new password by mail."))


def begin_sign_in(email: str, address: str) -> int:
    """Count an attempt to sign in and return its id. Raises TooManyAttempts, after which nothing is counted."""
    with write():
        if _reached(SIGN_IN, account=_key(email), address=_key(address)):
            raise TooManyAttempts
        return _count(SIGN_IN, email, address).id


def succeeded(attempt_id: int) -> None:
    """Strike an attempt off, within the transaction that signs in."""
    writing().execute(delete(Attempt).where(Attempt.id == attempt_id))


def may_mail(email: str, address: str) -> bool:
    """Whether another mail may go to this account at a visitor's wish; counts it, within a transaction."""
    if _reached(MAIL, account=_key(email), address=_key(address)):
        return False
    _count(MAIL, email, address)
    return True


def forget_old_attempts() -> None:
    """Drop what no longer counts."""
    with write() as session:
        session.execute(delete(Attempt).where(Attempt.at < clock.now() - LONGEST))


def _reached(limit: Limit, *, account: str, address: str) -> bool:
    lock_name(f"{limit.kind}:{account}")
    if _recent(limit, Attempt.account_key == account) >= limit.per_account:
        return True
    return _recent(limit, Attempt.address_key == address) >= limit.per_address


def _recent(limit: Limit, which: ColumnElement[bool]) -> int:
    since = clock.now() - limit.window
    counted = select(func.count()).where(Attempt.kind == limit.kind, which, Attempt.at > since)
    return writing().scalar(counted) or 0


def _count(limit: Limit, email: str, address: str) -> Attempt:
    attempt = Attempt(kind=limit.kind, account_key=_key(email), address_key=_key(address), at=clock.now())
    writing().add(attempt)
    writing().flush()
    return attempt


def _key(text: str) -> str:
    return hmac.new(settings().secret_key.encode(), text.lower().encode(), hashlib.sha256).hexdigest()
