"""A pasted list of colleagues, read line by line. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parseaddr

from flask_babel import gettext as _

from app.core.errors import DomainError
from app.people.rules import check_names, normal_email

MOST = 50
LONGEST = 600
"""Lines of one list."""
_SEPARATED = re.compile(r"\s*[;,\t]\s*")


@dataclass(frozen=True)
class Nominee:
    """Someone to nominate; the names are needed only of people not yet known."""

    email: str
    full_name: str = ""
    latin_name: str | None = None


def read(text: str) -> list[Nominee]:
    """One person a line: an address, "Name <address>", or name and address with a comma, semicolon or tab between.

    A line that is there twice counts once. Raises DomainError that names every line it cannot read.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    found: dict[str, Nominee] = {}
    faults = []
    for number, line in lines:
        try:
            nominee = _person(line)
            found.setdefault(nominee.email, nominee)
        except DomainError as error:
            faults.append(_("Line %(number)d: %(what)s", number=number, what=error.message))
    if faults:
        raise DomainError(" ".join(faults), "nominees")
    if len(found) > MOST:
        raise DomainError(_("Nominate at most %(number)d people at a time.", number=MOST), "nominees")
    return list(found.values())


def _person(line: str) -> Nominee:
    if len(line) > LONGEST:
        raise DomainError(_("This is too long for a name and an address."))
    name, address = parseaddr(line) if "<" in line else ("", "")
    if not address:
        parts = [part for part in _SEPARATED.split(line) if part]
        address = next((part for part in parts if "@" in part), parts[0])
        name = " ".join(part for part in parts if part != address)
    email = normal_email(address)
    if not name:
        return Nominee(email)
    full_name, latin_name = _names(" ".join(name.split()))
    check_names(full_name, latin_name)
    return Nominee(email, full_name, latin_name)


def _names(name: str) -> tuple[str, str | None]:
    """A name, with the one in Latin letters in brackets behind it where the script is another."""
    match = re.fullmatch(r"(.+?)\s*\(([^()]+)\)", name)
    return (match[1], match[2]) if match else (name, None)
