"""A meeting: what one attends."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from app.core import search, zones
from app.core.db import Base, Instant, WallTime
from app.groups.models import WorkingGroup
from app.meetings.models.planned import Planned, constraints
from app.meetings.rules import Status, Visibility
from app.meetings.rules.company import Consent
from app.people.models import Person

if TYPE_CHECKING:
    from app.meetings.models.company import Guest, JointGroup, MeetingPerson
    from app.meetings.models.rooms import RoomBooking
    from app.meetings.models.series import MeetingSeries, SeriesPart
    from app.meetings.models.task_forces import MeetingTaskForce

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_reference() -> str:
    """A short random name for an address: it tells neither order nor number of meetings."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


class Meeting(Planned, Base):
    """A single date that one attends: planned as wall-clock time in an IANA zone, alone or as one of a series."""

    __tablename__ = "meetings"
    __table_args__ = (
        *constraints(),
        CheckConstraint("ends_at > starts_at", name="duration"),
        CheckConstraint("uid IS NOT NULL OR part_id IS NOT NULL", name="identity"),
        CheckConstraint("(part_id IS NULL) = (recurrence_id IS NULL)", name="recurrence"),
        CheckConstraint("(part_id IS NULL) = (series_id IS NULL)", name="series"),
        UniqueConstraint("part_id", "recurrence_id"),
        Index("ix_meetings_group_starts", "group_id", "starts_at", "ends_at"),
        # Without statistics SQLite would look up what visitors see of one group among the meetings of all.
        Index("ix_meetings_group_visibility_starts", "group_id", "visibility", "starts_at", "ends_at"),
        Index("ix_meetings_visibility_starts", "visibility", "starts_at", "ends_at"),
        Index("ix_meetings_series_starts", "series_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True, default=new_reference)
    """Its name in `/meetings/<id>`."""
    uid: Mapped[str | None] = mapped_column(String(255), unique=True)
    """RFC 5545 UID, fixed for life; None for a date that its part's rule gives: it goes by the part's."""
    creation_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    """From the form that created it: a form sent twice makes one meeting."""
    group_id: Mapped[int] = mapped_column(ForeignKey("working_groups.id"))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_series.id"))
    part_id: Mapped[int | None] = mapped_column(ForeignKey("series_parts.id"))
    recurrence_id: Mapped[WallTime | None]
    """When its series has it, by the clock of its part: RFC 5545 §3.8.4.4."""
    title_key: Mapped[str] = mapped_column(String(search.LONGEST_KEY), default="")
    """What the title is found by, kept by itself: see `core.search`."""
    starts_at: Mapped[Instant]
    """Derived from the wall-clock time, for order and overlap."""
    ends_at: Mapped[Instant]
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
    series: Mapped[MeetingSeries | None] = relationship(back_populates="meetings")
    part: Mapped[SeriesPart | None] = relationship(back_populates="meetings")
    modified_by: Mapped[Person | None] = relationship()
    joint_groups: Mapped[list[JointGroup]] = relationship(
        back_populates="meeting", cascade="all, delete-orphan", order_by="JointGroup.group_id"
    )
    people: Mapped[list[MeetingPerson]] = relationship(
        back_populates="meeting", cascade="all, delete-orphan", order_by="MeetingPerson.person_id"
    )
    task_forces: Mapped[list[MeetingTaskForce]] = relationship(
        cascade="all, delete-orphan", order_by="MeetingTaskForce.task_force_id"
    )
    guests: Mapped[list[Guest]] = relationship(
        back_populates="meeting", cascade="all, delete-orphan", order_by="Guest.email"
    )
    booking: Mapped[RoomBooking | None] = relationship(back_populates="meeting", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}

    def plan(self, starts: datetime, ends: datetime, time_zone: str) -> None:
        """Set the wall-clock times and, with them, the instants."""
        super().plan(starts, ends, time_zone)
        self.starts_at, self.ends_at = zones.to_utc(starts, time_zone), zones.to_utc(ends, time_zone)

    @property
    def is_public(self) -> bool:
        """Whether visitors may know of it."""
        return self.visibility == Visibility.PUBLIC

    @property
    def is_of_few(self) -> bool:
        """Whether not even the other members of its group may know of it."""
        return Visibility(self.visibility).is_of_few

    @property
    def partners(self) -> list[WorkingGroup]:
        """The other groups whose meeting it is, since they have agreed."""
        return [joint.group for joint in self.joint_groups if joint.consent == Consent.AGREED]

    @property
    def groups(self) -> list[WorkingGroup]:
        """All groups whose meeting it is, the host first."""
        return [self.group, *self.partners]

    @property
    def group_ids(self) -> frozenset[int]:
        """Their ids."""
        agreed = (joint.group_id for joint in self.joint_groups if joint.consent == Consent.AGREED)
        return frozenset((self.group_id, *agreed))

    @property
    def is_cancelled(self) -> bool:
        """Whether it will not take place."""
        return self.status == Status.CANCELLED


@event.listens_for(Meeting, "before_insert")
@event.listens_for(Meeting, "before_update")
def _keep_title_key(_mapper: Mapper[Meeting], _connection: Connection, meeting: Meeting) -> None:
    meeting.title_key = search.key(meeting.title)
