"""What a group grants: how one comes in, how many seats for whom, for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, conflicts
from app.core.db import db, write, writing
from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.groups.rules import LONGEST_TERM, MOST_SEATS, Access, GroupStatus, JoinPolicy, Visibility
from app.groups.signals import group_changed
from app.membership import mails, seating
from app.membership.models import Membership, SeatGrant
from app.membership.rules import OPEN, Move, State, Who
from app.membership.service.moving import lock_group, move, offer_next
from app.people.models import Association


@dataclass(frozen=True)
class Joining:
    """How one comes into a group and for how long; who finds it, and who sees inside: three settings of their own."""

    join_policy: JoinPolicy
    status: GroupStatus
    visibility: Visibility
    access: Access
    seats_member: int
    seats_associate: int
    seats_partner: int
    term_months: int | None


@dataclass(frozen=True)
class Surplus:
    """An association that would hold more seats than it is granted: what lowering a limit does."""

    association: Association
    held: int
    limit: int


def joining_of(group: WorkingGroup) -> Joining:
    """What is set now."""
    return Joining(
        join_policy=JoinPolicy(group.join_policy),
        status=GroupStatus(group.status),
        visibility=Visibility(group.visibility),
        access=Access(group.access),
        seats_member=group.seats_member,
        seats_associate=group.seats_associate,
        seats_partner=group.seats_partner,
        term_months=group.term_months,
    )


def surpluses(group: WorkingGroup, wanted: Joining) -> list[Surplus]:
    """The associations that these settings would leave with more seats held than granted, where they hold less now.

    Nobody's seat ends: none becomes free there until fewer are held.
    """
    held, named = seating.held_counts(group.id), seating.exceptions(group.id)
    granted = {
        "member": wanted.seats_member, "associate": wanted.seats_associate, "partner": wanted.seats_partner
    }  # fmt: skip
    found = db.session.scalars(select(Association).where(Association.id.in_(held)).order_by(Association.code)).all()
    return [
        Surplus(item, held[item.id], granted[item.status])
        for item in found
        if item.id not in named and held[item.id] > granted[item.status] < seating.by_status(group, item.status)
    ]


def ends_with(group_id: int) -> int:
    """How many memberships and requests would end with the group."""
    found = select(Membership.id).where(Membership.group_id == group_id, Membership.state.in_(OPEN))
    return len(db.session.scalars(found).all())


def set_joining(group_id: int, wanted: Joining, version: int, actor_id: int | None, *, may_close: bool) -> WorkingGroup:
    """Change how one comes into a group and who sees it. Raises EditConflict, DomainError.

    Lowering a number ends nobody's seat. Closing the group ends all its memberships; `may_close` says who may.
    """
    _check(wanted)
    with write():
        group = lock_group(group_id)
        before = joining_of(group)
        changed = conflicts.differences(before, wanted)
        if not changed:
            return group
        conflicts.check_version(group.version, version, asdict(before))
        if "status" in changed and GroupStatus.CLOSED in (before.status, wanted.status) and not may_close:
            raise DomainError(_l("Only administrators close a group or open it again."), "status")
        for name in changed:
            setattr(group, name, getattr(wanted, name))
        audit.record("group.joining_changed", group, actor_id, fields=changed,
                     old={name: getattr(before, name) for name in changed},
                     new={name: getattr(wanted, name) for name in changed})  # fmt: skip
        writing().flush()
        if {"visibility", "status"} & set(changed):  # what is hidden has no public feed, what is closed meets no more
            group_changed.send(group)
        if wanted.status == GroupStatus.CLOSED:
            _close(group, actor_id)
        else:
            _offer_all(group)
    return group


def set_exception(group_id: int, association_id: int, number: int | None, actor_id: int | None) -> None:
    """Grant one association another number of seats than its status is granted; None: the same again."""
    if number is not None and not 0 <= number <= MOST_SEATS:
        raise DomainError(_seats_out_of_range(), "number")
    with write() as session:
        group = lock_group(group_id)
        grant = session.get(SeatGrant, (group_id, association_id))
        before = grant.number if grant else None
        if before == number:
            return
        if number is None:
            session.delete(grant)
        elif grant is None:
            session.add(SeatGrant(group_id=group_id, association_id=association_id, number=number))
        else:
            grant.number = number
        audit.record("group.seats_granted", group, actor_id, association_id=association_id, old=before, new=number)
        session.flush()
        offer_next(group, session.get(Association, association_id))


def _check(wanted: Joining) -> None:
    for name in ("seats_member", "seats_associate", "seats_partner"):
        if not 0 <= getattr(wanted, name) <= MOST_SEATS:
            raise DomainError(_seats_out_of_range(), name)
    if wanted.term_months is not None and not 1 <= wanted.term_months <= LONGEST_TERM:
        raise DomainError(_l("Give a number of months from 1 to 120, or leave it empty."), "term_months")


def _seats_out_of_range() -> object:
    return _l("Give a number from 0 to 50.")


def _close(group: WorkingGroup, actor_id: int | None) -> None:
    """All that is open ends with the group; those who sat there are told."""
    for membership in _open_in(group.id):
        was_member = membership.state == State.ACTIVE
        move(membership, Move.CLOSE, Who.SYSTEM, actor_id)
        mails.group_closed(membership, was_member=was_member)


def _open_in(group_id: int) -> Sequence[Membership]:
    return (
        writing()
        .scalars(
            select(Membership)
            .where(Membership.group_id == group_id, Membership.state.in_(OPEN))
            .order_by(Membership.state.desc(), Membership.id)  # those who wait first: nothing is offered to them then
            .with_for_update()
        )
        .all()
    )


def _offer_all(group: WorkingGroup) -> None:
    """More seats may be free now: offer them where someone waits."""
    if group.status != GroupStatus.ACTIVE:
        return
    waiting = select(Membership.association_id).where(
        Membership.group_id == group.id, Membership.state == State.WAITING
    )
    for association in writing().scalars(select(Association).where(Association.id.in_(waiting))):
        offer_next(group, association)
