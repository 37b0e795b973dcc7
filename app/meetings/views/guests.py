"""The page of a guest: opened by the link from a mail, without an account, until a day after the meeting."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from app.core import clock, markdown
from app.core.db import db
from app.core.i18n import translated
from app.core.policy import anyone, guard
from app.core.security import unlisted_page
from app.core.settings import settings
from app.groups.rules import Visibility as GroupVisibility
from app.meetings.guest_mails import page_of
from app.meetings.mails import where_of
from app.meetings.models import Guest, Meeting
from app.meetings.presentation import details
from app.meetings.times import when_of
from app.meetings.views.blueprint import bp
from app.people import tokens

STAYS = timedelta(days=1)
"""How long after the meeting the page can be opened."""


@bp.get("/guests/<token>")
@guard(anyone)
def guest_page(token: str) -> ResponseReturnValue:
    """What a guest needs to take part. Nothing of the other guests, nor of who else comes."""
    unlisted_page()
    guest = _guest(token)
    meeting, others = guest.meeting, _other_dates(guest)
    if _is_over(meeting):
        if not others:
            raise tokens.LinkIsOver(
                _l("This invitation is over. If you are still expected, ask those who invited you.")
            )
        return redirect(page_of(others[0]))
    return render_template(
        "meetings/guest.html",
        guest=guest,
        meeting=meeting,
        group_names=[
            translated(group.names)
            for group in meeting.groups
            if group.id == meeting.group_id or group.visibility == GroupVisibility.PUBLIC
        ],
        details=details(meeting, None, with_join_link=True),
        where=where_of(meeting.said),
        description=markdown.to_html(meeting.description) if meeting.description else None,
        others=[(_when(one.meeting), page_of(one)) for one in others],
        contact=settings().support_address,
    )


def _guest(token: str) -> Guest:
    """Whom the link is for. Raises LinkIsOver where they are not expected any more."""
    said = tokens.read(tokens.GUEST, token)
    guest = db.session.get(Guest, said["guest"], options=[selectinload(Guest.meeting)])
    # SQLite gives the number of a row that is gone to another: the mark tells whose link it is.
    if guest is None or guest.meeting.reference != said["meeting"] or tokens.mark(guest.email) != said.get("mark"):
        raise tokens.LinkIsOver(_l("This invitation is over. If you are still expected, ask those who invited you."))
    return guest


def _is_over(meeting: Meeting) -> bool:
    return meeting.ends_at + STAYS < clock.now()


def _when(meeting: Meeting) -> str:
    return when_of(meeting.said, None)


def _other_dates(guest: Guest) -> list[Guest]:
    """The same guest at the dates of the series that are still ahead, soonest first."""
    meeting = guest.meeting
    if meeting.series_id is None:
        return []
    found = select(Guest).join(Guest.meeting).options(contains_eager(Guest.meeting))
    found = found.where(Meeting.series_id == meeting.series_id, Guest.email == guest.email, Guest.id != guest.id)
    return list(db.session.scalars(found.where(Meeting.ends_at > clock.now()).order_by(Meeting.starts_at)))
