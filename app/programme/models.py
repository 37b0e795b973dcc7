"""Milestones and deadlines."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from app.core import search
from app.core.db import Base, Instant
from app.groups.models import Community, WorkingGroup
from app.meetings.models import new_reference
from app.meetings.rules import Visibility
from app.people.models import Person
from app.programme.rules import Kind, State

_KINDS = ", ".join(f"'{kind}'" for kind in Kind)
_STATES = ", ".join(f"'{state}'" for state in State)


class Milestone(Base):
    """Something in a group's work programme, to the day: it has no hours and no zone."""

    __tablename__ = "milestones"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("visibility IN ('public', 'members')", name="visibility"),
        CheckConstraint("last_day >= first_day", name="days"),
        Index("ix_milestones_group_last", "group_id", "last_day"),
        Index("ix_milestones_last", "last_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True, default=new_reference)
    """Its name in `/milestones/<reference>`."""
    uid: Mapped[str] = mapped_column(String(255), unique=True)
    """RFC 5545 UID, fixed for life."""
    creation_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    """From the form that created it: a form sent twice makes one milestone."""
    group_id: Mapped[int] = mapped_column(ForeignKey("working_groups.id"))
    kind: Mapped[Kind] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(200))
    search_key: Mapped[str] = mapped_column(String(search.LONGEST_KEY), default="")
    """What title and file reference are found by: see `core.search`."""
    first_day: Mapped[date]
    last_day: Mapped[date]
    """The same for a single day; of a deadline, the day on which it falls."""
    goal_id: Mapped[int | None] = mapped_column(ForeignKey("communities.id"), index=True)
    """The community whose Impact Goal it serves."""
    file_reference: Mapped[str | None] = mapped_column(String(100))
    """What others call the matter: "COM(2026) 123", "2026/0123(COD)"."""
    link: Mapped[str | None] = mapped_column(String(1000))
    """Where that is to be found."""
    description: Mapped[str | None] = mapped_column(Text)
    """Markdown."""
    visibility: Mapped[Visibility] = mapped_column(String(10), default=Visibility.PUBLIC)
    state: Mapped[State] = mapped_column(String(10), default=State.PLANNED)
    drop_reason: Mapped[str | None] = mapped_column(Text)
    reminded_of: Mapped[date | None]
    """The last day that members were written to about shortly before; a deadline that moves has another."""
    sequence: Mapped[int] = mapped_column(default=0)
    """RFC 5545 SEQUENCE: raised when its days change or it is called off or back, never lowered."""
    created_at: Mapped[Instant]
    modified_at: Mapped[Instant]
    """DTSTAMP and LAST-MODIFIED: when this revision was made."""
    modified_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    group: Mapped[WorkingGroup] = relationship()
    goal: Mapped[Community | None] = relationship()
    modified_by: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_public(self) -> bool:
        """Whether visitors may know of it."""
        return self.visibility == Visibility.PUBLIC

    @property
    def is_dropped(self) -> bool:
        """Whether it was called off."""
        return self.state == State.DROPPED


@event.listens_for(Milestone, "before_insert")
@event.listens_for(Milestone, "before_update")
def _keep_search_key(_mapper: Mapper[Milestone], _connection: Connection, milestone: Milestone) -> None:
    milestone.search_key = search.key(milestone.title, milestone.file_reference)
