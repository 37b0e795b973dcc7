"""The blueprint that the pages hang on, and the tabs that lead from one to another."""

from __future__ import annotations

from dataclasses import dataclass

from babel.numbers import format_decimal, format_percent
from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from app.core.i18n import locale
from app.core.policy import current_viewer
from app.representation import policy, words

bp = Blueprint("representation", __name__)


@dataclass(frozen=True)
class Tab:
    """One of the pages, for those who may see it."""

    label: str
    url: str
    chosen: bool


@bp.app_template_filter("grouped")
def grouped(number: int) -> str:
    """A number as the language in force groups its digits: 2,457; 2 457."""
    return format_decimal(number, locale=locale())


@bp.app_template_filter("percent")
def percent(number: int) -> str:
    """A whole number of per cent: 75%; 75 %."""
    return format_percent(number / 100, locale=locale())


@bp.context_processor
def frame() -> dict[str, object]:
    """The tabs, and the words for what is counted."""
    viewer = current_viewer()
    pages = [
        (_("Who sits where"), "representation.matrix", policy.see_matrix(viewer)),
        (_("Coverage"), "representation.coverage", policy.see_coverage(viewer)),
        (_("Changes over time"), "representation.changes", policy.see_coverage(viewer)),
        (_("Gender balance"), "representation.balance", policy.see_balance(viewer)),
    ]
    tabs = [Tab(label, url_for(name), request.endpoint == name) for label, name, may in pages if may]
    return {"tabs": tabs if len(tabs) > 1 else [], "PART_WORDS": words.PARTS}
