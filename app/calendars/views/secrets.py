"""Secret addresses of one's own calendars: a page for those who have them, and one for administrators."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.calendars import policy, queries
from app.calendars.models import FeedSecret
from app.calendars.scopes import group_ids_of
from app.calendars.secret_forms import FeedForm
from app.calendars.service import secrets as service
from app.calendars.service.secrets import MadeBefore
from app.calendars.subscribing import subscription_of
from app.calendars.views.blueprint import bp
from app.core.errors import DomainError
from app.core.links import absolute
from app.core.policy import administrators, current_viewer, guard, signed_in
from app.core.security import unlisted_page
from app.extensions import limiter
from app.groups import queries as groups
from app.people import policy as people_policy
from app.people import queries as people

ONE = "/me/feeds/<int(max=2147483647):secret_id>"
made_often = limiter.shared_limit("60 per hour", scope="feed secrets", methods=["POST"])


@bp.route("/me/feeds", methods=["GET", "POST"])
@made_often
@guard(signed_in)
def feeds() -> ResponseReturnValue:
    """One's secret addresses, and the form that makes another one; what it makes is shown once."""
    viewer = current_viewer()
    spoken_for = people_policy.focal_for(viewer)
    form = FeedForm([one for one in people.associations() if one.id in spoken_for], groups.groups(group_ids_of(viewer)))
    if form.validate_on_submit():
        query = form.choice().query("")
        try:
            made, secret = service.make(
                viewer.person_id, form.kind, form.association_id, form.name.data, query, form.creation_key.data
            )
        except MadeBefore:
            return _made_before(url_for("calendars.feeds"))
        except DomainError as error:
            form.blame(error)
        else:
            return _shown(made, secret)
    secrets = queries.secrets_of(viewer.person_id)
    page = render_template("calendars/feeds.html", form=form, secrets=secrets, key=uuid.uuid4().hex)
    return page, 422 if form.errors else 200


@bp.post(f"{ONE}/replace")
@made_often
@guard(policy.keep, of=queries.secret, sees=policy.keep)
def replace_feed(secret: FeedSecret) -> ResponseReturnValue:
    """Another address for the same device; an administrator hands it to its owner."""
    back = _page_of(secret.owner_id)
    try:
        key = request.form.get("creation_key", "")[:40] or uuid.uuid4().hex
        made, words = service.replace(secret.id, key, current_viewer().person_id)
    except MadeBefore:
        return _made_before(back)
    except DomainError as error:
        flash(error.message, "warning")
        return redirect(back, 303)
    return _shown(made, words)


@bp.post(f"{ONE}/take-back")
@guard(policy.keep, of=queries.secret, sees=policy.keep)
def take_back_feed(secret: FeedSecret) -> ResponseReturnValue:
    """The address answers nobody any more."""
    back = _page_of(secret.owner_id)
    service.take_back(secret.id, current_viewer().person_id)
    flash(_("The address has been taken back. Whoever still has it sees nothing any more."), "success")
    return redirect(back, 303)


@bp.get("/admin/people/<int(max=2147483647):person_id>/feeds")
@guard(administrators)
def feeds_of_person(person_id: int) -> ResponseReturnValue:
    """The secret addresses of someone else, to replace them or take them back."""
    person = people.person_at(person_id) or abort(404)
    secrets = queries.secrets_of(person.id)
    return render_template("calendars/feeds_of_person.html", person=person, secrets=secrets, key=uuid.uuid4().hex)


def _shown(made: FeedSecret, secret: str) -> ResponseReturnValue:
    """The one page that says the address; nothing keeps it, and no page it links to learns of it."""
    unlisted_page()
    address = absolute("calendars.personal_calendar", secret=secret) + (f"?{made.choice}" if made.choice else "")
    return render_template(
        "calendars/feed_shown.html",
        secret=made,
        calendar=subscription_of(made.name, address),
        own=made.owner_id == current_viewer().person_id,
        host=urlsplit(address).hostname,
        back=_page_of(made.owner_id),
    )


def _made_before(back: str) -> ResponseReturnValue:
    flash(
        _("This address was made already, and shown then. If you have not kept it, replace it by another."), "warning"
    )
    return redirect(back, 303)


def _page_of(owner_id: int) -> str:
    """The page that lists the addresses of their owner."""
    if owner_id == current_viewer().person_id:
        return url_for("calendars.feeds")
    return url_for("calendars.feeds_of_person", person_id=owner_id)
