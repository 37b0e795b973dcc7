"""What is written to whom when a membership moves: each in their own language, nobody else's address in it."""

from app.membership.mails.nominations import (
    expired,
    nominated,
    revoked,
    taken_up,
    turned_down,
)
from app.membership.mails.participation import terms_to_accept
from app.membership.mails.reminders import escalation, reminder
from app.membership.mails.requests import (
    accepted,
    admitted,
    declined,
    endorsed,
    queued,
    requested,
    seat_offered,
    taken,
    to_endorse,
    withdrawn,
)
from app.membership.mails.roster import (
    departed,
    does_not_go_on,
    ended,
    entered,
    group_closed,
    lapsed,
    left,
    renewal_asked,
    renewed,
    replaced,
    role_changed,
)

__all__ = [
    "escalation",
    "reminder",
    "accepted",
    "admitted",
    "declined",
    "departed",
    "does_not_go_on",
    "ended",
    "endorsed",
    "entered",
    "expired",
    "group_closed",
    "lapsed",
    "left",
    "nominated",
    "queued",
    "renewal_asked",
    "renewed",
    "replaced",
    "requested",
    "revoked",
    "role_changed",
    "seat_offered",
    "taken",
    "taken_up",
    "terms_to_accept",
    "to_endorse",
    "turned_down",
    "withdrawn",
]
