"""Associations fill their seats; the nominated answer, by a link without a password or in their account."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.core import markdown
from app.core.errors import DomainError, Text
from app.core.forms import ConfirmForm, form_page
from app.core.i18n import translated
from app.core.policy import anyone, current_viewer, guard
from app.core.security import private_page
from app.extensions import limiter
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.membership import nominees, policy, queries, rules, seating, service, words
from app.membership.forms import NominateForm, OptionalReasonForm, ReplaceForm, TakeUpForm
from app.membership.mails.telling import invitation_page
from app.membership.models import Membership
from app.membership.rules import Move, Role, State
from app.membership.service.nominating import Nomination, vacant_for_nomination
from app.membership.views.blueprint import ONE, back_from, back_url, bp, confirm
from app.people import policy as people_policy
from app.people import queries as people
from app.people import tokens
from app.people.forms.accounts import NewPasswordForm
from app.people.models import Association
from app.people.service import accounts
from app.people.viewer import start_session
from app.terms import queries as terms
from app.terms.service import NotAccepted


@bp.route("/groups/<slug>/nominate", methods=["GET", "POST"])
@guard(policy.nominate, of=groups.group_at, sees=policy.find_or_visit)
@limiter.limit("60 per hour", methods=["POST"], key_func=lambda: str(current_viewer().person_id))
def nominate(group: WorkingGroup) -> ResponseReturnValue:
    """Nominate colleagues for a group."""
    associations = _spoken_for()
    asked = request.values.get("association")
    association = next((one for one in associations if one.code == asked), associations[0])
    holders = [item for item in queries.members(group.id)
               if item.association_id == association.id and item.role in rules.SEATED]  # fmt: skip
    form = NominateForm(data={"association": association.code})
    form.offer(associations, holders)
    role = form.role.data if form.role else Role.MEMBER
    if form.validate_on_submit():
        what = Nomination(group.id, association.id, role, form.holder_id if form.role else None)
        try:
            made = service.nominate(what, nominees.read(form.nominees.data), current_viewer().person_id)
        except DomainError as error:
            form.blame(DomainError(error.message, "nominees" if error.field in ("email", "full_name") else error.field))
        else:
            flash(ngettext("%(num)d person was nominated and written to.",
                           "%(num)d people were nominated and written to.", len(made)), "success")  # fmt: skip
            return redirect(url_for("pages.association_desk", code=association.code), 303)
    bar = rules.bar_to_nominating(group.status, group.join_policy, seating.limit(group, association))
    return form_page(
        form,
        "membership/nominate.html",
        group=group,
        association=association,
        bar=words.BARS[bar] if bar else None,
        vacant=vacant_for_nomination(group, association),
        holders=holders,
    )


@bp.route(f"{ONE}/replace", methods=["GET", "POST"])
@guard(policy.speaks_for, of=queries.membership, sees=policy.knows_of)
def replace(membership: Membership) -> ResponseReturnValue:
    """Nominate a successor."""
    form = ReplaceForm()
    if form.validate_on_submit():
        try:
            made = service.replace(membership.id, form.nominee, current_viewer().person_id, at_once=form.at_once.data)
        except service.AlreadyMoved:
            raise
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("%(name)s was nominated as the successor and written to.", name=made.person.display_name),
                  "success")  # fmt: skip
            return back_from(membership)
    elif not form.is_submitted() and membership.state != State.ACTIVE:
        raise service.AlreadyMoved(membership)
    return form_page(form, "membership/replace.html", membership=membership, back=back_url(membership),
                     back_word=request.values.get("back"))  # fmt: skip


@bp.post(f"{ONE}/resend")
@guard(policy.speaks_for, of=queries.membership, sees=policy.knows_of)
def resend(membership: Membership) -> ResponseReturnValue:
    """Write to a nominated person once more."""
    service.resend(membership.id, current_viewer().person_id)
    flash(_("%(name)s was written to again.", name=membership.person.display_name), "success")
    return back_from(membership)


@bp.route(f"{ONE}/revoke", methods=["GET", "POST"])
@guard(policy.speaks_for, of=queries.membership, sees=policy.knows_of)
def revoke(membership: Membership) -> ResponseReturnValue:
    """Take a nomination back."""
    actor_id = current_viewer().person_id

    def act() -> Text:
        service.revoke(membership.id, actor_id)
        return _("The nomination of %(name)s was taken back.", name=membership.person.display_name)

    return confirm(membership, Move.REVOKE, ConfirmForm(), act)


@bp.route(f"{ONE}/take_up", methods=["GET", "POST"])
@guard(policy.own, of=queries.membership, sees=policy.knows_of)
def take_up(membership: Membership) -> ResponseReturnValue:
    """Accept one's nomination, with the terms of participation where there are any to accept."""
    form = TakeUpForm()
    form.ask(terms.due(membership.person_id))

    def act() -> Text:
        return _answered(service.take_up(membership.id, membership.person_id, accepts=form.accepted))

    return confirm(membership, Move.TAKE_UP, form, act)


