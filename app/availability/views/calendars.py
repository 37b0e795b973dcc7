"""Calendars of one's own elsewhere, of which the busy times count."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.availability import policy, queries, service
from app.availability.forms import AddressForm, CalendarFileForm
from app.availability.models import BusyCalendar
from app.availability.rules import MOST_BYTES, MOST_CALENDARS
from app.availability.views.blueprint import bp, per_person
from app.core.errors import DomainError
from app.core.policy import current_viewer, guard, signed_in
from app.extensions import limiter

ONE = "/me/busy-calendars/<int(max=2147483647):calendar_id>"
calls_out = limiter.shared_limit("30 per hour", scope="busy calendars", methods=["POST"], key_func=per_person)
"""Each lets the worker fetch or read something."""


@bp.route("/me/busy-calendars", methods=["GET", "POST"])
@calls_out
@guard(signed_in)
def busy_calendars() -> ResponseReturnValue:
    """One's busy calendars, and the form that has another one read from its address."""
    form = AddressForm()
    if form.validate_on_submit():
        try:
            service.add_address(current_viewer().person_id, form.label.data, form.address.data)
        except DomainError as error:
            form.blame(error)
        else:
            return _done(_("The calendar is being read. Look again in a minute."))
    return _page(form, CalendarFileForm(formdata=None))


@bp.post("/me/busy-calendars/file")
@calls_out
@guard(signed_in)
def busy_file() -> ResponseReturnValue:
    """Take a calendar as a file, which is read once."""
    form = CalendarFileForm()
    if form.validate_on_submit():
        content = form.file.data.stream.read(MOST_BYTES + 1)
        try:
            service.add_file(current_viewer().person_id, form.file_label.data, content)
        except DomainError as error:
            form.blame(error)
        else:
            return _done(_("The file is being read. Look again in a minute."))
    return _page(AddressForm(formdata=None), form)


@bp.post(f"{ONE}/read")
@calls_out
@guard(policy.own, of=queries.calendar, sees=policy.own)
def read_calendar(calendar: BusyCalendar) -> ResponseReturnValue:
    """Have it read now."""
    service.read_again(calendar.id)
    return _done(_("The calendar is being read. Look again in a minute."))


@bp.post(f"{ONE}/remove")
@guard(policy.own, of=queries.calendar, sees=policy.own)
def remove_calendar(calendar: BusyCalendar) -> ResponseReturnValue:
    """Forget it and what was read from it."""
    service.remove_calendar(calendar.id)
    return _done(_("The calendar and all that was read from it are deleted."))


def _page(by_address: AddressForm, by_file: CalendarFileForm) -> ResponseReturnValue:
    """Both forms stand on one page; one of them may have been sent."""
    listed = queries.calendars_of(current_viewer().person_id)
    sent = by_file if by_file.errors else by_address
    page = render_template(
        "availability/busy_calendars.html",
        calendars=listed,
        full=len(listed) >= MOST_CALENDARS,
        form=sent,
        by_address=by_address,
        by_file=by_file,
    )
    return page, 422 if sent.errors else 200


def _done(said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("availability.busy_calendars"), 303)
