"""The desk of those who run groups: what waits for them, what comes next, and what they need at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.calls import queries as calls
from app.calls.models import Call
from app.core import dates
from app.core.i18n import translated
from app.core.links import absolute
from app.core.policy import current_viewer, guard
from app.core.settings import settings
from app.core.tables import download
from app.groups import policy as groups_policy
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.meetings import queries as meetings
from app.meetings.models import Meeting
from app.meetings.presentation import MeetingItem, meeting_item
from app.meetings.rules.interpreting import due as interpreters_due
from app.meetings.words import duty_word
from app.membership import exports, reviews
from app.membership import policy as membership_policy
from app.membership import queries as membership
from app.membership.models import Membership
from app.membership.rules import LEADING, Role
from app.membership.service.reminding import late_since
from app.membership.words import ROLES
from app.pages.blueprint import bp
from app.pages.deciding import applied, offers, to_endorse
from app.people import policy as people_policy
from app.people import queries as people
from app.people.exporting import downloads, hand_out
from app.people.models import Association
from app.people.viewer import Viewer
from app.programme import queries as programme
from app.programme.models import Milestone
from app.programme.presentation import MilestoneItem, milestone_item
from app.scheduling import queries as scheduling
from app.scheduling.models import Poll
from app.scheduling.rules import Standing

AHEAD = 3
"""How many meetings of each group are shown."""
SHOWN = 10
"""How many requests the desk shows at once, those who waited longest; the groups' rosters have the others."""
LISTED = 50
"""How many the administration's lists of requests show."""
PARTS = ("waiting", "overdue")


@dataclass(frozen=True)
class Entry:
    """A meeting with what can be done about it."""

    item: MeetingItem
    reference: str


@dataclass(frozen=True)
class Duty:
    """Something about a meeting's interpreters that has a last day soon, or had one."""

    words: str
    title: str
    reference: str
    late: bool


@dataclass(frozen=True)
class Asked:
    """A meeting that another group would hold jointly."""

    item: MeetingItem
    reference: str
    slug: str
    """Of the group that is asked."""
    group_name: str
    host: str
    several: bool
    """Whether it is a series."""


@dataclass(frozen=True)
class Place:
    """A group on the desk of someone who runs it."""

    group: WorkingGroup
    name: str
    decides: bool
    role: str | None
    """What the viewer is in the group; None for its coordinators."""
    waiting: Sequence[Membership]
    waiting_count: int
    meetings: Sequence[Entry]
    has_next: bool
    """Whether one of the meetings takes place."""
    interpreters: Sequence[Duty]
    """By when interpreters are to be booked or cancelled for its meetings."""
    due: Sequence[MilestoneItem]
    """What its work programme has due soon, and what should be done by now."""
    members: int
    without_terms: int
    """Members who have not accepted the terms of participation; only for those who decide on members."""
    calendar: str
    """The address to subscribe to."""
    polls: Sequence[Poll]
    """Its date polls that are not decided."""


@bp.get("/desk")
@downloads
@guard(membership_policy.use_desk)
def desk() -> ResponseReturnValue:
    """One's groups; for administrators also the requests that wait in all others."""
    viewer = current_viewer()
    if viewer.is_administrator and request.args.get("only") in PARTS:
        return _requests(overdue=request.args["only"] == "overdue")
    places = _places(viewer)
    elsewhere, elsewhere_count = _elsewhere(places) if viewer.is_administrator else ([], 0)
    return render_template(
        "pages/desk.html",
        places=places,
        to_endorse=to_endorse(viewer, SHOWN),
        offers=offers(viewer),
        tasks=reviews.tasks(people_policy.focal_for(viewer), groups_policy.coordinated(viewer)),
        asked=_asked(viewer),
        calls_to_choose=_calls_to_choose(viewer),
        polls_to_decide=[poll for place in places for poll in place.polls if poll.now == Standing.TO_DECIDE],
        applied=applied(viewer, SHOWN),
        associations=_spoken_for(viewer),
        elsewhere=elsewhere[:SHOWN],
        elsewhere_count=elsewhere_count,
    )


def _asked(viewer: Viewer) -> list[Asked]:
    """The joint meetings that one's groups have not answered yet; for administrators those of all groups."""
    return [
        Asked(
            item=meeting_item(joint.meeting, viewer.time_zone, with_group=False),
            reference=joint.meeting.reference,
            slug=joint.group.slug,
            group_name=translated(joint.group.names),
            host=translated(joint.meeting.group.names),
            several=joint.meeting.series_id is not None,
        )
        for joint in meetings.asked_of(viewer, SHOWN)
    ]


