"""The administration's list of groups by community: who coordinates each, its members and waiting requests."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.policy import administrators, guard
from app.core.tables import download
from app.groups import exports
from app.groups import queries as groups
from app.membership import queries as membership
from app.pages.administration.parts import Part, chosen
from app.pages.blueprint import bp
from app.people.exporting import downloads, hand_out

WITHOUT_COORDINATOR = "without-coordinator"


@bp.get("/admin/groups")
@downloads
@guard(administrators)
def admin_groups() -> ResponseReturnValue:
    """All groups, or those that nobody coordinates."""
    only = chosen((WITHOUT_COORDINATOR,))
    coordinators = groups.coordinators_by_group()
    listed = [
        (community, [group for group in community.groups if not (only and coordinators.get(group.id))])
        for community in groups.communities()
    ]
    members, waiting = membership.member_counts(), membership.waiting_counts()
    if wanted := download.asked():
        return hand_out(exports.groups(listed, coordinators, members, waiting), wanted, "groups", noted="groups")
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
        members=members,
        waiting=waiting,
        downloads=download.links(),
    )
