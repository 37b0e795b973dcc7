"""What a reader chose to see of a feed: the parameters of its address, in one canonical form. Pure.

The same choice, however it is spelled, is one variant: it is stored once. What no feed offers is refused in words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from urllib.parse import parse_qsl

from app.core.addresses import LONGEST, SLUG

WINDOW = 400
"""Days that a feed keeps what is over, unless the reader wants less."""
MOST_GROUPS = 50
LONGEST_QUERY = 2_000
"""Characters; far more than any choice needs."""
_DAYS = re.compile(r"(0|[1-9]\d{0,3})d", re.ASCII)


class Kind(StrEnum):
    """What of."""

    MEETING = "meeting"
    DEADLINE = "deadline"


class Alarm(StrEnum):
    """How long before its start a program reminds of what is in a personal feed."""

    MINUTES = "15m"
    HALF_AN_HOUR = "30m"
    HOUR = "1h"
    DAY = "1d"

    @property
    def duration(self) -> str:
        """RFC 5545 §3.3.6."""
        return f"P{self.upper()}" if self == Alarm.DAY else f"PT{self.upper()}"


class NotOffered(ValueError):
    """A choice that no feed offers: in words, for who typed the address."""


@dataclass(frozen=True)
class Offer:
    """What one kind of feed lets its readers choose. `?lang=` alone goes with every feed."""

    kinds: bool = True
    """`kind=`, `past=` and `cancelled=`: of feeds of more than one thing."""
    groups: bool = False
    """`groups=`: of feeds of more than one group."""
    personal: bool = False
    """`alarm=` and `declined=`: of personal feeds."""


ONE_THING = Offer(kinds=False)
ONE_GROUP = Offer()
SEVERAL = Offer(groups=True)
PERSONAL = Offer(groups=True, personal=True)


@dataclass(frozen=True)
class Choice:
    """The reader's choice."""

    language: str
    kinds: frozenset[Kind] = frozenset(Kind)
    groups: tuple[str, ...] = ()
    """Slugs in the order of the alphabet; none: all that the feed has."""
    past: int = WINDOW
    """Days."""
    cancelled: bool = True
    """Whether what was cancelled stays for a while, as cancelled."""
    alarm: Alarm | None = None
    declined: bool = True
    """Whether what its owner declined stays, as time that is free."""

    def query(self, default_language: str) -> str:
        """The shortest canonical query; empty where nothing differs from what the feed's bare address gives."""
        return "&".join(self._parts("" if self.language == default_language else self.language))

    @cached_property
    def variant(self) -> str:
        """The name of the stored bytes: the canonical query with the language spelled out."""
        return "&".join(self._parts(self.language))

    def _parts(self, language: str) -> list[str]:
        """In the order of the names."""
        parts = [] if self.alarm is None else [f"alarm={self.alarm}"]
        if not self.cancelled:
            parts.append("cancelled=0")
        if not self.declined:
            parts.append("declined=0")
        if self.groups:
            parts.append(f"groups={','.join(self.groups)}")
        if self.kinds != frozenset(Kind):
            parts.append(f"kind={','.join(kind for kind in Kind if kind in self.kinds)}")
        if language:
            parts.append(f"lang={language}")
        if self.past != WINDOW:
            parts.append(f"past={self.past}d")
        return parts


def choice_of(query: str, offer: Offer, languages: Collection[str], default_language: str) -> Choice:
    """The choice that the query of an address spells. Raises NotOffered."""
    if len(query) > LONGEST_QUERY:
        raise NotOffered("This address is too long.")
    try:
        asked = parse_qsl(query, keep_blank_values=True, max_num_fields=10)
    except ValueError:
        asked = []
    if query and not asked:
        raise NotOffered(f"A calendar's address takes {_offered(offer, languages)}, not this.")
    choice, seen = Choice(default_language), set[str]()
    for name, value in asked:
        if name in seen:
            raise NotOffered(f"A calendar's address takes {name} once.")
        seen.add(name)
        choice = _chosen(choice, name, value, offer, languages)
    return choice


def _chosen(choice: Choice, name: str, value: str, offer: Offer, languages: Collection[str]) -> Choice:
    match name:
        case "lang":
            return replace(choice, language=_one_of(name, value, languages))
        case "kind" if offer.kinds:
            kinds = {Kind(_one_of(name, each, list(Kind))) for each in value.split(",")}
            return replace(choice, kinds=frozenset(kinds))
        case "past" if offer.kinds:
            found = _DAYS.fullmatch(value)
            if found is None or int(found[1]) > WINDOW:
                raise NotOffered(f"A calendar's address takes past= with a number of days up to {WINDOW}d: past=90d.")
            return replace(choice, past=int(found[1]))
        case "cancelled" if offer.kinds:
            return replace(choice, cancelled=_one_of(name, value, ["0", "1"]) == "1")
        case "declined" if offer.personal:
            return replace(choice, declined=_one_of(name, value, ["0", "1"]) == "1")
        case "groups" if offer.groups:
            return replace(choice, groups=_slugs(value.split(",")))
        case "alarm" if offer.personal:
            return replace(choice, alarm=Alarm(_one_of(name, value, list(Alarm))))
    raise NotOffered(f"A calendar's address takes {_offered(offer, languages)}, not {name[:40]!a}.")


def _slugs(names: Iterable[str]) -> tuple[str, ...]:
    slugs = sorted(set(names))
    if len(slugs) > MOST_GROUPS:
        raise NotOffered(f"A calendar's address names {MOST_GROUPS} groups at most.")
    for slug in slugs:
        if len(slug) > LONGEST or not SLUG.fullmatch(slug):
            raise NotOffered(f"There is no group {slug[:40]!a} in this calendar.")
    return tuple(slugs)


def _one_of(name: str, value: str, offered: Collection[str]) -> str:
    if value not in offered:
        choices = " or ".join(f"{name}={each}" for each in offered)
        raise NotOffered(f"A calendar's address takes {choices}, not {value[:40]!a}.")
    return value


def _offered(offer: Offer, languages: Collection[str]) -> str:
    names = [" or ".join(f"lang={code}" for code in languages)]
    names += ["kind=", "past=", "cancelled="] if offer.kinds else []
    names += ["groups="] if offer.groups else []
    names += ["alarm=", "declined="] if offer.personal else []
    return ", ".join(names)
