"""Everything that stands in a year, as far as the viewer may know of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.availability import queries as availability
from app.availability.queries import DayMarks
from app.core.dates import hour
from app.core.i18n import translated
from app.meetings import policy as meetings_policy
from app.meetings import queries as meetings
from app.meetings.models import Meeting
from app.meetings.presentation import status_word
from app.meetings.rules import Precision, Status
from app.meetings.times import when_of
from app.pages.planner.asked import Asked
from app.pages.planner.laying import Entry, Kind, Marked, Month, last_day, lay_out, notable
from app.people.viewer import Viewer
from app.programme import queries as programme
from app.programme.models import Milestone
from app.programme.words import KINDS, days
from app.scheduling import policy as scheduling_policy
from app.scheduling import queries as scheduling
from app.scheduling.models import PollOption


def year_of(viewer: Viewer, asked: Asked, today: date) -> list[Month]:
    """The months of the year asked for; a fixed number of statements, however much there is."""
    first, last = date(asked.year, 1, 1), date(asked.year, 12, 31)
    entries = sorted(_entries(viewer, asked, first, last), key=lambda entry: (entry.time or "", entry.label))
    marks: Mapping[date, DayMarks] = {}
    if {Kind.HOLIDAYS, Kind.BANDS} & set(asked.kinds):
        marks = availability.marks(first, last, viewer, [group.id for group in asked.chosen])
    holidays = _holidays(marks) if Kind.HOLIDAYS in asked.kinds else {}
    bands: Mapping[date, Sequence[Marked]] = {}
    if Kind.BANDS in asked.kinds:
        bands = {day: [Marked(one.id, one.name, one.wish.value) for one in mark.bands] for day, mark in marks.items()}
    return lay_out(asked.year, entries, holidays, bands, today)


def _entries(viewer: Viewer, asked: Asked, first: date, last: date) -> Iterator[Entry]:
    by_title = asked.group is not None
    if Kind.DEADLINES in asked.kinds:
        for milestone in programme.between(viewer, first, last, asked.group_ids):
            yield from _milestone(milestone, by_title)
    if Kind.MEETINGS in asked.kinds:
        for meeting in meetings.between(viewer, first, last, asked.group_ids):
            yield _meeting(viewer, meeting, by_title)
    if Kind.POLLS in asked.kinds:
        seen = scheduling_policy.visible(viewer)
        for option in scheduling.offered_between(seen, first, last, asked.group_ids):
            yield _option(option, by_title)


def _meeting(viewer: Viewer, meeting: Meeting, by_title: bool) -> Entry:
    status, precision, group = Status(meeting.status), Precision(meeting.precision), translated(meeting.group.names)
    timed = precision is Precision.HOURS
    words = [when_of(meeting.said, viewer.time_zone)] if timed else []
    if status is not Status.CONFIRMED:
        words.append(status_word(status))
    if not meeting.is_public:
        words.append(_("Members only"))
    may_move = precision is not Precision.MONTH and not meeting.is_cancelled and meetings_policy.edit(viewer, meeting)
    return Entry(
        kind=Kind.MEETINGS,
        first=meeting.starts_local.date(),
        last=last_day(meeting.starts_local, meeting.ends_local),
        label=meeting.title if by_title else group,
        title=group if by_title else meeting.title,
        url=url_for("pages.meeting", reference=meeting.reference),
        community_slug=meeting.group.community.slug,
        time=hour(meeting.starts_local) if timed else None,
        words=tuple(words),
        status=status.lower(),
        members_only=not meeting.is_public,
        move_url=url_for("meetings.move_meeting", reference=meeting.reference) if may_move else None,
        of_month=precision is Precision.MONTH,
    )


def _milestone(milestone: Milestone, by_title: bool) -> Iterator[Entry]:
    """Its last day, on which it falls; of a longer one also that it begins."""
    group = translated(milestone.group.names)
    words = [str(KINDS[milestone.kind]), days(milestone.first_day, milestone.last_day)]
    if not milestone.is_public:
        words.append(_("Members only"))
    longer = milestone.first_day != milestone.last_day
    for day in dict.fromkeys((milestone.first_day, milestone.last_day)):
        name = milestone.title if by_title else f"{group}: {milestone.title}"
        if longer:
            name = _("%(what)s begins", what=name) if day == milestone.first_day else _("%(what)s ends", what=name)
        yield Entry(
            kind=Kind.DEADLINES,
            first=day,
            last=day,
            label=name,
            title=group if by_title else "",
            url=url_for("programme.milestone", reference=milestone.reference),
            community_slug=milestone.group.community.slug,
            words=tuple(words),
            members_only=not milestone.is_public,
        )


def _option(option: PollOption, by_title: bool) -> Entry:
    group = translated(option.poll.group.names)
    return Entry(
        kind=Kind.POLLS,
        first=option.starts_local.date(),
        last=last_day(option.starts_local, option.ends_local),
        label=option.poll.title if by_title else group,
        title=group if by_title else option.poll.title,
        url=url_for("scheduling.poll", reference=option.poll.reference),
        community_slug=option.poll.group.community.slug,
        time=hour(option.starts_local),
        words=(_("proposed in a date poll"),),
        status="proposed",
        members_only=True,
    )


def _holidays(marks: Mapping[date, DayMarks]) -> dict[date, str]:
    """{day: what it is called and where}, of the public holidays that concern many."""
    counts = {day: sum(one.people for one in mark.holidays) for day, mark in marks.items() if mark.holidays}
    return {day: _holiday(marks[day]) for day in sorted(notable(counts))}


def _holiday(mark: DayMarks) -> str:
    greatest, countries = mark.holidays[0], list(dict.fromkeys(one.country for one in mark.holidays))
    where = countries[0] if len(countries) == 1 else ngettext("%(num)d country", "%(num)d countries", len(countries))
    return f"{greatest.name} · {where}"
