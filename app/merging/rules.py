"""Who may be the same person. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from app.people.rules import fold


class Reason(StrEnum):
    """Why two records may be of one person."""

    NAME = "name"
    """The same name, whatever the accents and the order of its words."""
    LATIN_NAME = "latin_name"
    """The same in Latin letters, though written differently."""
    ADDRESS = "address"
    """One address twice: apart from what stands behind a plus sign, or one is about to be changed into the other."""
    ASSOCIATION = "association"
    """In the same association too; no reason by itself."""


@dataclass(frozen=True)
class Record:
    """What is compared of a person."""

    id: int
    full_name: str
    latin_name: str | None
    addresses: frozenset[str]
    association_ids: frozenset[int]


def likely(records: Iterable[Record], apart: frozenset[tuple[int, int]]) -> dict[tuple[int, int], list[Reason]]:
    """{(lower id, higher id): reasons}, the likeliest first; without the pairs that are known to be two people."""
    known = {record.id: record for record in records}
    names = {one.id: _name(one.full_name) for one in known.values()}
    latin = {one.id: _name(one.latin_name) if one.latin_name else names[one.id] for one in known.values()}
    found: dict[tuple[int, int], list[Reason]] = defaultdict(list)
    for reason, keys in (
        (Reason.NAME, {number: {name} for number, name in names.items()}),
        (Reason.LATIN_NAME, {number: {name} for number, name in latin.items()}),
        (Reason.ADDRESS, {one.id: {_address(text) for text in one.addresses} for one in known.values()}),
    ):
        for pair in _pairs(keys):
            if pair not in apart and not (reason == Reason.LATIN_NAME and Reason.NAME in found.get(pair, ())):
                found[pair].append(reason)
    for (first, second), reasons in found.items():
        if known[first].association_ids & known[second].association_ids:
            reasons.append(Reason.ASSOCIATION)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), names[item[0][0]], item[0])))


def _pairs(keys: dict[int, set[str]]) -> Iterable[tuple[int, int]]:
    by_key: dict[str, list[int]] = defaultdict(list)
    for number, texts in keys.items():
        for text in texts:
            if text:
                by_key[text].append(number)
    return sorted({pair for numbers in by_key.values() for pair in combinations(sorted(numbers), 2)})


def _name(text: str) -> str:
    return " ".join(sorted(fold(text).replace("-", " ").split()))


def _address(text: str) -> str:
    local, _, host = text.partition("@")
    return f"{local.partition('+')[0]}@{host}"
