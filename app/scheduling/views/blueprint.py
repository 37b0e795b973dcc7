"""The blueprint, and what its templates and those of pages above say about date polls."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core.policy import current_viewer
from app.scheduling import policy, queries, words
from app.scheduling.models import Poll, PollOption
from app.scheduling.service import NotNow

bp = Blueprint("scheduling", __name__)
ONE = "/polls/<reference>"


@bp.app_context_processor
def vocabulary() -> dict[str, object]:
    """The words of date polls."""
    return {
        "POLL_WORDS": words.STANDINGS,
        "ANSWER_WORDS": words.ANSWERS,
        "SILENCE_WORDS": words.SILENCE,
        "poll_closing": lambda poll: words.closing(poll, viewer_zone()),
        "poll_length": words.length,
        "poll_groups": words.groups_asked,
        "poll_when": lambda option: words.when_option(option, viewer_zone()),
    }


@bp.app_errorhandler(NotNow)
def not_now(error: NotNow) -> ResponseReturnValue:
    """How things stand is said on the page of the poll, where one sees what can still be done."""
    flash(error.message, "warning")
    found = queries.poll(error.poll_id)
    if found is None or not policy.see(current_viewer(), found):
        return redirect(url_for("pages.home"), 303)
    return to_poll(found)


def viewer_zone() -> str | None:
    """The zone of who looks, if they have one."""
    return getattr(current_viewer(), "time_zone", None)


def page_of(poll: Poll) -> str:
    """The address of a poll."""
    return url_for("scheduling.poll", reference=poll.reference)


def to_poll(poll: Poll) -> ResponseReturnValue:
    """On to the page of a poll."""
    return redirect(page_of(poll), 303)


def labelled(options: list[PollOption]) -> list[tuple[PollOption, str]]:
    """Dates with what they are called, by the clock of who looks."""
    return [(option, words.when_option(option, viewer_zone())) for option in options]
