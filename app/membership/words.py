"""States, roles and moves in the words that people read, in the language in force."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import dates
from app.core.errors import Text
from app.core.settings import settings
from app.groups.rules import Access, GroupStatus, JoinPolicy, Visibility
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import Bar, Move, Role, State
from app.people.queries import association_name

ROLES: dict[Role, Text] = {
    Role.CHAIR: _l("Chair"),
    Role.VICE_CHAIR: _l("Vice-chair"),
    Role.MEMBER: _l("Member"),
    Role.ALTERNATE: _l("Alternate"),
    Role.OBSERVER: _l("Observer"),
}
STATES: dict[State, tuple[Text, str]] = {
    State.TO_ENDORSE: (_l("With the association"), "waiting"),
    State.REQUESTED: (_l("Waiting for a decision"), "waiting"),
    State.NOMINATED: (_l("Nominated, not yet answered"), "waiting"),
    State.WAITING: (_l("Waiting for a seat"), "waiting"),
    State.ACTIVE: (_l("Member"), "ok"),
    State.DECLINED: (_l("Declined"), "stopped"),
    State.WITHDRAWN: (_l("Withdrawn"), "draft"),
    State.LEFT: (_l("Left the group"), "draft"),
    State.ENDED: (_l("Ended"), "stopped"),
    State.LAPSED: (_l("Mandate over"), "draft"),
}
"""The word for a state and the shape beside it (components/icons.html)."""
MOVES: dict[Move, Text] = {
    Move.REQUEST: _l("Ask to join"),
    Move.ENTER: _l("Add a member"),
    Move.NOMINATE: _l("Nominate colleagues"),
    Move.ENDORSE: _l("Endorse"),
    Move.REFUSE: _l("Do not endorse…"),
    Move.ACCEPT: _l("Accept"),
    Move.DECLINE: _l("Decline…"),
    Move.ADMIT: _l("Give the seat"),
    Move.WITHDRAW: _l("Withdraw request…"),
    Move.TAKE_UP: _l("Accept the nomination"),
    Move.TURN_DOWN: _l("Turn it down…"),
    Move.REVOKE: _l("Take nomination back…"),
    Move.LEAVE: _l("Leave group…"),
    Move.SET_ROLE: _l("Change role…"),
    Move.RENEW: _l("Renew mandate…"),
    Move.RECALL: _l("Take the seat back…"),
    Move.END: _l("End membership…"),
}
"""What stands on the button or link of a move; the dots say that a page comes first."""

HISTORY: dict[Move, Text] = {
    Move.REQUEST: _l("%(who)s asked to join"),
    Move.ENTER: _l("Added by %(who)s, as: %(role)s"),
    Move.NOMINATE: _l("Nominated by %(who)s, as: %(role)s"),
    Move.ENDORSE: _l("Endorsed for the association by %(who)s"),
    Move.REFUSE: _l("Not endorsed: %(who)s, for the association"),
    Move.PASS_ON: _l("Passed on to the coordinators: the association has no focal point"),
    Move.ACCEPT: _l("Accepted by %(who)s"),
    Move.DECLINE: _l("Declined by %(who)s"),
    Move.ADMIT: _l("A seat given by %(who)s"),
    Move.WITHDRAW: _l("%(who)s withdrew the request"),
    Move.TAKE_UP: _l("%(who)s accepted the nomination"),
    Move.TURN_DOWN: _l("%(who)s turned the nomination down"),
    Move.REVOKE: _l("Nomination taken back by %(who)s"),
    Move.EXPIRE: _l("The nomination was not answered in time"),
    Move.LEAVE: _l("%(who)s left the group"),
    Move.SET_ROLE: _l("Role changed by %(who)s to: %(role)s"),
    Move.RENEW: _l("Mandate renewed by %(who)s"),
    Move.RECALL: _l("The seat was taken back for the association by %(who)s"),
    Move.REPLACE: _l("A successor took the seat"),
    Move.DEPART: _l("Ended: the person left the association"),
    Move.CLOSE: _l("Ended with the group"),
    Move.LAPSE: _l("The mandate ran out"),
    Move.END: _l("Membership ended by %(who)s"),
}
"""What happened, as a line of the history."""
ALREADY: dict[Move, Text] = {
    Move.REQUEST: _l("%(who)s asked to join on %(when)s. Nobody has decided on it yet."),
    Move.ENTER: _l("Already added by %(who)s on %(when)s."),
    Move.NOMINATE: _l("Nominated by %(who)s on %(when)s. The person has not answered yet."),
    Move.ENDORSE: _l("Already endorsed by %(who)s on %(when)s. The coordinators decide now."),
    Move.REFUSE: _l("%(who)s decided for the association on %(when)s not to endorse it."),
    Move.PASS_ON: _l("The association has no focal point: the request went to the coordinators on %(when)s."),
    Move.ACCEPT: _l("Already accepted by %(who)s on %(when)s."),
    Move.DECLINE: _l("Already declined by %(who)s on %(when)s."),
    Move.ADMIT: _l("%(who)s gave the seat on %(when)s."),
    Move.WITHDRAW: _l("%(who)s withdrew the request on %(when)s."),
    Move.TAKE_UP: _l("%(who)s accepted the nomination on %(when)s."),
    Move.TURN_DOWN: _l("%(who)s turned the nomination down on %(when)s."),
    Move.REVOKE: _l("%(who)s took the nomination back on %(when)s."),
    Move.EXPIRE: _l("The nomination ended unanswered on %(when)s."),
    Move.LEAVE: _l("%(who)s left the group on %(when)s."),
    Move.RECALL: _l("%(who)s took the seat back for the association on %(when)s."),
    Move.REPLACE: _l("A successor took the seat on %(when)s."),
    Move.DEPART: _l("The person left the association on %(when)s; the membership ended with that."),
    Move.CLOSE: _l("The group was closed on %(when)s."),
    Move.LAPSE: _l("The mandate ran out; the membership ended on %(when)s."),
    Move.END: _l("The membership was already ended by %(who)s on %(when)s."),
}
"""Why something can no longer be done: what changed the state last."""
BARS: dict[Bar, Text] = {
    Bar.ENDED: _l("This group has ended its work."),
    Bar.DORMANT: _l("This group rests at present and takes in nobody."),
    Bar.CLOSED: _l("This group takes in nobody at present."),
    Bar.BY_NOMINATION: _l("Associations nominate their experts for this group. Ask the focal point of yours."),
    Bar.BY_INVITATION: _l(
        "Associations that are not members, and experts from elsewhere, take part in this group by invitation."
    ),
}
"""Why one cannot come in."""
POLICIES: dict[JoinPolicy, tuple[Text, Text]] = {
    JoinPolicy.OPEN: (_l("Open"), _l("Whom the association vouches for is in, as long as it has a seat.")),
    JoinPolicy.REQUEST: (_l("On request"), _l("The association endorses, then the coordinators decide.")),
    JoinPolicy.NOMINATION: (_l("By nomination only"), _l("Associations fill their seats themselves; nobody asks.")),
    JoinPolicy.CLOSED: (_l("Closed to new members"), _l("Only coordinators add members.")),
}
"""The word for how one comes in, and what it means."""
GROUP_STATUSES: dict[GroupStatus, tuple[Text, Text]] = {
    GroupStatus.ACTIVE: (_l("At work"), _l("It meets and takes in members.")),
    GroupStatus.DORMANT: (_l("Dormant"), _l("It rests. Members, history and calendar stay; nobody new comes in.")),
    GroupStatus.CLOSED: (_l("Closed"), _l("It is over. History and calendar stay; all memberships end.")),
}
VISIBILITIES: dict[Visibility, tuple[Text, Text]] = {
    Visibility.PUBLIC: (_l("Everybody"), _l("The group, its public meetings and its calendar are on the web.")),
    Visibility.SIGNED_IN: (_l("Everyone with an account"), _l("Visitors do not learn that it exists.")),
    Visibility.MEMBERS: (
        _l("Those concerned"),
        _l("Its members and those on the way in, its coordinators, focal points and administrators."),
    ),
}
"""The word for who finds a group, and what it means."""
ACCESSES: dict[Access, tuple[Text, Text]] = {
    Access.MEMBERS: (_l("Its members"), _l("Links to join, meetings for members and their list stay among them.")),
    Access.NETWORK: (
        _l("Members of all groups"),
        _l("Whoever sits in any group, coordinates one or speaks for an association sees what members see."),
    ),
}
"""The word for who sees inside, and what it means."""
NOT_RENEWABLE = _l("This mandate has no end, so there is nothing to renew.")


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
