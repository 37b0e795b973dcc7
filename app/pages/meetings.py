"""All meetings the viewer may know of: ahead or past, of every group or of one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import dates
from app.core.i18n import translated
from app.core.pagination import page_number
from app.core.policy import anyone, current_viewer, guard
from app.core.tables import download
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.meetings import exports, queries
from app.meetings.models import Meeting
from app.meetings.presentation import meeting_item
from app.meetings.times import on_page_of
from app.membership import policy as membership_policy
from app.pages.blueprint import bp
from app.people.exporting import downloads, hand_out
from app.people.viewer import Viewer


@bp.get("/meetings")
@downloads
@guard(anyone)
def meetings() -> ResponseReturnValue:
    """A page of them, by month."""
    viewer = current_viewer()
    known = [group for group in groups.groups() if membership_policy.find(viewer, group)]
    chosen = _chosen(viewer, known)
    past = request.args.get("past") == "1"
    group_id = chosen.id if chosen else None
    if wanted := download.asked():
        return hand_out(exports.meetings(queries.listed(viewer, group_id=group_id, past=past)), wanted, "meetings")
    page = queries.page_of(
        viewer,
        group_id=group_id,
        past=past,
        number=page_number(request.args.get("page")),
    )

    def address(number: int = 1, past: bool = past) -> str:
        return url_for(
            "pages.meetings",
            group=chosen.slug if chosen else None,
            past=1 if past else None,
            page=number if number > 1 else None,
        )

    months = groupby(page.items, key=lambda meeting: _month(meeting, viewer.time_zone))
    return render_template(
        "pages/meetings.html",
        groups=[(group.slug, translated(group.names)) for group in known],
        chosen=chosen,
        chosen_name=translated(chosen.names) if chosen else None,
        past=past,
        page=page,
        address=address,
        downloads=download.links(),
        months=[
            (name, [meeting_item(meeting, viewer.time_zone, with_group=chosen is None) for meeting in items])
            for name, items in months
        ],
    )


def _chosen(viewer: Viewer, known: Sequence[WorkingGroup]) -> WorkingGroup | None:
    """The group asked for, be it by an old address; 404 where the viewer finds none."""
    slug = request.args.get("group")
    if not slug:
        return None
    found = next((group for group in known if group.slug == slug), None) or groups.group_at(slug)
    return found if found is not None and membership_policy.find(viewer, found) else abort(404)


def _month(meeting: Meeting, viewer_zone: str | None) -> str:
    """The month in which the viewer's calendar has the meeting: "March 2026"."""
    return dates.month(on_page_of(meeting.said, viewer_zone))
