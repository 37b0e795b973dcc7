"""What is written about nominations: to the nominated, to the association."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core.db import db
from app.core.outbox import Mail
from app.core.settings import settings
from app.membership.mails.telling import (
    association_page,
    body,
    group_name,
    group_page,
    invitation_page,
    tell_association,
    tell_person,
)
from app.membership.models import Membership
from app.membership.rules import Role, State
from app.membership.words import STATES, who_is
from app.people.models import Person
from app.people.queries import association_name


def nominated(membership: Membership, actor_id: int | None) -> None:
    """To the person: your association would like you to sit there; answer by this link, without a password."""
    actor = db.session.get(Person, actor_id) if actor_id else None

    def write() -> Mail:
        association = association_name(membership.association) if membership.association else ""
        opening = _("%(association)s has nominated you for the group %(group)s.", association=association,
                    group=group_name(membership))  # fmt: skip
        if actor:
            opening = _("%(name)s has nominated you for %(association)s, for the group %(group)s.",
                        name=actor.display_name, association=association, group=group_name(membership))  # fmt: skip
        role = (_("You would stand in for the one who holds the seat."),) if membership.role == Role.ALTERNATE else ()
        return Mail(
            subject=_("You are nominated for %(group)s", group=group_name(membership)),
            paragraphs=(
                opening,
                *role,
                _("See what the group is about, and accept or turn it down. You need no password and no account."),
                _("The link can be used for %(number)d days.", number=settings().invitation_days),
            ),
            action=(_("See and answer"), invitation_page(membership)),
            afterword=_("If you do not know what this is about, do nothing."),
        )

    tell_person(membership, write)


def chosen(membership: Membership) -> None:
    """To the person: the coordinators have chosen you; answer by this link, without a password."""
    tell_person(membership, lambda: Mail(
        subject=_("You are chosen for %(group)s", group=group_name(membership)),
        paragraphs=(
            _("Those who coordinate the group %(group)s have chosen you as a member.", group=group_name(membership)),
            _("See what the group is about, and accept or turn it down. You need no password and no account."),
            _("The link can be used for %(number)d days.", number=settings().invitation_days),
        ),
        action=(_("See and answer"), invitation_page(membership)),
    ))  # fmt: skip


def taken_up(membership: Membership) -> None:
    """To the association: the nominated has accepted, and what that has led to."""
    tell_association(membership, lambda why: Mail(
        subject=_("%(name)s has accepted the nomination for %(group)s", name=membership.person.display_name,
                  group=group_name(membership)),
        paragraphs=(
            _("It stands like this now: %(state)s.", state=STATES[State(membership.state)][0]),
        ),
        action=(_("See the seats of the association"), association_page(membership)),
        afterword=why,
    ), membership.person_id)  # fmt: skip


def turned_down(membership: Membership, reason: str | None) -> None:
    """To the association: no."""
    tell_association(membership, lambda why: Mail(
        subject=_("%(name)s has turned down the nomination for %(group)s", name=membership.person.display_name,
                  group=group_name(membership)),
        paragraphs=(
            _("The seat stays vacant. You can nominate someone else."),
            *((_("The reason:"),) if reason else ()),
        ),
        quote=reason,
        action=(_("See the seats of the association"), association_page(membership)),
        afterword=why,
    ), membership.person_id)  # fmt: skip


def revoked(membership: Membership) -> None:
    """To the person: never mind."""
    tell_person(membership, lambda: Mail(
        subject=_("Your nomination for %(group)s was taken back", group=group_name(membership)),
        paragraphs=(
            _("%(association)s has taken its nomination back. You need not do anything.",
              association=body(membership)),
        ),
        action=(_("Go to the group"), group_page(membership)),
    ))  # fmt: skip


def expired(membership: Membership) -> None:
    """To the association: nobody answered."""
    tell_association(membership, lambda why: Mail(
        subject=_("The nomination of %(name)s for %(group)s was not answered", name=membership.person.display_name,
                  group=group_name(membership)),
        paragraphs=(
            _("%(who)s has not answered within %(number)d days, so the nomination has ended. You can nominate again.",
              who=who_is(membership), number=settings().invitation_days),
        ),
        action=(_("See the seats of the association"), association_page(membership)),
        afterword=why,
    ))  # fmt: skip
