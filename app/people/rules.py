"""Rules about names, addresses, passwords, who sees what, and where one may be sent. Pure: no database, no request."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from enum import IntEnum, StrEnum
from urllib.parse import urlsplit

from anyascii import anyascii
from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
MOST_SYNONYMS, LONGEST_SYNONYM = 20, 80
"""Of a field of expertise, in each language."""
_LATIN = ("LATIN", "FULLWIDTH LATIN", "MODIFIER LETTER", "FEMININE ORDINAL", "MASCULINE ORDINAL")
_COMMON = re.compile(
    r"((password|passwort|passwd|motdepasse|welcome|bienvenue|letmein|iloveyou|administrator|administrateur|secretariat|"
    r"qwertyuiop|qwertzuiop|azertyuiop|asdfghjkl|qsdfghjklm|qwerty|azerty|asdf|abcdefghijkl(mnop)?|roundtable)*)"
)

_PHONE = re.compile(r"\+?[0-9][0-9 ().\-/]{3,38}( ?(ext\.?|x) ?[0-9]{1,6})?", re.IGNORECASE)


class Audience(StrEnum):
    """Whom a person shows something to."""

    PUBLIC = "public"
    MEMBERS = "members"
    """Those who take part in the groups' work."""
    COORDINATORS = "coordinators"
    """Only those who have to work with the person; the default."""


class Closeness(IntEnum):
    """How close who looks is to a person, as membership has looked it up."""

    STRANGER = 0
    """Visitors, and whoever merely has an account: anyone can sign up."""
    COLLEAGUE = 1
    """Members and coordinators of any group, and focal points."""
    COORDINATOR = 2
    """Coordinators of a group that the person is in or asks for, focal points of their associations, administrators."""
    SELF = 3


_NEEDED = {
    Audience.PUBLIC: Closeness.STRANGER,
    Audience.MEMBERS: Closeness.COLLEAGUE,
    Audience.COORDINATORS: Closeness.COORDINATOR,
}


def may_see(audience: Audience, closeness: Closeness) -> bool:
    """Whether someone that close sees what is shown to this audience."""
    return closeness >= _NEEDED[Audience(audience)]


def stricter(one: Audience, other: Audience) -> Audience:
    """The smaller of two audiences."""
    return max(Audience(one), Audience(other), key=_NEEDED.__getitem__)


def check_synonyms(synonyms: Mapping[str, Sequence[str]], field: str = "synonyms") -> None:
    """Refuse more or longer synonyms than a list can hold. Raises DomainError."""
    for listed in synonyms.values():
        if len(listed) > MOST_SYNONYMS:
            raise DomainError(_l("At most %(number)s in each language.", number=MOST_SYNONYMS), field)
        for word in listed:
            if len(word) > LONGEST_SYNONYM:
                raise DomainError(_l("At most %(number)s characters each.", number=LONGEST_SYNONYM), field)


def check_phone(phone: str) -> None:
    """Refuse what is no telephone number. Raises DomainError."""
    if not _PHONE.fullmatch(phone):
        raise DomainError(_l("Write the number with its country code: +32 2 123 45 67."), "phone")


def normal_email(text: str) -> str:
    """An e-mail address in the one form it is stored and compared in. Raises DomainError."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise DomainError(_l("This is not an e-mail address. It should look like name@example.org."), "email") from None
    return found.normalized.lower()


def needs_latin_name(full_name: str) -> bool:
    """Whether a name has letters of another script than Latin."""
    return any(char.isalpha() and not unicodedata.name(char, "").startswith(_LATIN) for char in full_name)


def check_latin(text: str) -> None:
    """Refuse a Latin name that is not in Latin letters. Raises DomainError."""
    if needs_latin_name(text):
        raise DomainError(_l("Use Latin letters here, as in a passport."), "latin_name")


def check_names(full_name: str, latin_name: str | None) -> None:
    """Refuse names without letters, and names that most colleagues could not read. Raises DomainError."""
    if not any(char.isalpha() for char in full_name):
        raise DomainError(_l("A name has letters."), "full_name")
    if latin_name:
        check_latin(latin_name)
    elif needs_latin_name(full_name):
        raise DomainError(
            _l("The full name is not in Latin letters: please give it in Latin letters too, for badges and lists."),
            "latin_name",
        )


def check_password(password: str, *personal: str | None) -> None:
    """Refuse passwords that are short, widely used, or made of the person's own data. Raises DomainError."""
    if len(password) < SHORTEST_PASSWORD:
        raise DomainError(_l("Use at least 12 characters. Three or four words make a good password."), "password")
    if len(password) > LONGEST_PASSWORD:
        raise DomainError(_l("Use at most 200 characters."), "password")
    plain = password.casefold()
    if len(set(plain)) < 5:
        raise DomainError(_l("This password repeats the same few characters. Choose another."), "password")
    if _COMMON.fullmatch(re.sub(r"[\W\d_]+", "", plain)):
        raise DomainError(_l("Many people use a password like this one. Choose another."), "password")
    for text in personal:
        if text and plain in (text.casefold(), text.casefold().partition("@")[0]):
            raise DomainError(_l("Do not use your name or address as a password."), "password")


def in_force(starts_on: date, ends_on: date | None, today: date) -> bool:
    """Whether a dated thing holds on a day; its last day counts."""
    return starts_on <= today and (ends_on is None or today <= ends_on)


def fold(text: str) -> str:
    """A text in plain small letters a to z, so that "Zoë", "zoe" and "Ζωή" find what they should."""
    plain = anyascii(text).lower()
    return " ".join("".join(char if char.isprintable() else " " for char in plain).split())


def name_key(name: str) -> str:
    """What ways of writing one name have in common, whatever accents, script, hyphens and the order of its parts."""
    plain = re.sub(r"['’`]", "", fold(name))
    return " ".join(sorted(re.sub(r"[^a-z0-9]+", " ", plain).split()))


def search_text(full_name: str | None, latin_name: str | None, email: str | None) -> str:
    """What a person is found by."""
    return " ".join(fold(part)[:200] for part in (full_name, latin_name, email) if part)


def local_path(text: str | None) -> str | None:
    """A path on this site to go on to; None for everything that might lead elsewhere."""
    if not text or not text.startswith("/") or text.startswith("//") or "\\" in text or len(text) > 2000:
        return None
    if any(unicodedata.category(char)[0] in "CZ" for char in text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else text
