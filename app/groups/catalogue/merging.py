"""What to change where the catalogue, what it said last time and the site differ. Pure.

Things are compared part by part, each text of each language by itself: "name.fr". So an edited French name stays
while a mended English one is taken over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Flat = dict[str, Any]


def flat(values: Mapping[str, Any]) -> Flat:
    """{"name": {"en": …}, "position": 10} as {"name.en": …, "position": 10}, empty parts left out."""
    found: Flat = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found.update({f"{name}.{code}": text for code, text in value.items() if text})
        elif value is not None:
            found[name] = value
    return found


def merge(said: Flat, before: Flat, now: Flat) -> tuple[Flat, list[str]]:
    """(parts to change and their new values, None for parts to take out; parts that were edited here and stay).

    What the site has as the catalogue last said it follows the catalogue; what differs from that was edited.
    """
    changes: Flat = {}
    kept: list[str] = []
    for name in {**said, **before}:
        if said.get(name) == now.get(name):
            continue
        if now.get(name) == before.get(name):
            changes[name] = said.get(name)
        else:
            kept.append(name)
    return changes, kept
