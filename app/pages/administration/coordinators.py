"""The administration's table of who coordinates which group."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.policy import administrators, guard
from app.groups import queries as groups
from app.pages.blueprint import bp


@bp.get("/admin/coordinators")
@guard(administrators)
def admin_coordinators() -> ResponseReturnValue:
    """Every group with its coordinators, to appoint and dismiss them."""
    return render_template(
        "pages/administration/coordinators.html",
        communities=groups.communities(),
        coordinators=groups.coordinators_by_group(),
    )
