"""What is written about requests: to those who decide, and to the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import gettext as _

from app.core.outbox import Mail
from app.membership.mails.telling import (
    body,
    desk_page,
    group_name,
    group_page,
    own_page,
    roster_page,
    tell,
    tell_association,
    tell_coordinators,
    tell_person,
)
from app.membership.models import Membership
from app.membership.rules import Move, State
from app.membership.words import who_is
from app.people import queries as people
from app.people.models import Person


def to_endorse(membership: Membership, speakers: Sequence[Person]) -> None:
    """To the focal points: one of yours asks to join. To the person: it is with them."""

    def ask() -> Mail:
        return Mail(
            subject=_("For your endorsement: %(name)s asks to join %(group)s", name=membership.person.display_name,
                      group=group_name(membership)),
            paragraphs=(
                _("%(who)s asks to join the group %(group)s, and writes:", who=who_is(membership),
                  group=group_name(membership)),
            ),
            quote=membership.motivation,
            action=(_("See what waits and decide"), desk_page()),
            afterword=_("You get this mail because you are a focal point of the association."),
        )  # fmt: skip

    reached = [one for one in speakers if one.recipient]
    tell(reached or people.administrators(), ask, but=membership.person_id)
    tell_person(membership, lambda: Mail(
        subject=_("Your request to join %(group)s has arrived", group=group_name(membership)),
        paragraphs=(
            _("Your request has gone to the focal point of your association. Once it is endorsed, those who "
              "coordinate the group %(group)s decide on it.", group=group_name(membership)),
            _("Until then you can withdraw it. You wrote:"),
        ),
        quote=membership.motivation,
        action=(_("See your request"), own_page(membership)),
    ))  # fmt: skip


def requested(membership: Membership) -> None:
    """To those who decide: someone asks to join, or was nominated. To who asked themselves: it has arrived."""
    nominated = membership.motivation is None

    def ask(why: str) -> Mail:
        subject = _("%(name)s asks to join %(group)s", name=membership.person.display_name,
                    group=group_name(membership))  # fmt: skip
        opening = _("%(who)s asks to join the group %(group)s, and writes:", who=who_is(membership),
                    group=group_name(membership))  # fmt: skip
        if nominated:
            subject = _("%(name)s is nominated for %(group)s", name=membership.person.display_name,
                        group=group_name(membership))  # fmt: skip
            opening = _("%(who)s is nominated for the group %(group)s and has accepted.", who=who_is(membership),
                        group=group_name(membership))  # fmt: skip
        return Mail(
            subject=subject,
            paragraphs=(opening,),
            quote=membership.motivation,
            action=(_("See what waits and decide"), roster_page(membership)),
            afterword=f"{_endorsement(membership)} {why}",
        )

    tell_coordinators(membership, ask, actor_id=membership.person_id)
    if nominated or len(membership.events) > 1:
        return
    tell_person(membership, lambda: Mail(
        subject=_("Your request to join %(group)s has arrived", group=group_name(membership)),
        paragraphs=(
            _("Your request has gone to those who coordinate the group %(group)s. As soon as it is decided, you get "
              "a mail.", group=group_name(membership)),
            _("Until then you can withdraw it. You wrote:"),
        ),
        quote=membership.motivation,
        action=(_("See your request"), own_page(membership)),
    ))  # fmt: skip


def endorsed(membership: Membership) -> None:
    """To the person: the association has said yes; the coordinators decide now."""
    tell_person(membership, lambda: Mail(
        subject=_("Your association endorses your request to join %(group)s", group=group_name(membership)),
        paragraphs=(
            _("It has gone to those who coordinate the group. As soon as it is decided, you get a mail."),
        ),
        action=(_("See your request"), own_page(membership)),
    ))  # fmt: skip


def accepted(membership: Membership) -> None:
    """To the person: welcome."""
    _welcome(membership, lambda: _("Your request to join the group %(group)s was accepted: you are a member now.",
                                   group=group_name(membership)))  # fmt: skip


def taken(membership: Membership) -> None:
    """To who asked in an open group, or accepted a nomination: in, or in the line. To the coordinators: someone new."""
    if membership.state == State.WAITING:
        queued(membership)
        return
    _welcome(membership, lambda: _("You are a member of the group %(group)s now.", group=group_name(membership)))
    tell_coordinators(membership, lambda why: Mail(
        subject=_("%(name)s is now in %(group)s", name=membership.person.display_name, group=group_name(membership)),
        paragraphs=(
            _("%(who)s has become a member of the group %(group)s.", who=who_is(membership),
              group=group_name(membership)),
        ),
        action=(_("See the group’s members"), roster_page(membership)),
        afterword=why,
    ), actor_id=membership.person_id)  # fmt: skip


def queued(membership: Membership) -> None:
    """To the person: accepted, but all seats of the association are taken."""
    tell_person(membership, lambda: Mail(
        subject=_("You are in the line for a seat in %(group)s", group=group_name(membership)),
        paragraphs=(
            _("You are welcome in the group %(group)s, but all seats of %(association)s are taken at present. When "
              "one becomes free, those who have waited longest are considered first, and you get a mail.",
              group=group_name(membership), association=body(membership)),
        ),
        action=(_("See your request"), own_page(membership)),
        afterword=_("You can withdraw your request at any time."),
    ))  # fmt: skip


def admitted(membership: Membership) -> None:
    """To the person: a seat has become free, and it is theirs."""
    _welcome(membership, lambda: _("A seat has become free in the group %(group)s, and it is yours: you are a member "
                                   "now.", group=group_name(membership)))  # fmt: skip


def seat_offered(membership: Membership) -> None:
    """To the focal points, else to the coordinators: a seat is free, and who is the first in line for it."""

    def offer(why: str) -> Mail:
        return Mail(
            subject=_("A seat of %(association)s in %(group)s is free", association=body(membership),
                      group=group_name(membership)),
            paragraphs=(
                _("The first in line is: %(who)s. Decide whether the seat goes there.", who=who_is(membership)),
            ),
            action=(_("See what waits and decide"), desk_page()),
            afterword=why,
        )  # fmt: skip

    if not tell_association(membership, offer):
        tell_coordinators(membership, offer, actor_id=None)


def declined(membership: Membership, move: Move, reason: str) -> None:
    """To the person: no, and why."""
    tell_person(membership, lambda: Mail(
        subject=_("Your request to join %(group)s was declined", group=group_name(membership)),
        paragraphs=(
            _("Your association does not endorse your request to join the group %(group)s, for this reason:",
              group=group_name(membership)) if move == Move.REFUSE else
            _("Your request to join the group %(group)s was declined, for this reason:", group=group_name(membership)),
        ),
        quote=reason,
        action=(_("See your request"), own_page(membership)),
        afterword=_("You may ask again when circumstances have changed."),
    ))  # fmt: skip


def withdrawn(membership: Membership, before: State) -> None:
    """To those who would have decided: there is nothing to decide any more."""

    def write(why: str) -> Mail:
        return Mail(
            subject=_("%(name)s no longer asks to join %(group)s", name=membership.person.display_name,
                      group=group_name(membership)),
            paragraphs=(
                _("%(who)s has withdrawn the request to join the group %(group)s. There is nothing to decide any more.",
                  who=who_is(membership), group=group_name(membership)),
            ),
            action=(_("See the group"), group_page(membership)),
            afterword=why,
        )  # fmt: skip

    if before == State.TO_ENDORSE:
        tell_association(membership, write, membership.person_id)
    else:
        tell_coordinators(membership, write, actor_id=membership.person_id)


def _welcome(membership: Membership, opening: Callable[[], str]) -> None:
    tell_person(membership, lambda: Mail(
        subject=_("Welcome to %(group)s", group=group_name(membership)),
        paragraphs=(
            opening(),
            _("On the group’s page you find its meetings, with the links to take part."),
        ),
        action=(_("Go to the group"), group_page(membership)),
    ))  # fmt: skip


def _endorsement(membership: Membership) -> str:
    if membership.endorsed:
        return str(_("The association endorses it."))
    return str(_("The association has not endorsed it."))
