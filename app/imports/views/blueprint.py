"""The blueprint, what its templates say, and what happens to files that never reach a view."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from app.core.policy import current_viewer
from app.core.tables.incoming import too_large
from app.extensions import limiter
from app.imports import words
from app.imports.service.bringing import limits

bp = Blueprint("imports", __name__)
ONE = "/imports/<int(max=2147483647):import_id>"


def per_person() -> str:
    """Limits count by person."""
    return str(current_viewer().person_id)


uploads = limiter.limit("30 per hour", methods=["POST"], key_func=per_person)
"""Each upload is read whole and checked row by row."""


@bp.context_processor
def vocabulary() -> dict[str, object]:
    """What templates of this feature say."""
    return {"IMPORT_KINDS": words.KINDS, "IMPORT_STATES": words.STATES, "ROW_KINDS": words.ROW_KINDS}


@bp.errorhandler(RequestEntityTooLarge)
def far_too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """A file so large that it is not even received: how large it may be."""
    return render_template(
        "errors/error.html", code=413, title=_("That file is too large"), text=too_large(limits()).message
    ), 413
