"""When one is away: for oneself alone."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.availability import policy, queries, service
from app.availability.forms import AbsenceForm
from app.availability.models import Absence
from app.availability.views.blueprint import bp
from app.core.dates import viewer_zone
from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.policy import current_viewer, guard, signed_in

ONE = "/me/absences/<int(max=2147483647):absence_id>"


@bp.route("/me/absences", methods=["GET", "POST"])
@guard(signed_in)
def absences() -> ResponseReturnValue:
    """One's absences, and a form for another."""
    person_id = current_viewer().person_id
    form = AbsenceForm(data={"time_zone": viewer_zone()})
    if form.validate_on_submit():
        try:
            service.enter_absence(person_id, form.plan())
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("Your absence is noted."), "success")
            return redirect(url_for("availability.absences"), 303)
    ahead, past = queries.absences_of(person_id)
    return form_page(form, "availability/absences.html", ahead=ahead, past=past)


@bp.route(f"{ONE}/edit", methods=["GET", "POST"])
@guard(policy.own, of=queries.absence, sees=policy.own)
def edit_absence(absence: Absence) -> ResponseReturnValue:
    """Change an absence."""
    first, last = absence.starts_local.date(), absence.last_day if absence.whole_days else absence.ends_local.date()
    hours = {} if absence.whole_days else {"begins": absence.starts_local.time(), "ends": absence.ends_local.time()}
    form = AbsenceForm(
        data={"first": first, "last": last if last != first else None, "time_zone": absence.time_zone,
              "note": absence.note, **hours}
    )  # fmt: skip
    if form.validate_on_submit():
        try:
            service.change_absence(absence.id, form.plan())
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("Your absence is changed."), "success")
            return redirect(url_for("availability.absences"), 303)
    return form_page(form, "availability/edit_absence.html", absence=absence)


@bp.post(f"{ONE}/remove")
@guard(policy.own, of=queries.absence, sees=policy.own)
def remove_absence(absence: Absence) -> ResponseReturnValue:
    """Take an absence back."""
    service.remove_absence(absence.id)
    flash(_("Your absence is removed."), "success")
    return redirect(url_for("availability.absences"), 303)
