"""The associations, by country, and a page for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import search
from app.core.i18n import language_names, translated
from app.core.pagination import page_number, page_of
from app.core.policy import anyone, current_viewer, guard
from app.core.tables import download
from app.groups import queries as groups
from app.membership import exports as membership_exports
from app.membership import queries as membership
from app.membership.closeness import takes_part
from app.membership.models import Membership
from app.membership.policy import find, sight
from app.membership.rules import Role
from app.membership.words import ROLES
from app.pages import filtering
from app.pages.blueprint import bp
from app.pages.filtering import Question, typed
from app.people import exports, policy
from app.people import queries as people
from app.people.exporting import downloads, hand_out
from app.people.models import Association, Person
from app.people.viewer import Viewer
from app.people.words import STATUSES

SIZE = 100
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


@dataclass(frozen=True)
class Directory:
    """The associations found, and what is counted of each: its seats in groups that the viewer finds."""

    question: Question
    associations: Sequence[Association]
    seats: Mapping[int, int]


@bp.get("/associations")
@downloads
@guard(anyone)
def associations() -> ResponseReturnValue:
    """All of them, narrowed down as the viewer likes."""
    found = directory(current_viewer())
    if wanted := download.asked():
        return hand_out(exports.public_associations(found.associations, found.seats), wanted, "associations")
    return render_template("pages/associations.html", **_results(found))


@bp.get("/search/associations")
@guard(anyone)
def associations_results() -> ResponseReturnValue:
    """The list alone, fetched while one types."""
    return render_template("pages/_associations.html", **_results(directory(current_viewer())))


def directory(viewer: Viewer) -> Directory:
    """What the address asks for.

    In how many groups of a community an association sits is for everybody, in which groups for who takes part.
    """
    everywhere = people.associations()
    question = Question("pages.associations", typed())
    communities = groups.communities()
    listed = [group for item in communities for group in item.groups if find(viewer, group)]
    community_id = filtering.ask_community(question, communities)
    group_id = filtering.ask_group(question, listed) if takes_part(viewer) else None
    country = filtering.ask_country(question, everywhere)
    status = filtering.ask_word(question, "status", _("Status"), _("All"), STATUSES)
    speakers = filtering.ask_word(
        question, "speakers", _("Focal point"), _("Does not matter"), {"none": _("Without a focal point")}
    ) if viewer.is_administrator else None  # fmt: skip
    sitting: Collection[int] = ()
    if community_id or group_id:
        sitting = membership.represented_in(
            [one.id for one in listed if community_id in (None, one.community_id) and group_id in (None, one.id)]
        )
    spoken_for = people.speakers_by_association() if speakers else {}
    found = [
        item
        for item in everywhere
        if search.found_in(item.name_key, question.text)
        and country in (None, item.country)
        and status in (None, item.status)
        and (not (community_id or group_id) or item.id in sitting)
        and not (speakers and item.id in spoken_for)
    ]
    return Directory(question, found, membership.seats_by_association(sight(viewer, Membership.group_id)))


def _results(found: Directory) -> dict[str, object]:
    page = page_of(found.associations, page_number(request.args.get("page")), SIZE)
    return {
        "question": found.question,
        "page": page,
        "countries": [
            (code, people.country_name(code), [_entry(item, found.seats.get(item.id, 0)) for item in items])
            for code, items in groupby(page.items, key=lambda item: item.country)
        ],
    }


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
        sees_groups=bool(communities) and takes_part(viewer),
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
