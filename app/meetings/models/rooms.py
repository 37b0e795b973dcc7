"""Rooms of the house, and for which meeting each is booked when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Instant, Json

if TYPE_CHECKING:
    from app.meetings.models.meeting import Meeting


class Room(Base):
    """A room that meetings can book."""

    __tablename__ = "rooms"
    __table_args__ = (CheckConstraint("capacity > 0", name="capacity"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    address: Mapped[str | None] = mapped_column(String(300))
    """Where the house stands: postal, on one line."""
    capacity: Mapped[int | None]
    """How many people it seats."""
    equipment: Mapped[list[str]] = mapped_column(Json, default=list)
    """Keys of `rules.rooms.EQUIPMENT`."""
    in_use: Mapped[bool] = mapped_column(default=True)
    """Whether it can still be booked."""
    demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class RoomBooking(Base):
    """One meeting's claim to a room. The database refuses two that overlap: see migration 0011."""

    __tablename__ = "room_bookings"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="duration"),
        Index("ix_room_bookings_room_starts", "room_id", "starts_at"),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]

    room: Mapped[Room] = relationship()
    meeting: Mapped[Meeting] = relationship(back_populates="booking")
