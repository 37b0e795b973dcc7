"""Who said that they come."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Instant
from app.meetings.models import Meeting
from app.people.models import Person
from app.proceedings import rules
from app.proceedings.rules import Partstat

_PARTSTATS = ", ".join(f"'{partstat}'" for partstat in Partstat)


class Response(Base):
    """What a person said to a meeting; one answer each, the latest."""

    __tablename__ = "responses"
    __table_args__ = (CheckConstraint(f"partstat IN ({_PARTSTATS})", name="partstat"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    partstat: Mapped[Partstat] = mapped_column(String(20))
    sequence: Mapped[int]
    """The meeting's when it was said: to another time or place nothing was said."""
    answered_at: Mapped[Instant]

    meeting: Mapped[Meeting] = relationship()
    person: Mapped[Person] = relationship()

    @property
    def holds(self) -> bool:
        """Whether it is about the meeting as it is planned now."""
        return rules.holds(self.sequence, self.meeting.sequence)
