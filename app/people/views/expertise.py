"""Administration of the shared list of fields of expertise."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.forms import ConfirmForm
from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.core.tables import download
from app.people import exports, policy, queries, rules
from app.people.exporting import downloads, hand_out
from app.people.forms.expertise import MergeKeywordForm, keyword_form
from app.people.models import Keyword
from app.people.service import expertise
from app.people.views.blueprint import bp, page_with

KEYWORD = "/admin/expertise/<slug>"


@bp.get("/admin/expertise")
@downloads
@guard(policy.manage_people)
def expertise_list() -> ResponseReturnValue:
    """All keywords, and how many people chose each."""
    found = sorted(queries.keywords(retired=True), key=lambda item: rules.fold(translated(item.names)))
    counts = queries.keyword_counts()
    if wanted := download.asked():
        return hand_out(exports.keywords(found, counts), wanted, "expertise")
    return render_template("people/expertise.html", keywords=found, counts=counts, downloads=download.links())


@bp.route("/admin/expertise/new", methods=["GET", "POST"])
@guard(policy.manage_people)
def add_keyword() -> ResponseReturnValue:
    """Put a keyword on the list."""
    form = keyword_form()
    form.begin(0)
    refusal = None
    if form.validate_on_submit():
        try:
            expertise.add_keyword(form.facts, current_viewer().person_id)
        except DomainError as error:
            refusal = error
        else:
            return _done(_("The keyword is on the list."))
    return page_with(form, "people/edit_keyword.html", refusal=refusal, keyword=None)


@bp.route(f"{KEYWORD}/edit", methods=["GET", "POST"])
@guard(policy.manage_people, of=queries.keyword_at)
def edit_keyword(keyword: Keyword) -> ResponseReturnValue:
    """Correct names and synonyms."""
    form = keyword_form(data=expertise.in_form(expertise.facts_of(keyword)))
    form.begin(keyword.version)
    refusal = None
    if form.validate_on_submit():
        try:
            expertise.edit_keyword(keyword.id, form.facts, form.seen, current_viewer().person_id)
        except DomainError as error:
            refusal = error
        else:
            return _done(_("The keyword is saved."))
    return page_with(form, "people/edit_keyword.html", refusal=refusal, keyword=keyword)


@bp.post(f"{KEYWORD}/retire")
@guard(policy.manage_people, of=queries.keyword_at)
def retire_keyword(keyword: Keyword) -> ResponseReturnValue:
    """Offer a keyword no longer; those who chose it keep it."""
    if ConfirmForm().validate_on_submit():
        expertise.offer_keyword(keyword.id, current_viewer().person_id, offered=False)
        flash(_("The keyword is no longer offered. Those who chose it keep it."), "success")
    return redirect(url_for("people.expertise_list"), 303)


@bp.post(f"{KEYWORD}/offer")
@guard(policy.manage_people, of=queries.keyword_at)
def offer_keyword(keyword: Keyword) -> ResponseReturnValue:
    """Offer a retired keyword again."""
    if ConfirmForm().validate_on_submit():
        expertise.offer_keyword(keyword.id, current_viewer().person_id, offered=True)
        flash(_("The keyword is offered again."), "success")
    return redirect(url_for("people.expertise_list"), 303)


@bp.route(f"{KEYWORD}/merge", methods=["GET", "POST"])
@guard(policy.manage_people, of=queries.keyword_at)
def merge_keyword(keyword: Keyword) -> ResponseReturnValue:
    """Make one keyword of two."""
    form = MergeKeywordForm(data={"into": 0})
    form.offer(queries.keywords(), but=keyword)
    chosen_by = queries.keyword_counts().get(keyword.id, 0)
    refusal = None
    if form.validate_on_submit():
        try:
            expertise.merge_keyword(keyword.id, form.into.data, current_viewer().person_id)
        except DomainError as error:
            refusal = error if form.into.data else DomainError(_("Choose the keyword that stays."), "into")
        else:
            return _done(_("The two keywords are one now."))
    return page_with(form, "people/merge_keyword.html", refusal=refusal, keyword=keyword, chosen_by=chosen_by)


def _done(text: str) -> ResponseReturnValue:
    flash(text, "success")
    return redirect(url_for("people.expertise_list"), 303)
