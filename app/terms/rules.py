"""Which version of a text is in force, and whose acceptance still counts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

LONGEST = 50_000
"""Characters of a text in one language."""


class Kind(StrEnum):
    """What a text is about; each has versions of its own."""

    MANDATE = "mandate"
    CONFIDENTIALITY = "confidentiality"
    COMPETITION = "competition"
    CONDUCT = "conduct"


class Published(Protocol):
    """A published version, as these rules look at it."""

    @property
    def id(self) -> int:
        """Which one it is."""

    @property
    def kind(self) -> Kind:
        """Of which text."""

    @property
    def number(self) -> int:
        """1, 2, 3 …, one after the other within a kind."""

    @property
    def valid_from(self) -> date | None:
        """The first day on which it is in force."""

    @property
    def again(self) -> bool:
        """Whether those who accepted an earlier version have to accept this one."""


V = TypeVar("V", bound=Published)


def has_begun(version: Published, today: date) -> bool:
    """Whether a version has come into force, be it still in force or not."""
    return version.valid_from is not None and version.valid_from <= today


def in_force(versions: Iterable[V], today: date) -> list[V]:
    """The version of each text that is in force on a day: the highest number that has begun; in the order of kinds."""
    latest: dict[Kind, V] = {}
    for version in versions:
        kind = Kind(version.kind)
        if has_begun(version, today) and (kind not in latest or latest[kind].number < version.number):
            latest[kind] = version
    return [latest[kind] for kind in Kind if kind in latest]


def accepted_from(versions: Iterable[Published], today: date) -> dict[Kind, int]:
    """{kind: the lowest number whose acceptance still counts}, of texts in force.

    That is the last version in force so far that had to be accepted again, else the first of all.
    """
    counts: dict[Kind, int] = {}
    for version in sorted(versions, key=lambda one: one.number):
        kind = Kind(version.kind)
        if has_begun(version, today) and (version.again or kind not in counts):
            counts[kind] = version.number
    return counts


def due(versions: Iterable[V], accepted: Mapping[Kind, int], today: date) -> list[V]:
    """The versions in force that someone has to accept; `accepted` is the highest number of each they have accepted."""
    known = list(versions)
    counts = accepted_from(known, today)
    return [one for one in in_force(known, today) if accepted.get(Kind(one.kind), 0) < counts[Kind(one.kind)]]
