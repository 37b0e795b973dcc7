"""The associations, by country, and a page for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import search
from app.core.i18n import language_names, translated
from app.core.pagination import page_number
from app.core.policy import anyone, current_viewer, guard
from app.core.tables import download
from app.membership import exports as membership_exports
from app.membership import queries as membership
from app.membership.models import Membership
from app.membership.policy import sight
from app.membership.rules import Role
from app.membership.words import ROLES
from app.pages.blueprint import bp
from app.pages.people import LONGEST_QUESTION
from app.people import exports, policy
from app.people import queries as people
from app.people.exporting import downloads, hand_out
from app.people.models import Association, Person
from app.people.words import STATUSES

SHOWN = 25
"""Experts on one page of an association."""


@dataclass(frozen=True)
class Entry:
    """An association in the list."""

    name: str
    own_name: str | None
    """In its own language, where that is another name."""
    status: str
    url: str
    seats: int


@dataclass(frozen=True)
class Delegate:
    """An expert of the association, as its focal points see them."""

    name: str
    page: str
    """The address of their page in the directory."""
    groups: Sequence[tuple[str, str, str | None]]
    """(the group's name, its address, the role unless it is plain member)"""


@bp.get("/associations")
@downloads
@guard(anyone)
def associations() -> ResponseReturnValue:
    """All of them, or those of a name, a country or a status."""
    everywhere = people.associations()
    text = request.args.get("q", "").strip()[:LONGEST_QUESTION]
    status, country = request.args.get("status"), request.args.get("country")
    found = [
        item
        for item in everywhere
        if search.found_in(item.name_key, text)
        and (status not in STATUSES or item.status == status)
        and (not country or item.country == country.upper())
    ]
    seats = membership.seats_by_association(sight(current_viewer(), Membership.group_id))
    if wanted := download.asked():
        return hand_out(exports.public_associations(found, seats), wanted, "associations")
    countries = [
        (code, people.country_name(code), [_entry(item, seats.get(item.id, 0)) for item in items])
        for code, items in groupby(found, key=lambda item: item.country)
    ]
    return render_template(
        "pages/associations.html",
        countries=countries,
        number=len(found),
        downloads=download.links(),
        some=len(found) < len(everywhere) or bool(text),
        text=text,
        status=status,
        country=country,
        statuses=STATUSES,
        all_countries={item.country: people.country_name(item.country) for item in everywhere},
    )


@bp.get("/associations/<code>")
@downloads
@guard(anyone, of=people.association_at)
def association(found: Association) -> ResponseReturnValue:
    """One of them. Who sits where is for its focal points, their deputies and administrators."""
    viewer = current_viewer()
    sees_names = viewer.is_administrator or policy.is_focal_point(viewer, found)
    if sees_names and (wanted := download.asked()):
        table = membership_exports.experts(membership.members_of_associations([found.id]))
        return hand_out(table, wanted, f"{found.code}-experts", noted="experts", association_id=found.id)
    communities = membership.seats_by_community(found.id, sight(viewer, Membership.group_id))
    experts = membership.experts_of(found.id, page_number(request.args.get("page")), SHOWN) if sees_names else None
    name = people.association_name(found)
    return render_template(
        "pages/association.html",
        association=found,
        name=name,
        names=[(code, label, found.names[code]) for code, label in language_names() if found.names.get(code)],
        country=people.country_name(found.country),
        status=str(STATUSES[found.status]),
        communities=[(item.slug, translated(item.names), url_for("pages.community", slug=item.slug), number)
                     for item, number in communities],
        seats=sum(number for _item, number in communities),
        sees_names=sees_names,
        may_edit=viewer.is_administrator,
        experts=experts,
        page_address=lambda number: url_for("pages.association", code=found.code, page=number, _anchor="experts"),
        delegates=_delegates(experts.items, membership.seats_of([one.id for one in experts.items], found.id))
        if experts else [],
        downloads=download.links(),
    )  # fmt: skip


def _entry(item: Association, seats: int) -> Entry:
    name = people.association_name(item)
    return Entry(
        name=name,
        own_name=item.name if item.name != name else None,
        status=str(STATUSES[item.status]),
        url=url_for("pages.association", code=item.code),
        seats=seats,
    )


def _delegates(experts: Sequence[Person], seats: Mapping[int, Sequence[Membership]]) -> list[Delegate]:
    """The experts, each with their groups."""
    return [
        Delegate(
            person.display_name,
            url_for("pages.person", person_id=person.id),
            [
                (
                    translated(item.group.names),
                    url_for("pages.group", slug=item.group.slug),
                    None if item.role == Role.MEMBER else str(ROLES[item.role]),
                )
                for item in seats.get(person.id, [])
            ],
        )
        for person in experts
    ]
