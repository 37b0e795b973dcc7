"""Secrets of personal feeds: made, and recognised without being kept. Pure."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta

LENGTH = 43
"""Characters of 256 random bits in URL-safe base 64 (RFC 4648 §5)."""
EXPIRY = timedelta(days=365)
"""How long an address that nobody uses goes on answering."""
SHAPE = re.compile(rf"[A-Za-z0-9_-]{{{LENGTH}}}", re.ASCII)

_CLIENTS = (
    ("Google", "Google Calendar"),
    ("Thunderbird", "Thunderbird"),
    ("Microsoft", "Outlook"),
    ("Outlook", "Outlook"),
    ("Exchange", "Outlook"),
    ("dataaccessd", "iPhone or iPad"),
    ("iOS", "iPhone or iPad"),
    ("CalendarAgent", "Apple Calendar"),
    ("macOS", "Apple Calendar"),
    ("Mac OS X", "Apple Calendar"),
    ("ICSx5", "ICSx⁵"),
    ("DAVx5", "DAVx⁵"),
    ("Evolution", "Evolution"),
    ("khal", "khal"),
    ("vdirsyncer", "vdirsyncer"),
    ("Mozilla/", "Browser"),
)
"""What programs call themselves in User-Agent, and what people call them; the first that is found counts."""


def new_secret() -> str:
    """256 random bits, as they stand in an address."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of it. It is random in full, so no salt and no slowness would add anything."""
    return hashlib.sha256(secret.encode()).hexdigest()


def client_of(user_agent: str) -> str:
    """What people call the program; its own first word where nobody knows it, without anything that tells versions."""
    for part, name in _CLIENTS:
        if part in user_agent:
            return name
    found = re.match(r"[A-Za-z][A-Za-z .+-]{1,38}", user_agent)
    return found[0].strip(" .+-") if found else ""
