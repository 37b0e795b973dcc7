"""Views of the feature's own actions."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError, Text
from app.core.forms import BaseForm, ConfirmForm, form_page
from app.core.pagination import page_number
from app.core.policy import current_viewer, guard, signed_in
from app.extensions import limiter
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.membership import policy, queries, rules, service, words
from app.membership.forms import EnterForm, ReasonForm, RequestForm, RoleForm
from app.membership.models import Membership
from app.membership.rules import Move
from app.people import queries as people

bp = Blueprint("membership", __name__)
ONE = "/memberships/<int(max=2147483647):membership_id>"

SHOWN = 10
"""Requests that the roster shows at once: those who waited longest."""


@bp.app_context_processor
def vocabulary() -> dict[str, object]:
    """What templates of this feature and of pages above say about memberships, and what they offer."""
    return {
        "membership_moves": policy.moves,
        "LEADING_ROLES": rules.LEADING,
        "ROLE_WORDS": words.ROLES,
        "STATE_WORDS": words.STATES,
        "MOVE_WORDS": words.MOVES,
    }


@bp.app_errorhandler(service.AlreadyMoved)
def someone_was_quicker(error: service.AlreadyMoved) -> ResponseReturnValue:
    """What was done, by whom and when, and the way back to what is left to do."""
    membership = queries.membership(error.membership_id)
    assert membership
    decides = policy.decide_on(current_viewer(), membership)
    return render_template(
        "membership/already.html", message=error.message, membership=membership, decides=decides
    ), 409


@bp.route("/groups/<slug>/join", methods=["GET", "POST"])
@guard(signed_in, of=groups.group_at)
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
    if form.validate_on_submit():
        try:
            made = service.request(person_id, group.id, form.motivation.data, form.association_id)
        except DomainError as error:
            form.blame(error)
        else:
            if made.motivation == form.motivation.data:
                flash(_("Your request was sent. You get a mail as soon as it is decided."), "success")
            else:
                flash(_("Nothing was sent: this is what there is already."), "info")
            return redirect(url_for("membership.request_membership", slug=group.slug), 303)
    return form_page(
        form,
        "membership/request.html",
        group=group,
        latest=latest,
        is_open=latest is not None and latest.state in rules.OPEN,
        associations=associations,
        coordinators=groups.coordinators_of(group.id),
    )


@bp.get("/groups/<slug>/members")
@guard(policy.see_inside, of=groups.group_at)
def roster(group: WorkingGroup) -> ResponseReturnValue:
    """Who sits in a group; for those who decide also who waits, and what can be done."""
    decides = policy.decide(current_viewer(), group)
    waiting = queries.waiting([group.id], limit=SHOWN) if decides else []
    return render_template(
        "membership/roster.html",
        group=group,
        decides=decides,
        waiting=waiting,
        waiting_count=queries.waiting_count([group.id]) if len(waiting) == SHOWN else len(waiting),
        page=queries.member_page(group.id, page_number(request.args.get("page"))),
    )


@bp.route("/groups/<slug>/members/new", methods=["GET", "POST"])
@guard(policy.decide, of=groups.group_at)
def enter_member(group: WorkingGroup) -> ResponseReturnValue:
    """Make someone a member without a request."""
    form = EnterForm()
    form.offer_bodies(_("What we know already, or none"))
    if form.validate_on_submit():
        try:
            made = service.enter(group.id, form.person, form.role.data, current_viewer().person_id)
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("%(name)s is now in the group.", name=made.person.display_name), "success")
            return redirect(url_for("membership.roster", slug=group.slug), 303)
    return form_page(form, "membership/enter.html", group=group)


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
        with_reasons=policy.see_reasons(viewer, membership),
        what_happened=words.what_happened,
    )


@bp.post(f"{ONE}/accept")
@guard(policy.decide_on, of=queries.membership, sees=policy.knows_of)
def accept(membership: Membership) -> ResponseReturnValue:
    """Say yes to a request."""
    service.accept(membership.id, current_viewer().person_id)
    flash(_("%(name)s is now a member and was told so.", name=membership.person.display_name), "success")
    return _back(membership)


@bp.route(f"{ONE}/decline", methods=["GET", "POST"])
@guard(policy.decide_on, of=queries.membership, sees=policy.knows_of)
def decline(membership: Membership) -> ResponseReturnValue:
    """Say no to a request, and why."""
    form = ReasonForm()
    actor_id = current_viewer().person_id

    def act() -> Text:
        service.decline(membership.id, actor_id, form.reason.data)
        return _("The request of %(name)s was declined.", name=membership.person.display_name)

    return _confirm(membership, Move.DECLINE, form, act)


@bp.route(f"{ONE}/withdraw", methods=["GET", "POST"])
@guard(policy.own, of=queries.membership, sees=policy.knows_of)
def withdraw(membership: Membership) -> ResponseReturnValue:
    """Take one's request back."""

    def act() -> Text:
        service.withdraw(membership.id, membership.person_id)
        return _("Your request was withdrawn.")

    return _confirm(membership, Move.WITHDRAW, ConfirmForm(), act)


