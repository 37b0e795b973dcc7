"""The seats that a file's rows take and free, one after another, beginning with what is held now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.membership import seating
from app.membership.models import Membership
from app.membership.rules import SEATED, Role, State, seat_number
from app.membership.service.moving import no_seat
from app.people.models import Association
from app.people.rules import name_key
from app.people.service.many import Entry

Who = tuple[str, object]
"""A person of the file: known, by id, or new, by what makes the rows about them the same."""


@dataclass
class _Place:
    """The seats of an association in a group: {number: who holds it}, {number: who stands in}."""

    limit: int
    holders: dict[int, Who] = field(default_factory=dict)
    alternates: dict[int, Who] = field(default_factory=dict)


@dataclass
class Places:
    """All seats of the groups that a file names."""

    _places: dict[tuple[int, int], _Place]
    _names: dict[Who, set[str]] = field(default_factory=dict)
    """What each person who holds a seat may be called in a file."""

    @classmethod
    def of(
        cls, groups: Sequence[WorkingGroup], associations: Sequence[Association], present: Sequence[Membership]
    ) -> Places:
        """The seats as they are held now."""
        found = cls({key: _Place(limit) for key, limit in seating.limits(groups, associations).items()})
        for item in present:
            if item.state != State.ACTIVE or item.association_id is None or item.seat_number is None:
                continue
            place, who = found._places[item.group_id, item.association_id], ("known", item.person_id)
            (place.alternates if item.role == Role.ALTERNATE else place.holders)[item.seat_number] = who
            person = item.person
            found._names[who] = _names(person.full_name, person.latin_name, person.email)
        return found

    def name(self, who: Who, entry: Entry) -> None:
        """Let later rows name this person as one whom an alternate stands in for."""
        facts, person = entry.facts, entry.person
        known = (person.full_name, person.latin_name, person.email) if person else ()
        self._names[who] = _names(facts.full_name, facts.latin_name, facts.email, *known)

    def take(
        self, group: WorkingGroup, association: Association | None, role: Role, who: Who, stands_in_for: str | None
    ) -> int | None:
        """The number of the seat for someone new; None where the role needs none. Raises DomainError."""
        if association is None:
            if role == Role.ALTERNATE:
                raise DomainError(_("Only someone of an association can stand in for another."))
            return None
        if role == Role.OBSERVER:
            return None
        place = self._places[group.id, association.id]
        if role == Role.ALTERNATE:
            number = self._shared(place, stands_in_for, who)
            place.alternates[number] = who
            return number
        free = seat_number(place.limit, place.holders)
        if free is None:
            raise no_seat(association)
        place.holders[free] = who
        return free

    def move(
        self, group: WorkingGroup, association: Association | None, before: Role, role: Role, number: int | None,
        who: Who, stands_in_for: str | None,
    ) -> int | None:  # fmt: skip
        """The number of the seat for someone who gets another role. Raises DomainError; then nothing has moved."""
        if association is None:
            if role == Role.ALTERNATE:
                raise DomainError(_("Only someone of an association can stand in for another."))
            return None
        if before in SEATED and role in SEATED:
            return number
        place = self._places[group.id, association.id]
        held = place.holders if before in SEATED else place.alternates
        own = held.pop(number, None) if number is not None else None
        try:
            return self.take(group, association, role, who, stands_in_for)
        except DomainError:
            if number is not None and own is not None:
                held[number] = own
            raise

    def _shared(self, place: _Place, text: str | None, who: Who) -> int:
        wanted = {name_key(text), (text or "").strip().lower()} if text else set()
        found = [number for number, holder in place.holders.items() if self._names.get(holder, set()) & wanted]
        if len(found) != 1:
            raise DomainError(_("Say in “Stands in for” whose seat it is: someone who sits for the same association."))
        if place.alternates.get(found[0], who) != who:
            raise DomainError(_("Someone stands in for %(name)s already.", name=text))
        return found[0]


def _names(*texts: str | None) -> set[str]:
    return {name_key(text) if "@" not in text else text.lower() for text in texts if text}
