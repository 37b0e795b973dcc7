"""One's own account: password, address, sessions."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.policy import anyone, current_viewer, guard, signed_in
from app.core.security import client_address, private_page
from app.people import queries
from app.people.forms.accounts import ChangeAddressForm, ChangePasswordForm, PasswordForm
from app.people.service import accounts
from app.people.tokens import LinkIsOver
from app.people.viewer import end_session, start_session
from app.people.views.blueprint import bp, dead_link, page_with, unhurried


@bp.get("/me/account")
@guard(signed_in)
def account() -> ResponseReturnValue:
    """How one signs in, and what can be changed about it."""
    found = queries.account(current_viewer().account_id)
    return render_template("people/account.html", account=found)


@bp.route("/me/password", methods=["GET", "POST"])
@guard(signed_in)
def change_password() -> ResponseReturnValue:
    """Choose a new password; this browser stays signed in."""
    form = ChangePasswordForm()
    refusal = None
    if form.validate_on_submit():
        try:
            changed = accounts.change_password(
                current_viewer().account_id, form.current.data, form.password.data, client_address()
            )
        except DomainError as error:
            refusal = error
        else:
            start_session(changed)
            flash(_("Your password is changed. Other browsers and devices are signed out."), "success")
            return redirect(url_for("people.account"), 303)
    return page_with(form, "people/change_password.html", refusal=refusal)


@bp.route("/me/email", methods=["GET", "POST"])
@guard(signed_in)
def change_address() -> ResponseReturnValue:
    """Ask for another address; it counts once the link sent there is opened."""
    account_id = current_viewer().account_id
    form = ChangeAddressForm()
    refusal = None
    if form.validate_on_submit():
        try:
            accounts.ask_for_address(account_id, form.email.data or "", form.current.data, client_address())
        except DomainError as error:
            refusal = error
        else:
            flash(_("Check the mail of your new address: what to do next is on its way there."), "info")
            return redirect(url_for("people.account"), 303)
    return page_with(form, "people/change_address.html", refusal=refusal, account=queries.account(account_id))


@bp.route("/confirm-address/<token>", methods=["GET", "POST"])
@guard(anyone)
@unhurried
def confirm_address(token: str) -> ResponseReturnValue:
    """Where the link of the mail leads. Opening it does nothing, since programs that scan mail open it too."""
    private_page()
    form = PasswordForm()
    refusal = None
    try:
        accounts.read_address_change(token)
        if form.validate_on_submit():
            start_session(accounts.confirm_address(token, form.password.data, client_address()))
            flash(_("Your new address counts from now on. Sign in with it next time."), "success")
            return redirect(url_for("people.account"), 303)
    except LinkIsOver as error:
        return dead_link(error, _("Go to your account"), url_for("people.account"))
    except DomainError as error:
        refusal = error
    return page_with(form, "people/confirm_address.html", refusal=refusal)


@bp.post("/me/sessions/end")
@guard(signed_in)
def end_sessions() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    accounts.end_all_sessions(current_viewer().account_id)
    end_session()
    flash(_("You are signed out on all browsers and devices."), "success")
    return redirect(url_for("people.sign_in"), 303)
