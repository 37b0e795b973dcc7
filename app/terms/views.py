"""Reading terms and accepting them; writing the next version."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import markdown
from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.i18n import language_names, translated
from app.core.policy import administrators, anyone, current_viewer, guard, signed_in
from app.people import queries as people
from app.people import tokens
from app.people.models import Person
from app.terms import queries, service, words
from app.terms.forms import AcceptsTerms, draft_form
from app.terms.models import TermsVersion
from app.terms.rules import Kind

bp = Blueprint("terms", __name__)


@bp.app_context_processor
def vocabulary() -> dict[str, object]:
    """What templates say about terms."""
    return {"TERMS_WORDS": words.KINDS, "terms_title": words.title, "terms_html": text_of}


def text_of(version: TermsVersion) -> str:
    """The text in the language in force, as HTML."""
    return markdown.to_html(translated(version.texts))


@bp.get("/terms")
@guard(anyone)
def terms() -> ResponseReturnValue:
    """The texts in force, for everybody."""
    return render_template("terms/terms.html", versions=queries.in_force())


@bp.get("/terms/<kind>/<int(max=2147483647):number>")
@guard(anyone)
def version(kind: str, number: int) -> ResponseReturnValue:
    """One published version, also one that is no longer in force: what was accepted then can be read now."""
    found = queries.published_version(kind, number) or abort(404)
    present = next((one for one in queries.in_force() if one.kind == found.kind), None)
    return render_template(
        "terms/version.html", version=found, present=present, languages_of_text=_by_language(found.texts)
    )


@bp.route("/me/terms", methods=["GET", "POST"])
@guard(signed_in)
def own_terms() -> ResponseReturnValue:
    """What one has accepted when, and what one has to accept."""
    person_id = current_viewer().person_id
    form = AcceptsTerms()
    form.ask(queries.due(person_id))
    if form.due and form.validate_on_submit():
        try:
            service.accept(person_id, form.accepted)
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("Thank you. You have accepted the terms of participation."), "success")
            return redirect(url_for("terms.own_terms"), 303)
    return form_page(form, "terms/own.html", acceptances=queries.acceptances(person_id))


@bp.route("/accept-terms/<token>", methods=["GET", "POST"])
@guard(anyone)
def accept_by_link(token: str) -> ResponseReturnValue:
    """Accept without a password: the link came to the person's own address."""
    person = _person_of(token)
    form = AcceptsTerms()
    form.ask(queries.due(person.id))
    if form.due and form.validate_on_submit():
        try:
            service.accept(person.id, form.accepted)
        except DomainError as error:
            form.blame(error)
        else:
            return redirect(url_for("terms.accept_by_link", token=token), 303)
    return form_page(form, "terms/by_link.html", person=person, token=token)


@bp.route("/admin/terms/<kind>/draft", methods=["GET", "POST"])
@guard(administrators)
def draft(kind: str) -> ResponseReturnValue:
    """Write the next version of a text; it can be looked at before it is saved."""
    which = _kind(kind)
    present = queries.draft(which)
    basis = present or next((one for one in queries.versions() if one.kind == which), None)
    form = draft_form(data={"texts": dict(basis.texts) if basis else {}, "again": present.again if present else True})
    form.begin(present.version if present else 0)
    shown = []
    if form.validate_on_submit():
        if request.form.get("do") == "preview":
            shown = _by_language(form.written)
        else:
            try:
                service.save_draft(which, form.written, again=form.again.data, version=form.seen,
                                   actor_id=current_viewer().person_id)  # fmt: skip
            except DomainError as error:
                form.blame(error)
            else:
                flash(_("The draft is saved. It binds nobody until it is published."), "success")
                return redirect(url_for("pages.admin_terms"), 303)
    return form_page(form, "terms/draft.html", kind=which, shown=shown)


@bp.post("/admin/terms/<kind>/discard")
@guard(administrators)
def discard(kind: str) -> ResponseReturnValue:
    """Throw a draft away."""
    service.discard_draft(_kind(kind), current_viewer().person_id)
    flash(_("The draft is discarded."), "success")
    return redirect(url_for("pages.admin_terms"), 303)


def _kind(text: str) -> Kind:
    return Kind(text) if text in set(Kind) else abort(404)


def _by_language(texts: dict[str, str]) -> list[tuple[str, str, str]]:
    """(language, its own name, text as HTML) of each language in which there is a text."""
    return [(code, name, markdown.to_html(texts[code])) for code, name in language_names() if texts.get(code)]


def _person_of(token: str) -> Person:
    """Whom a link was sent to; it is over once the address is another's. Raises LinkIsOver."""
    said = tokens.read(tokens.TERMS, token)
    person = people.person(said["id"])
    if person is None or tokens.mark(person.email or "") != said["mark"]:
        raise tokens.LinkIsOver(_("This link no longer holds. Sign in to read and accept the terms."))
    return person
