"""What people declare about themselves, the figures made of it, and how the groups were filled over time."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Instant
from app.groups.models import WorkingGroup
from app.people.models import Person
from app.representation.disclosure import FEWEST
from app.representation.rules import Answer, Part

_ANSWERS = ", ".join(f"'{answer}'" for answer in Answer)
_PARTS = ", ".join(f"'{part}'" for part in Part)


class GenderDeclaration(Base):
    """What a person says about their gender, of their own accord. Deleted when it is withdrawn; shown to nobody."""

    __tablename__ = "gender_declarations"
    __table_args__ = (CheckConstraint(f"answer IN ({_ANSWERS})", name="answer"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    answer: Mapped[Answer] = mapped_column(String(10))
    answered_at: Mapped[Instant]
    """When they agreed that it is used for statistics."""

    person: Mapped[Person] = relationship()


class BalanceFigure(Base):
    """A figure about gender as it was shown from one day to another; never changed (`disclosure.py` says when)."""

    __tablename__ = "balance_figures"
    __table_args__ = (
        CheckConstraint(f"part IN ({_PARTS})", name="part"),
        CheckConstraint(f"women >= {FEWEST} AND men >= {FEWEST} AND others >= {FEWEST}", name="fewest"),
        CheckConstraint("group_id IS NULL OR community_id IS NULL", name="one_cell"),
        CheckConstraint("replaced_on IS NULL OR replaced_on >= taken_on", name="dates"),
        Index(
            "ix_balance_figures_shown", "part", sqlite_where=text("replaced_on IS NULL"),
            postgresql_where=text("replaced_on IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[Part] = mapped_column(String(10))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("working_groups.id"), index=True)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"), index=True)
    """With neither: of all groups that are too small for a figure of their own."""
    taken_on: Mapped[date]
    replaced_on: Mapped[date | None]
    """The day from which it is no longer shown."""
    women: Mapped[int]
    men: Mapped[int]
    others: Mapped[int]
    """Another gender, or not stated, or left out by lot."""

    group: Mapped[WorkingGroup | None] = relationship()


class BalanceCount(Base):
    """That a person was counted in a figure (not as what), which decides what can be shown later."""

    __tablename__ = "balance_counts"

    figure_id: Mapped[int] = mapped_column(ForeignKey("balance_figures.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    alone: Mapped[bool]
    """Whether they are never to be counted in any other."""


class CoverageSnapshot(Base):
    """A day on which was noted how many seats are held, association by association, group by group."""

    __tablename__ = "coverage_snapshots"

    id: Mapped[int] = mapped_column(primary_key=True)
    taken_on: Mapped[date] = mapped_column(unique=True)


class CoverageCount(Base):
    """How many seats an association held in a group that day, of how many; nothing is kept where both are 0."""

    __tablename__ = "coverage_counts"

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("coverage_snapshots.id"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("working_groups.id"), primary_key=True, index=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("associations.id"), primary_key=True, index=True)
    granted: Mapped[int]
    held: Mapped[int]
