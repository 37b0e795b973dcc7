"""Terms of participation of those who sit in groups: who has not accepted them, asking and reminding them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import audit, clock, dates
from app.core.db import db, write, writing
from app.core.errors import DomainError
from app.membership import mails
from app.membership.models import Membership
from app.membership.rules import State
from app.membership.service.moving import AlreadyMoved, locked
from app.people.models import Person
from app.terms import queries as terms
from app.terms.service import note_asked, take_turns

BETWEEN_REMINDERS = timedelta(days=7)
AT_ONCE = 100
"""How many are written to in one transaction."""


@dataclass(frozen=True)
class Standing:
    """Someone who has not accepted the terms in force."""

    asked_at: datetime | None
    """When they were last written to about it."""

    @property
    def may_remind(self) -> bool:
        """Whether the last mail is long enough ago."""
        return self.asked_at is None or clock.now() - self.asked_at >= BETWEEN_REMINDERS


def standings(person_ids: Collection[int]) -> dict[int, Standing]:
    """{person id: how it stands} of those among them who have not accepted, in three statements."""
    open_for = terms.not_accepted_by(person_ids)
    asked = terms.asked_at(open_for)
    return {person_id: Standing(asked.get(person_id)) for person_id in open_for}


def remind(membership_id: int, actor_id: int | None) -> None:
    """Write to a member who has not accepted the terms; not more often than once a week, whoever it is that reminds.

    Raises AlreadyMoved where they are a member no more, DomainError.
    """
    with write():
        membership = locked(membership_id)
        if membership.state != State.ACTIVE:
            raise AlreadyMoved(membership)
        person = membership.person
        take_turns(person.id)
        standing = standings([person.id]).get(person.id)
        name = person.display_name
        if standing is None:
            raise DomainError(_("%(name)s has accepted the terms meanwhile.", name=name))
        if person.recipient is None:
            raise DomainError(_("We have no e-mail address of %(name)s.", name=name))
        if not standing.may_remind and standing.asked_at:
            again = dates.day(standing.asked_at + BETWEEN_REMINDERS)
            raise DomainError(_("%(name)s was written to less than a week ago. You can remind them from %(day)s.",
                                name=name, day=again))  # fmt: skip
        note_asked(person.id)
        mails.terms_to_accept(person, terms.due(person.id))
        audit.record("terms.reminded", person, actor_id, group_id=membership.group_id)


def ask_outstanding() -> bool:
    """Write once to everybody who sits in a group and has not accepted what is in force since it came into force.

    So are asked: all who accepted an earlier version that does not suffice any more, and those whom others let in.
    """
    asked = False
    while person_ids := _to_ask():
        with write():
            found = writing().scalars(select(Person).where(Person.id.in_(person_ids)).with_for_update()).all()
            for person in found:
                due = terms.due(person.id)
                if due:
                    mails.terms_to_accept(person, due)
                note_asked(person.id)
        asked = True
    return asked


def _to_ask() -> list[int]:
    lacks = terms.lacks_acceptance(Person.id)
    if lacks is None:
        return []
    sits = select(Membership.person_id).where(Membership.state == State.ACTIVE)
    return list(
        db.session.scalars(
            select(Person.id)
            .where(
                Person.id.in_(sits),
                Person.email.is_not(None),
                terms.not_asked_yet(Person.id),
                lacks,
            )
            .order_by(Person.id)
            .limit(AT_ONCE)
        )
    )
