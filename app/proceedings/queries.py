"""Reads of answers to meetings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.core.db import db
from app.meetings import queries as meetings
from app.meetings.models import Meeting
from app.people.models import Person
from app.proceedings.models import Response
from app.proceedings.rules import Partstat


@dataclass(frozen=True)
class Turnout:
    """Who of those that a meeting is for said what. Those whom it is for no longer don't count."""

    said: dict[Partstat, list[Person]]
    """By name, as are those that follow."""
    silent: list[Person]
    """Those who have not answered, or not since the meeting was changed."""


def own(meeting: Meeting, person_id: int | None) -> Response | None:
    """What a person said to a meeting, be it before it was changed."""
    if person_id is None:
        return None
    return db.session.get(Response, (meeting.id, person_id), options=[joinedload(Response.meeting)])


def own_among(person_id: int, meeting_ids: Collection[int]) -> dict[int, Response]:
    """{meeting id: what a person said to it} of those that were answered and not changed since."""
    found = db.session.scalars(_in_force(person_id).where(Response.meeting_id.in_(meeting_ids)))
    return {one.meeting_id: one for one in found}


def in_force(session: Session, person_id: int, since: datetime) -> Sequence[Response]:
    """What a person said to the meetings that are not over at that moment and were not changed since."""
    return session.scalars(_in_force(person_id).where(Meeting.ends_at > since)).all()


def _in_force(person_id: int) -> Select[Response]:
    found = select(Response).join(Response.meeting).where(Response.person_id == person_id)
    return found.where(Response.sequence == Meeting.sequence)


def turnout(meeting: Meeting) -> Turnout:
    """Who comes to a meeting."""
    invited = meetings.invited(meeting)
    rows = db.session.execute(
        select(Person, Response.partstat)
        .outerjoin(
            Response,
            (Response.person_id == Person.id)
            & (Response.meeting_id == meeting.id)
            & (Response.sequence == meeting.sequence),
        )
        .where(Person.id.in_(invited))
        .order_by(Person.search_text, Person.id)
    ).all()
    return Turnout(
        {partstat: [person for person, said in rows if said == partstat] for partstat in Partstat},
        [person for person, said in rows if said is None],
    )


def of_person(person_id: int) -> Sequence[Response]:
    """All that a person said, the latest meeting first."""
    return db.session.scalars(
        select(Response)
        .join(Response.meeting)
        .options(contains_eager(Response.meeting))
        .where(Response.person_id == person_id)
        .order_by(Meeting.starts_at.desc(), Meeting.id)
    ).all()
