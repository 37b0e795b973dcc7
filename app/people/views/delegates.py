"""Those who act for one: naming them, ending it."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.forms import ConfirmForm
from app.core.policy import current_viewer, guard, signed_in
from app.extensions import limiter
from app.people import policy, queries
from app.people.forms.delegates import DelegateForm
from app.people.models import Delegate
from app.people.service import delegates
from app.people.views.blueprint import bp, page_with


@bp.route("/me/delegates/new", methods=["GET", "POST"])
@guard(signed_in)
@limiter.limit("20 per hour", methods=["POST"], key_func=lambda: str(current_viewer().person_id))
def name_delegate() -> ResponseReturnValue:
    """Let someone act for one."""
    form = DelegateForm()
    refusal = None
    if form.validate_on_submit():
        try:
            made = delegates.name_delegate(
                current_viewer().person_id, form.full_name.data, form.latin_name.data, form.email.data
            )
        except DomainError as error:
            refusal = error
        else:
            flash(_("%(name)s can act for you from now on, and was written to.", name=made.called), "success")
            return redirect(url_for("people.profile") + "#delegates", 303)
    return page_with(form, "people/name_delegate.html", refusal=refusal)


@bp.post("/me/delegates/<int(max=2147483647):delegation_id>/end")
@guard(policy.end_delegation, of=queries.delegation, sees=policy.knows_of_delegation)
def end_delegation(delegation: Delegate) -> ResponseReturnValue:
    """Let it be over."""
    if ConfirmForm().validate_on_submit():
        delegates.end_delegation(delegation.id, current_viewer().person_id)
        flash(_("That is over."), "success")
    return redirect(url_for("people.profile") + "#delegates", 303)