@bp.route(f"{ONE}/leave", methods=["GET", "POST"])
@guard(policy.own, of=queries.membership, sees=policy.knows_of)
def leave(membership: Membership) -> ResponseReturnValue:
    """Give up one's membership."""

    def act() -> Text:
        service.leave(membership.id, membership.person_id)
        return _("You have left the group.")

    return _confirm(membership, Move.LEAVE, ConfirmForm(), act)


@bp.route(f"{ONE}/end", methods=["GET", "POST"])
@guard(policy.decide_on, of=queries.membership, sees=policy.knows_of)
def end(membership: Membership) -> ResponseReturnValue:
    """End another's membership, and say why."""
    form = ReasonForm()
    actor_id = current_viewer().person_id

    def act() -> Text:
        service.end(membership.id, actor_id, form.reason.data)
        return _("The membership of %(name)s has ended.", name=membership.person.display_name)

    return _confirm(membership, Move.END, form, act)


@bp.route(f"{ONE}/role", methods=["GET", "POST"])
@guard(policy.decide_on, of=queries.membership, sees=policy.knows_of)
def set_role(membership: Membership) -> ResponseReturnValue:
    """Give a member another role."""
    form = RoleForm(data={"role": rules.Role(membership.role)})
    actor_id = current_viewer().person_id

    def act() -> Text:
        service.set_role(membership.id, form.role.data, actor_id)
        return _(
            "The role of %(name)s is now: %(role)s.",
            name=membership.person.display_name,
            role=words.ROLES[form.role.data],
        )

    chairs = [person for person in queries.chairs(membership.group_id) if person.id != membership.person_id]
    return _confirm(membership, Move.SET_ROLE, form, act, chairs=chairs)


def _confirm(
    membership: Membership,
    move: Move,
    form: BaseForm,
    act: Callable[[], str],
    **more: object,
) -> ResponseReturnValue:
    """A page that says what a move means, with its form; once sent, the move and the way on."""
    if form.validate_on_submit():
        try:
            done = act()
        except service.AlreadyMoved:
            raise
        except DomainError as error:
            form.blame(error)
        else:
            flash(done, "success")
            return _back(membership)
    elif not form.is_submitted() and move not in policy.moves(current_viewer(), membership):
        raise service.AlreadyMoved(membership)
    return form_page(form, f"membership/{move}.html", membership=membership, back=_back_url(membership), **more)


def _back(membership: Membership) -> ResponseReturnValue:
    return redirect(_back_url(membership), 303)


def _back_url(membership: Membership) -> str:
    """Where one came from: the desk, the group's roster, or one's own request."""
    if request.values.get("back") == "desk":
        return url_for("pages.desk")
    viewer = current_viewer()
    if policy.decide_on(viewer, membership) and not policy.own(viewer, membership):
        return url_for("membership.roster", slug=membership.group.slug)
    return url_for("membership.history", membership_id=membership.id)
