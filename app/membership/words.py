"""States, roles and moves in the words that people read, in the language in force."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import dates
from app.core.errors import Text
from app.core.settings import settings
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import Move, Role, State
from app.people.queries import association_name

ROLES: dict[Role, Text] = {
    Role.CHAIR: _l("Chair"),
    Role.VICE_CHAIR: _l("Vice-chair"),
    Role.MEMBER: _l("Member"),
}
STATES: dict[State, tuple[Text, str]] = {
    State.REQUESTED: (_l("Waiting for a decision"), "waiting"),
    State.ACTIVE: (_l("Member"), "ok"),
    State.DECLINED: (_l("Declined"), "stopped"),
    State.WITHDRAWN: (_l("Withdrawn"), "draft"),
    State.LEFT: (_l("Left the group"), "draft"),
    State.ENDED: (_l("Ended"), "stopped"),
}
"""The word for a state and the shape beside it (components/icons.html)."""
MOVES: dict[Move, Text] = {
    Move.REQUEST: _l("Ask to join"),
    Move.ENTER: _l("Add a member"),
    Move.ACCEPT: _l("Accept"),
    Move.DECLINE: _l("Decline…"),
    Move.WITHDRAW: _l("Withdraw request…"),
    Move.LEAVE: _l("Leave group…"),
    Move.SET_ROLE: _l("Change role…"),
    Move.END: _l("End membership…"),
}
"""What stands on the button or link of a move; the dots say that a page comes first."""

HISTORY: dict[Move, Text] = {
    Move.REQUEST: _l("%(who)s asked to join"),
    Move.ENTER: _l("Added by %(who)s, as: %(role)s"),
    Move.ACCEPT: _l("Accepted by %(who)s"),
    Move.DECLINE: _l("Declined by %(who)s"),
    Move.WITHDRAW: _l("%(who)s withdrew the request"),
    Move.LEAVE: _l("%(who)s left the group"),
    Move.SET_ROLE: _l("Role changed by %(who)s to: %(role)s"),
    Move.END: _l("Membership ended by %(who)s"),
}
"""What happened, as a line of the history."""
ALREADY: dict[Move, Text] = {
    Move.REQUEST: _l("%(who)s asked to join on %(when)s. Nobody has decided on it yet."),
    Move.ENTER: _l("Already added by %(who)s on %(when)s."),
    Move.ACCEPT: _l("Already accepted by %(who)s on %(when)s."),
    Move.DECLINE: _l("Already declined by %(who)s on %(when)s."),
    Move.WITHDRAW: _l("%(who)s withdrew the request on %(when)s."),
    Move.LEAVE: _l("%(who)s left the group on %(when)s."),
    Move.END: _l("The membership was already ended by %(who)s on %(when)s."),
}
"""Why something can no longer be done: what changed the state last."""


def who_is(membership: Membership) -> str:
    """A person with the association they sit for: "Anna Example – Association of Examples"."""
    name = membership.person.display_name
    return f"{name} – {association_name(membership.association)}" if membership.association else name


def who_did(event: MembershipEvent) -> str:
    """Who made a move; what nobody did, the installation did."""
    return event.actor.display_name if event.actor else settings().instance_name


def what_happened(event: MembershipEvent) -> str:
    """One line of the history."""
    role = ROLES[event.role] if event.role else ROLES[Role.MEMBER]
    return str(HISTORY[event.move]) % {"who": who_did(event), "role": role}


def already(event: MembershipEvent | None) -> str:
    """Why something can no longer be done: who did what before, and when."""
    if event is None:
        return str(_("Something else happened in the meantime. Look at it again before you decide."))
    return str(ALREADY[event.move]) % {"who": who_did(event), "when": dates.instant(event.at)}
