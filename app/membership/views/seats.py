"""What a group grants: how one joins, how many seats, for whom."""

from __future__ import annotations

from dataclasses import asdict

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.core.tables import download
from app.groups import policy as groups_policy
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.membership import exports, policy, seating, service
from app.membership.forms import ExceptionForm, JoiningForm
from app.membership.seating import Allotment
from app.membership.service.seats import ends_with, joining_of, surpluses
from app.membership.views.blueprint import bp
from app.people import queries as people
from app.people.exporting import downloads, hand_out


@bp.get("/groups/<slug>/seats")
@downloads
@guard(policy.decide, of=groups.group_at, sees=policy.find_or_visit)
def seats(group: WorkingGroup) -> ResponseReturnValue:
    """Every association's seats in a group: who holds them, what is vacant, who waits."""
    places = seating.allotments([group], people.associations(), only_in_use=True).values()
    if wanted := download.asked():
        return hand_out(exports.seats(places), wanted, f"{group.slug}-seats", noted="seats", group_id=group.id)
    return render_template(
        "membership/seats.html",
        group=group,
        places=list(places),
        exceptions=seating.exceptions(group.id),
        granted=sum(place.limit for place in places),
        held=sum(len(place.holders) for place in places),
        vacant=sum(place.vacant for place in places),
        downloads=download.links(),
    )


@bp.route("/groups/<slug>/joining", methods=["GET", "POST"])
@guard(policy.decide, of=groups.group_at, sees=policy.find_or_visit)
def joining(group: WorkingGroup) -> ResponseReturnValue:
    """Change how one joins; what that would do is said before it is done."""
    viewer = current_viewer()
    may_close = groups_policy.manage_catalogue(viewer)
    form = JoiningForm(data=asdict(joining_of(group)))
    form.offer(may_close=may_close, status=GroupStatus(group.status))
    form.begin(group.version)
    surplus, ending = [], 0
    if form.validate_on_submit():
        surplus = surpluses(group, form.joining)
        closes = form.status.data == GroupStatus.CLOSED != group.status
        ending = ends_with(group.id) if closes else 0
        if (surplus or closes) and not form.agreed.data:
            form.agreed.errors = [_("Read below what this does, and confirm it.")]
        else:
            try:
                service.set_joining(group.id, form.joining, form.seen, viewer.person_id, may_close=may_close)
            except DomainError as error:
                form.blame(error)
            else:
                flash(_("How one joins %(group)s is saved.", group=translated(group.names)), "success")
                return redirect(url_for("membership.seats", slug=group.slug), 303)
    return form_page(
        form, "membership/joining.html", group=group, surplus=surplus, ending=ending,
        asks=bool(form.agreed.errors or form.agreed.data),
    )  # fmt: skip


@bp.route("/groups/<slug>/seats/<code>", methods=["GET", "POST"])
@guard(policy.decide_place, of=seating.place_at, sees=policy.find_place)
def association_seats(place: Allotment) -> ResponseReturnValue:
    """Grant one association another number of seats."""
    group, association = place.group, place.association
    form = ExceptionForm(data={"number": seating.exceptions(group.id).get(association.id)})
    if form.validate_on_submit():
        try:
            service.set_exception(group.id, association.id, form.number.data, current_viewer().person_id)
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("The seats of %(association)s are saved.", association=association.code), "success")
            return redirect(url_for("membership.seats", slug=group.slug), 303)
    return form_page(form, "membership/association_seats.html", group=group, place=place,
                     by_status=seating.by_status(group, association.status))  # fmt: skip
