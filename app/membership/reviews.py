"""Reads of the yearly review: the rounds, what was confirmed, and what still has to be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.membership.models import RosterConfirmation, RosterReview
from app.people.models import Association, Person


@dataclass(frozen=True)
class Tasks:
    """The lists that someone has to confirm in a round."""

    review: RosterReview
    associations: Sequence[Association]
    groups: Sequence[WorkingGroup]


def latest() -> RosterReview | None:
    """The round that is on: that of the latest year. A list can be confirmed in it until the next one begins."""
    return db.session.scalar(_reviews().limit(1))


def rounds() -> Sequence[RosterReview]:
    """All rounds, the latest first: one a year."""
    return db.session.scalars(_reviews().options(joinedload(RosterReview.opened_by))).all()


def confirmations(review_id: int) -> Sequence[RosterConfirmation]:
    """All that was confirmed in a round, with who confirmed it."""
    return db.session.scalars(
        select(RosterConfirmation)
        .where(RosterConfirmation.review_id == review_id)
        .options(joinedload(RosterConfirmation.person))
        .order_by(RosterConfirmation.id)
    ).all()


def confirmation(
    review_id: int, *, association_id: int | None = None, group_id: int | None = None
) -> RosterConfirmation | None:
    """Who has confirmed the list of an association, or of a group, in a round; None where nobody has."""
    found = select(RosterConfirmation).where(RosterConfirmation.review_id == review_id)
    if association_id is not None:
        found = found.where(RosterConfirmation.association_id == association_id)
    else:
        found = found.where(RosterConfirmation.group_id == group_id)
    return db.session.scalar(found.options(joinedload(RosterConfirmation.person)))


def unconfirmed_associations(review_id: int, only: Collection[int] | None = None) -> Sequence[Association]:
    """The associations whose list nobody has confirmed in a round, by code; of these, or of all for None."""
    done = select(RosterConfirmation.association_id).where(
        RosterConfirmation.review_id == review_id, RosterConfirmation.association_id.is_not(None)
    )
    found = select(Association).where(Association.id.not_in(done)).order_by(Association.code)
    if only is not None:
        found = found.where(Association.id.in_(only))
    return db.session.scalars(found).all()


def unconfirmed_groups(review_id: int, only: Collection[int] | None = None) -> Sequence[WorkingGroup]:
    """The groups whose list nobody has confirmed in a round, but for those that are over; of these, or of all."""
    done = select(RosterConfirmation.group_id).where(
        RosterConfirmation.review_id == review_id, RosterConfirmation.group_id.is_not(None)
    )
    found = (
        select(WorkingGroup)
        .where(WorkingGroup.id.not_in(done), WorkingGroup.status != GroupStatus.CLOSED)
        .options(joinedload(WorkingGroup.community))
        .order_by(WorkingGroup.position, WorkingGroup.id)
    )
    if only is not None:
        found = found.where(WorkingGroup.id.in_(only))
    return db.session.scalars(found).all()


def overdue_count(today: date) -> int:
    """How many lists nobody has confirmed by the last day of the round that is on."""
    review = latest()
    if review is None or today <= review.due_on:
        return 0
    return len(unconfirmed_associations(review.id)) + len(unconfirmed_groups(review.id))


def tasks(association_ids: Collection[int], group_ids: Collection[int]) -> Tasks | None:
    """What those who speak for these associations and coordinate these groups have to confirm; None for nothing."""
    if not association_ids and not group_ids:
        return None
    review = latest()
    if review is None:
        return None
    found = Tasks(
        review,
        unconfirmed_associations(review.id, association_ids) if association_ids else [],
        unconfirmed_groups(review.id, group_ids) if group_ids else [],
    )
    return found if found.associations or found.groups else None


def names(person_ids: Collection[int]) -> dict[int, str]:
    """{person id: name}"""
    found = db.session.scalars(select(Person).where(Person.id.in_(person_ids))) if person_ids else ()
    return {person.id: person.display_name for person in found}


def _reviews() -> Select[RosterReview]:
    return select(RosterReview).order_by(RosterReview.year.desc())
