"""All that waits for someone's word, to be decided many at a time."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.calls import exports as calls_exports
from app.calls import queries as calls
from app.calls.models import Candidacy
from app.core.policy import current_viewer, guard
from app.core.tables import download
from app.groups import policy as groups_policy
from app.membership import exports, seating
from app.membership import policy as membership_policy
from app.membership import queries as membership
from app.membership.forms import BulkForm
from app.membership.models import Membership
from app.pages.blueprint import bp
from app.people import policy as people_policy
from app.people.exporting import downloads, hand_out
from app.people.viewer import Viewer

LISTED = 100
"""How many of each kind are shown, those who waited longest."""
APPLIED = "applied"
"""The part of the page that is handed out by itself."""


@bp.get("/desk/decide")
@downloads
@guard(membership_policy.use_desk)
def deciding() -> ResponseReturnValue:
    """What one endorses and decides, who has applied, vacant seats for which someone waits; administrators see all."""
    viewer = current_viewer()
    if wanted := download.asked():
        if request.args.get("only") == APPLIED:
            return hand_out(calls_exports.applied(applied(viewer, None)), wanted, "applications", noted="applications")
        table = exports.waiting([*to_endorse(viewer, None), *_to_decide(viewer, None)])
        return hand_out(table, wanted, "requests", noted="requests")
    return render_template(
        "pages/deciding.html",
        form=BulkForm(),
        to_endorse=to_endorse(viewer, LISTED + 1),
        to_decide=_to_decide(viewer, LISTED + 1),
        listed=LISTED,
        applied=applied(viewer, LISTED + 1),
        offers=offers(viewer),
        downloads=download.links_to(request.path, {}),
        downloads_applied=download.links_to(request.path, {"only": APPLIED}),
    )


def to_endorse(viewer: Viewer, limit: int | None) -> list[Membership]:
    """The requests that wait for the viewer's word for an association."""
    ids = None if viewer.is_administrator else people_policy.focal_for(viewer)
    return list(membership.to_endorse(ids, limit)) if ids is None or ids else []


def applied(viewer: Viewer, limit: int | None) -> list[Candidacy]:
    """Who has applied for a call and waits for the word of one's associations."""
    ids = people_policy.focal_for(viewer)
    return list(calls.to_endorse(ids, limit)) if ids else []


def offers(viewer: Viewer) -> list[seating.Allotment]:
    """The vacant seats for which someone waits, of one's associations and one's groups."""
    if viewer.is_administrator:
        return seating.offers(None, None)
    mine, coordinated = people_policy.focal_for(viewer), groups_policy.coordinated(viewer)
    found = seating.offers(mine, None) if mine else []
    found += seating.offers(None, coordinated) if coordinated else []
    return list({(place.group.id, place.association.id): place for place in found}.values())


def _to_decide(viewer: Viewer, limit: int | None) -> list[Membership]:
    ids = None if viewer.is_administrator else groups_policy.coordinated(viewer)
    return list(membership.waiting(ids, limit)) if ids is None or ids else []
