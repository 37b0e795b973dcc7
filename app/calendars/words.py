"""What calendars are called, for people."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.calendars.choice import WINDOW, Alarm
from app.calendars.feeds import FeedKind
from app.calendars.models import FeedSecret

FEEDS = {
    FeedKind.MINE: _l("My groups: all their meetings and deadlines"),
    FeedKind.EXPECTED: _l("My meetings: those I am expected at"),
    FeedKind.DEADLINES: _l("My deadlines: milestones and consultations of my groups"),
}
ALARMS = {
    Alarm.MINUTES: _l("15 minutes before"),
    Alarm.HALF_AN_HOUR: _l("30 minutes before"),
    Alarm.HOUR: _l("1 hour before"),
    Alarm.DAY: _l("1 day before"),
}
PAST = {
    WINDOW: _l("Keep it for %(days)d days", days=WINDOW),
    90: _l("Keep it for %(days)d days", days=90),
    30: _l("Keep it for %(days)d days", days=30),
    0: _l("Leave it out"),
}
"""How long what is over stays."""


def feed_name(secret: FeedSecret) -> str:
    """What the address leads to."""
    if secret.association is not None:
        return str(_("%(code)s: the groups in which our experts sit", code=secret.association.code))
    return str(FEEDS[FeedKind(secret.kind)])
