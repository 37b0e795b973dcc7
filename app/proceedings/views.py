"""Saying whether one comes; the question stands on the meeting's page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.policy import current_viewer, guard
from app.meetings import policy as meetings_policy
from app.meetings import queries as meetings
from app.meetings.models import Meeting
from app.proceedings import policy, service, words
from app.proceedings.rules import Partstat

bp = Blueprint("proceedings", __name__)
ANSWER = "your-answer"
"""Where on the meeting's page the question stands."""


@bp.app_context_processor
def vocabulary() -> dict[str, object]:
    """The words of answers."""
    return {"PARTSTAT_WORDS": words.PARTSTATS}


@bp.post("/meetings/<reference>/answer")
@guard(policy.answer, of=meetings.meeting_at, sees=meetings_policy.see)
def answer(meeting: Meeting) -> ResponseReturnValue:
    """Say whether one comes: at the press of one of three buttons."""
    viewer, said, reference = current_viewer(), request.form.get("partstat"), meeting.reference
    if said not in set(Partstat):
        flash(_("Choose one of the answers."), "error")
    else:
        try:
            service.answer(meeting.id, viewer.person_id, Partstat(said), sequence=_seen())
        except DomainError as error:
            flash(error.message, "warning")
        else:
            flash(_("Your answer is saved. Your own calendar shows it; you can change it until the meeting is over."),
                  "success")  # fmt: skip
    return redirect(url_for("pages.meeting", reference=reference, _anchor=ANSWER), 303)


def _seen() -> int:
    """The SEQUENCE of the meeting as the page showed it; none that ever was where the form lacks it."""
    seen = request.form.get("sequence", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else -1
