"""How much to invent, and from what: the size, the seed and the day it is drawn up for."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

DOMAIN = "demo.example"
MARK = "(demo)"


@dataclass(frozen=True)
class Plan:
    """The same plan gives the same data. Numbers are of people, of groups beyond the catalogue's, of meetings."""

    today: date
    people: int = 150
    groups: int = 0
    meetings: int = 150
    seed: int = 1

    def dice(self, what: str) -> random.Random:
        """Its own chance for each kind of thing, so that more people do not change the meetings."""
        return random.Random(f"{self.seed} {what}")  # noqa: S311 - invented data, no secret

    def ago(self, days: float) -> datetime:
        """The instant so many days before the plan's day, at nine in the morning."""
        return datetime.combine(self.today, time(9), UTC) - timedelta(days=days)
