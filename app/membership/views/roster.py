"""Who sits in a group."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError, Text
from app.core.forms import ConfirmForm, form_page
from app.core.pagination import page_number
from app.core.policy import current_viewer, guard
from app.core.tables import download
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.membership import exports, policy, queries, rules, service, words
from app.membership.forms import EnterForm, RoleForm
from app.membership.models import Membership
from app.membership.rules import SEATED, Move
from app.membership.service import accepting
from app.membership.views.blueprint import ONE, back_from, bp, confirm, confirm_with_reason
from app.people.exporting import downloads, hand_out

SHOWN = 10
"""Requests that the roster shows at once: those who waited longest."""


@bp.get("/groups/<slug>/members")
@downloads
@guard(policy.see_inside, of=groups.group_at, sees=policy.find_or_visit)
def roster(group: WorkingGroup) -> ResponseReturnValue:
    """Who sits in a group; for those who decide also who waits, and what can be done."""
    decides = policy.decide(current_viewer(), group)
    only = decides and request.args.get("terms") == "open"
    if wanted := download.asked():
        table = exports.roster(group, queries.members(group.id), private=decides)
        return hand_out(table, wanted, f"{group.slug}-members", noted="roster", group_id=group.id)
    waiting = queries.waiting([group.id], limit=SHOWN) if decides else []
    number = queries.without_terms_counts([group.id]).get(group.id, 0) if decides else 0
    page = queries.member_page(group.id, page_number(request.args.get("page")), without_terms=only)
    return render_template(
        "membership/roster.html",
        group=group,
        decides=decides,
        waiting=waiting,
        waiting_count=queries.waiting_count([group.id]) if len(waiting) == SHOWN else len(waiting),
        page=page,
        only_without_terms=only,
        without_terms=accepting.standings([item.person_id for item in page.items]) if number else {},
        without_terms_count=number,
        downloads=download.links(),
    )


@bp.post(f"{ONE}/remind-terms")
@guard(policy.decide_or_speak, of=queries.membership, sees=policy.knows_of)
def remind_terms(membership: Membership) -> ResponseReturnValue:
    """Remind a member of the terms that they have not accepted."""
    accepting.remind(membership.id, current_viewer().person_id)
    flash(_("%(name)s was reminded of the terms.", name=membership.person.display_name), "success")
    if request.form.get("back") == "roster":
        return redirect(url_for("membership.roster", slug=membership.group.slug, terms="open"), 303)
    return back_from(membership)


@bp.route("/groups/<slug>/members/new", methods=["GET", "POST"])
@guard(policy.decide, of=groups.group_at, sees=policy.find_or_visit)
def enter_member(group: WorkingGroup) -> ResponseReturnValue:
    """Make someone a member without a request."""
    form = EnterForm()
    form.offer_bodies(_("What we know already, or none"))
    form.offer_holders(_holders(group.id))
    if form.validate_on_submit():
        try:
            made = service.enter(group.id, form.person, form.role.data, current_viewer().person_id, form.holder_id)
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("%(name)s is now in the group.", name=made.person.display_name), "success")
            return redirect(url_for("membership.roster", slug=group.slug), 303)
    return form_page(form, "membership/enter.html", group=group)


@bp.route(f"{ONE}/leave", methods=["GET", "POST"])
@guard(policy.own, of=queries.membership, sees=policy.knows_of)
def leave(membership: Membership) -> ResponseReturnValue:
    """Give up one's membership."""

    def act() -> Text:
        service.leave(membership.id, membership.person_id)
        return _("You have left the group.")

    return confirm(membership, Move.LEAVE, ConfirmForm(), act)


@bp.route(f"{ONE}/end", methods=["GET", "POST"])
@guard(policy.decide_on, of=queries.membership, sees=policy.knows_of)
def end(membership: Membership) -> ResponseReturnValue:
    """End another's membership, and say why."""
    return confirm_with_reason(
        membership,
        Move.END,
        service.end,
        _("The membership of %(name)s has ended.", name=membership.person.display_name),
    )


@bp.route(f"{ONE}/recall", methods=["GET", "POST"])
@guard(policy.speaks_for, of=queries.membership, sees=policy.knows_of)
def recall(membership: Membership) -> ResponseReturnValue:
    """Take a seat back for the association, and say why."""
    return confirm_with_reason(
        membership,
        Move.RECALL,
        service.recall,
        _("The seat of %(name)s is vacant now.", name=membership.person.display_name),
    )


@bp.route(f"{ONE}/role", methods=["GET", "POST"])
@guard(policy.decide_on, of=queries.membership, sees=policy.knows_of)
def set_role(membership: Membership) -> ResponseReturnValue:
    """Give a member another role."""
    holders = [
        item
        for item in _holders(membership.group_id)
        if item.association_id == membership.association_id and item.id != membership.id
    ]
    shared = next((item for item in holders if item.seat_number == membership.seat_number), None)
    form = RoleForm(data={"role": rules.Role(membership.role), "stands_in_for": str(shared.id) if shared else ""})
    form.offer_holders(holders)
    actor_id = current_viewer().person_id

    def act() -> Text:
        service.set_role(membership.id, form.role.data, actor_id, form.holder_id)
        return _(
            "The role of %(name)s is now: %(role)s.",
            name=membership.person.display_name,
            role=words.ROLES[form.role.data],
        )

    chairs = [person for person in queries.chairs(membership.group_id) if person.id != membership.person_id]
    return confirm(membership, Move.SET_ROLE, form, act, chairs=chairs)


def _holders(group_id: int) -> list[Membership]:
    """Those whom an alternate can stand in for."""
    return [item for item in queries.members(group_id) if item.association_id and item.role in SEATED]