def _calls_to_choose(viewer: Viewer) -> list[Call]:
    """The calls of one's groups whose deadline has passed; for administrators those of all."""
    ids = None if viewer.is_administrator else groups_policy.coordinated(viewer)
    return list(calls.to_choose(ids, SHOWN)) if ids is None or ids else []


def _spoken_for(viewer: Viewer) -> list[Association]:
    """The associations one speaks for, by code."""
    ids = people_policy.focal_for(viewer)
    return sorted((one for one in people.associations() if one.id in ids), key=lambda one: one.code) if ids else []


def _elsewhere(places: Sequence[Place]) -> tuple[Sequence[Membership], int]:
    """The requests in groups that one does not coordinate, the oldest of them, and how many there are."""
    mine = {place.group.id for place in places if place.decides}
    counts = {group_id: number for group_id, number in membership.waiting_counts().items() if group_id not in mine}
    return (membership.waiting(counts, SHOWN) if counts else []), sum(counts.values())


def _requests(*, overdue: bool) -> ResponseReturnValue:
    """For administrators: what waits for a word in all groups, or what has waited too long."""
    before = late_since() if overdue else None
    if wanted := download.asked():
        table = exports.waiting(membership.pending(None, before))
        return hand_out(table, wanted, "requests", noted="requests")
    return render_template(
        "pages/requests.html",
        waiting=membership.pending(LISTED, before),
        number=membership.pending_count(before),
        long=overdue,
        days=settings().escalation_days,
        downloads=download.links(),
    )


def _places(viewer: Viewer) -> list[Place]:
    """The groups one coordinates or leads, in the catalogue's order."""
    coordinated, roles = groups_policy.coordinated(viewer), membership_policy.roles(viewer)
    run = coordinated | {group_id for group_id, role in roles.items() if role in LEADING}
    if not run:
        return []
    waiting = membership.waiting(coordinated, SHOWN) if coordinated else []
    counted = Counter(item.group_id for item in waiting)
    waiting_counts = membership.waiting_counts(coordinated) if len(waiting) == SHOWN else counted
    member_counts = membership.member_counts(run)
    without_terms = membership.without_terms_counts(coordinated) if coordinated else {}
    ahead = meetings.upcoming_of_each(viewer, run, AHEAD)
    due = programme.due(viewer, run)
    interpreted = meetings.with_interpreters(viewer, run)
    polls = scheduling.undecided(run)
    return [
        _place(
            viewer,
            group,
            role=None if group.id in coordinated else roles[group.id],
            waiting=[item for item in waiting if item.group_id == group.id],
            waiting_count=waiting_counts.get(group.id, 0) if group.id in coordinated else 0,
            ahead=meetings.of(group.id, ahead, AHEAD),
            interpreted=[meeting for meeting in interpreted if meeting.group_id == group.id],
            due=[one for one in due if one.group_id == group.id],
            members=member_counts.get(group.id, 0),
            without_terms=without_terms.get(group.id, 0),
            polls=[poll for poll in polls if poll.group_id == group.id],
        )
        for group in groups.groups(run)
    ]


def _place(
    viewer: Viewer,
    group: WorkingGroup,
    *,
    role: Role | None,
    waiting: Sequence[Membership],
    waiting_count: int,
    ahead: Sequence[Meeting],
    interpreted: Sequence[Meeting],
    due: Sequence[Milestone],
    members: int,
    without_terms: int,
    polls: Sequence[Poll],
) -> Place:
    return Place(
        group=group,
        name=translated(group.names),
        decides=role is None,
        role=str(ROLES[role]) if role else None,
        waiting=waiting,
        waiting_count=waiting_count,
        meetings=[
            Entry(meeting_item(meeting, viewer.time_zone, with_group=False), meeting.reference) for meeting in ahead
        ],
        has_next=any(not meeting.is_cancelled for meeting in ahead),
        interpreters=[duty for meeting in interpreted for duty in _duties(meeting)],
        due=[milestone_item(one, with_group=False, with_distance=True) for one in due],
        members=members,
        without_terms=without_terms,
        calendar=absolute("calendars.group_calendar", slug=group.slug),
        polls=polls,
    )


def _duties(meeting: Meeting) -> list[Duty]:
    today = dates.today()
    return [
        Duty(duty_word(one), meeting.title, meeting.reference, late=one.day < today)
        for one in interpreters_due(meeting.said, today)
    ]
