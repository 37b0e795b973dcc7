"""The administration's list of terms, and their publication with what it means for how many people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import dates, markdown
from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.i18n import language_names
from app.core.policy import administrators, current_viewer, guard
from app.membership import queries as membership
from app.pages.blueprint import bp
from app.terms import queries, service
from app.terms.forms import PublishForm
from app.terms.models import TermsVersion
from app.terms.rules import Kind
from app.terms.words import title


@dataclass(frozen=True)
class Text:
    """One text with all its versions."""

    kind: Kind
    present: TermsVersion | None
    draft: TermsVersion | None
    others: Sequence[TermsVersion]
    """Published versions that are not in force: those to come and those that were, the newest first."""


@bp.get("/admin/terms")
@guard(administrators)
def admin_terms() -> ResponseReturnValue:
    """All texts and their versions, and how many members have not accepted what is in force."""
    versions, present = queries.versions(), {one.kind: one for one in queries.in_force()}
    texts = [
        Text(
            kind,
            present.get(kind),
            next((one for one in versions if one.kind == kind and one.published_at is None), None),
            [one for one in versions if one.kind == kind and one.published_at and one is not present.get(kind)],
        )
        for kind in Kind
    ]
    return render_template(
        "pages/administration/terms.html",
        texts=texts,
        open_for=membership.members_without_terms() if present else 0,
        people=membership.people_in_groups(),
    )


@bp.route("/admin/terms/<kind>/publish", methods=["GET", "POST"])
@guard(administrators)
def publish_terms(kind: str) -> ResponseReturnValue:
    """Put a draft in force from a day on, after reading it once more and seeing how many will be asked."""
    which = Kind(kind) if kind in set(Kind) else abort(404)
    draft = queries.draft(which) or abort(404)
    form = PublishForm(data={"valid_from": dates.today()})
    if not form.is_submitted():
        form.version.data = str(draft.version)
    if form.validate_on_submit():
        try:
            made = service.publish(which, form.valid_from.data, version=form.seen,
                                   actor_id=current_viewer().person_id)  # fmt: skip
        except DomainError as error:
            form.blame(error)
            draft = queries.draft(which) or abort(404)
            form.version.data = str(draft.version)
        else:
            flash(_("%(title)s is published.", title=title(made.kind, made.number)), "success")
            return redirect(url_for("pages.admin_terms"), 303)
    is_first = not any(one.kind == which and one.published_at for one in queries.versions())
    return form_page(
        form,
        "pages/administration/publish_terms.html",
        draft=draft,
        is_first=is_first,
        asked=membership.people_in_groups() if draft.again or is_first else 0,
        texts=[(code, name, markdown.to_html(draft.texts.get(code))) for code, name in language_names()],
        missing=[name for code, name in language_names() if not draft.texts.get(code)],
    )
