"""Series of meetings: what the reader sees as one, and the parts that calendars know it by."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Instant, Json, WallTime
from app.groups.models import WorkingGroup
from app.meetings.models.meeting import Meeting, new_reference
from app.meetings.models.planned import Planned, constraints
from app.people.models import Person


class MeetingSeries(Base):
    """Dates that belong together, by a rule or picked one by one."""

    __tablename__ = "meeting_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True, default=new_reference)
    """Its name in `/series/<reference>`."""
    creation_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("working_groups.id"), index=True)
    rules: Mapped[list[str]] = mapped_column(Json, default=list)
    """The pattern now in force, as RRULE values without an end; empty where the dates are picked one by one."""
    until: Mapped[date]
    """The last day on which it may have a date."""
    created_at: Mapped[Instant]
    modified_at: Mapped[Instant]
    modified_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    group: Mapped[WorkingGroup] = relationship()
    parts: Mapped[list[SeriesPart]] = relationship(back_populates="series", order_by="SeriesPart.id")
    meetings: Mapped[list[Meeting]] = relationship(back_populates="series", order_by="Meeting.starts_at, Meeting.id")
    modified_by: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}


class SeriesPart(Planned, Base):
    """A run of dates under one rule and one UID; or, without a rule, dates that stand each for itself.

    Its plan is what its dates say unless one was changed alone; its times are those of its first date.
    """

    __tablename__ = "series_parts"
    __table_args__ = (
        *constraints(),
        CheckConstraint("(rule IS NULL) = (uid IS NULL)", name="identity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("meeting_series.id"), index=True)
    uid: Mapped[str | None] = mapped_column(String(255), unique=True)
    rule: Mapped[str | None] = mapped_column(String(100))
    """RRULE without an end."""
    last_local: Mapped[WallTime]
    """When its last date begins: UNTIL, by the wall clock."""
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("series_parts.id", ondelete="SET NULL"), index=True)
    """The part it continues: RELATED-TO."""
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Instant]
    modified_at: Mapped[Instant]

    series: Mapped[MeetingSeries] = relationship(back_populates="parts")
    meetings: Mapped[list[Meeting]] = relationship(back_populates="part", order_by="Meeting.recurrence_id")
    follows: Mapped[SeriesPart | None] = relationship(remote_side=id)

    @property
    def group(self) -> WorkingGroup:
        """The host group of its series."""
        return self.series.group

    @property
    def groups(self) -> list[WorkingGroup]:
        """All groups whose dates it holds, the host first: that of its latest date, as all say the same."""
        return self.meetings[-1].groups if self.meetings else [self.group]

    @property
    def is_public(self) -> bool:
        """Whether visitors may know of one of its dates."""
        return any(meeting.is_public for meeting in self.meetings)


class DroppedDate(Base):
    """The address of a date that a series has no longer: who opens it is shown the series."""

    __tablename__ = "dropped_dates"

    reference: Mapped[str] = mapped_column(String(20), primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("meeting_series.id"), index=True)
    starts_local: Mapped[WallTime]
    time_zone: Mapped[str] = mapped_column(String(60))
    dropped_at: Mapped[Instant]

    series: Mapped[MeetingSeries] = relationship()
