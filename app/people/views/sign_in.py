"""Signing in and out."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.policy import anyone, current_viewer, guard
from app.core.security import client_address
from app.people.forms.accounts import SignInForm
from app.people.rules import local_path
from app.people.service import accounts
from app.people.viewer import end_session, start_session
from app.people.views.blueprint import bp, page_with, unhurried


@bp.route("/sign-in", methods=["GET", "POST"])
@guard(anyone)
@unhurried
def sign_in() -> ResponseReturnValue:
    """Sign in, and go on to where one wanted to be."""
    onward = local_path(request.args.get("next")) or url_for("pages.me")
    if current_viewer().is_signed_in and request.method != "POST":
        return redirect(onward)
    form = SignInForm()
    refusal = None
    if form.validate_on_submit():
        try:
            account = accounts.sign_in(form.email.data or "", form.password.data or "", client_address())
        except DomainError as error:
            refusal = error
        else:
            start_session(account)
            return redirect(onward, 303)
    return page_with(form, "people/sign_in.html", refusal=refusal)


@bp.post("/sign-out")
@guard(anyone)
def sign_out() -> ResponseReturnValue:
    """Sign out on this browser."""
    end_session()
    flash(_("You are signed out."), "success")
    return redirect(url_for("pages.home"), 303)
