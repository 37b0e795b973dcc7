"""What the form that plans a meeting is filled with when a link leads to it: day and hours, or another meeting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from app.core import zones
from app.meetings.rules import MeetingPlan


def from_address(parts: Mapping[str, str]) -> dict[str, Any]:
    """The fields that the parts of an address (`starts_on`, `starts_time`, `ends_on`, `ends_time`, `time_zone`) give.

    What makes no sense is left out: an address is typed by anybody.
    """
    readers: dict[str, Callable[[str], Any]] = {
        "starts_on": date.fromisoformat,
        "ends_on": date.fromisoformat,
        "starts_time": time.fromisoformat,
        "ends_time": time.fromisoformat,
        "time_zone": lambda name: zones.zone(name).key,
    }
    found: dict[str, Any] = {}
    for name, read in readers.items():
        if text := parts.get(name):
            try:
                found[name] = read(text)
            except ValueError:
                continue
    return found


def again(plan: MeetingPlan) -> dict[str, Any]:
    """All that a meeting says but its day."""
    return {**plan.as_fields(), "starts_on": None, "ends_on": None}
