"""Whom a call concerns: those who speak for the associations that it is for, their experts, and who chooses."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, select

from app.calls.models import Call
from app.core.db import db
from app.groups import queries as groups
from app.groups.rules import Visibility
from app.membership.models import Membership
from app.membership.rules import OPEN
from app.people import queries as people
from app.people.models import SPEAKING, Affiliation, Person


def speakers_by_association(call: Call) -> dict[int, list[Affiliation]]:
    """{association id: who speaks for it}, of the associations that a call is for."""
    return {key: found for key, found in people.speakers_by_association().items() if call.is_for(key)}


def speakers(call: Call) -> list[Person]:
    """All of them, each once."""
    found = [item.person for items in speakers_by_association(call).values() for item in items]
    return list({person.id: person for person in found}.values())


def choosers(call: Call) -> list[Person]:
    """Who chooses: the coordinators whom one reaches; where there are none, the administrators."""
    return [one for one in groups.coordinators_of(call.group_id) if one.recipient] or list(people.administrators())


def experts(call: Call, after: int, number: int) -> Sequence[Person]:
    """The next experts to write to, by their ids: those of the associations that a call is for who use Roundtable.

    Left out are those who speak for an association, who are written to as such, and who is in the group already. Of a
    group that only those concerned find, nobody else is told.
    """
    if call.group.visibility == Visibility.MEMBERS:
        return []
    belongs = select(Affiliation.person_id).where(people.in_force_today(), Affiliation.association_id.is_not(None))
    if call.limited_to:
        belongs = belongs.where(Affiliation.association_id.in_([one.id for one in call.limited_to]))
    speaks = select(Affiliation.person_id).where(
        people.in_force_today(), Affiliation.function.in_(SPEAKING), Affiliation.association_id.is_not(None)
    )
    inside = select(Membership.person_id).where(Membership.group_id == call.group_id, Membership.state.in_(OPEN))
    return db.session.scalars(
        select(Person)
        .where(
            and_(Person.id > after, Person.email.is_not(None), Person.account.has()),
            Person.id.in_(belongs), Person.id.not_in(speaks), Person.id.not_in(inside),
        )
        .order_by(Person.id)
        .limit(number)
    ).all()  # fmt: skip
