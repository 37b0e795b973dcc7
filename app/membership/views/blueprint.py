"""The blueprint, what its templates say, and the frame that moves share."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError, Text
from app.core.forms import BaseForm, form_page
from app.core.policy import current_viewer
from app.membership import policy, queries, rules, service, words
from app.membership.forms import ReasonForm
from app.membership.models import Membership
from app.membership.rules import Move
from app.people import tokens

bp = Blueprint("membership", __name__)
ONE = "/memberships/<int(max=2147483647):membership_id>"


@bp.app_context_processor
def vocabulary() -> dict[str, object]:
    """What templates of this feature and of pages above say about memberships, and what they offer."""
    return {
        "membership_moves": policy.moves,
        "LEADING_ROLES": rules.LEADING,
        "ROLE_WORDS": words.ROLES,
        "STATE_WORDS": words.STATES,
        "MOVE_WORDS": words.MOVES,
        "POLICY_WORDS": words.POLICIES,
        "GROUP_STATUS_WORDS": words.GROUP_STATUSES,
    }


@bp.app_errorhandler(service.AlreadyMoved)
def someone_was_quicker(error: service.AlreadyMoved) -> ResponseReturnValue:
    """What was done, by whom and when, and the way back to what is left to do."""
    membership = queries.membership(error.membership_id)
    assert membership
    viewer = current_viewer()
    return render_template(
        "membership/already.html", message=error.message, membership=membership,
        decides=policy.decide_on(viewer, membership), sees=policy.see(viewer, membership),
    ), 409  # fmt: skip


@bp.app_errorhandler(tokens.LinkIsOver)
def link_is_over(error: tokens.LinkIsOver) -> ResponseReturnValue:
    """A link from a mail that can no longer be used, and why."""
    return render_template(
        "people/dead_link.html", reason=error.message, next_step=_("Find a group"), next_url=url_for("pages.groups")
    ), 410


def confirm(
    membership: Membership, move: Move, form: BaseForm, act: Callable[[], Text], **more: object
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
            return back_from(membership)
    elif not form.is_submitted() and move not in policy.moves(current_viewer(), membership):
        raise service.AlreadyMoved(membership)
    return form_page(form, f"membership/{move}.html", membership=membership, back=back_url(membership),
                     back_word=request.values.get("back"), **more)  # fmt: skip


def confirm_with_reason(
    membership: Membership, move: Move, act: Callable[[int, int | None, str], object], done: Text
) -> ResponseReturnValue:
    """`confirm` for a move of the service (membership id, actor's id, reason) that has to say why; then says `done`."""
    form, actor_id = ReasonForm(), current_viewer().person_id

    def moved() -> Text:
        act(membership.id, actor_id, form.reason.data)
        return done

    return confirm(membership, move, form, moved)


def back_from(membership: Membership) -> ResponseReturnValue:
    """On to where one came from."""
    return redirect(back_url(membership), 303)


def back_url(membership: Membership) -> str:
    """Where one came from: the desk, the association's desk, the group's roster, or one's own request."""
    viewer, asked = current_viewer(), request.values.get("back")
    if asked == "desk" and policy.use_desk(viewer):
        return url_for("pages.desk")
    if asked == "association" and membership.association and policy.speaks_for(viewer, membership):
        return url_for("pages.association_desk", code=membership.association.code)
    if policy.decide_on(viewer, membership) and not policy.own(viewer, membership):
        return url_for("membership.roster", slug=membership.group.slug)
    return url_for("membership.history", membership_id=membership.id)
