"""Answers to meetings in the words that people read, in the language in force."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.errors import Text
from app.proceedings.rules import Partstat

PARTSTATS: dict[Partstat, tuple[Text, str]] = {
    Partstat.ACCEPTED: (_l("Yes, I’m coming"), "ok"),
    Partstat.TENTATIVE: (_l("Perhaps"), "waiting"),
    Partstat.DECLINED: (_l("No, I can’t come"), "stopped"),
}
"""What one says, and the shape beside it (components/icons.html)."""
THEY_SAID: dict[Partstat, Text] = {
    Partstat.ACCEPTED: _l("Coming"),
    Partstat.TENTATIVE: _l("Perhaps coming"),
    Partstat.DECLINED: _l("Not coming"),
}
"""What is said of them."""
NOTHING_YET = _l("No answer yet")


def own_answer(partstat: Partstat) -> str:
    """For the head of an event in one's own calendar."""
    said = {
        Partstat.ACCEPTED: _("Your answer: yes, you are coming."),
        Partstat.TENTATIVE: _("Your answer: perhaps."),
        Partstat.DECLINED: _("Your answer: no, you are not coming."),
    }
    return str(said[partstat])
