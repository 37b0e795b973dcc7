"""Who is to come to a meeting of some groups, and all that takes them away within a span of time.

Four kinds of reasons are one to everybody but the person: absences, busy calendars, meetings and date polls of which
the viewer may not know, or not that this person is there. Of them only the number of people is told, and they weigh the
same: else the order of the times found would tell them apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, select, union, union_all

from app.availability import policy, public_holidays
from app.availability.models import Absence, Band, BusyCalendar, BusyPeriod
from app.availability.signals import Kept, Purpose, times_kept
from app.availability.slots import Around, Attendee, Losses, Marked, Span, Wish, seconds
from app.core import zones
from app.core.db import db
from app.core.settings import settings
from app.groups.models import Coordinator
from app.meetings import policy as meetings_policy
from app.meetings import rules as meetings_rules
from app.meetings.models import JointGroup, Meeting, MeetingPerson
from app.meetings.rules import Precision, Status, Visibility
from app.meetings.rules.company import Consent
from app.membership.models import Membership
from app.membership.rules import LEADING, State
from app.people.models import Association, Person
from app.people.viewer import Viewer

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Need:
    """Who must be there: those who lead the groups, these people, or nobody more than others."""

    leading: bool = False
    people: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Event:
    """A meeting that takes people away. `named`: the viewer may know of it, and who is in its group."""

    id: int
    group_id: int
    span: Span
    named: bool


@dataclass
class Guest:
    """Someone who is to come."""

    id: int
    name: str
    zone: str
    groups: set[int] = field(default_factory=set)
    """Of those that meet, the ones they are in."""
    leads: bool = False
    calendar: str | None = None


@dataclass(frozen=True)
class Crowd:
    """Everything that finding a time and warning of clashes go by."""

    around: Around
    names: Mapping[int, str]
    """{person id: name} of those whom the viewer may know to be in one of the groups that meet."""
    events: Mapping[int, Sequence[Event]]
    """{group id: its meetings}"""
    bands: Mapping[int, Band]
    required: frozenset[int]
    kept: Mapping[int, Sequence[tuple[Span, Purpose]]]
    """{person id: times kept free for something of which the viewer may know}"""

    def sorted_out(self, lost: Losses, span: Span) -> tuple[dict[int, list[int]], list[int]]:
        """Those taken: ({meeting id: who is there, as the viewer may know}, who is taken elsewhere)."""
        shares = {person.key: person.shares for person in self.around.attendees}
        known: dict[int, list[int]] = defaultdict(list)
        elsewhere = []
        for key in lost.taken:
            found = self._known_event(shares[key], span) if key in self.names else None
            if found is None:
                elsewhere.append(key)
            else:
                known[found.id].append(key)
        return dict(known), elsewhere

    def kept_for(self, lost: Losses, span: Span) -> list[tuple[Purpose, list[int]]]:
        """(what the time is kept free for, who keeps it), each person once."""
        found: dict[int, tuple[Purpose, list[int]]] = {}
        for key in lost.kept:
            purpose = next(why for (begins, ends), why in self.kept[key] if begins < span[1] and span[0] < ends)
            found.setdefault(purpose.key, (purpose, []))[1].append(key)
        return list(found.values())

    def _known_event(self, group_ids: Iterable[int], span: Span) -> Event | None:
        return next(
            (
                event
                for group_id in group_ids
                for event in self.events.get(group_id, ())
                if event.named and event.span[0] < span[1] and span[0] < event.span[1]
            ),
            None,
        )


def gather(
    viewer: Viewer,
    group_ids: frozenset[int],
    begins: datetime,
    ends: datetime,
    *,
    need: Need | None = None,
    but: Collection[int] = (),
    guests: Sequence[Guest] | None = None,
    deciding: int | None = None,
) -> Crowd:
    """What is known of the groups' people between two instants.

    `but`: ids of meetings that do not count. `guests`: the groups' people, where they were read before, or those of
    them who are to come. `deciding`: see `times_kept`.
    """
    need = need or Need()
    inside = None if viewer.is_administrator else meetings_policy.inside(viewer)
    guests = guests_of(group_ids) if guests is None else guests
    people = _people(group_ids)
    shares = _shares(people)
    events = _events(viewer, {group for ids in shares.values() for group in ids}, begins, ends, inside, but)
    busy = _busy(people, begins, ends, but)
    bands = {band.id: band for band in bands_between(viewer, group_ids, begins, ends)}
    names = dict(named(viewer, guests))
    kept: dict[int, list[tuple[Span, Purpose]]] = defaultdict(list)
    for one in _kept(viewer, people, begins, ends, deciding):
        span = (seconds(one.starts_at), seconds(one.ends_at))
        if one.purpose is not None and one.person_id in names:
            kept[one.person_id].append((span, one.purpose))
        else:
            busy[one.person_id].append(span)
    # Whom one may not know to be there cannot be asked for either: the number of those needed would tell.
    asked = need.people & names.keys()
    required = frozenset(guest.id for guest in guests if guest.id in asked or (need.leading and guest.leads))
    years = range((begins - DAY).year, (ends + DAY).year + 1)
    around = Around(
        attendees=[
            Attendee(
                key=guest.id,
                zone=guest.zone,
                required=guest.id in required,
                busy=busy.get(guest.id, ()),
                shares=sorted(shares.get(guest.id, ())),
                calendar=guest.calendar,
                kept=[span for span, _purpose in kept.get(guest.id, ())],
            )
            for guest in guests
        ],
        shared={group_id: [event.span for event in found] for group_id, found in events.items()},
        holidays={
            calendar: public_holidays.days(calendar, years)
            for calendar in {guest.calendar for guest in guests}
            if calendar
        },
        marked=[Marked(band.id, band.starts_on, band.ends_on, Wish(band.wish)) for band in bands.values()],
    )
    return Crowd(around, names, events, bands, required, dict(kept))


def named(viewer: Viewer, guests: Sequence[Guest]) -> list[tuple[int, str]]:
    """(person id, name) of those whom the viewer may know to be there, by name."""
    inside = None if viewer.is_administrator else meetings_policy.inside(viewer)
    return [(guest.id, guest.name) for guest in guests if inside is None or guest.groups & inside]


def calendars(group_ids: frozenset[int]) -> dict[str, int]:
    """{calendar of public holidays: how many of the groups' people live by it}."""
    counts: dict[str, int] = defaultdict(int)
    for guest in guests_of(group_ids):
        if guest.calendar:
            counts[guest.calendar] += 1
    return dict(counts)


def bands_between(viewer: Viewer, group_ids: frozenset[int], begins: datetime, ends: datetime) -> Sequence[Band]:
    """The marked periods for these groups that the viewer may know of, in any zone's days between the instants."""
    first, last = (begins - DAY).date(), (ends + DAY).date()
    return db.session.scalars(
        select(Band)
        .where(policy.concerns(group_ids), policy.visible_bands(viewer), Band.ends_on >= first, Band.starts_on <= last)
        .order_by(Band.starts_on, Band.ends_on, Band.id)
    ).all()


def _people(group_ids: frozenset[int]) -> Select[int]:
    """The ids of a group's active members and coordinators."""
    ids = sorted(group_ids)
    members = select(Membership.person_id).where(Membership.group_id.in_(ids), Membership.state == State.ACTIVE)
    coordinators = select(Coordinator.person_id).where(
        Coordinator.group_id.in_(ids), Coordinator.ended_at.is_(None)
    )  # fmt: skip
    return select(union(members, coordinators).subquery().c.person_id)


def guests_of(group_ids: frozenset[int]) -> list[Guest]:
    """Active members and coordinators of the groups, each once, by name."""
    ids = sorted(group_ids)
    who: Any = (Person.id, Person.stored_name, Person.latin_name, Person.time_zone, Person.search_text)
    members = (
        select(*who, Membership.group_id, Membership.role, Association.country, Association.region)
        .join(Person, Person.id == Membership.person_id)
        .join(Association, Association.id == Membership.association_id, isouter=True)
        .where(Membership.group_id.in_(ids), Membership.state == State.ACTIVE)
    )
    coordinators = (
        select(*who, Coordinator.group_id)
        .join(Person, Person.id == Coordinator.person_id)
        .where(Coordinator.group_id.in_(ids), Coordinator.ended_at.is_(None))
    )
    found: dict[int, Guest] = {}
    order: dict[int, str] = {}

    def guest(person_id: int, name: str, latin: str | None, zone: str | None, text: str) -> Guest:
        order[person_id] = text
        shown = f"{name} ({latin})" if latin and latin != name else name
        return found.setdefault(person_id, Guest(person_id, shown, zone or settings().default_time_zone))

    for *person, group_id, role, country, region in db.session.execute(members):
        one = guest(*person)
        one.groups.add(group_id)
        one.leads = one.leads or role in LEADING
        one.calendar = one.calendar or public_holidays.calendar_of(country, region)
    for *person, group_id in db.session.execute(coordinators):
        guest(*person).groups.add(group_id)
    return sorted(found.values(), key=lambda one: (order[one.id], one.id))


def _shares(people: Select[int]) -> dict[int, set[int]]:
    """{person id: the groups whose meetings they attend}."""
    members = select(Membership.person_id, Membership.group_id).where(
        Membership.person_id.in_(people), Membership.state == State.ACTIVE
    )
    coordinators = select(Coordinator.person_id, Coordinator.group_id).where(
        Coordinator.person_id.in_(people), Coordinator.ended_at.is_(None)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, group_id in db.session.execute(union(members, coordinators)):
        found[person_id].add(group_id)
    return dict(found)


def _events(
    viewer: Viewer,
    group_ids: Collection[int],
    begins: datetime,
    ends: datetime,
    inside: frozenset[int] | None,
    but: Collection[int],
) -> dict[int, list[Event]]:
    """{group id: its meetings that take place then}. Whoever is in the group is taken.

    All of them count, also those that the viewer may not know of: these have no name. A joint meeting is that of every
    group that has agreed; of meetings of few see `_busy`.
    """
    seen = case((meetings_policy.visible(viewer), 1), else_=0)
    what: Any = (Meeting.id, Meeting.starts_at, Meeting.ends_at, seen)
    shared = and_(_takes_place(begins, ends), Meeting.visibility.not_in(meetings_policy.OF_FEW))
    ids = sorted(group_ids)
    hosted = select(Meeting.group_id, *what).where(Meeting.group_id.in_(ids), shared)
    joint = (
        select(JointGroup.group_id, *what)
        .join(Meeting, Meeting.id == JointGroup.meeting_id)
        .where(JointGroup.group_id.in_(ids), JointGroup.consent == Consent.AGREED, shared)
    )
    events: dict[int, list[Event]] = defaultdict(list)
    found = sorted(db.session.execute(union_all(hosted, joint)), key=lambda row: (row[2], row[1]))
    for group_id, meeting_id, starts_at, ends_at, visible in found:
        if meeting_id not in but:
            named = bool(visible) and (inside is None or group_id in inside)
            events[group_id].append(Event(meeting_id, group_id, (seconds(starts_at), seconds(ends_at)), named))
    return dict(events)


def _takes_place(begins: datetime, ends: datetime) -> ColumnElement[bool]:
    """The condition that a meeting is held between the instants, its day at least being known."""
    return and_(
        Meeting.status != Status.CANCELLED,
        Meeting.precision != Precision.MONTH,
        Meeting.starts_at >= begins - meetings_rules.LOOK_BACK,
        Meeting.starts_at < ends,
        Meeting.ends_at > begins,
    )


def _with_few(people: Select[int], begins: datetime, ends: datetime, but: Collection[int]) -> Iterable[Any]:
    """(person id, begin, end) of the meetings of few that these people attend."""
    what: Any = (Membership.person_id, Meeting.id, Meeting.starts_at, Meeting.ends_at)
    own = (
        select(*what)
        .join(Meeting, Meeting.group_id == Membership.group_id)
        .where(Membership.person_id.in_(people), Membership.state == State.ACTIVE, _takes_place(begins, ends))
    )
    leading = own.where(Meeting.visibility == Visibility.CHAIRS, Membership.role.in_(sorted(LEADING)))
    named = own.join(
        MeetingPerson,
        and_(MeetingPerson.meeting_id == Meeting.id, MeetingPerson.person_id == Membership.person_id),
    ).where(Meeting.visibility == Visibility.NAMED)
    for person_id, meeting_id, starts_at, ends_at in db.session.execute(union_all(leading, named)):
        if meeting_id not in but:
            yield person_id, starts_at, ends_at


def _busy(people: Select[int], begins: datetime, ends: datetime, but: Collection[int]) -> defaultdict[int, list[Span]]:
    """{person id: when they are away, busy by a calendar of theirs, or in a meeting of few}: told of nobody by name."""
    found: defaultdict[int, list[Span]] = defaultdict(list)
    absences = select(Absence.person_id, Absence.starts_local, Absence.ends_local, Absence.time_zone).where(
        Absence.person_id.in_(people),
        Absence.ends_local > (begins - DAY).replace(tzinfo=None),
        Absence.starts_local < (ends + DAY).replace(tzinfo=None),
    )
    for person_id, starts, finishes, zone in db.session.execute(absences):
        found[person_id].append((seconds(zones.to_utc(starts, zone)), seconds(zones.to_utc(finishes, zone))))
    periods = (
        select(BusyCalendar.person_id, BusyPeriod.starts_at, BusyPeriod.ends_at)
        .join(BusyPeriod, BusyPeriod.calendar_id == BusyCalendar.id)
        .where(BusyCalendar.person_id.in_(people), BusyPeriod.ends_at > begins, BusyPeriod.starts_at < ends)
    )
    for person_id, starts_at, ends_at in (*db.session.execute(periods), *_with_few(people, begins, ends, but)):
        found[person_id].append((seconds(starts_at), seconds(ends_at)))
    return found


def _kept(viewer: Viewer, people: Select[int], begins: datetime, ends: datetime, deciding: int | None) -> list[Kept]:
    """What these people keep free, as far as features above know."""
    answers = times_kept.send(viewer, people=people, begins=begins, ends=ends, deciding=deciding)
    return [one for _receiver, found in answers for one in found]
