"""What a feed is about: its scope and its header, if those who ask may know of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.calendars import headers, scopes
from app.calendars.choice import Choice, NotOffered
from app.calendars.feeds import FeedKey, FeedKind
from app.calendars.headers import Header
from app.calendars.scopes import Scope
from app.core.addresses import Address
from app.groups.models import Community, WorkingGroup
from app.groups.rules import Visibility
from app.meetings.models import Meeting, MeetingSeries
from app.people.models import Association, Person
from app.people.viewer import Absent


class Subject(NamedTuple):
    """What a feed is about."""

    scope: Scope
    header: Header


def subject_of(session: Session, key: FeedKey, choice: Choice) -> Subject | None:
    """The subject of a feed; None where there is none that its readers may know of. Raises NotOffered."""
    found = _FINDERS[key.kind](session, key, choice)
    return found and found._replace(scope=found.scope.called_off(choice.cancelled))


def _group(session: Session, key: FeedKey, choice: Choice) -> Subject | None:
    group = session.get(WorkingGroup, key.target_id, options=[joinedload(WorkingGroup.community)])
    if group is None or group.visibility != Visibility.PUBLIC:
        return None
    return Subject(scopes.of_group(group.id), headers.of_group(group, choice))


def _community(session: Session, key: FeedKey, choice: Choice) -> Subject | None:
    community = session.get(Community, key.target_id)
    if community is None:
        return None
    found = WorkingGroup.community_id == community.id, WorkingGroup.visibility == Visibility.PUBLIC
    narrowed = _narrowed(session, choice, *found)
    return Subject(scopes.of_found(narrowed, community.id), headers.of_community(community, choice))


def _all(session: Session, key: FeedKey, choice: Choice) -> Subject:
    narrowed = _narrowed(session, choice, WorkingGroup.visibility == Visibility.PUBLIC)
    return Subject(scopes.of_found(narrowed), headers.of_all(choice))


def _meeting(session: Session, key: FeedKey, choice: Choice) -> Subject | None:
    group = joinedload(Meeting.group).joinedload(WorkingGroup.community)
    meeting = session.get(Meeting, key.target_id, options=[group])
    if meeting is None or not meeting.is_public or meeting.group.visibility != Visibility.PUBLIC:
        return None
    return Subject(scopes.of_meeting(meeting.id), headers.of_meeting(meeting, choice))


def _series(session: Session, key: FeedKey, choice: Choice) -> Subject | None:
    group = joinedload(MeetingSeries.group).joinedload(WorkingGroup.community)
    series = session.get(MeetingSeries, key.target_id, options=[group, selectinload(MeetingSeries.meetings)])
    if series is None or series.group.visibility != Visibility.PUBLIC:
        return None
    if not any(meeting.is_public for meeting in series.meetings):
        return None
    return Subject(scopes.of_series(series.id), headers.of_series(series, choice))


def _person(session: Session, key: FeedKey, choice: Choice) -> Subject | None:
    person = session.get(Person, key.target_id)
    if person is None:
        return None
    owner = Absent(person)
    return Subject(scopes.of_person(key.kind, owner, _named(session, choice)), headers.of_person(key.kind, choice))


def _association(session: Session, key: FeedKey, choice: Choice) -> Subject | None:
    association = session.get(Association, key.target_id)
    if association is None:
        return None
    return Subject(
        scopes.of_association(association.id, _named(session, choice)), headers.of_association(association, choice)
    )


def _narrowed(session: Session, choice: Choice, *known: ColumnElement[bool]) -> tuple[int, ...] | None:
    """The ids of the groups chosen; None for all. Raises NotOffered for one that is not among those known."""
    if not choice.groups:
        return None
    found = select(Address.slug, WorkingGroup.id).join(WorkingGroup, WorkingGroup.id == Address.target_id)
    rows = session.execute(found.where(Address.kind == "group", Address.slug.in_(choice.groups), *known)).all()
    named = {row.slug: row.id for row in rows}
    for slug in choice.groups:
        if slug not in named:
            raise NotOffered(f"There is no group {slug!a} in this calendar.")
    return tuple(sorted(set(named.values())))


def _named(session: Session, choice: Choice) -> tuple[int, ...] | None:
    """The same for a personal feed: a group that is no longer its owner's is no mistake of theirs."""
    if not choice.groups:
        return None
    found = select(Address.target_id).where(Address.kind == "group", Address.slug.in_(choice.groups))
    return tuple(sorted(set(session.scalars(found))))


_FINDERS: dict[FeedKind, Callable[[Session, FeedKey, Choice], Subject | None]] = {
    FeedKind.GROUP: _group,
    FeedKind.COMMUNITY: _community,
    FeedKind.ALL: _all,
    FeedKind.MEETING: _meeting,
    FeedKind.SERIES: _series,
    FeedKind.MINE: _person,
    FeedKind.EXPECTED: _person,
    FeedKind.DEADLINES: _person,
    FeedKind.ASSOCIATION: _association,
}
