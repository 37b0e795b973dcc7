"""What is written to whom when a membership moves: each in their own language, nobody else's address in it."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from app.core.i18n import translated
from app.core.links import absolute
from app.core.outbox import Mail, queue, speaking
from app.groups import queries as groups
from app.membership.models import Membership
from app.membership.rules import LEADING
from app.membership.words import ROLES, who_is
from app.people import queries as people
from app.people.models import Person


def requested(membership: Membership) -> None:
    """To those who decide: someone asks to join. To the person: it has arrived."""

    def ask(why: str) -> Mail:
        return Mail(
            subject=_("%(name)s asks to join %(group)s", name=membership.person.display_name, group=_group(membership)),
            paragraphs=(
                _("%(who)s asks to join the group %(group)s, and writes:", who=who_is(membership),
                  group=_group(membership)),
            ),
            quote=membership.motivation,
            action=(_("See what waits and decide"), _roster(membership)),
            afterword=why,
        )  # fmt: skip

    _tell_coordinators(membership, ask, actor_id=membership.person_id)
    _tell_person(membership, lambda: Mail(
        subject=_("Your request to join %(group)s has arrived", group=_group(membership)),
        paragraphs=(
            _("Your request has gone to those who coordinate the group %(group)s. As soon as it is decided, you get "
              "a mail.", group=_group(membership)),
            _("Until then you can withdraw it. You wrote:"),
        ),
        quote=membership.motivation,
        action=(_("See your request"), _own_page(membership)),
    ))  # fmt: skip


def accepted(membership: Membership) -> None:
    """To the person: welcome."""
    _tell_person(membership, lambda: Mail(
        subject=_("Welcome to %(group)s", group=_group(membership)),
        paragraphs=(
            _("Your request to join the group %(group)s was accepted: you are a member now.",
              group=_group(membership)),
            _("On the group’s page you find its meetings, with the links to take part."),
        ),
        action=(_("Go to the group"), _group_page(membership)),
    ))  # fmt: skip


def declined(membership: Membership, reason: str) -> None:
    """To the person: no, and why."""
    _tell_person(membership, lambda: Mail(
        subject=_("Your request to join %(group)s was declined", group=_group(membership)),
        paragraphs=(
            _("Your request to join the group %(group)s was declined, for this reason:", group=_group(membership)),
        ),
        quote=reason,
        action=(_("See your request"), _own_page(membership)),
        afterword=_("You may ask again when circumstances have changed."),
    ))  # fmt: skip


def withdrawn(membership: Membership) -> None:
    """To those who would have decided: there is nothing to decide any more."""
    _tell_coordinators(membership, lambda why: Mail(
        subject=_("%(name)s no longer asks to join %(group)s", name=membership.person.display_name,
                  group=_group(membership)),
        paragraphs=(
            _("%(who)s has withdrawn the request to join the group %(group)s. There is nothing to decide any more.",
              who=who_is(membership), group=_group(membership)),
        ),
        action=(_("See the group’s members"), _roster(membership)),
        afterword=why,
    ), actor_id=membership.person_id)  # fmt: skip


def left(membership: Membership) -> None:
    """To the coordinators: the group has lost a member."""
    _tell_coordinators(membership, lambda why: Mail(
        subject=_("%(name)s has left %(group)s", name=membership.person.display_name, group=_group(membership)),
        paragraphs=(
            _("%(who)s has left the group %(group)s.", who=who_is(membership), group=_group(membership)),
        ),
        action=(_("See the group’s members"), _roster(membership)),
        afterword=why,
    ), actor_id=membership.person_id)  # fmt: skip


def ended(membership: Membership, reason: str) -> None:
    """To the person: the membership is over, and why."""
    _tell_person(membership, lambda: Mail(
        subject=_("Your membership of %(group)s has ended", group=_group(membership)),
        paragraphs=(
            _("Your membership of the group %(group)s was ended, for this reason:", group=_group(membership)),
        ),
        quote=reason,
        action=(_("See your membership"), _own_page(membership)),
        afterword=_("Meetings for members only are no longer shown to you."),
    ))  # fmt: skip


def entered(membership: Membership, actor: Person | None) -> None:
    """To the person: a coordinator has made them a member."""

    def welcome() -> Mail:
        first = _("You were added to the group %(group)s, as: %(role)s.", group=_group(membership),
                  role=ROLES[membership.role])  # fmt: skip
        if actor:
            first = _("%(name)s has added you to the group %(group)s, as: %(role)s.", name=actor.display_name,
                      group=_group(membership), role=ROLES[membership.role])  # fmt: skip
        known = membership.person.account is not None
        return Mail(
            subject=_("You are now in the group %(group)s", group=_group(membership)),
            paragraphs=(
                first,
                _("On the group’s page you find its meetings, with the links to take part.") if known else
                _("To see what members see, sign up with this e-mail address: you will find yourself in the group."),
            ),
            action=(_("Go to the group"), _group_page(membership)) if known else
                   (_("Sign up"), absolute("people.sign_up")),
            afterword=_("If you do not want to be in this group, you can leave it at any time from your own page."),
        )  # fmt: skip

    _tell_person(membership, welcome)


def role_changed(membership: Membership) -> None:
    """To the person: another role, and what it lets them do."""
    _tell_person(membership, lambda: Mail(
        subject=_("Your role in %(group)s has changed", group=_group(membership)),
        paragraphs=(
            _("Your role in the group %(group)s is now: %(role)s.", group=_group(membership),
              role=ROLES[membership.role]),
            _("With it you plan the group’s meetings, as its coordinators do.") if membership.role in LEADING else
            _("You see the group’s meetings and members; others plan the meetings."),
        ),
        action=(_("Go to the group"), _group_page(membership)),
    ))  # fmt: skip


def _tell_person(membership: Membership, write: Callable[[], Mail]) -> None:
    """Nothing for someone without an address."""
    to = membership.person.recipient
    if to:
        with speaking(to):
            queue(to, write())


def _tell_coordinators(membership: Membership, write: Callable[[str], Mail], actor_id: int) -> None:
    """All whom a mail reaches, but for who acted; where it reaches none of them, the administrators."""
    coordinators = [person for person in groups.coordinators_of(membership.group_id) if person.recipient]
    for person in coordinators or people.administrators():
        to = person.recipient
        if to is None or person.id == actor_id:
            continue
        with speaking(to):
            queue(to, write(_why(bool(coordinators))))


def _why(coordinates: bool) -> str:
    if coordinates:
        return str(_("You get this mail because you coordinate the group."))
    return str(_("You get this mail because nobody coordinates the group, and you are an administrator."))


def _group(membership: Membership) -> str:
    return translated(membership.group.names)


def _roster(membership: Membership) -> str:
    return absolute("membership.roster", slug=membership.group.slug)


def _group_page(membership: Membership) -> str:
    return absolute("pages.group", slug=membership.group.slug)


def _own_page(membership: Membership) -> str:
    return absolute("membership.history", membership_id=membership.id)
