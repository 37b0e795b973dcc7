"""Administration of persons: entering and correcting them, where they belong, who is an administrator."""

from __future__ import annotations

from dataclasses import asdict

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import dates
from app.core.errors import DomainError
from app.core.forms import ConfirmForm
from app.core.policy import current_viewer, guard
from app.people import policy, queries
from app.people.forms.persons import AffiliationForm, NewPersonForm, PersonForm
from app.people.models import Person
from app.people.service import administrators, affiliations, persons
from app.people.views.blueprint import bp, found, page_with

PERSON = "/admin/people/<int(max=2147483647):person_id>"


@bp.route("/admin/people/new", methods=["GET", "POST"])
@guard(policy.manage_people)
def enter_person() -> ResponseReturnValue:
    """Enter someone who need not have an account."""
    form = NewPersonForm()
    form.offer_bodies(_("None known"))
    refusal, namesake = None, None
    if form.validate_on_submit():
        try:
            person, is_new = persons.add_person(
                form.person, current_viewer().person_id, namesake=bool(form.namesake.data)
            )
        except DomainError as error:
            refusal = error
            if isinstance(error, persons.Namesake):
                namesake = queries.person(error.person_id)
        else:
            if is_new:
                flash(_("%(name)s is entered.", name=person.display_name), "success")
            else:
                flash(_("Nothing was entered: %(name)s has this address.", name=person.display_name), "info")
            return _to(person)
    return page_with(form, "people/enter_person.html", refusal=refusal, namesake=namesake)


@bp.route(f"{PERSON}/edit", methods=["GET", "POST"])
@guard(policy.manage_people)
def edit_person(person_id: int) -> ResponseReturnValue:
    """Correct someone's data."""
    person = found(queries.person(person_id))
    form = PersonForm(data=asdict(persons.facts_of(person)))
    form.offer(person)
    form.begin(person.version)
    name, has_account = person.display_name, person.account is not None
    refusal = None
    if form.validate_on_submit():
        try:
            persons.edit_person(person_id, form.facts, form.seen, current_viewer().person_id)
        except DomainError as error:
            refusal = error
        else:
            flash(_("The data of %(name)s are saved.", name=person.display_name), "success")
            return _to(person)
    return page_with(
        form, "people/edit_person.html", refusal=refusal, person_id=person_id, name=name, has_account=has_account
    )


@bp.route(f"{PERSON}/affiliations/new", methods=["GET", "POST"])
@guard(policy.manage_people)
def add_affiliation(person_id: int) -> ResponseReturnValue:
    """Let someone belong to an association, or speak for it."""
    person = found(queries.person(person_id))
    form = AffiliationForm(data={"starts_on": dates.today(), "function": "expert"})
    form.offer_bodies(_("Choose one"))
    refusal = None
    if form.validate_on_submit():
        try:
            affiliations.add_affiliation(
                person.id,
                form.association_id,
                form.other_organisation,
                form.function.data,
                form.starts_on.data,
                current_viewer().person_id,
            )
        except DomainError as error:
            refusal = error
        else:
            flash(_("The affiliation of %(name)s is saved.", name=person.display_name), "success")
            return _to(person)
    return page_with(form, "people/add_affiliation.html", refusal=refusal, person=person)


@bp.route(f"{PERSON}/administrator", methods=["GET", "POST"])
@guard(policy.manage_people)
def appoint_administrator(person_id: int) -> ResponseReturnValue:
    """Let someone run this installation; opened without sending, it asks whether one means it."""
    person = found(queries.person(person_id))
    form = ConfirmForm()
    refusal = None
    if form.validate_on_submit():
        try:
            administrators.make_administrator(person.id, current_viewer().person_id)
        except DomainError as error:
            refusal = error
        else:
            flash(_("%(name)s is now an administrator.", name=person.display_name), "success")
            return _to(person)
    return page_with(form, "people/appoint_administrator.html", refusal=refusal, person=person)


@bp.route(f"{PERSON}/administrator/dismiss", methods=["GET", "POST"])
@guard(policy.manage_people)
def dismiss_administrator(person_id: int) -> ResponseReturnValue:
    """Take that back; opened without sending, it asks whether one means it."""
    person = found(queries.person(person_id))
    form = ConfirmForm()
    refusal = None
    own = person.id == current_viewer().person_id
    if form.validate_on_submit():
        try:
            administrators.dismiss_administrator(person.id, current_viewer().person_id)
        except DomainError as error:
            refusal = error
        else:
            flash(_("%(name)s is no longer an administrator.", name=person.display_name), "success")
            return redirect(url_for("pages.me"), 303) if own else _to(person)
    return page_with(form, "people/dismiss_administrator.html", refusal=refusal, person=person, own=own)


def _to(person: Person) -> ResponseReturnValue:
    return redirect(url_for("pages.admin_person", person_id=person.id), 303)
