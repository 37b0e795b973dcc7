"""Absences, marked periods, and busy calendars with what was read from them."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from app.availability.rules import BandKind, Problem
from app.availability.slots import Wish
from app.core.audit import BigId
from app.core.db import Base, Instant, Translations, WallTime
from app.groups.models import Community, WorkingGroup
from app.people.models import Person

_KINDS = ", ".join(f"'{kind}'" for kind in BandKind)
_WISHES = ", ".join(f"'{wish}'" for wish in Wish)
_PROBLEMS = ", ".join(f"'{problem}'" for problem in Problem)


class Absence(Base):
    """Time in which a person is away, as they planned it: wall-clock times in their zone. Whole days end at midnight.

    Only they see it; others learn at most that somebody is taken elsewhere.
    """

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("ends_local > starts_local", name="duration"),
        Index("ix_absences_person_ends", "person_id", "ends_local"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    starts_local: Mapped[WallTime]
    ends_local: Mapped[WallTime]
    time_zone: Mapped[str] = mapped_column(String(60))
    whole_days: Mapped[bool]
    note: Mapped[str | None] = mapped_column(String(200))
    """For the person alone."""

    @property
    def last_day(self) -> date:
        """The last day of it."""
        return (self.ends_local - timedelta(microseconds=1)).date()


class Band(Base):
    """Marked days: an institution's week, a recess, an event. For a group, a community, or the whole installation."""

    __tablename__ = "bands"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint(f"wish IN ({_WISHES})", name="wish"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("community_id IS NULL OR group_id IS NULL", name="one_scope"),
        Index("ix_bands_ends", "ends_on", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[BandKind] = mapped_column(String(12))
    wish: Mapped[Wish] = mapped_column(String(10))
    names: Mapped[Translations]
    city: Mapped[str | None] = mapped_column(String(100))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """Its last day."""
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("working_groups.id"), index=True)
    demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    community: Mapped[Community | None] = relationship()
    group: Mapped[WorkingGroup | None] = relationship()

    __mapper_args__ = {"version_id_col": version}


class BusyCalendar(Base):
    """A calendar of a person elsewhere, of which only the busy times are read: from an address, or from a file once."""

    __tablename__ = "busy_calendars"
    __table_args__ = (
        CheckConstraint(f"problem IN ({_PROBLEMS})", name="problem"),
        Index("ix_busy_calendars_next_read", "next_read_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    label: Mapped[str] = mapped_column(String(100))
    """What its owner calls it."""
    address: Mapped[str | None] = deferred(mapped_column(Text))
    """A secret: it opens the calendar to whoever has it. Read by the worker alone."""
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    """The file that was brought, until it has been read."""
    from_file: Mapped[bool]
    created_at: Mapped[Instant]
    read_at: Mapped[Instant | None]
    """When it was last read with success."""
    problem: Mapped[Problem | None] = mapped_column(String(20))
    """Why it could not be read the last time."""
    next_read_at: Mapped[Instant | None]
    """When it is to be read; None for a file that was."""
    lease_until: Mapped[Instant | None]
    """Until when one worker alone reads it; after a crash the next may once this has passed."""
    failures: Mapped[int] = mapped_column(default=0)
    """Attempts since it was last read with success."""

    person: Mapped[Person] = relationship()


class BusyPeriod(Base):
    """A time in which a calendar says that its owner is busy: begin and end, nothing else."""

    __tablename__ = "busy_periods"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="duration"),
        Index("ix_busy_periods_calendar_ends", "calendar_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("busy_calendars.id"))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
