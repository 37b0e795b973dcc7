"""Signed, expiring tokens for links in mails. They can be read by whoever holds them: no address stands in one."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from app.core.errors import DomainError
from app.core.settings import settings

CONFIRM, RESET, CHANGE = "confirm-sign-up", "reset-password", "change-address"
INVITATION, RENEWAL, TERMS = "invitation", "renewal", "terms"
KEEP, GUEST = "keep-my-data", "guest"
POLL = "date-poll"


class LinkIsOver(DomainError):
    """A link from a mail was used, has expired or never was one."""


def make(purpose: str, **data: Any) -> str:
    """A token that says `data` and serves one purpose only."""
    return _serializer(purpose).dumps(data)


def read(purpose: str, token: str) -> dict[str, Any]:
    """What a token says. Raises LinkIsOver when it is forged, of another purpose, or too old."""
    try:
        data: dict[str, Any] = _serializer(purpose).loads(token, max_age=int(valid(purpose).total_seconds()))
    except SignatureExpired:
        raise LinkIsOver(_l("This link has expired. Ask for a new one.")) from None
    except BadData:
        raise LinkIsOver(_l("This link is not complete. Open it from the mail once more.")) from None
    return data


def valid(purpose: str) -> timedelta:
    """How long a link of that purpose can be used."""
    config = settings()
    return {
        CONFIRM: timedelta(days=3),
        RESET: timedelta(hours=2),
        CHANGE: timedelta(days=1),
        INVITATION: timedelta(days=config.invitation_days),
        KEEP: timedelta(days=config.erasure_pause_days + 1),
        RENEWAL: timedelta(days=config.renewal_days + config.grace_days),
        TERMS: timedelta(days=180),
        POLL: timedelta(days=1200),  # the poll itself says when it is over
        GUEST: timedelta(days=4_000),  # meetings are planned years ahead: the page itself closes after the meeting
    }[purpose]


def mark(email: str) -> str:
    """A keyed digest that stands in a token for an address."""
    return hmac.new(settings().secret_key.encode(), f"address:{email}".encode(), hashlib.sha256).hexdigest()[:32]


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt=f"roundtable.{purpose}")
