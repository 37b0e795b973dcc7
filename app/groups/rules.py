"""Rules about names, topics and colours, the same for forms and for catalogue files. Pure: no database, no request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from flask_babel import LazyString, format_decimal
from flask_babel import lazy_gettext as _l

from app.core import search
from app.core.errors import DomainError

LONGEST_NAME = 200
LONGEST_GOAL = 300
LONGEST_TOPIC = 120
LONGEST_MANDATE = 10_000
MOST_TOPICS = 12
LAST_POSITION = 9999
STEP = 10
"""Between the numbers of neighbours in a list, so that something fits between them."""

MOST_SEATS = 50
"""What a group can grant one association."""
LONGEST_TERM = 120
"""Months of a mandate."""


class JoinPolicy(StrEnum):
    """How one comes into a group."""

    OPEN = "open"
    """Who asks is in, as long as the association has a seat."""
    REQUEST = "request"
    """The association endorses, coordinators decide."""
    NOMINATION = "nomination"
    """Associations fill their seats themselves; nobody asks."""
    CLOSED = "closed"
    """Nobody new, but for those whom coordinators add."""


class GroupStatus(StrEnum):
    """Whether a group is at work."""

    ACTIVE = "active"
    DORMANT = "dormant"
    """Rests: its members, history and feed stay, nobody new comes in."""
    CLOSED = "closed"
    """Over: its history and feed stay, its memberships have ended."""


class Visibility(StrEnum):
    """Who finds a group: sees that it exists, in lists and by its address."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    MEMBERS = "members"
    """Those in it and on the way in, coordinators, focal points and administrators."""


class Access(StrEnum):
    """Who sees what a group keeps among itself: names, links to join, meetings that are not public."""

    NETWORK = "network"
    """Whoever sits in any group, coordinates one or speaks for an association."""
    MEMBERS = "members"


COLOUR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)
CONTRAST = 4.5
"""What WCAG 2.2 asks of text (1.4.3)."""
LIGHT_BACKGROUNDS = ("#ffffff", "#f6f7f9")
DARK_BACKGROUNDS = ("#12161c", "#1a2029")
"""--rt-bg and --rt-surface of static/css/tokens.css."""
DEFAULT_LIGHT, DEFAULT_DARK = "#4a5568", "#b4bfce"


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (#rrggbb) as WCAG defines it: from 1 to 21."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def least_contrast(colour: str, *, dark: bool) -> float:
    """The contrast of a colour on the background where it stands out least."""
    return min(contrast(colour, background) for background in (DARK_BACKGROUNDS if dark else LIGHT_BACKGROUNDS))


def check_colour(colour: str, field: str, *, dark: bool) -> None:
    """Refuse what is no colour or cannot be read on our backgrounds. Raises DomainError."""
    if not COLOUR.fullmatch(colour):
        raise DomainError(_l("Give the colour as # and six hexadecimal digits: #1b6e45."), field)
    found = least_contrast(colour, dark=dark)
    if found >= CONTRAST:
        return
    said = LazyString(format_decimal, int(found * 10) / 10)  # rounded down: it must not look as if it were enough
    if dark:
        text = _l(
            "Too dark for a dark page: the contrast is %(found)s, 4.5 is needed. Choose a lighter one.", found=said
        )
    else:
        text = _l(
            "Too pale for a light page: the contrast is %(found)s, 4.5 is needed. Choose a darker one.", found=said
        )
    raise DomainError(text, field)


def search_key(names: Mapping[str, str], topics: Mapping[str, Sequence[str]]) -> str:
    """What a group is found by: its names and topics in all languages. Groups are few, so no key is stored."""
    return search.key(*names.values(), *(topic for listed in topics.values() for topic in listed), longest=None)


def split_topics(text: str | None) -> list[str]:
    """Topics typed one a line: without blank lines, list marks and repetitions."""
    lines = (line.strip().lstrip("-•*").strip() for line in (text or "").split("\n"))
    return list(dict.fromkeys(topic for topic in lines if topic))


def check_topics(topics: Mapping[str, list[str]], field: str = "topics") -> None:
    """Refuse lists that nobody would read. Raises DomainError."""
    for listed in topics.values():
        if len(listed) > MOST_TOPICS:
            raise DomainError(_l("At most %(number)s topics in each language.", number=MOST_TOPICS), field)
        for topic in listed:
            if len(topic) > LONGEST_TOPIC:
                raise DomainError(
                    _l("A topic has at most %(number)s characters: “%(start)s…” is longer.",
                       number=LONGEST_TOPIC, start=topic[:30]), field)  # fmt: skip
