"""Associations that join another, or come out of one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.policy import administrators, current_viewer, guard
from app.merging import queries
from app.merging.forms import MergeAssociationForm, SplitForm
from app.merging.service import associations
from app.merging.views.blueprint import bp
from app.people import queries as people
from app.people.forms.associations import named_form
from app.people.models import Association


@bp.route("/admin/associations/<code>/merge", methods=["GET", "POST"])
@guard(administrators, of=people.association_at)
def merge_association(association: Association) -> ResponseReturnValue:
    """Choose which association it joins (`?into=`), look at what moves, then do it."""
    form = MergeAssociationForm(data={"into": request.args.get("into", "")})
    form.offer(people.associations(), but=association)
    into = people.association_at(form.into.data or "") if form.into.data else None
    if form.validate_on_submit() and into is not None:
        try:
            kept = associations.merge_associations(association.id, into.id, current_viewer().person_id)
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("The two associations are one now: %(name)s.", name=people.association_name(kept)), "success")
            return redirect(url_for("pages.association", code=kept.code), 303)
    return form_page(
        form,
        "merging/merge_association.html",
        association=association,
        name=people.association_name(association),
        into=into if into is not None and into.id != association.id else None,
        affiliations=people.affiliations_with([association.id]),
        memberships=queries.open_memberships(association.id),
        grants=queries.named_grants(association.id),
    )


@bp.route("/admin/associations/<code>/split", methods=["GET", "POST"])
@guard(administrators, of=people.association_at)
def split_association(association: Association) -> ResponseReturnValue:
    """Describe the new association, choose who and what goes, check it, then do it (`step` "save")."""
    form = named_form(SplitForm, data={"country": association.country, "status": association.status})
    form.begin(association.version)
    affiliations = people.affiliations_with([association.id])
    form.offer_people(affiliations, queries.open_memberships(association.id))
    page = {"association": association, "name": people.association_name(association), "form": form}
    step = request.form.get("step")
    if step != "change" and form.validate_on_submit():
        if step != "save":
            going, seats = form.moving
            return render_template("merging/check_split.html", **page, going=going, seats=seats)
        try:
            new = associations.split_association(
                association.id, form.facts, form.people.data, form.seats.data, current_viewer().person_id
            )
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("%(name)s is an association of its own now.", name=people.association_name(new)), "success")
            return redirect(url_for("pages.association", code=new.code), 303)
    return form_page(form, "merging/split_association.html", **{key: page[key] for key in ("association", "name")})
