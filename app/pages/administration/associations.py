"""The administration's list of associations: who speaks for each, how many experts and seats it has."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.policy import administrators, guard
from app.core.tables import download
from app.membership import queries as membership
from app.pages.administration.parts import Part, chosen
from app.pages.blueprint import bp
from app.people import exports
from app.people import queries as people
from app.people.exporting import downloads, hand_out

WITHOUT_EXPERT, WITHOUT_FOCAL_POINT = "without-expert", "without-focal-point"


@bp.get("/admin/associations")
@downloads
@guard(administrators)
def admin_associations() -> ResponseReturnValue:
    """All associations, or those that have no expert today, or nobody who speaks for them."""
    only = chosen((WITHOUT_EXPERT, WITHOUT_FOCAL_POINT))
    speakers = people.speakers_by_association()
    experts = people.experts_by_association()
    associations = people.associations()
    shown = {
        WITHOUT_EXPERT: [item for item in associations if not experts.get(item.id)],
        WITHOUT_FOCAL_POINT: [item for item in associations if item.id not in speakers],
    }
    listed, seats = shown[only] if only else associations, membership.seats_by_association()
    if wanted := download.asked():
        table = exports.associations(listed, experts, seats, speakers)
        return hand_out(table, wanted, "associations", noted="associations")
    parts = [
        Part(_("All"), url_for("pages.admin_associations"), only is None, len(associations)),
        Part(
            _("Without an expert"),
            url_for("pages.admin_associations", only=WITHOUT_EXPERT),
            only == WITHOUT_EXPERT,
            len(shown[WITHOUT_EXPERT]),
        ),
        Part(
            _("Without a focal point"),
            url_for("pages.admin_associations", only=WITHOUT_FOCAL_POINT),
            only == WITHOUT_FOCAL_POINT,
            len(shown[WITHOUT_FOCAL_POINT]),
        ),
    ]
    return render_template(
        "pages/administration/associations.html",
        associations=listed,
        parts=parts,
        experts=experts,
        seats=seats,
        speakers=speakers,
        downloads=download.links(),
    )
