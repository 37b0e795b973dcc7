"""The calendar of one meeting for those who see it where not everybody does; what everybody sees, the door answers."""

from __future__ import annotations

from flask import Response, request, session
from flask.typing import ResponseReturnValue

from app.calendars import assembly, headers
from app.calendars.answers import CALENDAR, PLAIN
from app.calendars.choice import ONE_THING, NotOffered, choice_of
from app.calendars.components import component_of
from app.calendars.views.blueprint import bp
from app.core.policy import guard
from app.core.settings import settings
from app.meetings import policy, queries
from app.meetings.models import Meeting


@bp.get("/meetings/<reference>/meeting.ics")
@guard(policy.see, of=queries.meeting_at, sees=policy.see)
def meeting_calendar(meeting: Meeting) -> ResponseReturnValue:
    """One meeting as a file to open: what public feeds would say of it, without the join link, whoever asks."""
    session.modified = False  # a calendar's address chooses its own language and leaves no cookie
    config = settings()
    try:
        choice = choice_of(request.query_string.decode(), ONE_THING, config.languages, config.default_language)
    except NotOffered as refused:
        return Response(f"{refused}\n", 400, content_type=PLAIN)
    component, header = component_of(meeting, choice.language), headers.of_meeting(meeting, choice, subscribed=False)
    response = Response(assembly.calendar(header, [component.content], component.zones), content_type=CALENDAR)
    response.headers["Content-Disposition"] = f'inline; filename="{header.filename}.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)
