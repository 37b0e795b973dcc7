"""Entering many members, and changing roles and mandates of many, in one transaction.

The seats and the days are decided before, by the rules (`app/imports/judging/memberships.py`); the database's
constraints stand behind them. Groups are locked first, as by every command that takes or frees a seat.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from app.core import audit, clock
from app.core.db import lock_name, writing
from app.groups.models import WorkingGroup
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import SEATED, Move, Role, State, Who, next_state
from app.membership.service.moving import lock_group, note, offer_next
from app.people.models import Association, Person


@dataclass
class Seating:
    """One membership as it shall be: a new one, or the active one given."""

    group: WorkingGroup
    person: Person
    association: Association | None
    role: Role
    number: int | None
    starts_on: date
    ends_on: date | None
    membership: Membership | None = None


def hold_groups(ids: Collection[int]) -> list[WorkingGroup]:
    """Lock these groups, always in the same order, against all that takes or frees a seat."""
    for group_id in sorted(ids):
        lock_name(f"enter:{group_id}")
    return [lock_group(group_id) for group_id in sorted(ids)]


def write_all(seatings: Sequence[Seating], actor_id: int | None) -> None:
    """Write these in the present transaction; `hold_groups` first. The unique indexes refuse a seat given twice.

    Changes come in the order given, so that a seat is freed before the next one takes it, and newcomers last.
    """
    freed: list[Seating] = []
    for item in seatings:
        if item.membership is not None:
            freed += [item] if item.membership.role in SEATED and item.role not in SEATED else []
            _change(item, actor_id)
    writing().flush()
    _enter([item for item in seatings if item.membership is None], actor_id)
    for group, association in {(item.group, item.association) for item in freed}:
        offer_next(group, association)


def _change(item: Seating, actor_id: int | None) -> None:
    """Another role, another mandate, or both."""
    membership = item.membership
    assert membership is not None
    if (membership.role, membership.seat_number) != (item.role, item.number):
        next_state(membership.state, Move.SET_ROLE, Who.COORDINATOR, None)
        membership.role, membership.seat_number = item.role, item.number
        note(membership, Move.SET_ROLE, membership.state, actor_id, Who.COORDINATOR, role=item.role)
    before = (membership.starts_on, membership.ends_on)
    if before != (item.starts_on, item.ends_on):
        membership.starts_on, membership.ends_on = item.starts_on, item.ends_on
        membership.expert_renews = membership.association_renews = None
        membership.reminded_at = membership.escalated_at = None
        if before[1] is not None and (item.ends_on is None or item.ends_on > before[1]):
            note(membership, Move.RENEW, membership.state, actor_id, Who.COORDINATOR)
        else:
            audit.record("membership.dates_changed", membership, actor_id,
                         old=[str(day) for day in before], new=[str(item.starts_on), str(item.ends_on)])  # fmt: skip


def _enter(seatings: Sequence[Seating], actor_id: int | None) -> None:
    state = next_state(None, Move.ENTER, Who.COORDINATOR, None)
    now = clock.now()
    for item in seatings:
        item.membership = Membership(
            group_id=item.group.id, person_id=item.person.id,
            association_id=item.association.id if item.association else None,
            state=state, role=item.role, seat_number=item.number, began_at=now, moved_at=now,
            starts_on=item.starts_on, ends_on=item.ends_on,
        )  # fmt: skip
        item.membership.events.append(
            MembershipEvent(
                move=Move.ENTER, to_state=state, actor_id=actor_id, at=now, role=item.role, capacity=Who.COORDINATOR
            )
        )
    writing().add_all([item.membership for item in seatings])
    details = {"to": State(state), "as": Who.COORDINATOR}
    audit.record_all(
        f"membership.{Move.ENTER}",
        [(item.membership, {**details, "role": item.role}) for item in seatings if item.membership],
        actor_id,
    )
