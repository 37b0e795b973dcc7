"""Calendar libraries that read a feed's bytes, each on its own; what they make of it in one common form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple


class Instance(NamedTuple):
    """One entry of a calendar: from `2027-03-26T09:00:00Z` to another, or whole days, `2027-03-26` to the day after."""

    uid: str
    starts: str
    ends: str
    summary: str
    status: str


Read = Callable[[bytes, date, date], list[Instance]]
"""The instances of a feed that begin on or after the first day (in UTC) and before the second, in order."""


def within(found: list[Instance], first: date, until: date) -> list[Instance]:
    """Those that begin then, in order: what lasts into a span some readers count in, others do not."""
    return sorted(each for each in found if str(first) <= each.starts[:10] < str(until))
