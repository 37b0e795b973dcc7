"""Help: how to take part, how to subscribe to a calendar, whom to ask."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.policy import anyone, guard
from app.pages.blueprint import bp
from app.pages.calendars.programs import PROGRAMS


@bp.get("/help", endpoint="help")
@guard(anyone)
def help_page() -> ResponseReturnValue:
    """One page of plain words."""
    return render_template("pages/help.html", programs=PROGRAMS)
