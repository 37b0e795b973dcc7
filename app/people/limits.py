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
from app.core.errors import DomainError, Text
from app.core.security import network_of
from app.core.settings import settings
from app.people.models import Attempt


@dataclass(frozen=True)
class Limit:
    """How many attempts of a kind are let through within a window, and what is said to those who want more."""

    kind: str
    window: timedelta
    per_account: int
    per_address: int
    refusal: Text


SIGN_IN = Limit(
    "sign_in", timedelta(minutes=15), 10, 60,
    _l("Too many attempts. Wait 15 minutes, or ask for a new password by mail."),
)  # fmt: skip
MAIL = Limit("mail", timedelta(hours=1), 4, 40, _l("Too many mails were asked for. Wait an hour, then try again."))
LONGEST = max(SIGN_IN.window, MAIL.window)


class TooManyAttempts(DomainError):
    """The limit is reached; said alike for known and unknown accounts."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit.refusal)


def begin_sign_in(email: str, address: str) -> int:
    """Count an attempt to sign in and return its id. Raises TooManyAttempts, after which nothing is counted."""
    account_key, address_key = _keys(email, address)
    with write():
        _take_turns(SIGN_IN, account_key, address_key)
        if _address_reached(SIGN_IN, address_key) or _account_reached(SIGN_IN, account_key):
            raise TooManyAttempts(SIGN_IN)
        return _count(SIGN_IN, account_key, address_key).id


def succeeded(attempt_id: int) -> None:
    """Strike an attempt off, within the transaction that signs in."""
    writing().execute(delete(Attempt).where(Attempt.id == attempt_id))


def forgive(email: str) -> None:
    """Strike off all attempts to sign in to an account whose owner has proven to be the owner; in a transaction."""
    writing().execute(delete(Attempt).where(Attempt.kind == SIGN_IN.kind, Attempt.account_key == _key(email)))


def forget(email: str) -> None:
    """Drop all that was counted for an address, within a transaction."""
    writing().execute(delete(Attempt).where(Attempt.account_key == _key(email)))


def account_key(email: str) -> str:
    """What an address is known by in the table of attempts."""
    return _key(email)


def begin_mail(email: str, address: str) -> bool:
    """Whether another mail may go to `email` at a visitor's wish; counts it if so.

    Raises TooManyAttempts where the visitor's own address has asked too often. That a mailbox has had enough is for
    the caller to keep quiet about.
    """
    account_key, address_key = _keys(email, address)
    with write():
        _take_turns(MAIL, account_key, address_key)
        if _address_reached(MAIL, address_key):
            raise TooManyAttempts(MAIL)
        if _account_reached(MAIL, account_key):
            return False
        _count(MAIL, account_key, address_key)
        return True


def kept() -> timedelta:
    """How long an attempt is kept: as the setting says, and at least for as long as it counts."""
    return max(LONGEST, timedelta(hours=settings().attempts_kept_hours))


def _take_turns(limit: Limit, account_key: str, address_key: str) -> None:
    """One at a time for an address and for an account; always in this order, so that nobody waits in a circle."""
    lock_name(f"{limit.kind}:address:{address_key}")
    lock_name(f"{limit.kind}:account:{account_key}")


def _account_reached(limit: Limit, key: str) -> bool:
    return _recent(limit, Attempt.account_key == key) >= limit.per_account


def _address_reached(limit: Limit, key: str) -> bool:
    return _recent(limit, Attempt.address_key == key) >= limit.per_address


def _recent(limit: Limit, which: ColumnElement[bool]) -> int:
    since = clock.now() - limit.window
    counted = select(func.count()).where(Attempt.kind == limit.kind, which, Attempt.at > since)
    return writing().scalar(counted) or 0


def _count(limit: Limit, account_key: str, address_key: str) -> Attempt:
    attempt = Attempt(kind=limit.kind, account_key=account_key, address_key=address_key, at=clock.now())
    writing().add(attempt)
    writing().flush()
    return attempt


def _keys(email: str, address: str) -> tuple[str, str]:
    return _key(email), _key(network_of(address))


def _key(text: str) -> str:
    return hmac.new(settings().secret_key.encode(), text.lower().encode(), hashlib.sha256).hexdigest()
