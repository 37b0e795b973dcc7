"""Administration of associations."""

from __future__ import annotations

from dataclasses import asdict

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.policy import current_viewer, guard
from app.people import policy, queries
from app.people.forms.associations import association_form
from app.people.models import Association
from app.people.service import associations
from app.people.views.blueprint import bp, page_with


@bp.route("/admin/associations/<code>/edit", methods=["GET", "POST"])
@guard(policy.manage_associations, of=queries.association_at)
def edit_association(association: Association) -> ResponseReturnValue:
    """Correct an association's data; its former short name keeps leading to it."""
    form = association_form(data=asdict(associations.facts_of(association)))
    form.begin(association.version)
    association_id, code, name = association.id, association.code, association.name
    refusal = None
    if form.validate_on_submit():
        try:
            saved = associations.edit_association(association_id, form.facts, form.seen, current_viewer().person_id)
        except DomainError as error:
            refusal = error
        else:
            flash(_("%(name)s is saved.", name=queries.association_name(saved)), "success")
            return redirect(url_for("pages.association", code=saved.code), 303)
    return page_with(form, "people/edit_association.html", refusal=refusal, code=code, name=name)
