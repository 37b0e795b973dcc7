"""The blueprint, and what its templates say."""

from __future__ import annotations

from flask import Blueprint

from app.availability import words
from app.core.policy import current_viewer

bp = Blueprint("availability", __name__)


@bp.app_context_processor
def vocabulary() -> dict[str, object]:
    """The words of marked periods and of calendars' problems."""
    return {"BAND_KINDS": words.KINDS, "BAND_WISHES": words.WISHES, "CALENDAR_PROBLEMS": words.PROBLEMS}


def per_person() -> str:
    """Limits count by person."""
    return str(current_viewer().person_id)
