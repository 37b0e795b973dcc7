"""The yearly review: lists that associations and coordinators confirm, and who has not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import dates
from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.policy import administrators, current_viewer, guard
from app.core.settings import settings
from app.core.tables import download
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.membership import exports, policy, queries, review_rules, reviews, seating
from app.membership.forms import ReviewForm, SeenForm
from app.membership.models import Membership, RosterConfirmation, RosterReview
from app.membership.service import reviewing
from app.membership.views.blueprint import bp
from app.people import queries as people
from app.people.exporting import downloads, hand_out
from app.people.models import Association


@bp.route("/associations/<code>/review", methods=["GET", "POST"])
@guard(policy.speaks_for_association, of=people.association_at)
def review_association(association: Association) -> ResponseReturnValue:
    """Who sits where for an association, to be confirmed by those who speak for it."""
    here = url_for("membership.review_association", code=association.code)
    places = seating.allotments(groups.groups(), [association], only_in_use=True)
    return _review(
        "membership/review_association.html",
        here,
        queries.members_of_associations([association.id]),
        lambda review: reviews.confirmation(review.id, association_id=association.id),
        lambda actor_id, seen: reviewing.confirm_association(association.id, actor_id, seen),
        association=association,
        vacant=[place for place in places.values() if place.vacant and place.group.status == GroupStatus.ACTIVE],
    )


@bp.route("/groups/<slug>/review", methods=["GET", "POST"])
@guard(policy.decide, of=groups.group_at, sees=policy.find_or_visit)
def review_group(group: WorkingGroup) -> ResponseReturnValue:
    """Who sits in a group, to be confirmed by its coordinators."""
    here = url_for("membership.review_group", slug=group.slug)
    return _review(
        "membership/review_group.html",
        here,
        queries.members(group.id),
        lambda review: reviews.confirmation(review.id, group_id=group.id),
        lambda actor_id, seen: reviewing.confirm_group(group.id, actor_id, seen),
        group=group,
    )


@bp.route("/admin/reviews", methods=["GET", "POST"], endpoint="reviews")
@downloads
@guard(administrators)
def reviews_list() -> ResponseReturnValue:
    """Begin this year's review; see who has confirmed and who has not."""
    today = dates.today()
    form = ReviewForm(data={"due_on": today + timedelta(days=settings().roster_review_days)})
    if form.validate_on_submit():
        try:
            reviewing.open_round(form.due_on.data, current_viewer().person_id)
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("The review is on; everyone who has a list to confirm was written to."), "success")
            return redirect(url_for("membership.reviews"), 303)
    rounds = reviews.rounds()
    asked = request.args.get("year", "")
    shown = next((one for one in rounds if str(one.year) == asked), rounds[0] if rounds else None)
    found = reviews.confirmations(shown.id) if shown else []
    associations = sorted(people.associations(), key=lambda one: one.code) if shown else []
    in_use = [one for one in groups.groups() if one.status != GroupStatus.CLOSED] if shown else []
    of_association = {one.association_id: one for one in found if one.association_id}
    of_group = {one.group_id: one for one in found if one.group_id}
    if shown and (wanted := download.asked()):
        table = exports.reviews(associations, of_association, in_use, of_group)
        return hand_out(table, wanted, f"review-{shown.year}", noted="reviews")
    return form_page(
        form,
        "membership/reviews.html",
        rounds=rounds,
        shown=shown,
        may_open=not any(one.year == today.year for one in rounds),
        today=today,
        of_association=of_association,
        of_group=of_group,
        associations=associations,
        groups=in_use,
        downloads=download.links(),
        speakers=people.speakers_by_association() if shown else {},
        coordinators=groups.coordinators_by_group() if shown else {},
    )


def _review(
    template: str, here: str, present: Sequence[Membership],
    confirmed: Callable[[RosterReview], RosterConfirmation | None],
    confirm: Callable[[int, str], RosterConfirmation], **context: object,
) -> ResponseReturnValue:  # fmt: skip
    """A list with its confirmation, or with the button that confirms it."""
    form, viewer = SeenForm(), current_viewer()
    if form.validate_on_submit():
        try:
            made = confirm(viewer.person_id, form.seen.data or "")
        except DomainError as error:
            form.blame(error)
        else:
            if made.person_id == viewer.person_id:
                flash(_("The list is confirmed. Thank you."), "success")
            else:
                flash(_("Somebody else had confirmed it already."), "info")
            return redirect(here, 303)
    form.seen.data = review_rules.fingerprint(review_rules.snapshot(present))
    review = reviews.latest()
    known = confirmed(review) if review else None
    since = review_rules.since(known.snapshot, present) if known else None
    return form_page(
        form,
        template,
        here_url=here,
        present=present,
        review=review,
        confirmed=known,
        since=since,
        names=reviews.names({entry["person"] for entry in since.gone}) if since else {},
        come=[item for item in present if since and item.id in since.come],
        **context,
    )
