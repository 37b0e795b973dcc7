"""What the cells of a row mean. Each function raises DomainError with a sentence for the importer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from babel import Locale
from flask_babel import gettext as _

from app.core import dates
from app.core.errors import DomainError, Text
from app.core.settings import settings
from app.imports.columns import in_every_language
from app.people.rules import fold
from app.people.service.affiliations import EARLIEST, FURTHEST

_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")


def day(text: str) -> date:
    """A day, as in ISO 8601 or with the day first."""
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, number = match.groups()
    elif match := _DAY_FIRST.fullmatch(text):
        number, month, year = match.groups()
    else:
        raise DomainError(_("“%(text)s” is not a day; write it like 2026-03-01 or 01/03/2026.", text=text[:40]))
    try:
        found = date(int(year), int(month), int(number))
    except ValueError:
        raise DomainError(_("There is no day %(text)s.", text=text[:40])) from None
    if not EARLIEST <= found <= dates.today() + FURTHEST * 10:
        raise DomainError(_("Check the year of %(text)s.", text=text[:40]))
    return found


def language(text: str) -> str:
    """One of the installation's languages, by its code or its name in any of them."""
    wanted = fold(text)
    for code in settings().languages:
        names = {fold(Locale(other).languages.get(code, code)) for other in settings().languages}
        if wanted in names | {fold(Locale(code).get_language_name(code) or ""), code}:
            return code
    raise DomainError(_("“%(text)s” is not one of the languages here.", text=text[:40]))


class Words:
    """A set of words that a column may hold, each known by its code and its name in every language.

    `also`: further words that people use, {word: code}.
    """

    def __init__(self, words: Mapping[str, Text], also: Mapping[str, str] | None = None) -> None:
        self._names = words
        self._known: dict[str, str] = {}
        for value, word in words.items():
            for name in in_every_language(word) | {fold(value), fold(value).replace("_", " ")}:
                self._known.setdefault(name, value)
        for word, value in (also or {}).items():
            self._known.setdefault(fold(word), value)

    def read(self, text: str) -> str:
        """The code of what stands there."""
        found = self._known.get(fold(text))
        if found is None:
            raise DomainError(
                _("“%(text)s” is none of these: %(words)s.",
                  text=text[:40], words=", ".join(str(word) for word in self._names.values()))
            )  # fmt: skip
        return found


def fits(text: str | None, longest: int) -> str | None:
    """The text, if it is not too long."""
    if text is not None and len(text) > longest:
        raise DomainError(_("At most %(number)s characters.", number=longest))
    return text
