"""Rules about erasure and forgetting. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta


@dataclass(frozen=True)
class Erased:
    """A line of the journal: which person was erased, and when."""

    person_id: int
    at: datetime


def pause_end(asked_at: datetime, days: int) -> datetime:
    """When an erasure is due."""
    return asked_at + timedelta(days=days)


def silent_since(now: datetime, months: int) -> datetime | None:
    """Who gave no sign of life since then is to be erased; None where the settings say never."""
    return now - relativedelta(months=months) if months else None


def to_erase_again(journal: Iterable[Erased], known: dict[int, datetime]) -> Iterator[Erased]:
    """Of the journal's lines, those about people whom a restored backup holds; each person once.

    `known`: {id: when the person was entered}. A person entered after the erasure is another, who got the number of
    one whom the backup does not hold.
    """
    seen = set()
    for line in journal:
        entered = known.get(line.person_id)
        if entered is not None and entered <= line.at and line.person_id not in seen:
            seen.add(line.person_id)
            yield line
