"""Saying of one's own accord what one's gender is, for statistics only, and taking it back."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.forms import form_page
from app.core.policy import current_viewer, guard
from app.core.security import private_page
from app.representation import policy, queries, service
from app.representation.disclosure import FEWEST
from app.representation.forms import DeclarationForm
from app.representation.rules import Answer
from app.representation.views.blueprint import bp


@bp.route("/me/gender", methods=["GET", "POST"])
@guard(policy.declare)
def declaration() -> ResponseReturnValue:
    """One's own answer; nobody else is ever shown it."""
    person_id = current_viewer().person_id
    known = queries.declaration(person_id)
    form = DeclarationForm(data={"answer": known.answer} if known else {})
    if form.validate_on_submit():
        service.declare(person_id, Answer(form.answer.data))
        flash(_("Thank you. Your answer is used for statistics only."), "success")
        return redirect(url_for("representation.declaration"), 303)
    private_page()
    return form_page(form, "representation/declaration.html", known=known, fewest=FEWEST)


@bp.post("/me/gender/withdraw")
@guard(policy.declare)
def withdraw_declaration() -> ResponseReturnValue:
    """Delete one's answer."""
    if service.withdraw(current_viewer().person_id):
        flash(_("Your answer is deleted."), "success")
    return redirect(url_for("representation.declaration"), 303)
