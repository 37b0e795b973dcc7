"""What a calendar has ahead at this moment: what everybody may see, whoever looks at the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.calendars.choice import Kind
from app.calendars.components import named
from app.core.i18n import translated
from app.meetings import queries as meetings
from app.meetings.models import Meeting
from app.meetings.presentation import MeetingItem, meeting_item
from app.pages.calendars.choosing import Chosen
from app.people.viewer import Visitor
from app.programme import queries as programme
from app.programme.models import Milestone
from app.programme.presentation import MilestoneItem, milestone_item

SHOWN = 10


def ahead(chosen: Chosen, viewer_zone: str | None) -> list[MeetingItem | MilestoneItem]:
    """The first of it, deadlines by their last day; on one day what has no hours comes first, as calendars show it."""
    visitor, choice, ids = Visitor(), chosen.choice, chosen.group_ids
    found: list[tuple[date, int, int, Meeting | Milestone]] = []
    if Kind.MEETING in choice.kinds:
        dated = meetings.in_calendars(visitor, ids, SHOWN, cancelled=choice.cancelled)
        found += [(one.starts_local.date(), 1, place, one) for place, one in enumerate(dated)]
    if Kind.DEADLINE in choice.kinds:
        due = programme.in_calendars(visitor, ids, SHOWN, dropped=choice.cancelled)
        found += [(one.last_day, 0, place, one) for place, one in enumerate(due)]
    several = ids is None or len(ids) > 1
    return [_item(one, viewer_zone, several) for *_order, one in sorted(found, key=lambda each: each[:3])[:SHOWN]]


def _item(one: Meeting | Milestone, viewer_zone: str | None, several: bool) -> MeetingItem | MilestoneItem:
    if isinstance(one, Meeting):
        item = meeting_item(one, viewer_zone, with_group=False)
        return replace(item, group_name=public_groups_of(one)) if several else item
    return milestone_item(one, with_group=several)


def public_groups_of(meeting: Meeting) -> str:
    """The names of the groups whose meeting it is, without those that not everybody finds."""
    return " · ".join(translated(group.names) for group in named(meeting))
