"""Task forces: lists of members that a group's coordinators keep, for meetings of few."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.groups.models import WorkingGroup
from app.people.models import Person


class TaskForce(Base):
    """Some members of a group under a name. Who is no longer a member of the group does not count, though listed."""

    __tablename__ = "task_forces"
    __table_args__ = (UniqueConstraint("group_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("working_groups.id"))
    name: Mapped[str] = mapped_column(String(200))
    demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    group: Mapped[WorkingGroup] = relationship()
    people: Mapped[list[TaskForcePerson]] = relationship(
        back_populates="task_force", cascade="all, delete-orphan", order_by="TaskForcePerson.person_id"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def person_ids(self) -> frozenset[int]:
        """Ids of those in it."""
        return frozenset(one.person_id for one in self.people)


class TaskForcePerson(Base):
    """Someone in a task force."""

    __tablename__ = "task_force_people"

    task_force_id: Mapped[int] = mapped_column(ForeignKey("task_forces.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)

    task_force: Mapped[TaskForce] = relationship(back_populates="people")
    person: Mapped[Person] = relationship()


class MeetingTaskForce(Base):
    """A meeting that a task force is called to: its people are among `meeting_people` and follow the list."""

    __tablename__ = "meeting_task_forces"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    task_force_id: Mapped[int] = mapped_column(ForeignKey("task_forces.id"), primary_key=True, index=True)

    task_force: Mapped[TaskForce] = relationship()
