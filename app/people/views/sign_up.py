"""Wanting an account, and showing that the address is one's own."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import i18n
from app.core.errors import DomainError
from app.core.policy import anyone, current_viewer, guard
from app.core.security import client_address, private_page
from app.people.forms.accounts import PasswordForm, SignUpForm
from app.people.service import accounts
from app.people.tokens import LinkIsOver
from app.people.viewer import start_session
from app.people.views.blueprint import bp, dead_link, page_with, unhurried


@bp.route("/sign-up", methods=["GET", "POST"])
@guard(anyone)
@unhurried
def sign_up() -> ResponseReturnValue:
    """Ask for an account."""
    if current_viewer().is_signed_in:
        return redirect(url_for("pages.me"))
    form = SignUpForm()
    form.offer_bodies(_("Choose one"))
    refusal = None
    if form.validate_on_submit():
        try:
            accounts.sign_up(_wanted(form), client_address())
        except DomainError as error:
            refusal = error
        else:
            return redirect(url_for("people.sign_up_sent"), 303)
    return page_with(form, "people/sign_up.html", refusal=refusal)


@bp.get("/sign-up/sent")
@guard(anyone)
def sign_up_sent() -> ResponseReturnValue:
    """The same answer for everyone."""
    return render_template("people/sign_up_sent.html")


@bp.route("/sign-up/confirm/<token>", methods=["GET", "POST"])
@guard(anyone)
@unhurried
def confirm_sign_up(token: str) -> ResponseReturnValue:
    """Where the link of the mail leads. Opening it does nothing, since programs that scan mail open it too."""
    private_page()
    form = PasswordForm()
    refusal = None
    try:
        accounts.read_sign_up(token)
        if form.validate_on_submit():
            account = accounts.confirm_sign_up(token, form.password.data, client_address())
            start_session(account)
            flash(_("Your address is confirmed and your account is ready. Welcome!"), "success")
            return redirect(url_for("pages.me"), 303)
    except LinkIsOver as error:
        return dead_link(error, _("Sign in"), url_for("people.sign_in"))
    except DomainError as error:
        refusal = error
    return page_with(form, "people/confirm_sign_up.html", refusal=refusal)


def _wanted(form: SignUpForm) -> accounts.NewAccount:
    return accounts.NewAccount(
        full_name=form.full_name.data or "",
        latin_name=form.latin_name.data,
        email=form.email.data or "",
        association_id=form.association_id,
        organisation=form.other_organisation,
        password=form.password.data or "",
        language=i18n.language(),
    )
