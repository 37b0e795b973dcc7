"""Rosters, seats and waiting lists as tables. The headings are those that an import of memberships knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from flask_babel import gettext as _

from app.core.i18n import translated
from app.core.tables.model import Column, Kind, Table
from app.groups.models import WorkingGroup
from app.membership.models import Membership, RosterConfirmation
from app.membership.rules import SEATED, Role
from app.membership.seating import Allotment
from app.membership.words import ROLES, STATES
from app.people.models import Association
from app.people.queries import association_name


def roster(group: WorkingGroup, members: Sequence[Membership], *, private: bool) -> Table:
    """Who sits in a group; `private`: with addresses and mandates, for those who decide on members."""
    columns = [
        Column(_("Group")), Column(_("Full name")), Column(_("Name in Latin letters")), Column(_("Association")),
        Column(_("Name of the association")), Column(_("Role")),
    ]  # fmt: skip
    if private:
        columns += [
            Column(_("Stands in for")), Column(_("E-mail address")), Column(_("Seat"), Kind.NUMBER),
            Column(_("First day"), Kind.DATE), Column(_("Last day"), Kind.DATE),
        ]  # fmt: skip
    holders: dict[tuple[int | None, int | None], str] = {
        (item.association_id, item.seat_number): item.person.email or item.person.full_name
        for item in members
        if item.role in SEATED and item.seat_number is not None
    }
    return Table(
        _("Members"),
        columns,
        (
            [
                group.slug,
                item.person.full_name,
                item.person.latin_name,
                item.association.code if item.association else None,
                association_name(item.association) if item.association else None,
                ROLES[Role(item.role)],
                *(
                    [
                        holders.get((item.association_id, item.seat_number)) if item.role == Role.ALTERNATE else None,
                        item.person.email,
                        item.seat_number,
                        item.starts_on,
                        item.ends_on,
                    ]
                    if private
                    else []
                ),
            ]
            for item in members
        ),
    )


def seats(places: Iterable[Allotment]) -> Table:
    """One row for each seat, held or vacant, and for each person without one who takes part or waits."""
    columns = [
        Column(_("Group")),
        Column(_("Association")),
        Column(_("Seat"), Kind.NUMBER),
        Column(_("State")),
        Column(_("Full name")),
        Column(_("Role")),
        Column(_("First day"), Kind.DATE),
        Column(_("Last day"), Kind.DATE),
    ]
    return Table(_("Seats"), columns, (row for place in places for row in _seats_of(place)))


def _seats_of(place: Allotment) -> Iterator[Sequence[object]]:
    start = [translated(place.group.names), place.association.code]
    for item in (*place.holders, *place.alternates, *place.observers, *place.pending):
        yield [*start, item.seat_number, STATES[item.state][0], item.person.display_name, ROLES[Role(item.role)],
               item.starts_on, item.ends_on]  # fmt: skip
    held = {item.seat_number for item in place.holders}
    free = [number for number in range(1, place.limit + 1) if number not in held][: place.vacant]
    for number in free:
        yield [*start, number, _("Vacant"), None, None, None, None]


def experts(found: Iterable[Membership]) -> Table:
    """Who sits for an association: one row for each group in which someone does."""
    columns = [Column(_("Full name")), Column(_("Group")), Column(_("Role"))]
    return Table(
        _("Experts"),
        columns,
        ([item.person.display_name, translated(item.group.names), ROLES[Role(item.role)]] for item in found),
    )


def waiting(found: Iterable[Membership]) -> Table:
    """Requests that wait, the oldest first."""
    columns = [
        Column(_("Group")),
        Column(_("Full name")),
        Column(_("Association")),
        Column(_("State")),
        Column(_("Endorsed by the association")),
        Column(_("Asked"), Kind.INSTANT),
        Column(_("Motivation")),
    ]
    return Table(
        _("Requests"),
        columns,
        (
            [
                translated(item.group.names),
                item.person.display_name,
                item.association.code if item.association else None,
                STATES[item.state][0],
                _("yes") if item.endorsed else _("no"),
                item.began_at,
                item.motivation,
            ]
            for item in found
        ),
    )


def reviews(
    associations: Iterable[Association],
    of_association: Mapping[int, RosterConfirmation],
    groups: Iterable[WorkingGroup],
    of_group: Mapping[int, RosterConfirmation],
) -> Table:
    """Who has confirmed a list in a yearly review, and who has not: the associations, then the groups."""
    columns = [Column(_("List")), Column(_("Name")), Column(_("Confirmed by")), Column(_("Confirmed"), Kind.INSTANT)]
    rows: list[tuple[str, str, RosterConfirmation | None]] = [
        *((one.code, association_name(one), of_association.get(one.id)) for one in associations),
        *((one.slug, translated(one.names), of_group.get(one.id)) for one in groups),
    ]
    return Table(
        _("Yearly review"),
        columns,
        ([code, name, done.person.display_name if done else None, done.at if done else None]
         for code, name, done in rows),
    )  # fmt: skip
