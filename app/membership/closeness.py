"""How close a viewer is to people, by who sits where: what the rules of people about private fields rest on."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, select, union

from app.core.db import db
from app.groups import policy as groups
from app.membership import policy
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import OPEN
from app.people import policy as people
from app.people.models import Affiliation
from app.people.queries import in_force_today
from app.people.rules import Closeness
from app.people.viewer import Viewer


def takes_part(viewer: Viewer) -> bool:
    """Who works with the groups: members and coordinators of any, focal points, administrators.

    An account alone shows nothing: anyone can sign up.
    """
    return bool(
        viewer.is_administrator or policy.roles(viewer) or groups.coordinated(viewer) or people.focal_for(viewer)
    )


def looked_after(viewer: Viewer) -> list[Select[int]]:
    """Selects of the ids of those whom the viewer coordinates or speaks for; none for who does neither.

    Who was added without having asked, accepted or moved at all is nobody's to read: else whoever may add people could
    read what everybody keeps private.
    """
    group_ids, association_ids = groups.coordinated(viewer), people.focal_for(viewer)
    moved = select(MembershipEvent.id).where(
        MembershipEvent.membership_id == Membership.id, MembershipEvent.actor_id == Membership.person_id
    )
    held = select(Membership.person_id).where(Membership.state.in_(OPEN), moved.exists())
    found = []
    if group_ids:
        found.append(held.where(Membership.group_id.in_(group_ids)))
    if association_ids:
        found.append(held.where(Membership.association_id.in_(association_ids)))
        found.append(
            select(Affiliation.person_id).where(Affiliation.association_id.in_(association_ids), in_force_today())
        )
    return found


def closeness(viewer: Viewer, person_ids: Collection[int]) -> dict[int, Closeness]:
    """How close the viewer is to each of these people, in at most one statement."""
    if viewer.is_administrator:
        found = dict.fromkeys(person_ids, Closeness.COORDINATOR)
    else:
        found = dict.fromkeys(person_ids, Closeness.COLLEAGUE if takes_part(viewer) else Closeness.STRANGER)
        own = looked_after(viewer)
        if own and person_ids:
            near = union(*(one.where(one.selected_columns[0].in_(person_ids)) for one in own))
            found |= dict.fromkeys(db.session.scalars(near), Closeness.COORDINATOR)
    if viewer.person_id in found:
        found[viewer.person_id] = Closeness.SELF
    return found
