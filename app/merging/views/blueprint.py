"""The blueprint that the views hang on."""

from __future__ import annotations

from flask import Blueprint

from app.core.errors import Text
from app.merging.rules import Reason
from app.merging.words import REASONS

bp = Blueprint("merging", __name__)


@bp.app_template_filter("double_reason")
def _reason(reason: Reason) -> Text:
    return REASONS[reason]
