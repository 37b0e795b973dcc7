"""Two associations become one; or a new one comes out of an association, with some of its people and seats."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from app.core import addresses, audit, dates
from app.core.db import lock, write, writing
from app.core.errors import DomainError
from app.membership.models import Membership
from app.membership.rules import OPEN
from app.membership.service import merging as memberships
from app.merging.references import ASSOCIATION_JOINED, ASSOCIATION_MOVED, move_all
from app.people.models import Affiliation, Association
from app.people.queries import in_force_today
from app.people.service.associations import AssociationFacts, check_facts, facts_of


def merge_associations(joining_id: int, staying_id: int, actor_id: int | None) -> Association:
    """Let one association join another, with its people, seats and history. Raises DomainError.

    Its short name leads to the other from then on. No seat ends: where more are held together than are granted, none
    is free until fewer are. As of persons, the row of the higher number is kept, with what is known of the one that
    stays.
    """
    if joining_id == staying_id:
        raise DomainError(_l("Choose another association than this one."), "into")
    gone_id, kept_id = sorted((joining_id, staying_id))
    with write() as session:
        memberships.lock_groups(association_ids=(joining_id, staying_id))
        found = {association_id: lock(Association, association_id) for association_id in (gone_id, kept_id)}
        staying, joining = found[staying_id], found[joining_id]
        if staying is None or joining is None:
            raise DomainError(_l("This association is no longer here."))
        facts, loaded, code = facts_of(staying), dict(staying.loaded), joining.code
        memberships.join_seats(staying_id, joining_id)
        move_all(ASSOCIATION_JOINED, ASSOCIATION_MOVED, kept_id, gone_id, actor_id)
        addresses.hand_over("association", joining_id, kept_id, merged=True)
        if staying_id != kept_id:
            addresses.hand_over("association", staying_id, kept_id, merged=False)
        session.execute(delete(Association).where(Association.id == gone_id))
        session.expire_all()
        kept = session.get_one(Association, kept_id)
        _set(kept, facts)
        kept.loaded = loaded
        audit.record("association.merged", kept, actor_id, former_id=gone_id, former_code=code)
    return kept


def split_association(
    association_id: int,
    facts: AssociationFacts,
    person_ids: Collection[int],
    membership_ids: Collection[int],
    actor_id: int | None,
) -> Association:
    """Make a new association of some people of another, and of seats that they hold. Raises DomainError.

    They belong to the new one from today on, in the functions that they had; what was before stays with the other.
    """
    check_facts(facts)
    with write() as session:
        memberships.lock_groups(association_ids=(association_id,))
        old = lock(Association, association_id)
        if old is None:
            raise DomainError(_l("This association is no longer here."))
        seats = session.scalars(
            select(Membership)
            .where(
                Membership.id.in_(membership_ids),
                Membership.association_id == association_id,
                Membership.state.in_(OPEN),
            )
            .order_by(Membership.id)
        ).all()
        if len(seats) < len(set(membership_ids)):
            raise DomainError(_l("One of these seats has changed meanwhile. Look at the list again."), "seats")
        if {seat.person_id for seat in seats} - set(person_ids):
            raise DomainError(_l("A seat goes with the person who holds it: choose the person too."), "seats")
        addresses.require_free("association", facts.code, field="code")
        new = Association(code=facts.code, country=facts.country, region=facts.region,
                          name=facts.name, names={}, status=facts.status)  # fmt: skip
        _set(new, facts)
        session.add(new)
        session.flush()
        addresses.claim("association", facts.code, new.id, field="code")
        _affiliate(old, new, set(person_ids), holders={seat.person_id for seat in seats})
        memberships.hand_over(seats, new, actor_id)
        audit.record("association.split", old, actor_id, into=new.id)
        audit.record("association.added", new, actor_id, out_of=old.id)
    return new


def _affiliate(old: Association, new: Association, person_ids: set[int], holders: set[int]) -> None:
    """Let people belong to the new association from today on instead of the old one.

    Holders of its seats need not belong to the old one any more.
    """
    today = dates.today()
    found = writing().scalars(
        select(Affiliation)
        .where(Affiliation.association_id == old.id, Affiliation.person_id.in_(person_ids), in_force_today())
        .with_for_update()
    )
    mine = found.all()
    if person_ids - {item.person_id for item in mine} - holders:
        raise DomainError(_l("One of these people does not belong to the association any more."), "people")
    for item in mine:
        if item.starts_on == today:
            item.association = new
            continue
        writing().add(
            Affiliation(
                person_id=item.person_id, association_id=new.id, function=item.function, starts_on=today,
                ends_on=item.ends_on,
            )
        )  # fmt: skip
        item.ends_on = today - timedelta(days=1)
    writing().flush()


def _set(association: Association, facts: AssociationFacts) -> None:
    for name, value in asdict(facts).items():
        setattr(association, name, dict(value) if name == "names" else value)
