"""Milestones in the words that people read, in the language in force."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import dates
from app.core.errors import Text
from app.programme.rules import Kind, State

KINDS: dict[Kind, Text] = {
    Kind.MILESTONE: _l("Milestone"),
    Kind.CONSULTATION: _l("Consultation deadline"),
    Kind.DEADLINE: _l("Deadline"),
}
STATES: dict[State, tuple[Text, str]] = {
    State.PLANNED: (_l("Planned"), "waiting"),
    State.DONE: (_l("Done"), "ok"),
    State.DROPPED: (_l("Dropped"), "stopped"),
}
"""The word for a state and the shape beside it (components/icons.html)."""


NEAR = 60
"""Days, beyond which nobody counts them."""


def days(first: date, last: date) -> str:
    """A day, or from which to which: "Thu 12 March 2026", "Mon 2 February 2026 – Thu 12 March 2026"."""
    return dates.day(last) if first == last else f"{dates.day(first)} – {dates.day(last)}"


def matter(file_reference: str | None, link: str | None) -> str | None:
    """What others call the matter; where only its address is known, that."""
    return file_reference or link


def distance(last: date) -> str:
    """How far off a day is: "today", "in 12 days", "3 days ago"."""
    number = (last - dates.today()).days
    if number == 0:
        return str(_("today"))
    if number == 1:
        return str(_("tomorrow"))
    if number > 0:
        return str(_("in %(number)d days", number=number))
    return str(_("yesterday")) if number == -1 else str(_("%(number)d days ago", number=-number))


def near(last: date) -> str | None:
    """The same where it helps, for a day that is not far off."""
    return distance(last) if abs((last - dates.today()).days) <= NEAR else None
