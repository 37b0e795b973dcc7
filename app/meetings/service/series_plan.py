"""What a series says from one of its dates on, and what a change of that would do. Nothing here writes."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import DomainError
from app.meetings.models import Meeting, MeetingSeries
from app.meetings.rules import series as series_rules
from app.meetings.rules.company import Company
from app.meetings.rules.pattern import Pattern, pattern_of
from app.meetings.rules.series import Occurrence, Part, Revision, SeriesPlan
from app.meetings.service.series_company import company_from


def state_of(series: MeetingSeries) -> tuple[list[Part], list[Occurrence]]:
    """The series for the rules."""
    parts = [Part(part.id, part.rule, part.said, part.last_local.date(), part.follows_id) for part in series.parts]
    return parts, sorted(map(_occurrence, series.meetings), key=lambda item: item.original)


def plan_from(series: MeetingSeries, at: datetime) -> SeriesPlan:
    """What the series says from the date on that it has at `at`, as the form to change it shows it."""
    parts, dates = state_of(series)
    ahead = [item for item in dates if item.original >= at]
    known = {part.key: part for part in parts}
    pattern = pattern_of(series.rules) if series.rules else None
    start = next((item for item in ahead if pattern is None or _given(known[item.part], pattern, item)), None)
    if start is None:
        raise AnotherRule
    first = series_rules.on(known[start.part].template, start.original.date())
    if pattern is None:
        days = tuple(sorted({item.original.date() for item in ahead}))
        return SeriesPlan(first, None, series.until, picked=days)
    whole = SeriesPlan(first, pattern, max(series.until, first.starts.date()))
    if not pattern.gives(first.starts.date()):
        raise AnotherRule
    days_given = set(whole.all_days())
    ruled = [item for item in ahead if known[item.part].rule is not None]
    if not {item.original.date() for item in ruled} <= days_given:
        raise AnotherRule
    starts_given = {whole.on(day).starts for day in days_given}
    held = {item.original.date() for item in [*ruled, *(one for one in ahead if one.original in starts_given)]}
    return SeriesPlan(first, pattern, whole.until, frozenset(day for day in days_given if day not in held))


class AnotherRule(DomainError):
    """Dates further on follow another rule, or none: no one form can say what all of them are to be."""

    def __init__(self) -> None:
        super().__init__(_l("Later dates of this series follow another rule. Change this date alone, or begin later."))


def changeable_from(series: MeetingSeries) -> datetime | None:
    """From when on the dates ahead can be changed together: the first from which one rule holds for all."""
    now = clock.now()
    for meeting in series.meetings:
        if meeting.recurrence_id is None or meeting.ends_at <= now or meeting.is_cancelled:
            continue
        try:
            plan_from(series, meeting.recurrence_id)
        except AnotherRule:
            continue
        return meeting.recurrence_id
    return None


def revised(series: MeetingSeries, at: datetime, plan: SeriesPlan, company: Company | None = None) -> Revision:
    """What a change from one date on would do."""
    parts, dates = state_of(series)
    series_rules.check_room(dates, at, plan)
    apart = company is not None and company.group_ids != company_from(series, at).group_ids
    return series_rules.revise(parts, dates, at, plan_from(series, at), plan, apart=apart)


def _given(part: Part, pattern: Pattern, item: Occurrence) -> bool:
    return part.rule is not None or pattern.gives(item.original.date())


def _occurrence(meeting: Meeting) -> Occurrence:
    assert meeting.recurrence_id is not None
    return Occurrence(meeting.id, meeting.part_id, meeting.recurrence_id, meeting.said, meeting.is_cancelled)
