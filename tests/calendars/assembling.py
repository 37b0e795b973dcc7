"""A group's feed as the door would assemble it."""

from __future__ import annotations

from datetime import datetime

from app.calendars.assembly import Assembly, assemble
from app.calendars.choice import Choice
from app.calendars.feeds import FeedKey, FeedKind


def group_feed(group_id: int, language: str, now: datetime) -> Assembly | None:
    """With everything in it."""
    return assemble(FeedKey(FeedKind.GROUP, group_id), Choice(language), now)
