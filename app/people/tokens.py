"""Signed, expiring tokens for links in mails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from app.core.errors import DomainError
from app.core.settings import settings

CONFIRM, RESET, CHANGE = "confirm-sign-up", "reset-password", "change-address"
VALID = {CONFIRM: timedelta(days=3), RESET: timedelta(hours=2), CHANGE: timedelta(days=1)}


def make(purpose: str, **data: Any) -> str:
    """A token that says `data` and serves one purpose only."""
    return _serializer(purpose).dumps(data)


def read(purpose: str, token: str) -> dict[str, Any]:
    """What a token says. Raises DomainError when it is forged, of another purpose, or too old."""
    try:
        data: dict[str, Any] = _serializer(purpose).loads(token, max_age=int(VALID[purpose].total_seconds()))
    except SignatureExpired:
        raise DomainError(_l("This link has expired. Ask for a new one.")) from None
    except BadSignature:
        raise DomainError(_l("This link is not complete. Open it from the mail once more.")) from None
    return data


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt=f"roundtable.{purpose}")
