"""What the site shows of a group, in the form in which readers give what a feed says."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import or_, select

from app.core import zones
from app.core.db import db
from app.groups.models import WorkingGroup
from app.meetings.models import JointGroup, Meeting
from app.meetings.rules import MeetingPlan, Precision, ShownAs, Status, Visibility
from app.meetings.rules.company import Consent
from app.programme.models import Milestone
from tests.calendars.readers import Instance, within

DAY = timedelta(days=1)


def shown(group: WorkingGroup, first: date, until: date, but: Collection[int] = ()) -> list[Instance]:
    """The group's public meetings `but` these, each on its days as people chose, and its public milestones."""
    db.session.rollback()
    joint = select(JointGroup.meeting_id).where(JointGroup.group_id == group.id, JointGroup.consent == Consent.AGREED)
    meetings = select(Meeting).where(
        or_(Meeting.group_id == group.id, Meeting.id.in_(joint)),
        Meeting.visibility == Visibility.PUBLIC,
        Meeting.precision != Precision.MONTH,
        Meeting.id.not_in(but),
    )
    milestones = select(Milestone).where(Milestone.group_id == group.id, Milestone.visibility == Visibility.PUBLIC)
    found = [
        Instance(meeting.uid or str(meeting.part and meeting.part.uid), *span, meeting.title, str(meeting.status))
        for meeting in db.session.scalars(meetings)
        for span in _spans(meeting.said)
    ]
    found += [
        Instance(
            milestone.uid,
            str(milestone.first_day),
            str(milestone.last_day + DAY),
            milestone.title,
            Status.CANCELLED if milestone.is_dropped else Status.CONFIRMED,
        )
        for milestone in db.session.scalars(milestones)
    ]
    return within(found, first, until)


def _spans(said: MeetingPlan) -> Iterator[tuple[str, str]]:
    """From when to when: once, or every day at the same hours."""
    first, last = said.starts.date(), said.last_day
    if said.precision == Precision.DAYS or said.shown_as == ShownAs.ALL_DAYS:
        yield str(first), str(last + DAY)
    elif said.shown_as == ShownAs.DAILY_HOURS:
        for day in (first + number * DAY for number in range((last - first).days + 1)):
            yield (
                _written(datetime.combine(day, said.starts.time()), said.time_zone),
                _written(datetime.combine(day, said.ends.time()), said.time_zone),
            )
    else:
        yield _written(said.starts, said.time_zone), _written(said.ends, said.time_zone)


def _written(local: datetime, zone: str) -> str:
    return local.replace(tzinfo=zones.zone(zone)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
