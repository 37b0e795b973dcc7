"""Meetings for tests, made by the service so that feeds hear of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.groups.models import WorkingGroup
from app.meetings.models import Meeting, MeetingSeries, Visibility
from app.meetings.rules.company import Company
from app.meetings.rules.pattern import Frequency, Pattern, Weekday
from app.meetings.rules.series import SeriesPlan
from app.meetings.service import MeetingPlan, create_meeting
from app.meetings.service.series import create_series


def make_meeting(
    group: WorkingGroup,
    starts: datetime = datetime(2027, 3, 12, 10, 0),
    *,
    ends: datetime | None = None,
    actor_id: int | None = None,
    key: str | None = None,
    company: Company = Company(),  # noqa: B008
    **values: object,
) -> Meeting:
    """A meeting of two hours in Brussels unless said otherwise; times are wall-clock."""
    fields = {
        "title": "Spring meeting",
        "starts": starts,
        "ends": ends or starts + timedelta(hours=2),
        "time_zone": "Europe/Brussels",
        "venue": None,
        "join_link": None,
        "description": None,
        "visibility": Visibility.PUBLIC,
        "tentative": False,
        **values,
    }
    plan = MeetingPlan(**fields)  # type: ignore[arg-type]
    return create_meeting(group.id, plan, actor_id=actor_id, creation_key=key, company=company)


def make_series(
    group: WorkingGroup,
    starts: datetime = datetime(2027, 3, 3, 10, 0),
    until: date = date(2027, 5, 12),
    *,
    actor_id: int | None = None,
    **values: object,
) -> MeetingSeries:
    """A series of every second week, on the weekday of its first date; two hours in Brussels unless said otherwise."""
    fields = {
        "title": "Fortnightly call",
        "starts": starts,
        "ends": starts + timedelta(hours=2),
        "time_zone": "Europe/Brussels",
        **values,
    }
    pattern = Pattern(Frequency.WEEKLY, 2, (Weekday(starts.weekday()),))
    plan = SeriesPlan(MeetingPlan(**fields), pattern, until)  # type: ignore[arg-type]
    return create_series(group.id, plan, actor_id=actor_id)
