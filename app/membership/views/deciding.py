"""What focal points and coordinators decide."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.policy import current_viewer, guard
from app.membership import policy, queries, seating, service
from app.membership.forms import BulkForm, OptionalReasonForm
from app.membership.models import Membership
from app.membership.rules import Move, State, Who
from app.membership.service.deciding import Decided
from app.membership.views.blueprint import ONE, back_from, back_url, bp, confirm_with_reason


@bp.post(f"{ONE}/accept")
@guard(policy.decide_on, of=queries.membership, sees=policy.knows_of)
def accept(membership: Membership) -> ResponseReturnValue:
    """Say yes to a request."""
    found = service.accept(membership.id, current_viewer().person_id)
    name = found.person.display_name
    if found.state == State.WAITING:
        flash(_("%(name)s was accepted and waits for a seat: all seats of the association are taken.", name=name),
              "info")  # fmt: skip
    else:
        flash(_("%(name)s is now a member and was told so.", name=name), "success")
    return back_from(membership)


@bp.route(f"{ONE}/decline", methods=["GET", "POST"])
@guard(policy.decide_on, of=queries.membership, sees=policy.knows_of)
def decline(membership: Membership) -> ResponseReturnValue:
    """Say no to a request, and why."""
    return confirm_with_reason(
        membership,
        Move.DECLINE,
        service.decline,
        _("The request of %(name)s was declined.", name=membership.person.display_name),
    )


@bp.post(f"{ONE}/endorse")
@guard(policy.speaks_for, of=queries.membership, sees=policy.knows_of)
def endorse(membership: Membership) -> ResponseReturnValue:
    """Say the association's yes."""
    service.endorse(membership.id, current_viewer().person_id)
    flash(_("The request of %(name)s is endorsed and has gone to the coordinators.",
            name=membership.person.display_name), "success")  # fmt: skip
    return back_from(membership)


@bp.route(f"{ONE}/refuse", methods=["GET", "POST"])
@guard(policy.speaks_for, of=queries.membership, sees=policy.knows_of)
def refuse(membership: Membership) -> ResponseReturnValue:
    """Say the association's no, and why."""
    return confirm_with_reason(
        membership,
        Move.REFUSE,
        service.refuse,
        _("The request of %(name)s was not endorsed.", name=membership.person.display_name),
    )


@bp.route(f"{ONE}/admit", methods=["GET", "POST"])
@guard(policy.decide_or_speak, of=queries.membership, sees=policy.knows_of)
def admit(membership: Membership) -> ResponseReturnValue:
    """Give a vacant seat to someone in the line."""
    viewer = current_viewer()
    by = Who.FOCAL_POINT if policy.speaks_for(viewer, membership) else Who.COORDINATOR
    form = OptionalReasonForm()
    if form.validate_on_submit():
        try:
            service.admit(membership.id, by, viewer.person_id, form.reason.data)
        except service.AlreadyMoved:
            raise
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("%(name)s has the seat now and was told so.", name=membership.person.display_name), "success")
            return back_from(membership)
    elif membership.state != State.WAITING:
        raise service.AlreadyMoved(membership)
    assert membership.association
    place = seating.allotments([membership.group], [membership.association])[
        membership.group_id, membership.association.id
    ]
    return form_page(form, "membership/admit.html", membership=membership, place=place, back=back_url(membership))


@bp.post("/memberships/decide")
@guard(policy.use_desk)
def decide_many() -> ResponseReturnValue:
    """The same decision about many; which of them are one's to decide is asked of each."""
    form, viewer = BulkForm(), current_viewer()
    what = {"endorse": Move.ENDORSE, "refuse": Move.REFUSE, "accept": Move.ACCEPT, "decline": Move.DECLINE}.get(
        form.move.data or ""
    )
    may = policy.speaks_for if what in (Move.ENDORSE, Move.REFUSE) else policy.decide_on
    if form.validate_on_submit() and what is not None:
        try:
            decided = service.decide_many(
                what, form.ids, viewer.person_id, form.reason.data, lambda one: may(viewer, one)
            )
        except DomainError as error:
            form.blame(error)
        else:
            _say(decided)
            return redirect(url_for("pages.desk"), 303)
    elif what is None:
        form.form_errors.append(_("Choose what is to be done."))
    found = [one for one in queries.memberships(form.ids) if may(viewer, one)]
    return render_template("membership/decide.html", form=form, what=what, found=found), 422


def _say(decided: Decided) -> None:
    if decided.done:
        number = len(decided.done)
        flash(ngettext("%(num)d request is decided.", "%(num)d requests are decided.", number), "success")
    queued = sum(one.state == State.WAITING for one in decided.done)
    if queued:
        flash(ngettext("%(num)d person waits for a seat: all seats of the association are taken.",
                       "%(num)d people wait for a seat: all seats of their associations are taken.", queued),
              "info")  # fmt: skip
    if decided.overtaken:
        names = ", ".join(one.person.display_name for one in decided.overtaken)
        flash(_("Something else had been decided before about: %(names)s.", names=names), "info")
