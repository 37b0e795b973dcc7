"""What is written when someone comes into a group, goes, or gets another role."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from app.core import dates
from app.core.links import absolute
from app.core.outbox import Mail
from app.membership.mails.telling import (
    association_page,
    body,
    group_name,
    group_page,
    own_page,
    renewal_page,
    roster_page,
    tell_association,
    tell_coordinators,
    tell_person,
)
from app.membership.models import Membership
from app.membership.rules import LEADING, Who
from app.membership.words import ROLES, who_is
from app.people.models import Person


def left(membership: Membership) -> None:
    """To the coordinators: the group has lost a member."""
    tell_coordinators(membership, lambda why: Mail(
        subject=_("%(name)s has left %(group)s", name=membership.person.display_name, group=group_name(membership)),
        paragraphs=(
            _("%(who)s has left the group %(group)s.", who=who_is(membership), group=group_name(membership)),
        ),
        action=(_("See the group’s members"), roster_page(membership)),
        afterword=why,
    ), actor_id=membership.person_id)  # fmt: skip


def ended(membership: Membership, reason: str) -> None:
    """To the person: the membership is over, and why."""
    tell_person(membership, lambda: Mail(
        subject=_("Your membership of %(group)s has ended", group=group_name(membership)),
        paragraphs=(
            _("Your membership of the group %(group)s was ended, for this reason:", group=group_name(membership)),
        ),
        quote=reason,
        action=(_("See your membership"), own_page(membership)),
        afterword=_("Meetings for members only are no longer shown to you."),
    ))  # fmt: skip


def entered(membership: Membership, actor: Person | None) -> None:
    """To the person: a coordinator has made them a member."""

    def welcome() -> Mail:
        first = _("You were added to the group %(group)s, as: %(role)s.", group=group_name(membership),
                  role=ROLES[membership.role])  # fmt: skip
        if actor:
            first = _("%(name)s has added you to the group %(group)s, as: %(role)s.", name=actor.display_name,
                      group=group_name(membership), role=ROLES[membership.role])  # fmt: skip
        known = membership.person.account is not None
        return Mail(
            subject=_("You are now in the group %(group)s", group=group_name(membership)),
            paragraphs=(
                first,
                _("On the group’s page you find its meetings, with the links to take part.") if known else
                _("To see what members see, sign up with this e-mail address: you will find yourself in the group."),
            ),
            action=(_("Go to the group"), group_page(membership)) if known else
                   (_("Sign up"), absolute("people.sign_up")),
            afterword=_("If you do not want to be in this group, you can leave it at any time from your own page."),
        )  # fmt: skip

    tell_person(membership, welcome)


def role_changed(membership: Membership) -> None:
    """To the person: another role, and what it lets them do."""
    tell_person(membership, lambda: Mail(
        subject=_("Your role in %(group)s has changed", group=group_name(membership)),
        paragraphs=(
            _("Your role in the group %(group)s is now: %(role)s.", group=group_name(membership),
              role=ROLES[membership.role]),
            _("With it you plan the group’s meetings, as its coordinators do.") if membership.role in LEADING else
            _("You see the group’s meetings and members; others plan the meetings."),
        ),
        action=(_("Go to the group"), group_page(membership)),
    ))  # fmt: skip


def replaced(membership: Membership, successor: Membership) -> None:
    """To who gave up the seat: who follows."""
    tell_person(membership, lambda: Mail(
        subject=_("Your seat in %(group)s goes to a successor", group=group_name(membership)),
        paragraphs=(
            _("%(association)s has nominated %(name)s for your seat in the group %(group)s. Your membership has ended.",
              association=body(membership), name=successor.person.display_name, group=group_name(membership)),
            _("Thank you for your work."),
        ),
        action=(_("See your membership"), own_page(membership)),
    ))  # fmt: skip


def departed(membership: Membership) -> None:
    """To the coordinators: who left the association, and with it the group."""
    tell_coordinators(membership, lambda why: Mail(
        subject=_("%(name)s has left %(group)s", name=membership.person.display_name, group=group_name(membership)),
        paragraphs=(
            _("%(name)s no longer belongs to %(association)s; the seat in the group %(group)s is vacant.",
              name=membership.person.display_name, association=body(membership), group=group_name(membership)),
        ),
        action=(_("See the group’s members"), roster_page(membership)),
        afterword=why,
    ), actor_id=None)  # fmt: skip


def farewell(memberships: Sequence[Membership], actor_id: int | None) -> None:
    """To the person and to the association, a mail each: what ended with their time there."""
    if not memberships:
        return
    tell_person(memberships[0], lambda: Mail(
        subject=_("Your seats for %(association)s have ended", association=body(memberships[0])),
        paragraphs=(
            _("You no longer belong to %(association)s, so what you held for it has ended:",
              association=body(memberships[0])),
            *(f"– {group_name(item)}" for item in memberships),
            _("Thank you for your work."),
        ),
        action=(_("Go to your page"), absolute("pages.me")),
    ))  # fmt: skip
    tell_association(memberships[0], lambda why: Mail(
        subject=_("%(name)s has left %(association)s", name=memberships[0].person.display_name,
                  association=body(memberships[0])),
        paragraphs=(
            _("What %(name)s held for the association has ended. Seats are vacant unless a successor is on the way:",
              name=memberships[0].person.display_name),
            *(f"– {group_name(item)}" for item in memberships),
        ),
        action=(_("See the seats of the association"), association_page(memberships[0])),
        afterword=why,
    ), actor_id)  # fmt: skip


def group_closed(membership: Membership, *, was_member: bool) -> None:
    """To everyone who sat there or was on the way: the group is over."""
    tell_person(membership, lambda: Mail(
        subject=_("The group %(group)s is closed", group=group_name(membership)),
        paragraphs=(
            _("The group has ended its work, and with it your membership. Thank you for yours.") if was_member else
            _("The group has ended its work, so nobody joins it any more."),
            _("Its page with all that it did stays where it is."),
        ),
        action=(_("Go to the group"), group_page(membership)),
    ))  # fmt: skip


def renewal_asked(membership: Membership, last_day: date) -> None:
    """To the person and the association: the mandate ends; shall it go on? By the link without a password."""
    when = membership.ends_on
    assert when
    tell_person(membership, lambda: Mail(
        subject=_("Your mandate in %(group)s ends on %(day)s", group=group_name(membership), day=dates.day(when)),
        paragraphs=(
            _("Say whether you would like to go on for another term. The link below needs no password."),
            _("Without an answer your seat becomes vacant after %(day)s.", day=dates.day(last_day)),
        ),
        action=(_("Answer"), renewal_page(membership)),
    ))  # fmt: skip
    tell_association(membership, lambda why: Mail(
        subject=_("The mandate of %(name)s in %(group)s ends on %(day)s", name=membership.person.display_name,
                  group=group_name(membership), day=dates.day(when)),
        paragraphs=(
            _("Say whether %(name)s is to go on for another term, or nominate a successor.",
              name=membership.person.display_name),
            _("Without an answer the seat becomes vacant after %(day)s.", day=dates.day(last_day)),
        ),
        action=(_("See the seats of the association"), association_page(membership)),
        afterword=why,
    ), membership.person_id)  # fmt: skip


def renewed(membership: Membership) -> None:
    """To the person: another term."""

    def write() -> Mail:
        text = _("Your mandate in the group %(group)s goes on.", group=group_name(membership))
        if membership.ends_on:
            text = _("Your mandate in the group %(group)s goes on until %(day)s.", group=group_name(membership),
                     day=dates.day(membership.ends_on))  # fmt: skip
        return Mail(
            subject=_("Your mandate in %(group)s is renewed", group=group_name(membership)),
            paragraphs=(text,),
            action=(_("Go to the group"), group_page(membership)),
        )

    tell_person(membership, write)


def does_not_go_on(membership: Membership, by: Who) -> None:
    """To the other side: no further term."""
    if by == Who.EXPERT:
        tell_association(membership, lambda why: Mail(
            subject=_("%(name)s does not go on in %(group)s", name=membership.person.display_name,
                      group=group_name(membership)),
            paragraphs=(_("The seat becomes vacant when the mandate ends. You can nominate a successor now."),),
            action=(_("See the seats of the association"), association_page(membership)),
            afterword=why,
        ), membership.person_id)  # fmt: skip
    else:
        tell_person(membership, lambda: Mail(
            subject=_("Your mandate in %(group)s is not renewed", group=group_name(membership)),
            paragraphs=(
                _("%(association)s does not ask for another term for you. You are a member until your mandate ends.",
                  association=body(membership)),
            ),
            action=(_("See your membership"), own_page(membership)),
        ))  # fmt: skip


def lapsed(membership: Membership) -> None:
    """To the person and the association: the mandate is over, the seat vacant."""
    tell_person(membership, lambda: Mail(
        subject=_("Your mandate in %(group)s is over", group=group_name(membership)),
        paragraphs=(_("It was not renewed in time, so your membership has ended. Thank you for your work."),),
        action=(_("See your membership"), own_page(membership)),
    ))  # fmt: skip
    tell_association(membership, lambda why: Mail(
        subject=_("A seat of %(association)s in %(group)s is vacant", association=body(membership),
                  group=group_name(membership)),
        paragraphs=(
            _("The mandate of %(name)s ran out and was not renewed. You can nominate a successor.",
              name=membership.person.display_name),
        ),
        action=(_("See the seats of the association"), association_page(membership)),
        afterword=why,
    ))  # fmt: skip
