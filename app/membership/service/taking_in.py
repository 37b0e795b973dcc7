"""Taking in people whom the coordinators of a group have chosen elsewhere, as among the candidates of a call."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core import clock
from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.membership import mails, queries
from app.membership.models import Membership
from app.membership.rules import Move, State, Who, bar_to_entering
from app.membership.service.moving import begin, move, no_seat
from app.membership.service.nominating import vacant_for_nomination
from app.membership.words import BARS
from app.people.models import Association, Person


def take_in(
    group: WorkingGroup, person: Person, association: Association | None, actor_id: int | None, *, endorsed: bool
) -> Membership:
    """Give someone who was chosen a seat; who has no account is invited and answers by a link (state NOMINATED).

    Within a transaction that has locked the group (`moving.lock_group`). Only who is invited is written to here: to
    the others the caller says of what they were chosen. Raises DomainError where no seat is left, or where the person
    is in the group already.
    """
    bar = bar_to_entering(group.status)
    if bar is not None:
        raise DomainError(BARS[bar])
    present = queries.open_membership(person.id, group.id)
    if present is not None:
        return _go_on(present, actor_id)
    if person.account is not None or not person.email:
        return begin(group, person, association, Move.ENTER, Who.COORDINATOR, actor_id, endorsed=endorsed)
    if association is not None and not vacant_for_nomination(group, association):
        raise no_seat(association, None)
    membership = begin(group, person, association, Move.NOMINATE, Who.COORDINATOR, actor_id, endorsed=endorsed)
    membership.invited_at = clock.now()
    mails.chosen(membership)
    return membership


def _go_on(present: Membership, actor_id: int | None) -> Membership:
    """Let someone in who is on the way into the group already. Raises DomainError."""
    if present.state == State.REQUESTED:
        move(present, Move.ACCEPT, Who.COORDINATOR, actor_id, None, (State.ACTIVE,))
    elif present.state == State.WAITING:
        move(present, Move.ADMIT, Who.COORDINATOR, actor_id)
    elif present.state == State.TO_ENDORSE:
        text = _("%(name)s has also asked to join, and the association has not said anything to that yet. That has to "
                 "be decided first.", name=present.person.display_name)  # fmt: skip
        raise DomainError(text)
    elif present.state == State.ACTIVE:
        raise DomainError(_("%(name)s is in the group already.", name=present.person.display_name))
    return present
