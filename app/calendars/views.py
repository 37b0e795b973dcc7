"""Views of calendars. Feeds themselves are answered by the door, before any view."""

from __future__ import annotations

from flask import Blueprint, Response, request, session
from flask.typing import ResponseReturnValue

from app.calendars import assembly
from app.calendars.components import component_of
from app.calendars.door import CALENDAR
from app.calendars.subscribing import subscription
from app.core.addresses import slugify
from app.core.policy import guard
from app.core.settings import settings
from app.meetings import policy, queries
from app.meetings.models import Meeting

bp = Blueprint("calendars", __name__)
bp.add_url_rule("/groups/<slug>/calendar.ics", "group_calendar", build_only=True)
bp.add_url_rule("/communities/<slug>/calendar.ics", "community_calendar", build_only=True)
bp.add_url_rule("/calendar.ics", "all_calendar", build_only=True)
bp.add_app_template_global(subscription, "calendar_subscription")


@bp.get("/meetings/<reference>/meeting.ics")
@guard(policy.see, of=queries.meeting_at, sees=policy.see)
def meeting_calendar(meeting: Meeting) -> ResponseReturnValue:
    """One meeting as a file to open: what every feed says of it, without the join link, whoever asks."""
    asked, config = request.args.get("lang"), settings()
    language = asked if asked in config.languages else config.default_language
    component = component_of(meeting, language)
    body = assembly.calendar(assembly.header_of_meeting(meeting, language), [component.content], component.zones)
    response = Response(body, content_type=CALENDAR)
    name = slugify(meeting.title) or meeting.reference
    response.headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    response.add_etag()
    session.modified = False  # a calendar's address chooses its own language and leaves no cookie
    return response.make_conditional(request)
