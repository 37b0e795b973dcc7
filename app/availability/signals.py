"""What this feature asks those above it: when people keep themselves free for something that is not decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from blinker import Signal


@dataclass(frozen=True)
class Purpose:
    """What a time is kept free for."""

    key: int
    said: Callable[[int], str]
    """What so many people do, in words: "3 members keep this time free for …"."""
    url: str


@dataclass(frozen=True)
class Kept:
    """A time that somebody keeps free."""

    person_id: int
    starts_at: datetime
    ends_at: datetime
    purpose: Purpose | None
    """None where the viewer may not know of it."""


times_kept = Signal(
    "Somebody looks for a time; sent with the viewer, `people` (a select of ids), the instants `begins` and `ends`, and"
    " `deciding`: the key of the purpose that is about to be decided, or None."
)
"""Who listens answers with what these people keep free in between, but for the purpose that is being decided."""
