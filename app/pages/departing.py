"""Colleagues who leave an association, or hand their seats over: what ends with it in the groups and in calls."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.calls import queries as calls
from app.core import dates
from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.policy import current_viewer, guard
from app.membership import policy, service
from app.membership.colleagues import Colleague, colleague_at, leaves_with, would_end
from app.membership.forms import LetGoForm
from app.membership.service.departing import Farewell
from app.pages.blueprint import bp
from app.people import policy as people_policy
from app.people import queries as people
from app.people.forms.persons import EndAffiliationForm


@bp.route("/associations/<code>/colleagues/<int(max=2147483647):person_id>/leave", methods=["GET", "POST"])
@guard(policy.speak_of, of=colleague_at)
def let_go(colleague: Colleague) -> ResponseReturnValue:
    """Hand over all seats of a colleague in one step, end their time with the association, or both."""
    form = LetGoForm()
    form.offer(colleague.seats)
    if form.validate_on_submit():
        try:
            viewer = current_viewer()
            service.let_go(colleague.code, colleague.person.id, form.farewell, viewer.person_id,
                           as_administrator=viewer.is_administrator)  # fmt: skip
        except service.AlreadyMoved:
            raise
        except DomainError as error:
            form.blame(DomainError(error.message, "last_day" if error.field == "ends_on" else error.field))
        else:
            flash(_said(colleague, form.farewell), "success")
            return redirect(url_for("pages.association_desk", code=colleague.code), 303)
    candidacies = calls.hopes_for(colleague.person.id, colleague.association.id)
    return form_page(form, "pages/let_go.html", colleague=colleague, candidacies=candidacies)


@bp.route("/admin/affiliations/<int(max=2147483647):affiliation_id>/end", methods=["GET", "POST"])
@guard(people_policy.manage_people)
def end_affiliation(affiliation_id: int) -> ResponseReturnValue:
    """Say when an affiliation ends, and read which seats end with it."""
    affiliation = people.affiliation(affiliation_id) or abort(404)
    form = EndAffiliationForm(data={"ends_on": affiliation.ends_on or dates.today()})
    if form.validate_on_submit():
        try:
            service.end_affiliation(affiliation.id, form.ends_on.data, current_viewer().person_id)
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("The affiliation ends with %(day)s.", day=dates.day(form.ends_on.data)), "success")
            return redirect(url_for("pages.admin_person", person_id=affiliation.person_id), 303)
    candidacies = []
    if affiliation.association_id is not None and leaves_with(affiliation):
        candidacies = calls.hopes_for(affiliation.person_id, affiliation.association_id)
    return form_page(
        form,
        "pages/end_affiliation.html",
        affiliation=affiliation,
        ending=would_end(affiliation),
        candidacies=candidacies,
    )


def _said(colleague: Colleague, farewell: Farewell) -> str:
    name = colleague.person.display_name
    if farewell.last_day is None:
        return str(_("A successor for the seats of %(name)s was nominated and written to.", name=name))
    return str(
        _("The last day of %(name)s with the association is %(day)s.", name=name, day=dates.day(farewell.last_day))
    )
