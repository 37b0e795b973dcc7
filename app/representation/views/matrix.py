"""The matrix, as a page to look at and to print, as a file, and what lies behind each of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import dates
from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.core.settings import settings
from app.core.tables import download
from app.groups import policy as groups_policy
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.membership import seating
from app.membership.seating import Allotment
from app.people import policy as people_policy
from app.people import queries as people
from app.people.exporting import downloads
from app.people.models import Association
from app.people.words import STATUSES
from app.representation import exports, policy, queries
from app.representation.exports import Table, Value
from app.representation.matrix import Filter, Matrix, build
from app.representation.views.blueprint import bp


@dataclass(frozen=True)
class Column:
    """A group, as each of its cells needs it."""

    slug: str
    name: str
    marks: str
    """The classes of its cells: its community's, and "first" where a community begins."""


@bp.get("/representation")
@downloads
@guard(policy.see_matrix)
def matrix() -> ResponseReturnValue:
    """Associations × groups: how many seats are held, which are empty, which mandates end soon."""
    asked, all_groups, associations = _asked(), groups.groups(), people.associations()
    found = _matrix(asked, all_groups, associations)
    if wanted := download.asked():
        return exports.answer(_table(found), wanted, noted="matrix")
    scope = policy.scope(current_viewer())
    return render_template(
        "representation/matrix.html",
        matrix=found,
        columns=_columns(found),
        asked=asked,
        everything=scope.everything,
        communities={one.community.slug: translated(one.community.names) for one in all_groups},
        countries={
            one.country: people.country_name(one.country) for one in associations if scope.has_association(one.id)
        },
        statuses=STATUSES,
        today=dates.today(),
        days=settings().renewal_days,
        narrowed=_narrowed,
        present=sum(1 for row in found.rows if row.total.held),
        base=url_for("representation.matrix"),
        downloads=download.links(),
    )


def _table(found: Matrix) -> Table:
    """The same as a table: a line for each association and group."""
    headings = [
        _("Country"), _("Association"), _("Name"), _("Status"), _("Community"), _("Group"), _("Seats granted"),
        _("Seats held"), _("Vacant seats"), _("Mandates ending within %(days)s days", days=settings().renewal_days),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            people.country_name(row.association.country), row.association.code,
            people.association_name(row.association), str(STATUSES[row.association.status]),
            translated(group.community.names), translated(group.names), cell.granted, cell.held, cell.vacant,
            cell.ending,
        ]
        for row in found.rows
        for group, cell in zip(found.groups, row.cells, strict=True)
        if cell and cell.in_use
    ]  # fmt: skip
    return Table("who-sits-where", _("Who sits where"), headings, rows)


@bp.get("/representation/<code>/<slug>")
@guard(policy.see_place, of=seating.place_at)
def place(found: Allotment) -> ResponseReturnValue:
    """Who sits for one association in one group, and who is on the way."""
    viewer = current_viewer()
    today = dates.today()
    return render_template(
        "representation/place.html",
        place=found,
        today=today,
        soon=today + timedelta(days=settings().renewal_days),
        decides=groups_policy.coordinate(viewer, found.group),
        speaks=viewer.is_administrator or people_policy.is_focal_point(viewer, found.association),
    )


def _matrix(asked: Filter, all_groups: Sequence[WorkingGroup], associations: Sequence[Association]) -> Matrix:
    until = dates.today() + timedelta(days=settings().renewal_days)
    limits = seating.limits(all_groups, associations)
    return build(all_groups, associations, limits, queries.held(until), policy.scope(current_viewer()), asked)


def _columns(found: Matrix) -> list[Column]:
    columns, before = [], None
    for group in found.groups:
        first = " first" if group.community_id != before else ""
        columns.append(Column(group.slug, translated(group.names), f"community-{group.community.slug}{first}"))
        before = group.community_id
    return columns


def _asked() -> Filter:
    """The filters of the address; what is not known there asks for nothing."""
    args = request.args
    return Filter(
        community=args.get("community") or None,
        country=args.get("country") or None,
        status=args["status"] if args.get("status") in STATUSES else None,
        vacant="vacant" in args,
        ending="ending" in args,
    )


def _narrowed(asked: Filter, endpoint: str = "representation.matrix", **more: str | None) -> str:
    """The address of a page with these filters, and some more or other ones."""
    parts: dict[str, str | None] = {
        "community": asked.community,
        "country": asked.country,
        "status": asked.status,
        "vacant": "1" if asked.vacant else None,
        "ending": "1" if asked.ending else None,
    }
    return url_for(endpoint, **(parts | more))  # type: ignore[arg-type]
