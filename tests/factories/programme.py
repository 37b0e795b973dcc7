"""Milestones for tests, made by the service so that feeds hear of them."""

from __future__ import annotations

from datetime import date

from app.groups.models import WorkingGroup
from app.meetings.rules import Visibility
from app.programme.models import Milestone
from app.programme.rules import Kind, MilestonePlan
from app.programme.service import create_milestone


def make_plan(last_day: date = date(2027, 3, 12), **values: object) -> MilestonePlan:
    """A consultation of one day unless said otherwise."""
    fields = {
        "kind": Kind.CONSULTATION,
        "title": "Consultation on heat",
        "first_day": last_day,
        "last_day": last_day,
        "visibility": Visibility.PUBLIC,
        **values,
    }
    return MilestonePlan(**fields)  # type: ignore[arg-type]


def make_milestone(
    group: WorkingGroup,
    last_day: date = date(2027, 3, 12),
    *,
    actor_id: int | None = None,
    key: str | None = None,
    **values: object,
) -> Milestone:
    """The same as a milestone of a group."""
    return create_milestone(group.id, make_plan(last_day, **values), actor_id=actor_id, creation_key=key)
