"""Choosing a new password when the old one is forgotten."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import i18n
from app.core.errors import DomainError
from app.core.policy import anyone, guard
from app.core.security import client_address, private_page
from app.people.forms.accounts import ForgottenPasswordForm, NewPasswordForm
from app.people.service import accounts
from app.people.tokens import LinkIsOver
from app.people.viewer import start_session
from app.people.views.blueprint import bp, dead_link, page_with, unhurried


@bp.route("/forgotten-password", methods=["GET", "POST"])
@guard(anyone)
@unhurried
def forgotten_password() -> ResponseReturnValue:
    """Ask for a link by mail; the answer is the same for every address."""
    form = ForgottenPasswordForm()
    refusal = None
    if form.validate_on_submit():
        try:
            accounts.ask_for_reset(form.email.data or "", i18n.language(), client_address())
        except DomainError as error:
            refusal = error
        else:
            flash(_("Check your mail: what to do next is on its way to the address you gave."), "info")
            return redirect(url_for("people.sign_in"), 303)
    return page_with(form, "people/forgotten_password.html", refusal=refusal)


@bp.route("/reset-password/<token>", methods=["GET", "POST"])
@guard(anyone)
@unhurried
def reset_password(token: str) -> ResponseReturnValue:
    """Where the link of the mail leads; it works once."""
    private_page()
    form = NewPasswordForm()
    refusal = None
    try:
        accounts.read_reset(token)
        if form.validate_on_submit():
            start_session(accounts.reset_password(token, form.password.data))
            flash(_("Your new password counts from now on. You are signed in here, and nowhere else."), "success")
            return redirect(url_for("pages.me"), 303)
    except LinkIsOver as error:
        return dead_link(error, _("Ask for a new link"), url_for("people.forgotten_password"))
    except DomainError as error:
        refusal = error
    return page_with(form, "people/reset_password.html", refusal=refusal)
