"""Memberships and their history."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Instant, Json
from app.groups.models import WorkingGroup
from app.groups.rules import MOST_SEATS
from app.membership.rules import OPEN, Move, Role, State, Who
from app.people.models import Association, Person

_STATES = ", ".join(f"'{state}'" for state in State)
_MOVES = ", ".join(f"'{move}'" for move in Move)
_ROLES = ", ".join(f"'{role}'" for role in Role)
_CAPACITIES = ", ".join(f"'{who}'" for who in Who)
_OPEN = "state IN (" + ", ".join(f"'{state}'" for state in State if state in OPEN) + ")"
_HOLDS = "state = 'active' AND role IN ('chair', 'vice_chair', 'member')"
_STANDS_IN = "state = 'active' AND role = 'alternate'"


class SeatGrant(Base):
    """What a group grants one association, where that differs from what its status is granted."""

    __tablename__ = "seat_grants"
    __table_args__ = (CheckConstraint(f"number BETWEEN 0 AND {MOST_SEATS}", name="number"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("working_groups.id"), primary_key=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("associations.id"), primary_key=True, index=True)
    number: Mapped[int]


class Membership(Base):
    """A person in, or on the way into, a group. At most one open one for a person and a group.

    A seat is known by group, association and number. One member at a time holds it, and one alternate at most.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint(f"role IN ({_ROLES})", name="role"),
        Index(
            "uq_memberships_open", "person_id", "group_id", unique=True,
            sqlite_where=text(_OPEN), postgresql_where=text(_OPEN),
        ),
        CheckConstraint(
            "state <> 'active' OR association_id IS NULL OR role = 'observer' OR seat_number IS NOT NULL", name="seat"
        ),
        CheckConstraint("seat_number > 0", name="seat_number"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates"),
        Index(
            "uq_memberships_seat", "group_id", "association_id", "seat_number", unique=True,
            sqlite_where=text(_HOLDS), postgresql_where=text(_HOLDS),
        ),
        Index(
            "uq_memberships_alternate", "group_id", "association_id", "seat_number", unique=True,
            sqlite_where=text(_STANDS_IN), postgresql_where=text(_STANDS_IN),
        ),
        Index("ix_memberships_group_state", "group_id", "state"),
        Index("ix_memberships_association_state", "association_id", "state"),
        Index("ix_memberships_state_moved", "state", "moved_at"),
        Index("ix_memberships_state_ends", "state", "ends_on"),
        # All that the matrix of associations and groups counts, so that it reads no row.
        Index("ix_memberships_counted", "group_id", "association_id", "state", "role", "ends_on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("working_groups.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    association_id: Mapped[int | None] = mapped_column(ForeignKey("associations.id"))
    """For which association, as of the request; None for outside experts."""
    state: Mapped[State] = mapped_column(String(12))
    role: Mapped[Role] = mapped_column(String(12), default=Role.MEMBER)
    seat_number: Mapped[int | None]
    """Which of the association's seats; kept when it has ended. None for observers and those without an association."""
    endorsed: Mapped[bool] = mapped_column(default=False)
    """Whether the association has said yes."""
    motivation: Mapped[str | None] = mapped_column(Text)
    began_at: Mapped[Instant]
    """When it was asked for, proposed, or entered by a coordinator. Who waits is served in this order."""
    moved_at: Mapped[Instant]
    """When it came into its present state."""
    starts_on: Mapped[date | None]
    """First day of the present mandate."""
    ends_on: Mapped[date | None]
    """Its last day; None where it has no end."""
    predecessor_id: Mapped[int | None] = mapped_column(ForeignKey("memberships.id"), index=True)
    """Whose seat this one takes over."""
    invited_at: Mapped[Instant | None]
    """When a nominated person was last written to."""
    reminded_at: Mapped[Instant | None]
    """When those who have to decide, or to renew, were last reminded."""
    escalated_at: Mapped[Instant | None]
    """When the administrators were told that nobody decides."""
    expert_renews: Mapped[bool | None]
    """What the person answered to the question whether to go on."""
    association_renews: Mapped[bool | None]
    version: Mapped[int] = mapped_column()

    group: Mapped[WorkingGroup] = relationship()
    person: Mapped[Person] = relationship()
    association: Mapped[Association | None] = relationship()
    predecessor: Mapped[Membership | None] = relationship(remote_side="Membership.id")
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
        CheckConstraint(f"capacity IN ({_CAPACITIES})", name="capacity"),
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
    capacity: Mapped[Who | None] = mapped_column(String(12))
    """As what the actor acted."""

    membership: Mapped[Membership] = relationship(back_populates="events")
    actor: Mapped[Person | None] = relationship()


class RosterReview(Base):
    """The yearly review in which associations and coordinators confirm their lists."""

    __tablename__ = "roster_reviews"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    opened_at: Mapped[Instant]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    """None where it began by itself."""
    due_on: Mapped[date]
    reminded_at: Mapped[Instant | None]

    opened_by: Mapped[Person | None] = relationship()


class RosterConfirmation(Base):
    """Somebody has confirmed the list of an association, or of a group, as it was at that instant. Never changed."""

    __tablename__ = "roster_confirmations"
    __table_args__ = (
        CheckConstraint("(association_id IS NULL) <> (group_id IS NULL)", name="one_list"),
        UniqueConstraint("review_id", "association_id", name="uq_roster_confirmations_association"),
        UniqueConstraint("review_id", "group_id", name="uq_roster_confirmations_group"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("roster_reviews.id"))
    association_id: Mapped[int | None] = mapped_column(ForeignKey("associations.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("working_groups.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    """Who has confirmed it."""
    at: Mapped[Instant]
    snapshot: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """What was confirmed, in ids; see `review_rules.snapshot`."""

    review: Mapped[RosterReview] = relationship()
    association: Mapped[Association | None] = relationship()
    group: Mapped[WorkingGroup | None] = relationship()
    person: Mapped[Person] = relationship()
