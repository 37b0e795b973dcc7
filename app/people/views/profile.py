"""What one says about oneself."""

from __future__ import annotations

from dataclasses import asdict

from flask import flash, redirect, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from app.core.dates import viewer_zone
from app.core.errors import DomainError
from app.core.forms import ConfirmForm
from app.core.i18n import language
from app.core.policy import current_viewer, guard, signed_in
from app.extensions import limiter
from app.people import photos, queries
from app.people.forms.profiles import KeywordsForm, PhotoForm, ProfileForm
from app.people.models import Person
from app.people.service import profiles
from app.people.views.blueprint import bp, page_with


@bp.route("/me/profile", methods=["GET", "POST"])
@guard(signed_in)
def profile() -> ResponseReturnValue:
    """Name, job title, language, time zone, what others see of one, and who."""
    person = _oneself()
    values = asdict(profiles.own_profile_of(person))
    values["language"] = values["language"] or language()
    values["time_zone"] = values["time_zone"] or viewer_zone()
    form = ProfileForm(data=values)
    form.begin(person.version)
    affiliations = queries.current_affiliations(person)
    refusal = None
    if form.validate_on_submit():
        try:
            profiles.update_profile(person.id, form.profile, form.seen)
        except DomainError as error:
            refusal = error
        else:
            session.pop("lang", None)  # from now on the profile says which language
            with force_locale(form.language.data):
                flash(_("Your profile is saved."), "success")
            return redirect(url_for("people.profile"), 303)
    return page_with(
        form, "people/profile.html", refusal=refusal, person=person, affiliations=affiliations,
        delegates=queries.delegates_of(person.id), acts_for=queries.delegations_to(person.id),
    )  # fmt: skip


@bp.route("/me/photo", methods=["GET", "POST"])
@guard(signed_in)
@limiter.limit("20 per hour", methods=["POST"], key_func=lambda: str(current_viewer().person_id))
def change_photo() -> ResponseReturnValue:
    """Give a picture of oneself, or another one."""
    person = _oneself()
    form = PhotoForm()
    refusal = None
    if form.validate_on_submit():
        try:
            profiles.set_photo(person.id, photos.square_jpeg(form.file))
        except DomainError as error:
            refusal = error
        else:
            flash(_("Your photo is saved."), "success")
            return redirect(url_for("people.profile"), 303)
    return page_with(form, "people/change_photo.html", refusal=refusal, person=person)


@bp.post("/me/photo/remove")
@guard(signed_in)
def remove_photo() -> ResponseReturnValue:
    """Show no picture any more."""
    form = ConfirmForm()
    if form.validate_on_submit():
        profiles.remove_photo(current_viewer().person_id)
        flash(_("Your photo is removed."), "success")
    return redirect(url_for("people.profile"), 303)


@bp.route("/me/expertise", methods=["GET", "POST"])
@guard(signed_in)
def choose_expertise() -> ResponseReturnValue:
    """Say what one knows about, by the shared keywords."""
    person = _oneself()
    own = {keyword.id for keyword in person.keywords}
    form = KeywordsForm(data={"keywords": list(own)})
    form.offer([*(item for item in queries.keywords() if item.id not in own), *person.keywords])
    refusal = None
    if form.validate_on_submit():
        try:
            profiles.choose_keywords(person.id, form.keywords.data)
        except DomainError as error:
            refusal = error
        else:
            flash(_("Your keywords are saved."), "success")
            return redirect(url_for("people.profile"), 303)
    return page_with(form, "people/choose_expertise.html", refusal=refusal, most=profiles.MOST_KEYWORDS)


def _oneself() -> Person:
    person = queries.person(current_viewer().person_id)
    assert person
    return person
