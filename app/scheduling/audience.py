"""Who is asked by a date poll: the members and coordinators of its groups today, or those who are named."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, CompoundSelect, Select, select, union

from app.core.db import db
from app.groups.models import Coordinator
from app.membership.models import Membership
from app.membership.rules import State
from app.people.models import Person
from app.scheduling.models import Poll, PollPerson, poll_groups


def asked(poll: Poll) -> Sequence[Person]:
    """All who are asked, by name."""
    return db.session.scalars(select(Person).where(_in(poll)).order_by(Person.search_text, Person.id)).all()


def asked_person(poll: Poll, person_id: int) -> Person | None:
    """The person, if they are asked."""
    return db.session.scalar(select(Person).where(_in(poll), Person.id == person_id))


def of_groups(group_ids: Collection[int]) -> Sequence[Person]:
    """The members and coordinators of these groups, by name, each once."""
    found = select(Person).where(Person.id.in_(_belonging(group_ids)))
    return db.session.scalars(found.order_by(Person.search_text, Person.id)).all()


def pairs(
    *polls: ColumnElement[bool], person_ids: Collection[int] | Select[int] | None = None
) -> CompoundSelect[int, int]:
    """(poll id, person id) of all who are asked by the polls that these conditions find; of these people alone.

    `person_ids`: ids, or a select of them.
    """

    def of(
        model: type[Membership] | type[Coordinator], in_force: ColumnElement[bool], further: bool
    ) -> Select[int, int]:
        found = select(Poll.id, model.person_id).where(*polls, ~Poll.named, in_force)
        if further:
            found = found.join(poll_groups, poll_groups.c.poll_id == Poll.id).join(
                model, model.group_id == poll_groups.c.group_id
            )
        else:
            found = found.join(model, model.group_id == Poll.group_id)
        return found if person_ids is None else found.where(model.person_id.in_(person_ids))

    named = select(Poll.id, PollPerson.person_id).join(PollPerson, PollPerson.poll_id == Poll.id)
    named = named.where(*polls, Poll.named)
    if person_ids is not None:
        named = named.where(PollPerson.person_id.in_(person_ids))
    active, coordinates = Membership.state == State.ACTIVE, Coordinator.ended_at.is_(None)
    return union(
        named,
        *(of(Membership, active, further) for further in (False, True)),
        *(of(Coordinator, coordinates, further) for further in (False, True)),
    )


def _in(poll: Poll) -> ColumnElement[bool]:
    if poll.named:
        return Person.id.in_(select(PollPerson.person_id).where(PollPerson.poll_id == poll.id))
    return Person.id.in_(_belonging(poll.group_ids))


def _belonging(group_ids: Collection[int]) -> CompoundSelect[int]:
    return union(
        select(Membership.person_id).where(Membership.group_id.in_(group_ids), Membership.state == State.ACTIVE),
        select(Coordinator.person_id).where(Coordinator.group_id.in_(group_ids), Coordinator.ended_at.is_(None)),
    )
