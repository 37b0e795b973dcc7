"""What one says about oneself."""

from __future__ import annotations

from dataclasses import asdict

from flask import flash, redirect, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from app.core.dates import viewer_zone
from app.core.errors import DomainError
from app.core.i18n import language
from app.core.policy import current_viewer, guard, signed_in
from app.people import queries
from app.people.forms.persons import ProfileForm
from app.people.service import persons
from app.people.views.blueprint import bp, page_with


@bp.route("/me/profile", methods=["GET", "POST"])
@guard(signed_in)
def profile() -> ResponseReturnValue:
    """Name, job title, language, time zone."""
    person = queries.person(current_viewer().person_id)
    assert person
    values = asdict(persons.profile_of(person))
    values["language"] = values["language"] or language()
    values["time_zone"] = values["time_zone"] or viewer_zone()
    form = ProfileForm(data=values)
    form.begin(person.version)
    affiliations = queries.current_affiliations(person)
    refusal = None
    if form.validate_on_submit():
        try:
            persons.update_profile(person.id, form.profile, form.seen)
        except DomainError as error:
            refusal = error
        else:
            session.pop("lang", None)  # from now on the profile says which language
            with force_locale(form.language.data):
                flash(_("Your profile is saved."), "success")
            return redirect(url_for("people.profile"), 303)
    return page_with(form, "people/profile.html", refusal=refusal, affiliations=affiliations)
