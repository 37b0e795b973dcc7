"""The directory of groups: by community, how one joins and state for everybody, and by who sits there for who may know.

Where an association sits is for who takes part in the groups, as in the directory of people. Where it does not, and
what is vacant, is for those who see that part of the matrix of representation. For others these filters do nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.core import search
from app.core.i18n import translated
from app.core.links import absolute
from app.core.pagination import page_number, page_of
from app.core.policy import anyone, current_viewer, guard
from app.core.tables import download
from app.core.tables.model import Column, Kind, Table
from app.groups import queries
from app.groups.models import Community, WorkingGroup
from app.groups.rules import GroupStatus, search_key
from app.meetings import queries as meetings
from app.meetings.models import Meeting
from app.membership import policy, seating
from app.membership import queries as membership
from app.membership.closeness import takes_part
from app.membership.seating import Place
from app.membership.words import GROUP_STATUSES, POLICIES
from app.pages import filtering
from app.pages.blueprint import bp
from app.pages.community import Line, line, topics_in
from app.pages.filtering import Question, typed
from app.people import policy as people_policy
from app.people import queries as people
from app.people.exporting import downloads, hand_out
from app.people.models import Association
from app.people.viewer import Viewer
from app.representation import policy as representation
from app.representation.policy import Scope

SIZE = 30


@dataclass
class Wanted:
    """What is looked for; all that is given has to be true."""

    community_id: int | None = None
    joining: str | None = None
    status: str | None = None
    seated: Association | None = None
    """Who has someone there."""
    absent: Association | None = None
    """Who has nobody there."""
    vacant: Association | None = None
    """Who has a seat there that nobody holds."""


@dataclass
class Directory:
    """The groups found, and what this viewer may know of them."""

    question: Question
    groups: Sequence[WorkingGroup] = ()
    told: Sequence[Association] = ()
    """The associations whose vacant seats are said."""
    vacancies: Mapping[Place, int] = field(default_factory=dict)
    only_coordinated: bool = False
    """Whether other groups than those the viewer coordinates are left out, since one may not know who lacks there."""


@bp.get("/groups")
@downloads
@guard(anyone)
def groups() -> ResponseReturnValue:
    """All groups that the viewer finds, narrowed down as they like."""
    found = directory(current_viewer())
    if wanted := download.asked():
        return hand_out(_table(found), wanted, "groups")
    return render_template("pages/groups.html", **_results(found))


@bp.get("/search/groups")
@guard(anyone)
def groups_results() -> ResponseReturnValue:
    """The list alone, fetched while one types."""
    return render_template("pages/_groups.html", **_results(directory(current_viewer())))


def directory(viewer: Viewer) -> Directory:
    """What the address asks for."""
    question = Question("pages.groups", typed())
    communities = queries.communities()
    listed = [group for item in communities for group in item.groups if policy.find(viewer, group)]
    associations = people.associations() if takes_part(viewer) else []
    wanted = _asked(question, viewer, communities, associations)
    own = [one for one in associations if people_policy.is_focal_point(viewer, one)]
    told = list(dict.fromkeys([*own, *filter(None, [wanted.vacant])]))
    found = Directory(question, told=told, vacancies=seating.vacancies(listed, told) if told else {})
    asked_of = [one.id for one in (wanted.seated, wanted.absent) if one]
    seats = membership.groups_of(asked_of) if asked_of else {}
    scope = representation.scope(viewer)
    if wanted.absent:
        found.only_coordinated = not (scope.everything or wanted.absent.id in scope.associations)
    found.groups = [
        group
        for group in listed
        if search.found_in(search_key(group.names, group.topics), question.text)
        and _is_so(group, wanted)
        and _has(group, wanted, seats, scope, found.vacancies)
    ]
    return found


def _asked(
    question: Question, viewer: Viewer, communities: Sequence[Community], associations: Sequence[Association]
) -> Wanted:
    """The filters that the viewer is offered, and what they are set to."""
    wanted = Wanted(community_id=filtering.ask_community(question, communities))
    scope = representation.scope(viewer)
    if associations:
        wanted.seated = filtering.ask_association(
            question, associations, "association", _("Association"), _("All associations")
        )
    if known := [one for one in associations if scope.has_association(one.id)]:
        wanted.absent = filtering.ask_association(
            question, known, "without", _("Without anyone of"), _("Does not matter")
        )
    if own := [one for one in associations if scope.everything or one.id in scope.associations]:
        wanted.vacant = filtering.ask_association(
            question, own, "vacant", _("With a vacant seat for"), _("Does not matter")
        )
    wanted.joining = filtering.ask_word(
        question, "joining", _("How one joins"), _("All"), {key: word for key, (word, _hint) in POLICIES.items()}
    )
    wanted.status = filtering.ask_word(
        question, "status", _("State"), _("All"), {key: word for key, (word, _hint) in GROUP_STATUSES.items()}
    )
    return wanted


def _is_so(group: WorkingGroup, wanted: Wanted) -> bool:
    """Whether its own settings are those that are looked for. Nobody joins a group that is over."""
    return (
        wanted.community_id in (None, group.community_id)
        and (wanted.joining is None or (wanted.joining == group.join_policy and group.status != GroupStatus.CLOSED))
        and wanted.status in (None, group.status)
    )


def _has(
    group: WorkingGroup,
    wanted: Wanted,
    seats: Mapping[int, set[int]],
    scope: Scope,
    vacancies: Mapping[Place, int],
) -> bool:
    """Whether those sit there, or do not, who are looked for. A group that is over lacks nobody."""
    if wanted.seated and group.id not in seats[wanted.seated.id]:
        return False
    if wanted.vacant and (group.id, wanted.vacant.id) not in vacancies:
        return False
    if wanted.absent is None:
        return True
    known = scope.holds(group.id, wanted.absent.id) and group.status != GroupStatus.CLOSED
    return known and group.id not in seats[wanted.absent.id]


def _results(found: Directory) -> dict[str, object]:
    viewer = current_viewer()
    page = page_of(found.groups, page_number(request.args.get("page")), SIZE)
    counts, soonest = membership.member_counts(), meetings.next_by_group(viewer)
    return {
        "question": found.question,
        "page": page,
        "only_coordinated": found.only_coordinated,
        "communities": [
            (
                community,
                translated(community.names),
                [_line(group, found, counts, soonest, viewer) for group in listed],
            )
            for community, listed in groupby(page.items, key=lambda group: group.community)
        ],
    }


def _line(
    group: WorkingGroup,
    found: Directory,
    counts: Mapping[int, int],
    soonest: Mapping[int, Meeting],
    viewer: Viewer,
) -> Line:
    vacant = [
        ngettext("%(num)s vacant seat for %(code)s", "%(num)s vacant seats for %(code)s", number, code=one.code)
        for one in found.told
        if (number := found.vacancies.get((group.id, one.id)))
    ]
    return line(group, counts.get(group.id, 0), soonest.get(group.id), viewer, [*_stands(group), *vacant])


def _stands(group: WorkingGroup) -> list[str]:
    """Whether it is at work, unless it is, and how one joins."""
    status, joining = (
        str(GROUP_STATUSES[group.status][0]),
        f"{_('How one joins')}{_(':')} {POLICIES[group.join_policy][0]}",
    )
    return {GroupStatus.ACTIVE: [joining], GroupStatus.CLOSED: [status]}.get(group.status, [status, joining])


def _table(found: Directory) -> Table:
    """One row each, of what the page shows."""
    counts, soonest = membership.member_counts(), meetings.next_by_group(current_viewer())
    columns = [
        Column(_("Community")), Column(_("Group")), Column(_("Topics")), Column(_("How one joins")),
        Column(_("State")), Column(_("Members"), Kind.NUMBER), Column(_("Next meeting"), Kind.WALL_TIME),
        Column(_("Time zone")), Column(_("Page")),
        *(Column(_("Vacant seats: %(code)s", code=one.code), Kind.NUMBER) for one in found.told),
    ]  # fmt: skip
    return Table(
        _("Groups"),
        columns,
        (
            [
                translated(group.community.names),
                translated(group.names),
                "; ".join(topics_in(group)),
                POLICIES[group.join_policy][0],
                GROUP_STATUSES[group.status][0],
                counts.get(group.id, 0),
                soonest[group.id].starts_local if group.id in soonest else None,
                soonest[group.id].time_zone if group.id in soonest else None,
                absolute("pages.group", slug=group.slug),
                *(found.vacancies.get((group.id, one.id), 0) for one in found.told),
            ]
            for group in found.groups
        ),
    )
