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

WITHOUT_EXPERT = "without-expert"


@bp.get("/admin/associations")
@downloads
@guard(administrators)
def admin_associations() -> ResponseReturnValue:
    """All associations, or those that have no expert today."""
    only = chosen((WITHOUT_EXPERT,))
    experts = people.experts_by_association()
    associations = people.associations()
    without = [item for item in associations if not experts.get(item.id)]
    listed = without if only else associations
    seats, speakers = membership.seats_by_association(), people.speakers_by_association()
    if wanted := download.asked():
        table = exports.associations(listed, experts, seats, speakers)
        return hand_out(table, wanted, "associations", noted="associations")
    parts = [
        Part(_("All"), url_for("pages.admin_associations"), only is None, len(associations)),
        Part(
            _("Without an expert"),
            url_for("pages.admin_associations", only=WITHOUT_EXPERT),
            only is not None,
            len(without),
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
