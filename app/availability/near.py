"""What a meeting is wanted near of: marked days, meetings of a group, a single meeting, what happens in a city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from app.availability import policy
from app.availability.models import Band
from app.availability.slots import Span, day_span, seconds
from app.core import dates
from app.core.db import db
from app.core.i18n import translated
from app.groups import queries as groups
from app.meetings import policy as meetings_policy
from app.meetings import queries as meetings
from app.meetings.models import Meeting
from app.meetings.rules import LOOK_BACK, Status
from app.membership import policy as membership_policy
from app.people.viewer import Viewer

BREAK = timedelta(minutes=60)
"""The longest pause between two meetings that are back to back."""
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
MOST = 200
"""Things of one kind that are looked at."""


class How(StrEnum):
    """How near."""

    SAME = "same"
    AFTER = "after"
    BEFORE = "before"
    ADJACENT = "adjacent"


@dataclass(frozen=True)
class Wanted:
    """Starts that are wanted, and since when: in words."""

    span: Span
    why: str


@dataclass(frozen=True)
class Anchor:
    """Something that takes place: its days by the calendar of the meeting that is planned, and its hours if it has."""

    name: str
    first: date
    last: date
    hours: tuple[datetime, datetime] | None = None


def anchors(viewer: Viewer, chosen: str, first: date, last: date) -> list[Anchor]:
    """What a choice of the form stands for: "b-12" a marked period, "g-water" a group's meetings, "m-…" a meeting."""
    kind, _dash, value = chosen.partition("-")
    if kind == "b" and value.isdecimal() and len(value) < 10:
        band = db.session.get(Band, int(value))
        known = band is not None and policy.see_band(viewer, band)
        return [Anchor(translated(band.names), band.starts_on, band.ends_on)] if band is not None and known else []
    if kind == "g":
        group = groups.group_at(value)
        if group is None or not membership_policy.find(viewer, group):
            return []
        return [_anchor(one) for one in _meetings(viewer, first, last, group_id=group.id)]
    if kind == "m":
        meeting = meetings.meeting_at(value)
        known = meeting is not None and not meeting.is_cancelled and meetings_policy.see(viewer, meeting)
        return [_anchor(meeting)] if meeting is not None and known else []
    return []


def in_city(viewer: Viewer, city: str, first: date, last: date) -> list[Anchor]:
    """What takes place in a city: meetings whose venue names it, marked periods that are there."""
    bands = db.session.scalars(
        select(Band)
        .where(policy.visible_bands(viewer), Band.starts_on <= last + 4 * DAY, Band.ends_on >= first - 4 * DAY)
        .where(or_(Band.city == city, func.lower(Band.city) == city.lower()))
        .order_by(Band.starts_on)
        .limit(MOST)
    )
    found = [Anchor(translated(band.names), band.starts_on, band.ends_on) for band in bands]
    return found + [_anchor(one) for one in _meetings(viewer, first, last, city=city)]


def wanted(found: Sequence[Anchor], how: How, zone: str, minutes: int) -> list[Wanted]:
    """The starts of a meeting of so many minutes that are as near as was asked for."""
    spans: list[Wanted] = []
    for anchor in found:
        if how is How.SAME:
            why = _("the same days as “%(what)s”", what=anchor.name)
            spans.append(Wanted(day_span(anchor.first, anchor.last, zone), why))
        elif how is How.AFTER:
            day = next_working_day(anchor.last)
            spans.append(Wanted(day_span(day, day, zone), _("the day after “%(what)s”", what=anchor.name)))
        elif how is How.BEFORE:
            day = next_working_day(anchor.first, -1)
            spans.append(Wanted(day_span(day, day, zone), _("the day before “%(what)s”", what=anchor.name)))
        elif anchor.hours:
            why = _("back to back with “%(what)s”", what=anchor.name)
            starts, ends = anchor.hours
            latest = starts - timedelta(minutes=minutes)
            spans.append(Wanted((seconds(ends), seconds(ends + BREAK + MINUTE)), why))
            spans.append(Wanted((seconds(latest - BREAK), seconds(latest + MINUTE)), why))
    return spans


def around(found: Sequence[Anchor], city: str, zone: str) -> list[Wanted]:
    """The days on which people are in a city anyway: those of what takes place there, and one before and after."""
    return [
        Wanted(
            day_span(next_working_day(anchor.first, -1), next_working_day(anchor.last), zone),
            _("“%(what)s” takes place in %(city)s", what=anchor.name, city=city),
        )
        for anchor in found
    ]


def next_working_day(day: date, step: int = 1) -> date:
    """The next day, or the one before, that is none of a weekend."""
    day += timedelta(days=step)
    while day.weekday() > 4:
        day += timedelta(days=step)
    return day


def choices(viewer: Viewer, group_ids: frozenset[int], first: date, last: date) -> dict[str, list[tuple[str, str]]]:
    """What one can choose from, under headings: marked periods, groups, the next meetings of the groups that meet."""
    bands = db.session.scalars(
        select(Band)
        .where(policy.visible_bands(viewer), policy.concerns(group_ids))
        .where(Band.ends_on >= first - 4 * DAY, Band.starts_on <= last + 4 * DAY)
        .order_by(Band.starts_on, Band.id)
        .limit(MOST)
    )
    inside = [one for one in groups.groups() if membership_policy.find(viewer, one)]
    own = [one for one in meetings.upcoming(viewer, group_ids=group_ids, limit=20) if not one.is_cancelled]
    return {
        _("Marked days"): [
            (f"b-{band.id}", f"{translated(band.names)}, {dates.day(band.starts_on)}") for band in bands
        ],
        _("Any meeting of a group"): [(f"g-{group.slug}", translated(group.names)) for group in inside],
        _("One meeting"): [(f"m-{one.reference}", f"{one.title}, {dates.day(one.starts_local)}") for one in own],
    }


def _meetings(
    viewer: Viewer, first: date, last: date, *, group_id: int | None = None, city: str | None = None
) -> Sequence[Meeting]:
    begins = datetime.combine(first, time(), UTC) - 5 * DAY
    ends = datetime.combine(last, time(), UTC) + 5 * DAY
    found = select(Meeting).where(
        meetings_policy.visible(viewer), Meeting.status != Status.CANCELLED,
        Meeting.starts_at >= begins - LOOK_BACK, Meeting.starts_at < ends, Meeting.ends_at > begins,
    )  # fmt: skip
    if group_id is not None:
        found = found.where(or_(Meeting.group_id == group_id, Meeting.id.in_(meetings_policy.joint_with((group_id,)))))
    if city is not None:
        lower = func.lower(Meeting.venue).contains(city.lower(), autoescape=True)
        found = found.where(or_(Meeting.venue.contains(city, autoescape=True), lower))
    return db.session.scalars(found.order_by(Meeting.starts_at, Meeting.id).limit(MOST)).all()


def _anchor(meeting: Meeting) -> Anchor:
    """Its days are those of its own place: one travels there."""
    return Anchor(
        meeting.title,
        meeting.starts_local.date(),
        meeting.ends_local.date(),
        (meeting.starts_at, meeting.ends_at),
    )
