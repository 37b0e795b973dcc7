"""A meeting's page."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.meetings import policy, queries
from app.meetings.models import Meeting
from app.meetings.presentation import details
from app.pages.blueprint import bp


@bp.get("/meetings/<reference>")
@guard(policy.see, of=queries.meeting_at, sees=policy.see)
def meeting(found: Meeting) -> ResponseReturnValue:
    """One meeting. What is for members only is not there for others."""
    viewer = current_viewer()
    return render_template(
        "pages/meeting.html",
        meeting=found,
        details=details(found, viewer.time_zone, with_join_link=policy.see_join_link(viewer, found)),
        group_name=translated(found.group.names),
        community=found.group.community,
        may_edit=policy.edit(viewer, found),
        is_over=found.ends_at < clock.now(),
    )
