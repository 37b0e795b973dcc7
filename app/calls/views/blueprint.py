"""The blueprint, and what its templates and those of pages above say about calls."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.calls import policy, queries, rules, words
from app.calls.models import Call
from app.calls.service import NotNow
from app.core.policy import current_viewer

bp = Blueprint("calls", __name__)
ONE = "/calls/<int(max=2147483647):call_id>"
CANDIDATE = "/candidacies/<int(max=2147483647):candidacy_id>"


@bp.app_context_processor
def vocabulary() -> dict[str, object]:
    """The words of calls."""
    return {
        "CALL_WORDS": words.CALL_STATES,
        "STANDING_WORDS": words.STANDINGS,
        "call_title": words.title,
        "call_deadline": lambda call: words.deadline(call, getattr(current_viewer(), "time_zone", None)),
        "call_endorsement": words.endorsement,
    }


@bp.app_errorhandler(NotNow)
def not_now(error: NotNow) -> ResponseReturnValue:
    """How things stand is said on the page of the call, where one sees what can still be done."""
    flash(error.message, "warning")
    found = queries.call(error.call_id)
    if found is None or not policy.see(current_viewer(), found):
        return redirect(url_for("calls.open_calls"), 303)
    return to_call(found)


def to_call(call: Call) -> ResponseReturnValue:
    """On to the page of a call."""
    return redirect(url_for("calls.call", call_id=call.id), 303)


def is_open(call: Call) -> bool:
    """Whether one can still apply and nominate."""
    return call.now == rules.CallState.OPEN
