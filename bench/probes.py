"""Groups whose public feeds hold an exact number of events: the same ones, whatever else a database is filled with.

And many groups with many meetings around them, without all else that demo data invent for each group.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.calendars.service import raise_all_versions
from app.core import addresses
from app.core.addresses import Address
from app.demo.meetings import BATCH, invent_meetings, row_of, working_day
from app.demo.plan import MARK, Plan
from app.groups.models import Community, WorkingGroup
from app.meetings.models import Meeting, Visibility
from app.meetings.rules import Status

BEHIND, AHEAD = 350, 1_000
"""Days over which the events are spread: all of them within a feed's window of 400 days back, wherever a day moves."""


def slug(events: int) -> str:
    """The short name of the group whose feed holds so many."""
    return f"measured-{events}"


def crowd(session: Session, plan: Plan) -> None:
    """Insert the plan's groups, and its meetings in them."""
    communities = session.scalars(select(Community.id).order_by(Community.position)).all()
    rows = [
        {
            "slug": f"one-of-many-{number}",
            "community_id": communities[number % len(communities)],
            "position": 1_000 + number,
            "names": {"en": f"Group {number} {MARK}", "fr": f"Groupe {number} {MARK}"},
            "topics": {"en": ["invented topics"], "fr": ["sujets inventés"]},
            "version": 1,
        }
        for number in range(plan.groups)
    ]
    session.execute(insert(WorkingGroup), rows)
    groups = session.scalars(select(WorkingGroup).where(WorkingGroup.slug.startswith("one-of-many-"))).all()
    session.execute(insert(Address), [{"kind": "group", "slug": one.slug, "target_id": one.id} for one in groups])
    invent_meetings(session, plan, groups)
    raise_all_versions()


def add(session: Session, plan: Plan, events: int) -> None:
    """Insert the group and its meetings."""
    community = session.scalars(select(Community).order_by(Community.position).limit(1)).one()
    name = f"{events} events {MARK}"
    group = WorkingGroup(
        slug=slug(events),
        community_id=community.id,
        position=(session.scalar(select(func.max(WorkingGroup.position))) or 0) + 1,
        names={"en": name, "fr": name},
        topics={"en": ["invented topics"], "fr": ["sujets inventés"]},
        mandate={},
    )
    session.add(group)
    session.flush()
    addresses.claim("group", group.slug, group.id)
    rows = _rows(plan, group, events)
    for start in range(0, events, BATCH):
        session.execute(insert(Meeting), rows[start : start + BATCH])
    raise_all_versions()


def _rows(plan: Plan, group: WorkingGroup, events: int) -> list[dict[str, Any]]:
    """Its meetings, evenly spread and all public; what they are about does not depend on the group's id."""
    dice, rows = plan.dice(f"probe {events}"), []
    for number in range(events):
        day = working_day(plan.today + timedelta(days=(BEHIND + AHEAD) * number // events - BEHIND))
        row = row_of(plan, dice, group, day, number - group.id)
        rows.append(row | {"visibility": Visibility.PUBLIC, "status": Status.CONFIRMED})
    return rows
