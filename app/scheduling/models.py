"""Date polls: what is asked, of whom, and what each answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock, zones
from app.core.db import Base, Instant, WallTime
from app.groups.models import WorkingGroup
from app.meetings.models import Meeting, new_reference
from app.people.models import Person
from app.scheduling.rules import LONGEST, SHORTEST, Answer, PollState, Standing, standing

_STATES = ", ".join(f"'{state}'" for state in PollState)
_ANSWERS = ", ".join(f"'{answer}'" for answer in Answer)

poll_groups = Table(
    "poll_groups",
    Base.metadata,
    Column("poll_id", ForeignKey("polls.id"), primary_key=True),
    Column("group_id", ForeignKey("working_groups.id"), primary_key=True, index=True),
)
"""The further groups that are asked together with the one that holds the poll."""


class Poll(Base):
    """A group looks for a date. Until when one answers is a wall-clock time in the poll's zone."""

    __tablename__ = "polls"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint(f"minutes BETWEEN {SHORTEST} AND {LONGEST}", name="minutes"),
        CheckConstraint("(state = 'closed') = (meeting_id IS NOT NULL)", name="meeting"),
        CheckConstraint("state <> 'cancelled' OR reason IS NOT NULL", name="reason"),
        Index("ix_polls_group_state", "group_id", "state"),
        Index("ix_polls_state_closes", "state", "closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True, default=new_reference)
    """Its name in `/polls/<reference>`: it tells neither order nor number of polls."""
    creation_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    """From the form that made it: a form sent twice makes one poll."""
    group_id: Mapped[int] = mapped_column(ForeignKey("working_groups.id"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    """Markdown."""
    minutes: Mapped[int]
    """How long the meeting will last."""
    time_zone: Mapped[str] = mapped_column(String(60))
    closes_local: Mapped[WallTime]
    closes_at: Mapped[Instant]
    """Derived from the wall-clock time."""
    named: Mapped[bool] = mapped_column(default=False)
    """Whether those listed in `people` alone are asked and know of it, instead of whole groups."""
    state: Mapped[PollState] = mapped_column(String(10), default=PollState.OPEN)
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was called off."""
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"), unique=True)
    """The meeting that came of it."""
    created_at: Mapped[Instant]
    moved_at: Mapped[Instant]
    """When it was opened, or last changed; by whom stands below."""
    moved_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    reminded_at: Mapped[Instant | None]
    """When those who run it last had the others reminded, by hand."""
    demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    group: Mapped[WorkingGroup] = relationship()
    further_groups: Mapped[list[WorkingGroup]] = relationship(secondary=poll_groups, order_by="WorkingGroup.id")
    options: Mapped[list[PollOption]] = relationship(
        back_populates="poll", order_by="(PollOption.starts_at, PollOption.ends_at)"
    )
    people: Mapped[list[PollPerson]] = relationship(back_populates="poll", cascade="all, delete-orphan")
    moved_by: Mapped[Person | None] = relationship()
    meeting: Mapped[Meeting | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def close_at(self, local: datetime, time_zone: str) -> None:
        """Set until when one answers as a wall-clock time and, with it, the instant."""
        self.closes_local, self.time_zone = local, time_zone
        self.closes_at = zones.to_utc(local, time_zone)

    @property
    def now(self) -> Standing:
        """Where it stands at this instant."""
        return standing(PollState(self.state), self.closes_at, clock.now())

    @property
    def offered(self) -> list[PollOption]:
        """The dates one can choose from, the first one first; withdrawn ones are left out."""
        return [option for option in self.options if option.withdrawn_at is None]

    @property
    def group_ids(self) -> list[int]:
        """All groups that are asked, the one that holds the poll first."""
        return [self.group_id, *(group.id for group in self.further_groups)]

    @property
    def needed(self) -> frozenset[int]:
        """The ids of those who must be there."""
        return frozenset(one.person_id for one in self.people if one.needed)


class PollOption(Base):
    """A date that is proposed: wall-clock times in a zone. One that is withdrawn keeps its answers, out of sight."""

    __tablename__ = "poll_options"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="duration"),
        CheckConstraint("NOT (chosen AND withdrawn_at IS NOT NULL)", name="chosen"),
        UniqueConstraint("poll_id", "starts_local", "ends_local", "time_zone", name="uq_poll_options_poll_id_time"),
        Index(
            "uq_poll_options_chosen", "poll_id", unique=True,
            sqlite_where=text("chosen"), postgresql_where=text("chosen"),
        ),
        Index("ix_poll_options_starts", "starts_at", "ends_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"))
    starts_local: Mapped[WallTime]
    ends_local: Mapped[WallTime]
    time_zone: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[Instant]
    """Derived from the wall-clock time, as the end."""
    ends_at: Mapped[Instant]
    withdrawn_at: Mapped[Instant | None]
    chosen: Mapped[bool] = mapped_column(default=False)
    """The one of which the meeting was made."""

    poll: Mapped[Poll] = relationship(back_populates="options")
    votes: Mapped[list[PollVote]] = relationship(back_populates="option")

    def plan(self, starts: datetime, ends: datetime, time_zone: str) -> None:
        """Set the wall-clock times and, with them, the instants."""
        self.starts_local, self.ends_local, self.time_zone = starts, ends, time_zone
        self.starts_at, self.ends_at = zones.to_utc(starts, time_zone), zones.to_utc(ends, time_zone)


class PollPerson(Base):
    """Someone who is asked by name, or who must be there, or both."""

    __tablename__ = "poll_people"

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    needed: Mapped[bool] = mapped_column(default=False)

    poll: Mapped[Poll] = relationship(back_populates="people")
    person: Mapped[Person] = relationship()


class PollVote(Base):
    """What a person said to a date; one answer each, the latest."""

    __tablename__ = "poll_votes"
    __table_args__ = (
        CheckConstraint(f"answer IN ({_ANSWERS})", name="answer"),
        CheckConstraint("(answered_by_id IS NULL) = by_link", name="by_link"),
        UniqueConstraint("option_id", "person_id", name="uq_poll_votes_option_id_person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    option_id: Mapped[int] = mapped_column(ForeignKey("poll_options.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    answer: Mapped[Answer] = mapped_column(String(12))
    answered_at: Mapped[Instant]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    """Who was signed in and said it: the person, or someone for them. None for the link from a mail."""
    by_link: Mapped[bool] = mapped_column(default=False)

    option: Mapped[PollOption] = relationship(back_populates="votes")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])

    @property
    def by_another(self) -> bool:
        """Whether someone else said it for the person."""
        return self.answered_by_id is not None and self.answered_by_id != self.person_id


class PollNotice(Base):
    """That someone was written to about a poll: once for each step, however many workers there are."""

    __tablename__ = "poll_notices"

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    step: Mapped[str] = mapped_column(String(30), primary_key=True)
    at: Mapped[Instant]
