"""What names and titles are found by: a stored key of words, whatever the accents and the script.

A key holds every word in its own script without accents, in Latin letters, and with ä, ö, ü, å, ø written as two
letters, as people without such keys type them: " ελενη eleni". What is typed is found where each of its words begins
a word of the key.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from anyascii import anyascii
from sqlalchemy import ColumnElement, or_

LONGEST_KEY = 800
MOST_WORDS = 8
"""Of a question; what follows is left out."""
_APOSTROPHES = re.compile(r"['’‘ʼʹʻ`´′]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def key(*texts: str | None, longest: int | None = LONGEST_KEY) -> str:
    """The key that these texts together are found by; "" where there is nothing to find. Words beyond `longest` go."""
    found = dict.fromkeys(word for text in texts if text for reading in _readings(text) for word in reading)
    whole = "".join(f" {word}" for word in found)
    if longest is None or len(whole) <= longest:
        return whole
    return whole[:longest].rpartition(" ")[0]


def words(question: str | None) -> list[tuple[str, ...]]:
    """Each word of what someone typed, in the ways in which a key may hold it."""
    asked = _words(unicodedata.normalize("NFC", question or ""))[:MOST_WORDS]
    ways = [dict.fromkeys((*_words(_plain(word)), "".join(_words(anyascii(word).lower())))) for word in asked]
    return [found for one in ways if (found := tuple(way for way in one if way))]


def matches(column: Any, question: str | None) -> list[ColumnElement[bool]]:
    """For each word of the question, that a word of the key in this column begins with it."""
    return [or_(*(column.contains(f" {way}", autoescape=True) for way in ways)) for ways in words(question)]


def found_in(stored: str, question: str | None) -> bool:
    """The same, asked of a key at hand."""
    return all(any(f" {way}" in stored for way in ways) for ways in words(question))


def _readings(text: str) -> list[list[str]]:
    """The words of a text in each way; what an apostrophe parts, as in l’été or O’Neill, also by itself."""
    text = unicodedata.normalize("NFC", text)
    ways = (_plain(text), anyascii(text).lower(), _plain(text.lower().translate(_TWO_LETTERS)))
    return [_words(way) for way in ways] + [_words(_APOSTROPHES.sub(" ", way)) for way in ways]


def _plain(text: str) -> str:
    """In its own script, without accents and capitals."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


def _words(text: str) -> list[str]:
    return _BETWEEN_WORDS.sub(" ", _APOSTROPHES.sub("", text)).split()
