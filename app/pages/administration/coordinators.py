"""The administration's table of who coordinates which group."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.policy import administrators, guard
from app.core.tables import download
from app.groups import exports
from app.groups import queries as groups
from app.pages.blueprint import bp
from app.people.exporting import downloads, hand_out


@bp.get("/admin/coordinators")
@downloads
@guard(administrators)
def admin_coordinators() -> ResponseReturnValue:
    """Every group with its coordinators, to appoint and dismiss them."""
    communities, coordinators = groups.communities(), groups.coordinators_by_group()
    if wanted := download.asked():
        table = exports.coordinators(((one, one.groups) for one in communities), coordinators)
        return hand_out(table, wanted, "coordinators", noted="coordinators")
    return render_template(
        "pages/administration/coordinators.html",
        communities=communities,
        coordinators=coordinators,
        downloads=download.links(),
    )
