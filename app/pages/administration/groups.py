"""The administration's list of groups by community: who coordinates each, its members and waiting requests."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.policy import administrators, guard
from app.groups import queries as groups
from app.membership import queries as membership
from app.pages.administration.parts import Part, chosen
from app.pages.blueprint import bp

WITHOUT_COORDINATOR = "without-coordinator"


@bp.get("/admin/groups")
@guard(administrators)
def admin_groups() -> ResponseReturnValue:
    """All groups, or those that nobody coordinates."""
    only = chosen((WITHOUT_COORDINATOR,))
    coordinators = groups.coordinators_by_group()
    listed = [
        (community, [group for group in community.groups if not (only and coordinators.get(group.id))])
        for community in groups.communities()
    ]
    every = sum(len(community.groups) for community, _groups in listed)
    without = sum(not coordinators.get(group.id) for community, _groups in listed for group in community.groups)
    parts = [
        Part(_("All"), url_for("pages.admin_groups"), only is None, every),
        Part(
            _("Without a coordinator"),
            url_for("pages.admin_groups", only=WITHOUT_COORDINATOR),
            only is not None,
            without,
        ),
    ]
    return render_template(
        "pages/administration/groups.html",
        communities=[(community, found) for community, found in listed if found or not only],
        parts=parts,
        coordinators=coordinators,
        members=membership.member_counts(),
        waiting=membership.waiting_counts(),
    )
