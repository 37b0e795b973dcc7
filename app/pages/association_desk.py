"""The desk of an association: all its seats in all groups, who holds them, what is vacant, what waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from app.calls import queries as calls
from app.core import dates
from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.core.settings import settings
from app.core.tables import download
from app.groups import queries as groups
from app.groups.rules import GroupStatus
from app.membership import exports, reviews, seating
from app.membership import queries as membership
from app.membership.colleagues import colleagues_of
from app.membership.rules import bar_to_nominating
from app.membership.seating import Allotment
from app.membership.service import accepting
from app.pages.blueprint import bp
from app.people import policy as people_policy
from app.people import queries as people
from app.people.exporting import downloads, hand_out
from app.people.models import Association
from app.people.viewer import Viewer

CALLS = 20
"""How many open calls, and of their candidates that wait, are shown."""


@dataclass(frozen=True)
class Row:
    """A group, with the association's seats in it."""

    name: str
    place: Allotment
    may_nominate: bool


def speaks(viewer: Viewer, association: Association) -> bool:
    """Focal points of the association, their deputies, and administrators."""
    return viewer.is_administrator or people_policy.is_focal_point(viewer, association)


@bp.get("/associations/<code>/desk")
@downloads
@guard(speaks, of=people.association_at)
def association_desk(association: Association) -> ResponseReturnValue:
    """All seats of one association."""
    rows = _rows(association)
    if wanted := download.asked():
        table = exports.seats(row.place for row in rows)
        return hand_out(table, wanted, f"{association.code}-seats", noted="seats", association_id=association.id)
    open_calls = calls.open_for(current_viewer(), [association.id], CALLS)
    return render_template(
        "pages/association_desk.html",
        follows=people_policy.is_focal_point(current_viewer(), association),
        association=association,
        name=people.association_name(association),
        rows=rows,
        speakers=people.speakers_of(association.id),
        to_endorse=membership.to_endorse([association.id]),
        tasks=reviews.tasks([association.id], []),
        calls=open_calls,
        stand=calls.numbers([one.id for one in open_calls], association.id),
        applied=calls.to_endorse([association.id], CALLS),
        granted=sum(row.place.limit for row in rows),
        held=sum(len(row.place.holders) for row in rows),
        vacant=sum(row.place.vacant for row in rows),
        soon=dates.today() + timedelta(days=settings().renewal_days),
        today=dates.today(),
        colleagues=colleagues_of(association.id),
        seats_of=Counter(item.person_id for row in rows for item in row.place.holders),
        without_terms=accepting.standings({item.person_id for row in rows for item in row.place.seated}),
        downloads=download.links(),
    )


def _rows(association: Association) -> Sequence[Row]:
    """The groups in which the association has seats or people, in the catalogue’s order."""
    all_groups = groups.groups()
    places = seating.allotments(all_groups, [association], only_in_use=True)
    rows = []
    for group in all_groups:
        place = places.get((group.id, association.id))
        if place is None or (group.status == GroupStatus.CLOSED and not place.holders):
            continue
        bar = bar_to_nominating(group.status, group.join_policy, place.limit)
        rows.append(Row(translated(group.names), place, bar is None and place.vacant > 0))
    return rows
