"""Asking to join a group, one's place in it, and its history."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError, Text
from app.core.forms import ConfirmForm, form_page
from app.core.policy import current_viewer, guard
from app.extensions import limiter
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.membership import policy, queries, rules, seating, service, words
from app.membership.forms import RequestForm
from app.membership.models import Membership
from app.membership.rules import Bar, Move
from app.membership.views.blueprint import ONE, bp, confirm
from app.people import queries as people
from app.people.models import Association
from app.terms import queries as terms


@bp.route("/groups/<slug>/join", methods=["GET", "POST"])
@guard(policy.ask_to_join, of=groups.group_at, sees=policy.find_or_visit)
@limiter.limit("30 per hour", methods=["POST"], key_func=lambda: str(current_viewer().person_id))
def request_membership(group: WorkingGroup) -> ResponseReturnValue:
    """Ask to join a group; who has asked already, or is a member, finds that here."""
    person_id = current_viewer().person_id
    latest = queries.latest(person_id, group.id)
    person = people.person(person_id)
    assert person
    associations = queries.associations_to_join_for(person)
    form = RequestForm()
    form.offer(associations)
    form.ask(terms.due(person_id))
    if form.validate_on_submit():
        try:
            made = service.request(person_id, group.id, form.motivation.data, form.association_id,
                                   accepts=form.accepted)  # fmt: skip
        except DomainError as error:
            form.blame(error)
        else:
            if made.motivation == form.motivation.data:
                flash(_SENT.get(made.state, _SENT[rules.State.REQUESTED])(), "success")
            else:
                flash(_("Nothing was sent: this is what there is already."), "info")
            return redirect(url_for("membership.request_membership", slug=group.slug), 303)
    is_open = latest is not None and latest.state in rules.OPEN
    bodies: list[Association | None] = [*associations] or [None]
    bars = [] if is_open else [_bar(group, one) for one in bodies]
    return form_page(
        form,
        "membership/request.html",
        group=group,
        latest=latest,
        is_open=is_open,
        bar=words.BARS[bars[0]] if bars and bars[0] and all(bars) else None,
        associations=associations,
        endorsers=[item.person for one in associations for item in people.speakers_of(one.id)],
        coordinators=groups.coordinators_of(group.id),
    )


@bp.get(ONE)
@guard(policy.see, of=queries.with_history, sees=policy.knows_of)
def history(membership: Membership) -> ResponseReturnValue:
    """A membership and everything that happened to it."""
    viewer = current_viewer()
    return render_template(
        "membership/history.html",
        membership=membership,
        is_own=policy.own(viewer, membership),
        decides=policy.decide_on(viewer, membership),
        speaks=policy.speaks_for(viewer, membership),
        with_reasons=policy.see_reasons(viewer, membership),
        what_happened=words.what_happened,
        successors=queries.successors(membership.id),
    )


@bp.route(f"{ONE}/withdraw", methods=["GET", "POST"])
@guard(policy.own, of=queries.membership, sees=policy.knows_of)
def withdraw(membership: Membership) -> ResponseReturnValue:
    """Take one's request back."""

    def act() -> Text:
        service.withdraw(membership.id, membership.person_id)
        return _("Your request was withdrawn.")

    return confirm(membership, Move.WITHDRAW, ConfirmForm(), act)


def _bar(group: WorkingGroup, association: Association | None) -> Bar | None:
    return rules.bar_to_asking(group.status, group.join_policy, seating.limit(group, association))


_SENT = {
    rules.State.TO_ENDORSE: lambda: _("Your request was sent to your association. You get a mail with each step."),
    rules.State.REQUESTED: lambda: _("Your request was sent. You get a mail as soon as it is decided."),
    rules.State.ACTIVE: lambda: _("You are a member now."),
    rules.State.WAITING: lambda: _("All seats of your association are taken. You are in the line for the next one."),
}
