"""What of a year is to be shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import abort, request, url_for

from app.core import dates
from app.groups import policy as groups_policy
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.meetings.rules import YEARS_AHEAD, YEARS_BACK
from app.membership import policy as membership_policy
from app.pages.planner.laying import Kind
from app.people.viewer import Viewer


@dataclass(frozen=True)
class Asked:
    """A year, and what of it."""

    year: int
    community: str | None
    group: WorkingGroup | None
    mine: bool
    kinds: Collection[Kind]
    known: Sequence[WorkingGroup]
    """The groups that the viewer finds."""
    chosen: Sequence[WorkingGroup]
    """Those of them that are shown."""
    offered: Collection[Kind]

    @property
    def narrowed(self) -> bool:
        """Whether not all groups are shown."""
        return bool(self.community or self.group or self.mine)

    @property
    def group_ids(self) -> list[int] | None:
        """The ids of the groups shown, None for all."""
        return [group.id for group in self.chosen] if self.narrowed else None

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return self.narrowed or set(self.kinds) != set(self.offered)

    def address(self, year: int) -> str:
        """The same of another year."""
        return url_for(
            "pages.planner",
            year=year,
            community=self.community,
            group=self.group.slug if self.group else None,
            mine=1 if self.mine else None,
            show=[kind.value for kind in self.kinds] if set(self.kinds) != set(self.offered) else None,
        )


def years() -> range:
    """Those that meetings can be planned in."""
    now = dates.today().year
    return range(now - YEARS_BACK, now + YEARS_AHEAD + 1)


def asked_year(default: int) -> int:
    """The year of the address; what is none, or too far off, counts as not given."""
    text = request.args.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 and int(text) in years() else default


def asked(viewer: Viewer) -> Asked:
    """What the address asks for; 404 for a group or community that the viewer does not find."""
    known = [group for group in groups.groups() if membership_policy.find(viewer, group)]
    slug, community = request.args.get("group") or None, request.args.get("community") or None
    group = None
    if slug:
        group = next((one for one in known if one.slug == slug), None) or groups.group_at(slug)
        if group is None or not membership_policy.find(viewer, group):
            abort(404)
    if community and all(one.slug != community for one in groups.communities()):
        abort(404)
    mine = viewer.is_signed_in and request.args.get("mine") == "1"
    own = set(membership_policy.roles(viewer)) | groups_policy.coordinated(viewer) if mine else set()
    chosen = [
        one
        for one in known
        if (group is None or one.id == group.id)
        and (community is None or one.community.slug == community)
        and (not mine or one.id in own)
    ]
    offered = [kind for kind in Kind if viewer.is_signed_in or kind not in (Kind.POLLS, Kind.BANDS)]
    wanted = set(request.args.getlist("show"))
    kinds = [kind for kind in offered if kind.value in wanted] or offered
    return Asked(asked_year(dates.today().year), community, group, mine, kinds, known, chosen, offered)
