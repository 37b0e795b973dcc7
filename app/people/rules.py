"""Rules about names, addresses and passwords. Pure: no database, no request."""

from __future__ import annotations

import unicodedata
from datetime import date

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200


def normal_email(text: str) -> str:
    """An e-mail address in the one form it is stored and compared in. Raises DomainError."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise DomainError(_l("This is not an e-mail address. It should look like name@example.org."), "email") from None
    return found.normalized.lower()


def needs_latin_name(full_name: str) -> bool:
    """Whether a name has letters of another script than Latin."""
    return any(char.isalpha() and not unicodedata.name(char, "").startswith("LATIN") for char in full_name)


def check_latin(text: str) -> None:
    """Refuse a Latin name that is not in Latin letters. Raises DomainError."""
    if needs_latin_name(text):
        raise DomainError(_l("Use Latin letters here, as in a passport."), "latin_name")


def check_password(password: str, *personal: str | None) -> None:
    """Refuse passwords that are short, of few letters, or made of the person's own data. Raises DomainError."""
    if len(password) < SHORTEST_PASSWORD:
        raise DomainError(_l("Use at least 12 characters. Three or four words make a good password."), "password")
    if len(password) > LONGEST_PASSWORD:
        raise DomainError(_l("Use at most 200 characters."), "password")
    plain = password.casefold()
    if len(set(plain)) < 5:
        raise DomainError(_l("This password repeats the same few characters. Choose another."), "password")
    for text in personal:
        if text and plain in (text.casefold(), text.casefold().partition("@")[0]):
            raise DomainError(_l("Do not use your name or address as a password."), "password")


def in_force(starts_on: date, ends_on: date | None, today: date) -> bool:
    """Whether a dated thing holds on a day; its last day counts."""
    return starts_on <= today and (ends_on is None or today <= ends_on)
