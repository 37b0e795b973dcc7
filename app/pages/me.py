"""One's own page: groups, requests, next meetings, and what waits for one; for focal points, their association."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.calls import queries as calls
from app.calls.models import Call, Candidacy
from app.core import clock, dates, zones
from app.core.i18n import translated
from app.core.policy import current_viewer, guard, signed_in
from app.groups import policy as groups_policy
from app.groups import queries as groups
from app.groups.models import Coordinator, WorkingGroup
from app.meetings import queries as meetings
from app.meetings.models import Meeting
from app.meetings.presentation import MeetingItem, meeting_item
from app.membership import queries as membership
from app.membership.models import Membership
from app.membership.rules import LEADING, OPEN, PENDING, Role, State
from app.membership.words import ROLES
from app.pages.blueprint import bp
from app.people import policy as people_policy
from app.people import queries as people
from app.people.models import Association, Person
from app.people.viewer import Viewer
from app.people.words import FUNCTIONS
from app.privacy import queries as privacy
from app.proceedings import policy as answers_policy
from app.proceedings import queries as answers
from app.proceedings.rules import Partstat, is_asked
from app.programme import queries as programme
from app.programme.presentation import milestone_item
from app.scheduling import queries as scheduling
from app.scheduling.models import PollOption
from app.scheduling.queries import Question

AHEAD = 5
"""How many meetings, and how many deadlines, are shown."""
SOON = timedelta(days=1)
"""How long before a meeting its link to join is offered here; that of the very next one always is."""
CALLS = 5
"""How many open calls are shown, and how many that one stood for."""
HELD = 8
"""How many dates that one keeps free for polls are shown."""
REMEMBERED = timedelta(days=90)
"""For how long it is told that a request was declined, or that a membership was ended, and why."""


@dataclass(frozen=True)
class Entry:
    """A meeting, with the link to join while it is at hand."""

    item: MeetingItem
    join_link: str | None
    asked: bool
    """Whether one is asked whether one comes. What one sees of one's own groups is for one, but for administrators."""
    said: Partstat | None


@dataclass
class Place:
    """A group one is in or coordinates."""

    group: WorkingGroup
    name: str
    roles: list[str]
    since: datetime
    runs: bool = False
    """Whether one plans its meetings: it stands on one's desk."""
    membership_id: int | None = None
    next_line: str | None = None
    next_url: str | None = None


@dataclass
class Expert:
    """Someone of one's association, with their seats."""

    person: Person
    functions: list[str] = field(default_factory=list)
    seats: list[Membership] = field(default_factory=list)


@dataclass(frozen=True)
class Delegation:
    """An association one is focal point of, with its people."""

    association: Association
    name: str
    experts: Sequence[Expert]
    seats: int


@bp.get("/me")
@guard(signed_in)
def me() -> ResponseReturnValue:
    """All that concerns the viewer, what is next first."""
    viewer = current_viewer()
    assert viewer.person_id is not None
    coordinated = groups.coordinated_by(viewer.person_id) if groups_policy.coordinated(viewer) else []
    own = [item for item in membership.of_person(viewer.person_id) if item.state in OPEN]
    active = [item for item in own if item.state == State.ACTIVE]
    ids = {item.group_id for item in active} | {item.group_id for item in coordinated}
    ahead = meetings.upcoming_of_each(viewer, ids, AHEAD) if ids else []
    stands = calls.of_person(viewer.person_id, CALLS)
    questions = scheduling.questions(viewer.person_id)
    held = _held(questions, viewer.person_id)
    return render_template(
        "pages/me.html",
        stands=stands,
        questions=[one for one in questions if one.is_open],
        held=held[:HELD],
        held_number=len(held),
        calls=_open_calls(viewer, viewer.person_id, stands, {item.group_id for item in active}),
        meetings=_entries(viewer, ahead[:AHEAD]),
        deadlines=[
            milestone_item(one, with_group=True, with_distance=True)
            for one in (programme.upcoming(viewer, ids, AHEAD) if ids else [])
        ],
        groups=_places(viewer, coordinated, active, ahead),
        requests=[item for item in own if item.state in PENDING],
        refusals=membership.refusals(viewer.person_id, clock.now() - REMEMBERED),
        waiting=membership.waiting_count([item.group_id for item in coordinated]) if coordinated else 0,
        delegations=_delegations(viewer),
        erasure=privacy.pending_of(viewer.person_id),
    )


