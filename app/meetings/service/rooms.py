"""What administrators do with the rooms of the house. One transaction each; raise DomainError."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, conflicts
from app.core.db import lock_name, write, writing
from app.core.errors import DomainError
from app.meetings.models import Room


@dataclass(frozen=True)
class RoomFacts:
    """What is said of a room."""

    name: str
    address: str | None
    capacity: int | None
    equipment: list[str]


def facts_of(room: Room) -> RoomFacts:
    """What is said of it, as the form shows it."""
    return RoomFacts(room.name, room.address, room.capacity, list(room.equipment))


def add_room(facts: RoomFacts, *, actor_id: int | None) -> Room:
    """A new room that can be booked at once."""
    with write() as session:
        _refuse_same_name(facts.name, None)
        room = Room(**vars(facts))
        session.add(room)
        session.flush()
        audit.record("room.added", room, actor_id, name=facts.name)
    return room


def change_room(room_id: int, facts: RoomFacts, *, version: int, actor_id: int | None) -> None:
    """Let it be as said now; what is booked stays booked, and says of the place what it said. Raises EditConflict."""
    with write() as session:
        room = _locked(room_id)
        before = facts_of(room)
        changed = conflicts.differences(before, facts)
        if not changed:
            return
        conflicts.check_version(room.version, version, vars(before))
        _refuse_same_name(facts.name, room_id)
        for name in changed:
            setattr(room, name, getattr(facts, name))
        session.flush()
        audit.record("room.changed", room, actor_id, name=facts.name, fields=changed)


def offer_room(room_id: int, *, offered: bool, actor_id: int | None) -> None:
    """Take a room out of use, or into use again; what is booked stays booked."""
    with write() as session:
        room = _locked(room_id)
        if room.in_use == offered:
            return
        room.in_use = offered
        session.flush()
        if offered:
            audit.record("room.offered", room, actor_id, name=room.name)
        else:
            audit.record("room.retired", room, actor_id, name=room.name)


def locked(room_id: int) -> Room | None:
    """The room, for this transaction alone, among those who book or change rooms; None where it is gone.

    Not by `core.db.lock`: whoever plans a meeting in a room has named it by then, and so holds it from being deleted;
    of two who did, each would wait for the other.
    """
    session = writing()
    session.execute(select(Room.id).where(Room.id == room_id).with_for_update(key_share=True))
    return session.get(Room, room_id, populate_existing=True)


def _locked(room_id: int) -> Room:
    room = locked(room_id)
    if room is None:
        raise DomainError(_l("This room is gone."))
    return room


def _refuse_same_name(name: str, but: int | None) -> None:
    lock_name(f"room:{name}")
    if writing().scalar(select(Room.id).where(Room.name == name, Room.id != (but or 0))) is not None:
        raise DomainError(_l("There is a room of this name already."), "name")
