"""Calls and candidates in the words that people read, in the language in force."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.calls.models import Call, Candidacy
from app.calls.rules import CallState, Standing
from app.core import dates
from app.core.errors import Text
from app.core.i18n import translated
from app.people.queries import association_name

CALL_STATES: dict[CallState, tuple[Text, str]] = {
    CallState.DRAFT: (_l("Draft"), "draft"),
    CallState.OPEN: (_l("Open"), "ok"),
    CallState.CLOSED: (_l("Deadline passed"), "waiting"),
    CallState.DECIDED: (_l("Decided"), "info"),
    CallState.CANCELLED: (_l("Cancelled"), "stopped"),
}
"""The word for a state and the shape beside it (components/icons.html)."""
STANDINGS: dict[Standing, tuple[Text, str]] = {
    Standing.TO_ENDORSE: (_l("With the association"), "waiting"),
    Standing.READY: (_l("In the running"), "waiting"),
    Standing.REFUSED: (_l("Not endorsed"), "stopped"),
    Standing.WITHDRAWN: (_l("Withdrawn"), "draft"),
    Standing.CHOSEN: (_l("Chosen"), "ok"),
    Standing.RESERVE: (_l("On the reserve list"), "info"),
    Standing.NOT_CHOSEN: (_l("Not chosen"), "draft"),
    Standing.LAPSED: (_l("Reserve list over"), "draft"),
    Standing.DROPPED: (_l("Call cancelled"), "stopped"),
}

NOT_NOW: dict[CallState, Text] = {
    CallState.DRAFT: _l("This call is not open yet."),
    CallState.OPEN: _l("This call is open. Choose once its deadline has passed."),
    CallState.CLOSED: _l("The deadline of this call has passed."),
    CallState.DECIDED: _l("This call is decided."),
    CallState.CANCELLED: _l("This call was cancelled."),
}
"""Why something can no longer, or not yet, be done with a call."""


def title(call: Call) -> str:
    """The title in the language in force."""
    return translated(call.titles)


def deadline(call: Call, zone: str | None = None) -> str:
    """Until when, first by the clock of who reads where it is another: "Thu 12 March 2026, 17:00 (Brussels)"."""
    planned = f"{dates.day(call.deadline_local)}, {dates.hour(call.deadline_local)} ({dates.place_of(call.time_zone)})"
    if not zone or zone == call.time_zone:
        return planned
    own = dates.instant(call.deadline_at, zone)
    return f"{own} · {planned}" if own != planned else planned


def who_is(candidacy: Candidacy) -> str:
    """A person with the association they stand for."""
    name = candidacy.person.display_name
    return f"{name} – {association_name(candidacy.association)}" if candidacy.association else name


def endorsement(candidacy: Candidacy) -> str:
    """What the association says."""
    if candidacy.association_id is None:
        return str(_("stands for no association"))
    if candidacy.endorsed:
        return str(_("endorsed"))
    return str(_("not endorsed"))