@bp.route(f"{ONE}/turn_down", methods=["GET", "POST"])
@guard(policy.own, of=queries.membership, sees=policy.knows_of)
def turn_down(membership: Membership) -> ResponseReturnValue:
    """Turn one's nomination down."""
    form = OptionalReasonForm()

    def act() -> Text:
        service.turn_down(membership.id, membership.person_id, form.reason.data)
        return _("You have turned the nomination down.")

    return confirm(membership, Move.TURN_DOWN, form, act)


@bp.route("/invitations/<token>", methods=["GET", "POST"])
@guard(anyone)
def invitation(token: str) -> ResponseReturnValue:
    """Answer a nomination without a password: the link came to the person's own address."""
    private_page()
    membership = _invited(token)
    here = url_for("membership.invitation", token=token)
    form, refusal = TakeUpForm(), OptionalReasonForm()
    form.ask(terms.due(membership.person_id))
    if membership.state == State.NOMINATED and request.form.get("answer") == "yes" and form.validate_on_submit():
        try:
            service.take_up(membership.id, membership.person_id, accepts=form.accepted)
        except NotAccepted as error:
            form.blame(error)
        else:
            return redirect(here, 303)
    elif membership.state == State.NOMINATED and request.form.get("answer") == "no" and refusal.validate_on_submit():
        service.turn_down(membership.id, membership.person_id, refusal.reason.data)
        return redirect(here, 303)
    mandate = translated(membership.group.mandate)
    return render_template(
        "membership/invitation.html",
        form=form,
        membership=membership,
        refusal=refusal,
        token=token,
        answered=None if membership.state == State.NOMINATED else _answered(membership),
        mandate=markdown.to_html(mandate) if mandate else None,
        has_account=membership.person.account is not None,
        others=[(translated(one.group.names), invitation_page(one))
                for one in queries.nominations(membership.person_id) if one.id != membership.id],
    ), 422 if form.errors or refusal.errors else 200  # fmt: skip


@bp.route("/invitations/<token>/account", methods=["GET", "POST"])
@guard(anyone)
@limiter.limit("30 per hour", methods=["POST"])
def open_account(token: str) -> ResponseReturnValue:
    """Make an account: the link has shown whose address it is, so a password is all that lacks."""
    private_page()
    membership = _invited(token)
    person = membership.person
    if person.account is not None:
        return redirect(url_for("people.sign_in"), 303)
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            account = accounts.open_account(person.id, person.email or "", form.password.data or "")
        except tokens.LinkIsOver:
            raise
        except DomainError as error:
            form.blame(error)
        else:
            start_session(account)
            flash(_("Your account is made, and you are signed in."), "success")
            return redirect(url_for("pages.me"), 303)
    return form_page(form, "membership/open_account.html", membership=membership, token=token)


def _invited(token: str) -> Membership:
    """The nomination that a link is about; the link is over once the address is another's. Raises LinkIsOver."""
    said = tokens.read(tokens.INVITATION, token)
    membership = queries.membership(said["id"])
    if membership is None or tokens.mark(membership.person.email or "") != said["mark"]:
        raise tokens.LinkIsOver(_("This nomination is no longer here. Ask the focal point of your association."))
    return membership


def _answered(membership: Membership) -> Text:
    return str(
        {
            State.REQUESTED: _("You have accepted. The coordinators of the group decide now, and you get a mail."),
            State.WAITING: _("You have accepted. All seats of your association are taken at present: you are in the "
                             "line for the next one."),
            State.ACTIVE: _("You are a member of the group now."),
            State.DECLINED: _("The nomination was turned down."),
            State.WITHDRAWN: _("The nomination was taken back, or was not answered in time."),
        }.get(State(membership.state), _("This nomination has been answered."))
    )  # fmt: skip


def _spoken_for() -> list[Association]:
    """The associations that one may nominate for, by code."""
    viewer = current_viewer()
    mine = people_policy.focal_for(viewer)
    found = [one for one in people.associations() if one.id in mine or (viewer.is_administrator and not mine)]
    asked = request.values.get("association")
    if viewer.is_administrator and asked and asked not in {one.code for one in found}:
        found = list(people.associations())
    return sorted(found, key=lambda one: one.code)
