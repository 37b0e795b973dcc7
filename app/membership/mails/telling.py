"""To whom the mails about memberships go: each in their own language, nobody else's address in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask_babel import gettext as _

from app.core.i18n import translated
from app.core.links import absolute
from app.core.outbox import Mail, queue, speaking
from app.groups import queries as groups
from app.membership.models import Membership
from app.people import queries as people
from app.people import tokens
from app.people.models import Person


def tell(people_meant: Iterable[Person], write: Callable[[], Mail], *, but: int | None = None) -> None:
    """To each of them, but for one person; nothing for someone without an address."""
    for person in {one.id: one for one in people_meant}.values():
        to = person.recipient
        if to is None or person.id == but:
            continue
        with speaking(to):
            queue(to, write())


def tell_person(membership: Membership, write: Callable[[], Mail]) -> None:
    """To whose membership it is."""
    tell([membership.person], write)


def tell_coordinators(membership: Membership, write: Callable[[str], Mail], actor_id: int | None) -> None:
    """All whom a mail reaches, but for who acted; where it reaches none of them, the administrators."""
    coordinators = [person for person in groups.coordinators_of(membership.group_id) if person.recipient]
    tell(coordinators or people.administrators(), lambda: write(_why(bool(coordinators))), but=actor_id)


def tell_association(membership: Membership, write: Callable[[str], Mail], actor_id: int | None = None) -> bool:
    """Its focal points and their deputies, but for who acted; False where it has none whom a mail reaches."""
    found = speakers(membership)
    tell(
        found,
        lambda: write(str(_("You get this mail because you are a focal point of the association."))),
        but=actor_id,
    )
    return bool(found)


def speakers(membership: Membership) -> list[Person]:
    """The focal points and deputies of the association that the seat belongs to, whom a mail reaches."""
    if membership.association_id is None:
        return []
    return [item.person for item in people.speakers_of(membership.association_id) if item.person.recipient]


def _why(coordinates: bool) -> str:
    if coordinates:
        return str(_("You get this mail because you coordinate the group."))
    return str(_("You get this mail because nobody coordinates the group, and you are an administrator."))


def group_name(membership: Membership) -> str:
    """The name of the group in the language in force."""
    return translated(membership.group.names)


def body(membership: Membership) -> str:
    """The short name of the association."""
    return membership.association.code if membership.association else ""


def roster_page(membership: Membership) -> str:
    """Where coordinators decide."""
    return absolute("membership.roster", slug=membership.group.slug)


def group_page(membership: Membership) -> str:
    """The group."""
    return absolute("pages.group", slug=membership.group.slug)


def own_page(membership: Membership) -> str:
    """The membership and its history, for those who have an account."""
    return absolute("membership.history", membership_id=membership.id)


def association_page(membership: Membership) -> str:
    """The desk of the association."""
    assert membership.association
    return absolute("pages.association_desk", code=membership.association.code)


def desk_page() -> str:
    """What waits for someone, in all their capacities."""
    return absolute("pages.desk")


def invitation_page(membership: Membership) -> str:
    """Where a nominated person answers without a password."""
    token = tokens.make(tokens.INVITATION, id=membership.id, mark=tokens.mark(membership.person.email or ""))
    return absolute("membership.invitation", token=token)


def renewal_page(membership: Membership) -> str:
    """Where a person says whether to go on, without a password."""
    token = tokens.make(tokens.RENEWAL, id=membership.id, mark=tokens.mark(membership.person.email or ""),
                        until=str(membership.ends_on))  # fmt: skip
    return absolute("membership.renewal", token=token)
