"""Marked periods and problems of calendars as people say them."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from app.availability.rules import BandKind, Problem
from app.availability.slots import Wish
from app.core.errors import Text

KINDS: Mapping[BandKind, Text] = {
    BandKind.SESSION: _l("Session week"),
    BandKind.COMMITTEE: _l("Committee week"),
    BandKind.RECESS: _l("Recess"),
    BandKind.EVENT: _l("Event of our own"),
}
WISHES: Mapping[Wish, tuple[Text, str]] = {
    Wish.AVOID: (_l("To be avoided"), "stopped"),
    Wish.NEUTRAL: (_l("Only marked"), "info"),
    Wish.WANTED: (_l("Wanted"), "ok"),
}
"""{wish: (word, shape)}"""

PROBLEMS: Mapping[Problem, Text] = {
    Problem.ADDRESS: _l("This is not an address of the web."),
    Problem.PRIVATE: _l("The address leads into a private network. Only calendars on the open internet are read."),
    Problem.UNREACHABLE: _l("The server was not found or did not answer."),
    Problem.CERTIFICATE: _l("The server’s certificate is not valid."),
    Problem.MISSING: _l("There is no calendar at this address (any more)."),
    Problem.FORBIDDEN: _l("The server wants a sign-in. Take the calendar’s private address, which works without one."),
    Problem.ANSWER: _l("The server answered with an error."),
    Problem.REDIRECTS: _l("The address leads on and on, or to one without protection."),
    Problem.TOO_LARGE: _l("The calendar is too large: at most 5 megabytes are read."),
    Problem.TOO_SLOW: _l("The server took too long."),
    Problem.NO_CALENDAR: _l("What is there is no calendar (.ics) that can be read."),
    Problem.TOO_MANY: _l("The calendar has too many events."),
    Problem.TOO_OFTEN: _l("Something in the calendar repeats by the hour, the minute or the second."),
    Problem.TOO_HARD: _l("It would take too long to work out what repeats in the calendar."),
}
"""Why a calendar could not be read, to its owner."""