def _open_calls(viewer: Viewer, person_id: int, stands: Sequence[Candidacy], inside: Collection[int]) -> list[Call]:
    """The open calls one could stand for and does not yet, of groups one is not in."""
    standing = {one.call_id for one in stands}
    found = calls.open_for(viewer, people.belongs_to(person_id), CALLS + len(standing) + len(inside))
    return [one for one in found if one.id not in standing and one.group_id not in inside][:CALLS]


def _held(questions: Sequence[Question], person_id: int) -> list[PollOption]:
    """The dates one keeps free oneself, the first one first."""
    own = [option for one in questions if one.person.id == person_id for option in one.held]
    return sorted(own, key=lambda option: (option.starts_at, option.id))


def _entries(viewer: Viewer, ahead: Sequence[Meeting]) -> list[Entry]:
    soonest = next((meeting for meeting in ahead if not meeting.is_cancelled), None)
    now = clock.now()
    limit = now + SOON
    answered = answers.own_among(viewer.person_id, [meeting.id for meeting in ahead]) if viewer.person_id else {}
    return [
        Entry(
            meeting_item(meeting, viewer.time_zone, with_group=True),
            meeting.join_link
            if not meeting.is_cancelled and (meeting is soonest or meeting.starts_at <= limit)
            else None,
            is_asked(meeting, now) and (not viewer.is_administrator or answers_policy.answer(viewer, meeting)),
            answered.get(meeting.id),
        )
        for meeting in ahead
    ]


def _places(
    viewer: Viewer, coordinated: Sequence[Coordinator], active: Sequence[Membership], ahead: Sequence[Meeting]
) -> list[Place]:
    """Each group once: those one coordinates, then those one is a member of, with all that one is there."""
    places: dict[int, Place] = {}
    for coordinator in coordinated:
        group = coordinator.group
        places[group.id] = Place(
            group, translated(group.names), [str(_("Coordinator"))], coordinator.appointed_at, runs=True
        )
    for item in active:
        place = places.setdefault(item.group_id, Place(item.group, translated(item.group.names), [], item.moved_at))
        if item.role != Role.MEMBER or not place.roles:
            place.roles.append(str(ROLES[item.role]))
        place.since = min(place.since, item.moved_at)
        place.runs = place.runs or item.role in LEADING
        place.membership_id = item.id
    for meeting in reversed(ahead):
        if not meeting.is_cancelled:
            for group_id in meeting.group_ids & places.keys():
                places[group_id].next_line = _day(meeting, viewer)
                places[group_id].next_url = url_for("pages.meeting", reference=meeting.reference)
    return list(places.values())


def _day(meeting: Meeting, viewer: Viewer) -> str:
    """The day of a meeting by the viewer's calendar."""
    return dates.day(zones.to_local(meeting.starts_at, viewer.time_zone or meeting.time_zone))


def _delegations(viewer: Viewer) -> list[Delegation]:
    """The associations the viewer speaks for: who belongs to them, and who sits where for them."""
    ids = people_policy.focal_for(viewer)
    if not ids:
        return []
    experts: dict[int, dict[int, Expert]] = {association_id: {} for association_id in ids}
    associations: dict[int, Association] = {}
    for affiliation in people.affiliations_with(ids):
        association = affiliation.association
        assert association is not None
        associations[association.id] = association
        expert = experts[association.id].setdefault(affiliation.person_id, Expert(affiliation.person))
        expert.functions.append(str(FUNCTIONS[affiliation.function]))
    for seat in membership.members_of_associations(ids):
        assert seat.association_id is not None
        experts[seat.association_id].setdefault(seat.person_id, Expert(seat.person)).seats.append(seat)
    return [
        Delegation(
            association,
            people.association_name(association),
            list(experts[association.id].values()),
            sum(len(expert.seats) for expert in experts[association.id].values()),
        )
        for association in sorted(associations.values(), key=lambda item: item.code)
    ]
