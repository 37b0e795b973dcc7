"""Choosing a calendar, and how to subscribe to it."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.core.forms import form_page
from app.core.policy import anyone, current_viewer, guard
from app.pages.blueprint import bp
from app.pages.calendars import preview
from app.pages.calendars.choosing import PARTS, CalendarForm, Chosen, form_of
from app.pages.calendars.embedding import code_of
from app.pages.calendars.programs import PROGRAMS, Program, program_at

bp.add_app_template_global(lambda: PROGRAMS, "calendar_programs")


@bp.get("/calendars")
@guard(anyone)
def calendars() -> ResponseReturnValue:
    """The form, and what comes of it."""
    form = form_of(request.args)
    chosen = form.chosen if form.validate() else None
    return form_page(form, "pages/calendars/index.html", **_shown(form, chosen))


@bp.get("/calendars/result")
@guard(anyone)
def calendars_result() -> ResponseReturnValue:
    """What comes of it alone, while one chooses; of a choice that is not finished, what is missing."""
    form = form_of(request.args)
    chosen = form.chosen if form.validate() else None
    return render_template("pages/calendars/_result.html", form=form, **_shown(form, chosen))


@bp.get("/calendars/how/<program>")
@guard(anyone, of=program_at)
def calendar_how(program: Program) -> ResponseReturnValue:
    """How to subscribe in one program; with the calendar chosen, if the address has one."""
    form = form_of(request.args)
    chosen = form.chosen if set(PARTS) & set(request.args) and form.validate() else None
    return render_template(
        f"pages/calendars/how/{program.slug}.html",
        program=program,
        programs=PROGRAMS,
        chosen=chosen,
        subscription=chosen.subscription if chosen else None,
    )


def _shown(form: CalendarForm, chosen: Chosen | None) -> dict[str, object]:
    return {
        "chosen": chosen,
        "subscription": chosen.subscription if chosen else None,
        "ahead": preview.ahead(chosen, current_viewer().time_zone) if chosen else [],
        "code": code_of(chosen) if chosen else None,
        "programs": PROGRAMS,
    }
