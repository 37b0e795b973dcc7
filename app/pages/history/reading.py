"""Finding entries of the audit trail. Paged by keyset: however long the trail is, a page costs the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from app.core import zones
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.settings import settings
from app.groups import policy as groups_policy
from app.meetings import policy as meetings_policy
from app.meetings.models import Meeting, MeetingSeries
from app.membership.models import Membership
from app.membership.rules import State
from app.people import queries as people
from app.people.models import Person
from app.people.rules import fold
from app.people.viewer import Viewer

SIZE = 50


@dataclass(frozen=True)
class Stretch:
    """Some entries, the newest first, and whether there are newer and older ones."""

    entries: Sequence[AuditEntry]
    newer: int | None
    """The id after which the newer ones come."""
    older: int | None
    """The id before which the older ones come."""


@dataclass(frozen=True)
class Search:
    """What an administrator looks for; all that is given has to hold."""

    action: str | None = None
    """A whole action, or its part before the dot."""
    actor: str | None = None
    """Words of the name or address, or "#" and the person's number."""
    person: str | None = None
    group_id: int | None = None
    association_id: int | None = None
    first: date | None = None
    last: date | None = None
    text: str | None = None
    """A part of a reason."""


def stretch(found: Select[AuditEntry], where: Mapping[str, str], size: int = SIZE) -> Stretch:
    """The entries after `where["after"]` or before `where["before"]`, ids in a query string; else the newest."""
    after, before = _id(where.get("after")), _id(where.get("before"))
    if after is not None:
        rows = db.session.scalars(found.where(AuditEntry.id > after).order_by(AuditEntry.id).limit(size + 1)).all()
        entries, more = list(rows[:size])[::-1], len(rows) > size
        return Stretch(entries, entries[0].id if more else None, entries[-1].id if entries else after + 1)
    if before is not None:
        found = found.where(AuditEntry.id < before)
    rows = db.session.scalars(found.order_by(AuditEntry.id.desc()).limit(size + 1)).all()
    shown = rows[:size]
    newer = None if before is None else shown[0].id if shown else before - 1
    return Stretch(shown, newer, shown[-1].id if len(rows) > size else None)


def of_group(viewer: Viewer, group_id: int, *, all_of_it: bool) -> Select[AuditEntry]:
    """What concerns a group. Not all of it: its settings, coordinators, plans, and who took and left seats.

    Of meetings and series those alone that the viewer may know of; the others are as if they were not.
    """
    found = select(AuditEntry).where(AuditEntry.group_id == group_id, _known_to(viewer))
    return found if all_of_it else found.where(or_(_about_the_group(), _about_seats()))


def of_association(association_id: int) -> Select[AuditEntry]:
    """What concerns an association: its seats, its people, its own data."""
    return select(AuditEntry).where(AuditEntry.association_id == association_id)


def about_person(person_id: int) -> Select[AuditEntry]:
    """What was done to a person, by whomever; the records that were merged into theirs count as theirs."""
    return select(AuditEntry).where(AuditEntry.person_id.in_(_records(person_id)))


def done_by(person_id: int) -> Select[AuditEntry]:
    """What a person did."""
    return select(AuditEntry).where(AuditEntry.actor_id.in_(_records(person_id)))


def _records(person_id: int) -> list[int]:
    return [person_id, *people.former_ids(person_id)]


def searched(search: Search) -> Select[AuditEntry]:
    """What an administrator looks for."""
    found = select(AuditEntry)
    if search.action:
        whole = "." in search.action
        found = found.where(
            AuditEntry.action == search.action if whole else AuditEntry.action.startswith(f"{search.action}.")
        )
    if search.actor:
        found = found.where(_is(AuditEntry.actor_id, search.actor))
    if search.person:
        found = found.where(_is(AuditEntry.person_id, search.person))
    if search.group_id is not None:
        found = found.where(AuditEntry.group_id == search.group_id)
    if search.association_id is not None:
        found = found.where(AuditEntry.association_id == search.association_id)
    if search.first is not None:
        found = found.where(AuditEntry.at >= _midnight(search.first))
    if search.last is not None:
        found = found.where(AuditEntry.at < _midnight(search.last + timedelta(days=1)))
    if search.text:
        found = found.where(AuditEntry.reason.icontains(search.text, autoescape=True))
    return found


def _known_to(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.is_administrator:
        return true()
    meetings = select(Meeting.id).where(meetings_policy.visible(viewer))
    series = select(Meeting.series_id).where(Meeting.series_id.is_not(None), meetings_policy.visible(viewer))
    kind, task_forces = AuditEntry.subject_type, AuditEntry.action.startswith("task_force.")
    coordinates = AuditEntry.group_id.in_(sorted(groups_policy.coordinated(viewer)))
    return and_(
        or_(kind != Meeting.__tablename__, AuditEntry.subject_id.in_(meetings), coordinates),
        or_(kind != MeetingSeries.__tablename__, AuditEntry.subject_id.in_(series), coordinates),
        or_(not_(task_forces), coordinates),
    )


def _about_the_group() -> ColumnElement[bool]:
    return or_(*(AuditEntry.action.startswith(f"{area}.") for area in ("group", "coordinator", "meeting", "milestone")))


def _about_seats() -> ColumnElement[bool]:
    moves = (AuditEntry.details["from"].as_string(), AuditEntry.details["to"].as_string())
    return and_(
        AuditEntry.subject_type == Membership.__tablename__, or_(*(state == State.ACTIVE.value for state in moves))
    )


def _is(column: InstrumentedAttribute[int | None], text: str) -> ColumnElement[bool]:
    """The person is the one with that number, or one whom every word finds."""
    number = _id(text.removeprefix("#")) if text.startswith("#") else None
    if number is not None:
        return column == number
    people = select(Person.id)
    for word in fold(text).split()[:8]:
        people = people.where(Person.search_text.contains(word, autoescape=True))
    return column.in_(people)


def _midnight(day: date) -> datetime:
    return zones.to_utc(datetime.combine(day, time()), settings().default_time_zone)


def _id(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
