"""Calls and those who stand for them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calls.rules import MOST_SEATS, CallState, Standing, standing
from app.core import clock, zones
from app.core.db import Base, Instant, Translations, WallTime
from app.groups.models import WorkingGroup
from app.membership.models import Membership
from app.people.models import Association, Person

_STATES = ", ".join(f"'{state}'" for state in CallState)
_STANDINGS = ", ".join(f"'{state}'" for state in Standing)

call_associations = Table(
    "call_associations",
    Base.metadata,
    Column("call_id", ForeignKey("calls.id"), primary_key=True),
    Column("association_id", ForeignKey("associations.id"), primary_key=True, index=True),
)
"""The associations that a call is limited to; where there is none, it is open to all."""


class Call(Base):
    """A group looks for experts. Its deadline is a wall-clock time in an IANA zone."""

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint(f"seats BETWEEN 1 AND {MOST_SEATS}", name="seats"),
        CheckConstraint("state = 'draft' OR state = 'cancelled' OR opened_at IS NOT NULL", name="opened"),
        CheckConstraint("state <> 'cancelled' OR reason IS NOT NULL", name="reason"),
        Index("ix_calls_group_state", "group_id", "state"),
        Index("ix_calls_state_deadline", "state", "deadline_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    creation_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    """From the form that made it: a form sent twice makes one call."""
    group_id: Mapped[int] = mapped_column(ForeignKey("working_groups.id"))
    state: Mapped[CallState] = mapped_column(String(10), default=CallState.DRAFT)
    titles: Mapped[Translations]
    profiles: Mapped[Translations] = mapped_column(default=dict)
    """Who is looked for. Markdown, as the texts."""
    texts: Mapped[Translations] = mapped_column(default=dict)
    seats: Mapped[int]
    deadline_local: Mapped[WallTime]
    time_zone: Mapped[str] = mapped_column(String(60))
    deadline_at: Mapped[Instant]
    """Derived from the wall-clock time."""
    one_per_association: Mapped[bool] = mapped_column(default=False)
    reserve_until: Mapped[date | None]
    """The last day on which someone can be taken from the reserve list; None where there is none."""
    created_at: Mapped[Instant]
    opened_at: Mapped[Instant | None]
    extended_at: Mapped[Instant | None]
    """When the deadline was last put off."""
    decided_at: Mapped[Instant | None]
    moved_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    """Who made the latest move."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was cancelled."""
    announced_to: Mapped[int | None]
    """The person up to whom, by their ids, experts have been written to; None once all are."""
    reminded_at: Mapped[Instant | None]
    """When associations were reminded before the deadline."""
    choice_reminded_at: Mapped[Instant | None]
    """When the coordinators were, after it."""
    escalated_at: Mapped[Instant | None]
    """When the administrators were told that nobody has decided."""
    demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    group: Mapped[WorkingGroup] = relationship()
    moved_by: Mapped[Person | None] = relationship()
    limited_to: Mapped[list[Association]] = relationship(secondary=call_associations, order_by="Association.code")

    __mapper_args__ = {"version_id_col": version}

    def close_at(self, local: datetime, time_zone: str) -> None:
        """Set the deadline as a wall-clock time and, with it, the instant."""
        self.deadline_local, self.time_zone = local, time_zone
        self.deadline_at = zones.to_utc(local, time_zone)

    @property
    def now(self) -> CallState:
        """Where it stands at this instant."""
        return standing(CallState(self.state), self.deadline_at, clock.now())

    def is_for(self, association_id: int | None) -> bool:
        """Whether people of an association, or of none, can stand."""
        return not self.limited_to or association_id in {one.id for one in self.limited_to}


class Candidacy(Base):
    """A person who stands for a call: applied, or was nominated by an association, or both. Once for a call."""

    __tablename__ = "candidacies"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STANDINGS})", name="state"),
        CheckConstraint("preference > 0", name="preference"),
        UniqueConstraint("call_id", "person_id", name="uq_candidacies_call_id_person_id"),
        UniqueConstraint("call_id", "association_id", "preference", name="uq_candidacies_preference"),
        Index("ix_candidacies_association_state", "association_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    association_id: Mapped[int | None] = mapped_column(ForeignKey("associations.id"))
    """For which they stand; None for experts from elsewhere."""
    state: Mapped[Standing] = mapped_column(String(12))
    motivation: Mapped[str | None] = mapped_column(Text)
    """What the person wrote; None for who was nominated and has not applied."""
    recommendation: Mapped[str | None] = mapped_column(Text)
    """What the association wrote."""
    endorsed: Mapped[bool] = mapped_column(default=False)
    nominated_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    preference: Mapped[int | None]
    """1 for whom the association would like to see chosen first."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why the association has not endorsed it."""
    began_at: Mapped[Instant]
    moved_at: Mapped[Instant]
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("memberships.id"), unique=True)
    """The membership that being chosen has led to."""
    version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    association: Mapped[Association | None] = relationship()
    nominated_by: Mapped[Person | None] = relationship(foreign_keys=[nominated_by_id])
    membership: Mapped[Membership | None] = relationship()

    __mapper_args__ = {"version_id_col": version}
