"""Who said that they come."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Instant, WallTime
from app.meetings.models import Meeting
from app.people.models import Person
from app.proceedings.rules import Partstat

_PARTSTATS = ", ".join(f"'{partstat}'" for partstat in Partstat)


class Response(Base):
    """What a person said to a meeting at one time; one answer each, the latest. To another time nothing was said."""

    __tablename__ = "responses"
    __table_args__ = (CheckConstraint(f"partstat IN ({_PARTSTATS})", name="partstat"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    partstat: Mapped[Partstat] = mapped_column(String(20))
    starts_local: Mapped[WallTime]
    """The meeting's, as it was planned then, as what follows."""
    ends_local: Mapped[WallTime]
    time_zone: Mapped[str] = mapped_column(String(60))
    answered_at: Mapped[Instant]

    meeting: Mapped[Meeting] = relationship()
    person: Mapped[Person] = relationship()

    def say(self, partstat: Partstat, meeting: Meeting) -> None:
        """Let it be this answer, to the meeting as it is planned now."""
        self.partstat = partstat
        self.starts_local, self.ends_local, self.time_zone = (
            meeting.starts_local,
            meeting.ends_local,
            meeting.time_zone,
        )

    @property
    def holds(self) -> bool:
        """Whether the meeting is planned for the same time still: what `queries.holds` says for the database."""
        asked = (self.meeting.starts_local, self.meeting.ends_local, self.meeting.time_zone)
        return (self.starts_local, self.ends_local, self.time_zone) == asked
