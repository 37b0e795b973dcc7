"""Rooms for tests, made by the service."""

from __future__ import annotations

from app.meetings.models import Room
from app.meetings.service.rooms import RoomFacts, add_room


def make_room(
    name: str = "Room 3", capacity: int | None = 12, address: str | None = "Rue X 1, Brussels", *equipment: str
) -> Room:
    """A room that can be booked."""
    return add_room(RoomFacts(name, address, capacity, list(equipment)), actor_id=None)
