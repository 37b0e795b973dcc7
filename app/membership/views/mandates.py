"""Mandates: whether to go on."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import dates
from app.core.errors import Text
from app.core.forms import ConfirmForm, form_page
from app.core.policy import anyone, current_viewer, guard
from app.membership import policy, queries
from app.membership.models import Membership
from app.membership.rules import Move, State, Who
from app.membership.service import mandates
from app.membership.views.blueprint import ONE, back_from, bp, confirm
from app.people import tokens


@bp.route(f"{ONE}/renew", methods=["GET", "POST"])
@guard(policy.decide_on, of=queries.membership, sees=policy.knows_of)
def renew(membership: Membership) -> ResponseReturnValue:
    """Let a mandate go on for another term."""
    actor_id = current_viewer().person_id

    def act() -> Text:
        made = mandates.renew(membership.id, Who.COORDINATOR, actor_id)
        return _renewed(made)

    return confirm(membership, Move.RENEW, ConfirmForm(), act)


@bp.post(f"{ONE}/goes-on")
@guard(policy.answer_renewal, of=queries.membership, sees=policy.knows_of)
def goes_on(membership: Membership) -> ResponseReturnValue:
    """Say for oneself, or for the association, whether the mandate is to go on."""
    viewer = current_viewer()
    by = Who.EXPERT if policy.own(viewer, membership) else Who.FOCAL_POINT
    made = mandates.answer(membership.id, by, request.form.get("answer") == "yes", viewer.person_id)
    flash(_said(made, by), "success")
    return back_from(membership)


@bp.route("/renewals/<token>", methods=["GET", "POST"])
@guard(anyone)
def renewal(token: str) -> ResponseReturnValue:
    """Say whether to go on without a password: the link came to the person's own address."""
    said = tokens.read(tokens.RENEWAL, token)
    membership = queries.membership(said["id"])
    if membership is None or tokens.mark(membership.person.email or "") != said["mark"]:
        raise tokens.LinkIsOver(_("This link is about a membership that is no longer here."))
    over = membership.state != State.ACTIVE or str(membership.ends_on) != said["until"]
    form = ConfirmForm()
    if not over and form.validate_on_submit() and request.form.get("answer") in ("yes", "no"):
        mandates.answer(membership.id, Who.EXPERT, request.form["answer"] == "yes", membership.person_id)
        return redirect(url_for("membership.renewal", token=token), 303)
    return form_page(form, "membership/renewal.html", membership=membership, token=token, over=over)


def _renewed(membership: Membership) -> Text:
    if membership.ends_on is None:
        return _("The mandate of %(name)s goes on without end.", name=membership.person.display_name)
    return _("The mandate of %(name)s goes on until %(day)s.", name=membership.person.display_name,
             day=dates.day(membership.ends_on))  # fmt: skip


def _said(membership: Membership, by: Who) -> Text:
    answer = membership.expert_renews if by == Who.EXPERT else membership.association_renews
    if answer is None:
        return _renewed(membership)
    if answer:
        return _("Noted. The mandate is renewed once the other side agrees.")
    return _("Noted. The mandate ends as it stands.")
