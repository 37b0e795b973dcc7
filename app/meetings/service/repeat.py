"""A group's plan of one year taken over to the next: many meetings made in one transaction, told in one mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.db import lock_name, write
from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.meetings import queries, rules, series_mails
from app.meetings.models import Meeting, MeetingSeries
from app.meetings.rules import MeetingPlan
from app.meetings.rules.series import SeriesPlan
from app.meetings.service import series as series_service
from app.meetings.service.meetings import add_meeting


@dataclass(frozen=True)
class YearPlan:
    """What is to be made: single meetings, and series."""

    meetings: Sequence[MeetingPlan]
    series: Sequence[SeriesPlan]

    def dates(self) -> list[MeetingPlan]:
        """Every date of it, in order."""
        listed = [plan.on(day) for plan in self.series for day in plan.days()]
        return sorted([*self.meetings, *listed], key=lambda plan: (plan.starts_at, plan.title))


def take_over(group_id: int, plan: YearPlan, *, actor_id: int | None, creation_key: str) -> int:
    """Make it all, or for a form sent twice nothing more; say how many dates there are. Raises DomainError."""
    now = clock.now()
    for one in plan.meetings:
        rules.check(one, now)
    for each in plan.series:
        series_service.check(each, now)
    with write() as session:
        lock_name(f"take_over:{creation_key}")
        if made := _made(session, creation_key):
            return made
        group = session.get_one(WorkingGroup, group_id)
        if group.status == GroupStatus.CLOSED:
            raise DomainError(_l("The group is closed: it meets no more."))
        for index, one in enumerate(plan.meetings):
            add_meeting(group_id, one, actor_id=actor_id, creation_key=f"{creation_key}-{index}", told=False)
        for index, each in enumerate(plan.series):
            series_service.add_series(
                session, group_id, each, actor_id=actor_id, creation_key=f"{creation_key}-{index}"
            )
        dates = plan.dates()
        audit.record("meeting.plan_taken_over", group, actor_id, dates=len(dates))
        series_mails.planned(group, dates, queries.audience(group_id, but=actor_id))
    return len(dates)


def _made(session: Session, creation_key: str) -> int:
    """How many dates this form has made before."""
    ours = MeetingSeries.creation_key.startswith(f"{creation_key}-", autoescape=True)
    of_series = Meeting.series_id.in_(select(MeetingSeries.id).where(ours))
    single = Meeting.creation_key.startswith(f"{creation_key}-", autoescape=True)
    return session.scalar(select(func.count()).select_from(Meeting).where(or_(single, of_series))) or 0
