"""What is confirmed in a review, and what has become different since. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

Entry = Mapping[str, Any]
"""{"membership": id, "person": id, "group": id, "association": id or None, "role": …, "seat": …, "ends_on": …}"""


class Sits(Protocol):
    """What is said of a membership."""

    id: int
    person_id: int
    group_id: int
    association_id: int | None
    role: Any
    seat_number: int | None
    ends_on: date | None


@dataclass(frozen=True)
class Since:
    """What has become different since a list was confirmed."""

    gone: Sequence[Entry]
    """Those confirmed who no longer sit there."""
    come: Sequence[int]
    """The memberships of those who sit there and were not confirmed."""
    other_role: Sequence[int]
    """The memberships of those who have another role now."""

    def __bool__(self) -> bool:
        return bool(self.gone or self.come or self.other_role)


def snapshot(memberships: Iterable[Sits]) -> list[dict[str, Any]]:
    """A list as it is kept with its confirmation: ids and roles, no names; in the order of the memberships' ids."""
    return [
        {
            "membership": item.id,
            "person": item.person_id,
            "group": item.group_id,
            "association": item.association_id,
            "role": str(item.role),
            "seat": item.seat_number,
            "ends_on": item.ends_on.isoformat() if item.ends_on else None,
        }
        for item in sorted(memberships, key=lambda item: item.id)
    ]


def fingerprint(entries: Sequence[Entry]) -> str:
    """What tells one list from another: a page carries it, so that only what was seen is confirmed."""
    return hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()[:16]


def since(confirmed: Sequence[Entry], present: Iterable[Sits]) -> Since:
    """What has become different."""
    before = {entry["membership"]: entry for entry in confirmed}
    now = {item.id: item for item in present}
    return Since(
        gone=[entry for key, entry in before.items() if key not in now],
        come=[key for key in now if key not in before],
        other_role=[key for key, item in now.items() if key in before and before[key]["role"] != str(item.role)],
    )
