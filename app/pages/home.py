"""The first page: what this is, what happens next, and every group."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.calls import queries as calls
from app.core.policy import anyone, current_viewer, guard
from app.meetings import queries as meetings
from app.meetings.presentation import meeting_item
from app.pages.blueprint import bp
from app.pages.community import directory
from app.people import queries as people
from app.programme import queries as programme
from app.programme.presentation import milestone_item

SHOWN = 3


@bp.get("/")
@guard(anyone)
def home() -> ResponseReturnValue:
    """The directory by community, and the next meetings."""
    viewer = current_viewer()
    communities = directory(viewer)
    associations, countries = people.reach()
    return render_template(
        "pages/home.html",
        communities=communities,
        group_count=sum(len(community.groups) for community in communities),
        association_count=associations,
        country_count=countries,
        calls=calls.open_calls(viewer, SHOWN),
        deadlines=[
            milestone_item(one, with_group=True, with_distance=True) for one in programme.next_deadlines(viewer, SHOWN)
        ],
        meetings=[
            meeting_item(meeting, viewer.time_zone, with_group=True)
            for meeting in meetings.upcoming(viewer, limit=SHOWN)
        ],
    )
