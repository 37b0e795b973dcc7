"""What is stored about one, and its end; the notice for everybody; the register and the erasures for administrators."""

from __future__ import annotations

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import dates
from app.core.errors import DomainError
from app.core.forms import ConfirmForm, form_page
from app.core.pagination import page_number
from app.core.policy import administrators, anyone, current_viewer, guard, signed_in
from app.core.security import client_address, private_page
from app.core.settings import settings
from app.core.tables import download
from app.people import queries as people
from app.people.exporting import downloads, hand_out
from app.people.models import Person
from app.people.tokens import LinkIsOver
from app.people.views.blueprint import page_with, unhurried
from app.privacy import exports, queries, register, words
from app.privacy.features import processing
from app.privacy.forms import ByLetterForm, EraseMeForm
from app.privacy.models import Erasure, ErasureState
from app.privacy.service import asking

bp = Blueprint("privacy", __name__)
SHOWN = 100
"""Entries of each kind that the page shows; the file has all."""
REGISTER = "register-of-processing"
bp.add_app_template_filter(words.basis_word, "basis_word")
bp.add_app_template_filter(words.as_table, "as_table")
bp.add_app_template_filter(register.data_of, "data_of")


@bp.get("/me/data")
@guard(signed_in)
def own_data() -> ResponseReturnValue:
    """All that is stored about the viewer, how to correct it and how to have it erased."""
    private_page()
    person = _own()
    return render_template(
        "privacy/own_data.html",
        sections=exports.sections(person),
        shown=None if request.args.get("all") == "1" else SHOWN,
        erasure=queries.pending_of(person.id),
    )


@bp.get("/me/data.json")
@guard(signed_in)
def own_data_json() -> ResponseReturnValue:
    """The same as a file for programs."""
    private_page()
    answer = jsonify(exports.as_json(_own()))
    answer.headers["Content-Disposition"] = "attachment; filename=my-data.json"
    return answer


@bp.route("/me/data/erase", methods=["GET", "POST"])
@guard(signed_in)
def ask_erasure() -> ResponseReturnValue:
    """Ask to be erased; it begins with a pause."""
    form, refusal = EraseMeForm(), None
    if form.validate_on_submit():
        try:
            erasure = asking.ask(current_viewer().account_id, form.password.data, client_address())
        except DomainError as error:
            refusal = error
        else:
            flash(_("Your data will be erased on %(day)s. Until then you can keep them.",
                    day=dates.day(erasure.due_at)), "info")  # fmt: skip
            return redirect(url_for("privacy.own_data"), 303)
    return page_with(form, "privacy/ask_erasure.html", refusal=refusal, days=settings().erasure_pause_days)


@bp.post("/me/data/keep")
@guard(signed_in)
def keep() -> ResponseReturnValue:
    """Withdraw one's erasure."""
    person_id = current_viewer().person_id
    erasure = queries.pending_of(person_id)
    if erasure is not None:
        asking.withdraw(erasure.id, person_id)
    flash(_("Your data stay as they are."), "success")
    return redirect(url_for("privacy.own_data"), 303)


@bp.route("/keep-my-data/<token>", methods=["GET", "POST"])
@guard(anyone)
@unhurried
def keep_by_link(token: str) -> ResponseReturnValue:
    """Where the link of the mail leads. Opening it does nothing, since programs that scan mail open it too."""
    private_page()
    form = ConfirmForm()
    try:
        erasure = asking.read_link(token)
        if form.validate_on_submit():
            asking.withdraw(erasure.id, erasure.person_id)
            return render_template("privacy/kept.html")
    except (LinkIsOver, DomainError) as error:
        return render_template("privacy/dead_link.html", reason=error.message), 410
    return form_page(form, "privacy/keep_by_link.html", erasure=erasure)


@bp.get("/privacy")
@guard(anyone)
def notice() -> ResponseReturnValue:
    """What is kept about people, in plain words, for everybody."""
    return render_template("privacy/notice.html", processing=processing(), address=settings().privacy_address)


@bp.get("/admin/register")
@downloads
@guard(administrators)
def processing_register() -> ResponseReturnValue:
    """The register of processing."""
    if wanted := download.asked():
        return hand_out(exports.register(processing()), wanted, REGISTER)
    return render_template(
        "privacy/register.html",
        processing=processing(),
        address=settings().privacy_address,
        downloads=download.links(),
    )


@bp.get("/admin/register.csv")
@guard(administrators)
def processing_register_csv() -> ResponseReturnValue:
    """The same as CSV, at the address that it had first."""
    return hand_out(exports.register(processing()), "csv", REGISTER)


@bp.get("/admin/erasures")
@downloads
@guard(administrators)
def erasures() -> ResponseReturnValue:
    """Erasures that are pending, withdrawn or done."""
    asked = request.args.get("state")
    state = ErasureState(asked) if asked in set(ErasureState) else None
    if wanted := download.asked():
        return hand_out(exports.erasures(queries.listed(state)), wanted, "erasures", noted="erasures")

    def address(number: int = 1) -> str:
        return url_for("privacy.erasures", state=state, page=number if number > 1 else None)

    return render_template(
        "privacy/erasures.html",
        page=queries.page_of(state, page_number(request.args.get("page"))),
        counts=queries.counts(),
        state=state,
        address=address,
        state_words=words.STATES,
        origin_words=words.ORIGINS,
        downloads=download.links(),
    )


@bp.route("/admin/erasures/<int(max=2147483647):erasure_id>/withdraw", methods=["GET", "POST"])
@guard(administrators, of=queries.erasure, sees=administrators)
def withdraw_erasure(erasure: Erasure) -> ResponseReturnValue:
    """Withdraw someone's erasure; opened without sending, it asks whether one means it."""
    form, name = ConfirmForm(), erasure.person.display_name
    if form.validate_on_submit():
        try:
            asking.withdraw(erasure.id, current_viewer().person_id)
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("The data of %(name)s stay.", name=name), "success")
            return redirect(url_for("privacy.erasures"), 303)
    return form_page(form, "privacy/withdraw_erasure.html", erasure=erasure, name=name)


@bp.route("/admin/people/<int(max=2147483647):person_id>/erase", methods=["GET", "POST"])
@guard(administrators)
def erase_by_letter(person_id: int) -> ResponseReturnValue:
    """Ask for the erasure of someone who has no account and has written."""
    person = people.person(person_id) or abort(404)
    form, name, has_account = ByLetterForm(), person.display_name, person.account is not None
    if form.validate_on_submit():
        try:
            erasure = asking.ask_by_letter(person_id, current_viewer().person_id)
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("%(name)s will be erased on %(day)s.", name=name, day=dates.day(erasure.due_at)), "success")
            return redirect(url_for("privacy.erasures"), 303)
    return form_page(
        form, "privacy/erase_by_letter.html", person_id=person_id, name=name, has_account=has_account,
        days=settings().erasure_pause_days,
    )  # fmt: skip


def _own() -> Person:
    person = people.person(current_viewer().person_id)
    assert person
    return person
