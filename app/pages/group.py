"""A group's page: what it works on, when it meets, who sits there, and the one next step for who looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.calls import queries as calls
from app.core import clock, dates, markdown, zones
from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.groups import policy as groups_policy
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.meetings import queries as meetings
from app.meetings.models import Meeting
from app.meetings.presentation import meeting_item
from app.meetings.rules import Precision
from app.membership import policy as membership_policy
from app.membership import queries as membership
from app.membership.models import Membership
from app.membership.rules import Role, State, bar_to_asking, bar_to_nominating
from app.membership.words import ROLES
from app.pages import navigation
from app.pages.blueprint import bp
from app.pages.community import topics_in
from app.people import policy as people_policy
from app.people.models import Association
from app.people.queries import association_name, country_name
from app.people.viewer import Viewer
from app.programme import queries as programme
from app.programme.presentation import milestone_item
from app.scheduling import policy as scheduling_policy
from app.scheduling import queries as scheduling

AHEAD = 10
BEHIND = 5
CALLS = 3
MILESTONES = 200
"""Read of the work programme: what is ahead stands on the page, the year behind is folded."""
SEATS = 30
"""Members named on the page; the list of members has them all."""


@dataclass(frozen=True)
class Standing:
    """What the viewer is to the group, and so what the page offers."""

    inside: bool
    runs_meetings: bool
    decides: bool
    waiting_since: datetime | None = None
    """When the viewer asked to join, while nobody has decided."""
    role: str | None = None
    """What the viewer is in the group, in words."""
    leads: bool = False
    membership_id: int | None = None
    state: State | None = None
    """Where the viewer's own membership stands."""
    takes_requests: bool = True
    may_nominate: bool = False
    requests: int = 0
    """How many requests wait for this viewer's decision."""

    @property
    def may_ask(self) -> bool:
        """Whether asking to join is the viewer's next step."""
        return self.takes_requests and self.membership_id is None and not self.runs_meetings


@dataclass(frozen=True)
class Seat:
    """A member, as those inside the group see them."""

    name: str
    page: str
    """The address of their page in the directory."""
    role: str | None
    association: str | None
    country: str | None
    url: str | None


@dataclass(frozen=True)
class Country:
    """The associations of one country that are represented."""

    name: str
    associations: Sequence[tuple[str, str]]
    """(name, address of its page)"""


@bp.get("/groups/<slug>")
@guard(membership_policy.find, of=groups.group_at, sees=membership_policy.find_or_visit)
def group(found: WorkingGroup) -> ResponseReturnValue:
    """One group."""
    viewer = current_viewer()
    standing = _standing(viewer, found)
    ahead = meetings.upcoming(viewer, group_ids=[found.id], limit=AHEAD + 1)
    soonest = next((meeting for meeting in ahead if not meeting.is_cancelled), None)
    behind = meetings.past(viewer, found.id, limit=BEHIND + 1)
    seats = membership.members(found.id, limit=SEATS) if standing.inside else []
    milestones, today = programme.around(viewer, found.id, MILESTONES), dates.today()
    represented = [] if standing.inside else membership.associations_in(found.id)
    return render_template(
        "pages/group.html",
        group=found,
        name=translated(found.names),
        community=found.community,
        community_name=translated(found.community.names),
        topics=topics_in(found),
        mandate=markdown.to_html(translated(found.mandate)) if translated(found.mandate) else None,
        standing=standing,
        next_meeting=meeting_item(soonest, viewer.time_zone, with_group=False) if soonest else None,
        next_days=_days_until(soonest) if soonest else None,
        next_reference=soonest.reference if soonest else None,
        upcoming=[
            meeting_item(meeting, viewer.time_zone, with_group=False)
            for meeting in ahead[:AHEAD]
            if meeting is not soonest
        ],
        more_ahead=len(ahead) > AHEAD,
        calls=calls.open_calls(viewer, CALLS, found.id),
        programme=[
            milestone_item(one, with_group=False, with_distance=True) for one in milestones if one.last_day >= today
        ][:AHEAD],
        programme_behind=[
            milestone_item(one, with_group=False) for one in reversed(milestones) if one.last_day < today
        ],
        polls=scheduling.open_of_group(scheduling_policy.visible(viewer), found.id) if viewer.is_signed_in else [],
        sees_polls=scheduling_policy.browse(viewer, found),
        past=[meeting_item(meeting, viewer.time_zone, with_group=False) for meeting in behind[:BEHIND]],
        more_behind=len(behind) > BEHIND,
        seats=[_seat(item) for item in seats],
        countries=_by_country(represented),
        association_count=len(represented),
        member_count=membership.member_count(found.id),
        coordinators=[person.display_name for person in groups.coordinators_of(found.id)]
        if viewer.is_signed_in
        else [],
    )


def _standing(viewer: Viewer, found: WorkingGroup) -> Standing:
    decides = membership_policy.decide(viewer, found)
    own = membership.open_membership(viewer.person_id, found.id) if viewer.person_id is not None else None
    active = own is not None and own.state == State.ACTIVE
    return Standing(
        inside=membership_policy.see_inside(viewer, found),
        runs_meetings=membership_policy.runs_meetings(viewer, found),
        decides=decides,
        waiting_since=own.began_at if own is not None and not active else None,
        role=str(ROLES[own.role]) if own is not None and active else None,
        leads=active and membership_policy.leads(viewer, found),
        membership_id=own.id if own is not None else None,
        state=State(own.state) if own is not None else None,
        takes_requests=bar_to_asking(found.status, found.join_policy, limit=1) is None,
        may_nominate=bool(people_policy.focal_for(viewer))
        and bar_to_nominating(found.status, found.join_policy, limit=1) is None,
        requests=_waiting(viewer, found) if decides else 0,
    )


def _waiting(viewer: Viewer, found: WorkingGroup) -> int:
    """How many requests wait here; for the groups that the viewer coordinates the menu asks too, and once is enough."""
    if found.id in groups_policy.coordinated(viewer):
        return navigation.waiting_by_group(viewer).get(found.id, 0)
    return membership.waiting_count([found.id])


def _seat(item: Membership) -> Seat:
    association = item.association
    return Seat(
        name=item.person.display_name,
        page=url_for("pages.person", person_id=item.person_id),
        role=None if item.role == Role.MEMBER else str(ROLES[item.role]),
        association=association_name(association) if association else None,
        country=country_name(association.country) if association else None,
        url=url_for("pages.association", code=association.code) if association else None,
    )


def _by_country(associations: Iterable[Association]) -> list[Country]:
    """The associations, which come by country, under their countries' names."""
    return [
        Country(name, [(association_name(one), url_for("pages.association", code=one.code)) for one in ones])
        for name, ones in groupby(associations, key=lambda one: country_name(one.country))
    ]


def _days_until(meeting: Meeting) -> int | None:
    """How many days there are before the meeting, by the calendar of its place; 0 for today and while it runs.

    None where only its month is known.
    """
    if meeting.precision == Precision.MONTH:
        return None
    today = zones.to_local(clock.now(), meeting.time_zone).date()
    return max(0, (meeting.starts_local.date() - today).days)
