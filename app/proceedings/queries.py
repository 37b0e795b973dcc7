"""Reads of answers to meetings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.core.db import db
from app.meetings import queries as meetings
from app.meetings.models import Meeting
from app.meetings.rules import Status
from app.people.models import Person
from app.proceedings.models import Response
from app.proceedings.rules import Partstat


def holds(meeting: Any = Meeting) -> ColumnElement[bool]:
    """The condition that an answer is about its meeting, or the one given, as it is planned now."""
    return and_(
        Response.starts_local == meeting.starts_local,
        Response.ends_local == meeting.ends_local,
        Response.time_zone == meeting.time_zone,
    )


@dataclass(frozen=True)
class Some:
    """Some of those a meeting is for: by name those whom the viewer may know, and how many more."""

    names: Sequence[str]
    more: int

    def __len__(self) -> int:
        return len(self.names) + self.more


class Turnout(NamedTuple):
    """Who said what to a meeting."""

    said: dict[Partstat, Some]
    silent: Some
    """Those who have not answered, or not since it is at another time."""


class Said(NamedTuple):
    """An answer, as calendars need it."""

    meeting_id: int
    part_id: int | None
    partstat: Partstat
    answered_at: datetime
    holds: bool


def own(meeting: Meeting, person_id: int | None) -> Response | None:
    """What a person said to a meeting, be it at another time."""
    if person_id is None:
        return None
    return db.session.get(Response, (meeting.id, person_id), options=[joinedload(Response.meeting)])


def own_among(person_id: int, meeting_ids: Collection[int]) -> dict[int, Partstat]:
    """{meeting id: what a person said to it as it is planned now}."""
    found = (
        select(Response.meeting_id, Response.partstat)
        .join(Response.meeting)
        .where(Response.person_id == person_id, Response.meeting_id.in_(meeting_ids), holds())
    )
    return {meeting_id: Partstat(partstat) for meeting_id, partstat in db.session.execute(found)}


def said(session: Session, person_id: int, since: datetime) -> Iterator[Said]:
    """What a person said to the meetings that are not over at that moment, and to all dates of rules."""
    in_force = and_(holds(), Meeting.status != Status.CANCELLED)
    found = (
        select(Response.meeting_id, Meeting.part_id, Response.partstat, Response.answered_at, in_force)
        .join(Response.meeting)
        .where(Response.person_id == person_id, or_(Meeting.ends_at > since, Meeting.part_id.is_not(None)))
        .order_by(Response.meeting_id)
    )
    for meeting_id, part_id, partstat, at, still in session.execute(found):
        yield Said(meeting_id, part_id, Partstat(partstat), at, still)


def turnout(meeting: Meeting, named: Collection[int], *, over: bool) -> Turnout:
    """Who comes to a meeting, by name those of the groups with these ids; when it is over, all who said so then."""
    found: Select[Person, str, bool] = (
        select(Person, Response.partstat, Person.id.in_(meetings.invited(meeting, named)))
        .outerjoin(Response, and_(Response.person_id == Person.id, Response.meeting_id == meeting.id, holds(meeting)))
        .order_by(Person.search_text, Person.id)
    )
    concerned = Response.partstat.is_not(None) if over else Person.id.in_(meetings.invited(meeting, meeting.group_ids))
    rows = db.session.execute(found.where(concerned)).all()

    def some(partstat: Partstat | None) -> Some:
        these = [(person, known) for person, said, known in rows if said == partstat]
        names = [person.display_name for person, known in these if known]
        return Some(names, len(these) - len(names))

    return Turnout({partstat: some(partstat) for partstat in Partstat}, some(None))


def of_person(person_id: int) -> Sequence[Response]:
    """All that a person said, the latest meeting first."""
    return db.session.scalars(
        select(Response)
        .join(Response.meeting)
        .options(contains_eager(Response.meeting))
        .where(Response.person_id == person_id)
        .order_by(Meeting.starts_at.desc(), Meeting.id)
    ).all()
