"""Records that may be of one person: found, told apart, or merged."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.forms import ConfirmForm, form_page
from app.core.pagination import page_number
from app.core.policy import administrators, current_viewer, guard
from app.core.tables import download
from app.membership.service.merging import doubles
from app.merging import exports, queries
from app.merging.forms import MergePersonsForm
from app.merging.service import persons
from app.merging.views.blueprint import bp
from app.people import queries as people
from app.people.exporting import downloads, hand_out
from app.people.models import Person

NUMBER = "int(max=2147483647)"


@bp.get("/admin/people/doubles")
@downloads
@guard(administrators)
def likely_doubles() -> ResponseReturnValue:
    """Pairs of records that may be of one person each, and why."""
    if wanted := download.asked():
        return hand_out(exports.doubles(queries.all_doubles()), wanted, "doubles", noted="doubles")
    page = queries.likely_doubles(page_number(request.args.get("page")))
    return render_template(
        "merging/doubles.html",
        page=page,
        page_address=lambda number: url_for("merging.likely_doubles", page=number),
        current=people.current_affiliations,
        downloads=download.links(),
    )


@bp.get(f"/admin/people/<{NUMBER}:person_id>/merge")
@guard(administrators)
def choose_double(person_id: int) -> ResponseReturnValue:
    """Look for the other record of a person."""
    person = _found(person_id)
    text = request.args.get("q", person.latin_name or person.full_name).strip()[:200]
    page = people.search(text, page_number(request.args.get("page")))
    return render_template(
        "merging/choose_double.html",
        person=person,
        text=text,
        page=page,
        page_address=lambda number: url_for("merging.choose_double", person_id=person.id, q=text, page=number),
        current=people.current_affiliations,
    )


@bp.route(f"/admin/people/<{NUMBER}:person_id>/merge/<{NUMBER}:other_id>", methods=["GET", "POST"])
@guard(administrators)
def merge_persons(person_id: int, other_id: int) -> ResponseReturnValue:
    """Both records side by side: what stays of each, and what moves; then one record."""
    if person_id == other_id:
        abort(404)
    one, other = _found(person_id), _found(other_id)
    form = MergePersonsForm()
    form.offer(one, other)
    if form.validate_on_submit():
        try:
            merged = persons.merge_persons(one.id, other.id, form.chosen, current_viewer().person_id)
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("The two records of %(name)s are one now.", name=merged.display_name), "success")
            return redirect(url_for("pages.admin_person", person_id=merged.id), 303)
    return form_page(
        form,
        "merging/merge_persons.html",
        one=one,
        other=other,
        belongings=[queries.belongings(item.id) for item in (one, other)],
        ending=doubles(one.id, other.id),
        current=people.current_affiliations,
    )


@bp.post(f"/admin/people/<{NUMBER}:person_id>/apart/<{NUMBER}:other_id>")
@guard(administrators)
def keep_apart(person_id: int, other_id: int) -> ResponseReturnValue:
    """Say that two records are of two people."""
    one, other = _found(person_id), _found(other_id)
    if ConfirmForm().validate_on_submit():
        persons.keep_apart(one.id, other.id, current_viewer().person_id)
        flash(_("They are two people. You are not asked about them again."), "success")
    return redirect(url_for("merging.likely_doubles"), 303)


def _found(person_id: int) -> Person:
    return people.person(person_id) or abort(404)
