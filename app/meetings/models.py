"""Meetings."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from app.core import search, zones
from app.core.db import Base, Instant, WallTime
from app.groups.models import WorkingGroup
from app.meetings.rules import Status, Visibility
from app.people.models import Person

__all__ = ["Meeting", "Status", "Visibility", "new_reference"]

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_reference() -> str:
    """A short random name for an address: it tells neither order nor number of meetings."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


class Meeting(Base):
    """A single date that one attends: planned as wall-clock time in an IANA zone."""

    __tablename__ = "meetings"
    __table_args__ = (
        CheckConstraint("status IN ('TENTATIVE', 'CONFIRMED', 'CANCELLED')", name="status"),
        CheckConstraint("visibility IN ('public', 'members')", name="visibility"),
        CheckConstraint("ends_at > starts_at", name="duration"),
        Index("ix_meetings_group_starts", "group_id", "starts_at", "ends_at"),
        # Without statistics SQLite would look up what visitors see of one group among the meetings of all.
        Index("ix_meetings_group_visibility_starts", "group_id", "visibility", "starts_at", "ends_at"),
        Index("ix_meetings_visibility_starts", "visibility", "starts_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True, default=new_reference)
    """Its name in `/meetings/<id>`."""
    uid: Mapped[str] = mapped_column(String(255), unique=True)
    """RFC 5545 UID, fixed for life."""
    creation_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    """From the form that created it: a form sent twice makes one meeting."""
    group_id: Mapped[int] = mapped_column(ForeignKey("working_groups.id"))
    title: Mapped[str] = mapped_column(String(200))
    title_key: Mapped[str] = mapped_column(String(search.LONGEST_KEY), default="")
    """What the title is found by, kept by itself: see `core.search`."""
    starts_local: Mapped[WallTime]
    ends_local: Mapped[WallTime]
    time_zone: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[Instant]
    """Derived from the wall-clock time, for order and overlap."""
    ends_at: Mapped[Instant]
    venue: Mapped[str | None] = mapped_column(String(300))
    join_link: Mapped[str | None] = mapped_column(String(1000))
    """For members only."""
    description: Mapped[str | None] = mapped_column(Text)
    """Markdown."""
    visibility: Mapped[Visibility] = mapped_column(String(10), default=Visibility.PUBLIC)
    status: Mapped[Status] = mapped_column(String(10), default=Status.CONFIRMED)
    cancellation_reason: Mapped[str | None] = mapped_column(Text)
    sequence: Mapped[int] = mapped_column(default=0)
    """RFC 5545 SEQUENCE: raised with time, place or status, never lowered."""
    created_at: Mapped[Instant]
    modified_at: Mapped[Instant]
    """DTSTAMP and LAST-MODIFIED: when this revision was made."""
    modified_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    group: Mapped[WorkingGroup] = relationship()
    modified_by: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def plan(self, starts: datetime, ends: datetime, time_zone: str) -> None:
        """Set the wall-clock times and, with them, the instants."""
        self.starts_local, self.ends_local, self.time_zone = starts, ends, time_zone
        self.starts_at, self.ends_at = zones.to_utc(starts, time_zone), zones.to_utc(ends, time_zone)

    @property
    def is_public(self) -> bool:
        """Whether visitors may know of it."""
        return self.visibility == Visibility.PUBLIC

    @property
    def is_cancelled(self) -> bool:
        """Whether it will not take place."""
        return self.status == Status.CANCELLED


@event.listens_for(Meeting, "before_insert")
@event.listens_for(Meeting, "before_update")
def _keep_title_key(_mapper: Mapper[Meeting], _connection: Connection, meeting: Meeting) -> None:
    meeting.title_key = search.key(meeting.title)
