"""What people say of a meeting, as columns: of a single date and of all dates of a part of a series alike."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Json, WallTime
from app.meetings.rules import MeetingPlan, Mode, Precision, ShownAs, Status, Visibility

PARTS = tuple(
    name
    for name in MeetingPlan.__dataclass_fields__
    if name not in ("starts", "ends", "time_zone", "visibility", "tentative", "spoken", "interpreted")
)
"""The parts of a plan that are columns of the same name and kind."""


def constraints() -> tuple[CheckConstraint, ...]:
    """What the database itself demands of a plan."""
    return (
        CheckConstraint("status IN ('TENTATIVE', 'CONFIRMED', 'CANCELLED')", name="status"),
        CheckConstraint("visibility IN ('public', 'members', 'chairs', 'named')", name="visibility"),
        CheckConstraint("precision IN ('hours', 'days', 'month')", name="precision"),
        CheckConstraint("shown_as IN ('span', 'all_days', 'daily_hours')", name="shown_as"),
        CheckConstraint("mode IN ('on_site', 'online', 'hybrid')", name="mode"),
    )


class Planned:
    """The columns of a MeetingPlan."""

    title: Mapped[str] = mapped_column(String(200))
    starts_local: Mapped[WallTime]
    ends_local: Mapped[WallTime]
    time_zone: Mapped[str] = mapped_column(String(60))
    precision: Mapped[Precision] = mapped_column(String(10), default=Precision.HOURS)
    shown_as: Mapped[ShownAs] = mapped_column(String(12), default=ShownAs.SPAN)
    mode: Mapped[Mode | None] = mapped_column(String(10))
    venue: Mapped[str | None] = mapped_column(String(300))
    address: Mapped[str | None] = mapped_column(String(300))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"), index=True)
    remark: Mapped[str | None] = mapped_column(String(500))
    join_link: Mapped[str | None] = mapped_column(String(1000))
    """For members only; likewise the two that follow."""
    dial_in: Mapped[str | None] = mapped_column(String(300))
    passcode: Mapped[str | None] = mapped_column(String(100))
    spoken: Mapped[list[str]] = mapped_column(Json, default=list)
    interpreted: Mapped[list[str]] = mapped_column(Json, default=list)
    book_interpreters: Mapped[int | None]
    release_interpreters: Mapped[int | None]
    interpreters_booked: Mapped[bool] = mapped_column(default=False)
    description: Mapped[str | None] = mapped_column(Text)
    """Markdown."""
    visibility: Mapped[Visibility] = mapped_column(String(10), default=Visibility.PUBLIC)
    status: Mapped[Status] = mapped_column(String(10), default=Status.CONFIRMED)

    @property
    def said(self) -> MeetingPlan:
        """All of it as a plan."""
        return MeetingPlan(
            starts=self.starts_local,
            ends=self.ends_local,
            time_zone=self.time_zone,
            visibility=Visibility(self.visibility),
            tentative=self.status == Status.TENTATIVE,
            spoken=tuple(self.spoken or ()),
            interpreted=tuple(self.interpreted or ()),
            **{name: getattr(self, name) for name in PARTS},
        )

    def say(self, plan: MeetingPlan) -> None:
        """Let the columns be as planned; a cancelled one stays cancelled."""
        self.plan(plan.starts, plan.ends, plan.time_zone)
        for name in PARTS:
            setattr(self, name, getattr(plan, name) or (False if name == "interpreters_booked" else None))
        self.spoken, self.interpreted = list(plan.spoken), list(plan.interpreted)
        self.visibility = plan.visibility
        if self.status != Status.CANCELLED:
            self.status = Status.TENTATIVE if plan.tentative else Status.CONFIRMED

    def plan(self, starts: datetime, ends: datetime, time_zone: str) -> None:
        """Set the wall-clock times."""
        self.starts_local, self.ends_local, self.time_zone = starts, ends, time_zone
