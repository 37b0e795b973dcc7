"""Meetings for tests, made by the service so that feeds hear of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.groups.models import WorkingGroup
from app.meetings.models import Meeting, Visibility
from app.meetings.rules.company import Company
from app.meetings.service import MeetingPlan, create_meeting


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
