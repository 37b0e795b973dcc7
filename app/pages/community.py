"""A community: its goal, its groups, and when they meet. Also the directory's lines, which the first page shows too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock, dates, zones
from app.core.i18n import language, translated
from app.core.policy import anyone, current_viewer, guard
from app.core.settings import settings
from app.groups import policy as groups_policy
from app.groups import queries as groups
from app.groups.models import Community, WorkingGroup
from app.meetings import queries as meetings
from app.meetings.models import Meeting
from app.meetings.presentation import meeting_item
from app.membership import policy as membership_policy
from app.membership import queries as membership
from app.pages.blueprint import bp
from app.people.viewer import Viewer
from app.programme import queries as programme
from app.programme.presentation import milestone_item

SHOWN = 10
MILESTONES = 5


@dataclass(frozen=True)
class Line:
    """A group in the directory, as `components/groups.html` shows it."""

    name: str
    url: str
    topics: Sequence[str]
    member_count: int
    next_line: str | None
    next_url: str | None
    notes: Sequence[str] = ()
    """What else is said of it, in words."""


@dataclass(frozen=True)
class Section:
    """A community in the directory."""

    slug: str
    name: str
    url: str
    goal: str
    groups: Sequence[Line]


@bp.get("/communities/<slug>")
@guard(anyone, of=groups.community_at)
def community(found: Community) -> ResponseReturnValue:
    """One community."""
    viewer = current_viewer()
    ids = [group.id for group in found.groups if membership_policy.find(viewer, group)]
    ahead = meetings.upcoming(viewer, group_ids=ids, limit=SHOWN) if ids else []
    return render_template(
        "pages/community.html",
        community=section(found, membership.member_counts(), meetings.next_by_group(viewer), viewer),
        meetings=[meeting_item(meeting, viewer.time_zone, with_group=True) for meeting in ahead],
        milestones=[
            milestone_item(one, with_group=True, with_distance=True)
            for one in (programme.upcoming(viewer, ids, MILESTONES) if ids else [])
        ],
        may_edit=groups_policy.manage_catalogue(viewer),
    )


def directory(viewer: Viewer) -> list[Section]:
    """Every community with its groups, in the catalogue's order."""
    counts, soonest = membership.member_counts(), meetings.next_by_group(viewer)
    return [section(item, counts, soonest, viewer) for item in groups.communities()]


def section(item: Community, counts: Mapping[int, int], soonest: Mapping[int, Meeting], viewer: Viewer) -> Section:
    """A community's part of the directory."""
    return Section(
        slug=item.slug,
        name=translated(item.names),
        url=url_for("pages.community", slug=item.slug),
        goal=translated(item.goals),
        groups=[
            line(group, counts.get(group.id, 0), soonest.get(group.id), viewer)
            for group in item.groups
            if membership_policy.find(viewer, group)
        ],
    )


def line(group: WorkingGroup, members: int, soonest: Meeting | None, viewer: Viewer, notes: Sequence[str] = ()) -> Line:
    """A group's line."""
    return Line(
        name=translated(group.names),
        url=url_for("pages.group", slug=group.slug),
        topics=topics_in(group),
        member_count=members,
        next_line=_meets(soonest, viewer) if soonest else None,
        next_url=url_for("pages.meeting", reference=soonest.reference) if soonest else None,
        notes=notes,
    )


def topics_in(group: WorkingGroup) -> Sequence[str]:
    """A group's topics in the language in force, else in the installation's."""
    return group.topics.get(language()) or group.topics.get(settings().default_language) or []


def _meets(meeting: Meeting, viewer: Viewer) -> str:
    """When a group meets, to the day: "Meets Thu 12 March 2026"; the day is that of the viewer's calendar."""
    zone = viewer.time_zone or meeting.time_zone
    day = zones.to_local(meeting.starts_at, zone).date()
    if day == zones.to_local(clock.now(), zone).date():
        return str(_("Meets today"))
    return str(_("Meets %(day)s", day=dates.day(day)))
