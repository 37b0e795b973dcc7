"""Communities, working groups and who coordinates them."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Instant, Json, Translations
from app.core.settings import settings
from app.groups.rules import LONGEST_TERM, MOST_SEATS, Access, GroupStatus, JoinPolicy, Visibility
from app.people.models import Person

_POLICIES = ", ".join(f"'{policy}'" for policy in JoinPolicy)
_STATUSES = ", ".join(f"'{status}'" for status in GroupStatus)


class Community(Base):
    """A heading under which groups are listed: an Impact Community, or the cross-cutting one."""

    __tablename__ = "communities"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int]
    names: Mapped[Translations]
    goals: Mapped[Translations] = mapped_column(default=dict)
    colour_light: Mapped[str] = mapped_column(String(7), default="#4a5568")
    colour_dark: Mapped[str] = mapped_column(String(7), default="#b4bfce")
    loaded: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """What the catalogue last said; what differs from it was edited here and is left alone."""
    version: Mapped[int] = mapped_column()

    groups: Mapped[list[WorkingGroup]] = relationship(
        back_populates="community", order_by="(WorkingGroup.position, WorkingGroup.id)"
    )

    __mapper_args__ = {"version_id_col": version}


class WorkingGroup(Base):
    """A working group. `slug` is its present address; old ones stay in `addresses`."""

    __tablename__ = "working_groups"
    audited_as: ClassVar[str] = "group_id"
    __table_args__ = (
        CheckConstraint(f"join_policy IN ({_POLICIES})", name="join_policy"),
        CheckConstraint(f"status IN ({_STATUSES})", name="status"),
        CheckConstraint("visibility IN ('public', 'signed_in', 'members')", name="visibility"),
        CheckConstraint("access IN ('network', 'members')", name="access"),
        CheckConstraint(f"seats_member BETWEEN 0 AND {MOST_SEATS}", name="seats_member"),
        CheckConstraint(f"seats_associate BETWEEN 0 AND {MOST_SEATS}", name="seats_associate"),
        CheckConstraint(f"seats_partner BETWEEN 0 AND {MOST_SEATS}", name="seats_partner"),
        CheckConstraint(f"term_months BETWEEN 1 AND {LONGEST_TERM}", name="term_months"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id"), index=True)
    position: Mapped[int]
    names: Mapped[Translations]
    topics: Mapped[dict[str, list[str]]] = mapped_column(Json, default=dict)
    """{"en": ["climate strategies", …], "fr": […]}"""
    mandate: Mapped[Translations] = mapped_column(default=dict)
    """Markdown."""
    time_zone: Mapped[str | None] = mapped_column(String(60))
    """IANA name; the installation's where none is set."""
    join_policy: Mapped[JoinPolicy] = mapped_column(String(12), default=JoinPolicy.REQUEST)
    status: Mapped[GroupStatus] = mapped_column(String(12), default=GroupStatus.ACTIVE)
    visibility: Mapped[Visibility] = mapped_column(String(12), default=Visibility.PUBLIC)
    access: Mapped[Access] = mapped_column(String(12), default=Access.MEMBERS)
    seats_member: Mapped[int] = mapped_column(default=lambda: settings().seats_member)
    """Seats of each association that is a member; the two that follow likewise."""
    seats_associate: Mapped[int] = mapped_column(default=lambda: settings().seats_associate)
    seats_partner: Mapped[int] = mapped_column(default=lambda: settings().seats_partner)
    term_months: Mapped[int | None] = mapped_column(default=lambda: settings().term_months or None)
    """How long a mandate lasts; without an end where none is set."""
    loaded: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    version: Mapped[int] = mapped_column()

    community: Mapped[Community] = relationship(back_populates="groups")
    coordinators: Mapped[list[Coordinator]] = relationship(back_populates="group")

    __mapper_args__ = {"version_id_col": version}


class Coordinator(Base):
    """A person who coordinates a group, from an instant until another."""

    __tablename__ = "coordinators"
    __table_args__ = (
        Index(
            "uq_coordinators_open", "group_id", "person_id", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("working_groups.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    appointed_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]

    group: Mapped[WorkingGroup] = relationship(back_populates="coordinators")
    person: Mapped[Person] = relationship()

    @property
    def slug(self) -> str:
        """The present address of the group, by which this is looked up."""
        return self.group.slug
