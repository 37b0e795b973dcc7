"""Who may see and keep what is known of people's time."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select, true

from app.availability.models import Absence, Band, BusyCalendar
from app.core.policy import administrators
from app.groups import policy as groups
from app.groups.models import WorkingGroup
from app.meetings import policy as meetings
from app.membership import policy as membership
from app.people.viewer import Viewer

find_times = meetings.plan
"""Who looks for times at which a group could meet: who plans its meetings."""
see_bands = membership.see_inside
"""Who sees the periods that a group has marked for itself."""
keep_bands = groups.coordinate
keep_common_bands = administrators


def own(viewer: Viewer, thing: Absence | BusyCalendar) -> bool:
    """The person whose time it is; nobody else, administrators neither."""
    return viewer.person_id is not None and thing.person_id == viewer.person_id


def see_band(viewer: Viewer, band: Band) -> bool:
    """Everybody with an account those for all; those of a group, who sees what it keeps among itself."""
    if band.group is not None:
        return see_bands(viewer, band.group)
    return viewer.is_signed_in


def edit_band(viewer: Viewer, band: Band) -> bool:
    """Coordinators those of their group, administrators all."""
    return keep_bands(viewer, band.group) if band.group is not None else keep_common_bands(viewer)


def visible_bands(viewer: Viewer) -> ColumnElement[bool]:
    """The condition that a marked period is one the viewer may know of: what `see_band` says, for the database."""
    if viewer.is_administrator:
        return true()
    if not viewer.is_signed_in:
        return Band.id.is_(None)
    return or_(Band.group_id.is_(None), Band.group_id.in_(sorted(meetings.inside(viewer))))


def concerns(group_ids: frozenset[int]) -> ColumnElement[bool]:
    """The condition that a marked period is one for these groups: their own, of their communities, of all."""
    communities = select(WorkingGroup.community_id).where(WorkingGroup.id.in_(sorted(group_ids)))
    everybody = and_(Band.group_id.is_(None), Band.community_id.is_(None))
    return or_(everybody, Band.group_id.in_(sorted(group_ids)), Band.community_id.in_(communities))
