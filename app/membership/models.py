"""Memberships and their history."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Instant
from app.groups.models import WorkingGroup
from app.membership.rules import Move, Role, State
from app.people.models import Association, Person

_STATES = ", ".join(f"'{state}'" for state in State)
_MOVES = ", ".join(f"'{move}'" for move in Move)
_ROLES = ", ".join(f"'{role}'" for role in Role)
_OPEN = "state IN ('requested', 'active')"


class Membership(Base):
    """A person in, or on the way into, a group. At most one open one for a person and a group."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint(f"role IN ({_ROLES})", name="role"),
        Index(
            "uq_memberships_open", "person_id", "group_id", unique=True,
            sqlite_where=text(_OPEN), postgresql_where=text(_OPEN),
        ),
        Index("ix_memberships_group_state", "group_id", "state"),
        Index("ix_memberships_association_state", "association_id", "state"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("working_groups.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    association_id: Mapped[int | None] = mapped_column(ForeignKey("associations.id"))
    """For which association, as of the request; None for outside experts."""
    state: Mapped[State] = mapped_column(String(12))
    role: Mapped[Role] = mapped_column(String(12), default=Role.MEMBER)
    motivation: Mapped[str | None] = mapped_column(Text)
    began_at: Mapped[Instant]
    """When it was asked for, or entered by a coordinator."""
    moved_at: Mapped[Instant]
    """When it came into its present state."""
    version: Mapped[int] = mapped_column()

    group: Mapped[WorkingGroup] = relationship()
    person: Mapped[Person] = relationship()
    association: Mapped[Association | None] = relationship()
    events: Mapped[list[MembershipEvent]] = relationship(back_populates="membership", order_by="MembershipEvent.id")

    __mapper_args__ = {"version_id_col": version}


class MembershipEvent(Base):
    """One move of a membership from a state to another: who, when, why. Never changed."""

    __tablename__ = "membership_events"
    __table_args__ = (
        CheckConstraint(f"move IN ({_MOVES})", name="move"),
        CheckConstraint(f"from_state IN ({_STATES})", name="from_state"),
        CheckConstraint(f"to_state IN ({_STATES})", name="to_state"),
        CheckConstraint(f"role IN ({_ROLES})", name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"), index=True)
    move: Mapped[Move] = mapped_column(String(12))
    from_state: Mapped[State | None] = mapped_column(String(12))
    to_state: Mapped[State] = mapped_column(String(12))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    at: Mapped[Instant]
    reason: Mapped[str | None] = mapped_column(Text)
    role: Mapped[Role | None] = mapped_column(String(12))
    """The role that the move gave, where it gave one."""

    membership: Mapped[Membership] = relationship(back_populates="events")
    actor: Mapped[Person | None] = relationship()
