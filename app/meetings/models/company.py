"""Who meets besides the host group: other groups, people named one by one, guests from outside."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Instant
from app.groups.models import WorkingGroup
from app.meetings.models.meeting import Meeting
from app.meetings.rules.company import Consent
from app.people.models import Person


class JointGroup(Base):
    """Another group that meets jointly with the host: once its coordinators have agreed, the meeting is theirs too."""

    __tablename__ = "joint_groups"
    __table_args__ = (
        CheckConstraint("consent IN ('asked', 'agreed', 'declined')", name="consent"),
        Index("ix_joint_groups_group_consent", "group_id", "consent"),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("working_groups.id"), primary_key=True)
    consent: Mapped[Consent] = mapped_column(String(10), default=Consent.ASKED)
    asked_at: Mapped[Instant]
    decided_at: Mapped[Instant | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    reason: Mapped[str | None] = mapped_column(Text)

    meeting: Mapped[Meeting] = relationship(back_populates="joint_groups")
    group: Mapped[WorkingGroup] = relationship()


class MeetingPerson(Base):
    """Someone a meeting of few is for."""

    __tablename__ = "meeting_people"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)

    meeting: Mapped[Meeting] = relationship(back_populates="people")
    person: Mapped[Person] = relationship()


class Guest(Base):
    """Someone from outside who comes to a meeting, as a speaker or to listen."""

    __tablename__ = "meeting_guests"
    __table_args__ = (UniqueConstraint("meeting_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    """In lower case; seen by those who plan the meeting alone."""
    speaks: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None] = mapped_column(String(10))
    """Of the mails; None: the installation's."""

    meeting: Mapped[Meeting] = relationship(back_populates="guests")
