"""What a milestone may be, and what its changes mean to calendars and to mails. Pure: no database, no request."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError
from app.meetings.rules import Visibility, is_join_link
from app.membership.patience import Pause, is_paused

LONGEST = timedelta(days=731)
YEARS_BACK, YEARS_AHEAD = 10, 10
DUE_SOON = timedelta(days=30)
"""How far the desk looks ahead, and back for what nobody has marked as done."""


class Kind(StrEnum):
    """What happens on the day."""

    MILESTONE = "milestone"
    CONSULTATION = "consultation"
    """A consultation that the group answers; its last day is the deadline."""
    DEADLINE = "deadline"
    """A deadline of another kind."""


class State(StrEnum):
    """Where it stands."""

    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True)
class MilestonePlan:
    """What people say of a milestone. A single day is both the first and the last."""

    kind: Kind
    title: str
    first_day: date
    last_day: date
    goal_id: int | None = None
    """The community whose Impact Goal it serves."""
    file_reference: str | None = None
    """What others call the matter: "2026/0123(COD)"."""
    link: str | None = None
    description: str | None = None
    visibility: Visibility = Visibility.PUBLIC

    def differences(self, other: MilestonePlan) -> frozenset[str]:
        """The names of what is not the same in both."""
        names = (field.name for field in fields(self))
        return frozenset(name for name in names if (getattr(self, name) or None) != (getattr(other, name) or None))

    def as_fields(self) -> dict[str, object]:
        """The same as the form's fields show it; the first day only where it is another."""
        return {
            "kind": self.kind.value,
            "title": self.title,
            "last_day": self.last_day,
            "first_day": self.first_day if self.first_day != self.last_day else None,
            "goal": str(self.goal_id or ""),
            "file_reference": self.file_reference,
            "link": self.link,
            "description": self.description,
            "visibility": self.visibility.value,
        }


DAYS = frozenset({"first_day", "last_day"})
"""What raises SEQUENCE, as calling it off does (RFC 5546 §2.1.4); words about it do not."""


def next_sequence(sequence: int, changed: frozenset[str]) -> int:
    """SEQUENCE after a change of these parts of the plan."""
    return sequence + 1 if changed & DAYS else sequence


def is_news(plan: MilestonePlan, before: MilestonePlan | None, today: date) -> bool:
    """Whether members are written to: of a consultation that is new, or whose days moved, unless it is over."""
    if plan.kind is not Kind.CONSULTATION:
        return False
    if plan.last_day < today and (before is None or before.last_day < today):
        return False
    return before is None or before.kind is not Kind.CONSULTATION or bool(before.differences(plan) & DAYS)


def reminds_on(last_day: date, days: int, pause: Pause) -> date:
    """The day from which members are reminded: before the pause where it would fall within it."""
    day = last_day - timedelta(days=days)
    for _day in range(366):
        if not is_paused(day, pause):
            return day
        day -= timedelta(days=1)
    return day


def problems(plan: MilestonePlan, today: date) -> list[DomainError]:
    """Everything that speaks against a plan, each with the field it concerns."""
    found: list[DomainError] = []
    if not today.year - YEARS_BACK <= plan.last_day.year <= today.year + YEARS_AHEAD:
        words = {"back": YEARS_BACK, "ahead": YEARS_AHEAD}
        message = _l("Choose a day from %(back)d years ago to %(ahead)d years from now. Is the year right?", **words)
        found.append(DomainError(message, "last_day"))
    elif plan.first_day > plan.last_day:
        found.append(DomainError(_l("The first day must not come after the last."), "first_day"))
    elif plan.last_day - plan.first_day > LONGEST:
        found.append(DomainError(_l("It lasts two years at most. Is the first day right?"), "first_day"))
    if plan.link and not is_join_link(plan.link):
        found.append(DomainError(_l("Give the whole link, beginning with https://"), "link"))
    return found


def check(plan: MilestonePlan, today: date) -> None:
    """Refuse a plan that cannot be. Raises DomainError."""
    for problem in problems(plan, today):
        raise problem
