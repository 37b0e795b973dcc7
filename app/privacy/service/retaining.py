"""Forgetting by itself what has been kept for as long as the settings allow."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select

from app.core import clock, dates
from app.core.db import db, lock, write
from app.core.personal import Swept
from app.core.settings import settings
from app.groups.models import Coordinator
from app.membership.models import Membership
from app.membership.rules import OPEN
from app.people.models import SPEAKING, Account, Affiliation, Person
from app.people.queries import in_force_today
from app.privacy.features import FEATURES
from app.privacy.models import Erasure, ErasureState, Origin
from app.privacy.rules import silent_since
from app.privacy.service.asking import begin

BATCH = 200
"""People in one run, so that a long list does not become as many mails at once."""


def retain(*, dry_run: bool = False) -> list[Swept]:
    """Apply every period of the settings, or only count what is due; a line for each."""
    found = [line for feature in FEATURES for line in feature.retain(clock.now(), dry_run=dry_run)]
    return [*found, _silent(dry_run=dry_run)]


def _silent(*, dry_run: bool) -> Swept:
    """Begin the erasure of those of whom nothing was heard for long; it has its pause as any other."""
    what = _("People of whom nothing was heard: the pause before their erasure begins")
    found = _silent_people()
    if found is None:
        return Swept(what, "INACTIVE_MONTHS", 0)
    if dry_run:
        return Swept(
            what, "INACTIVE_MONTHS", db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
        )
    number = 0
    for person_id in db.session.scalars(found.order_by(Person.id).limit(BATCH)).all():
        with write() as session:
            person = lock(Person, person_id)
            still = _silent_people()
            assert still is not None
            if person is not None and session.scalar(still.where(Person.id == person_id)) is not None:
                begin(person, Origin.RETENTION, None)
                number += 1
    return Swept(what, "INACTIVE_MONTHS", number)


def _silent_people() -> Select[int] | None:
    """The ids of people who are nothing here any more, with no sign of life since the settings' day.

    Whoever is a member or on the way in, coordinates, speaks for an association or runs the installation stays.
    """
    since = silent_since(clock.now(), settings().inactive_months)
    if since is None:
        return None
    today = dates.today()

    def some(model: type, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return select(model.id).where(model.person_id == Person.id, *conditions).exists()  # type: ignore[attr-defined]

    stays = or_(
        some(Membership, or_(Membership.state.in_(OPEN), Membership.moved_at >= since)),
        some(Coordinator, or_(Coordinator.ended_at.is_(None), Coordinator.ended_at >= since)),
        some(Affiliation, Affiliation.function.in_(SPEAKING), in_force_today()),
        some(Affiliation, Affiliation.starts_on > today),
        some(
            Account,
            or_(Account.is_administrator, Account.created_at >= since, Account.last_sign_in_at >= since),
        ),
        some(Erasure, or_(Erasure.state == ErasureState.PENDING, Erasure.ended_at >= since)),
    )
    return select(Person.id).where(Person.erased_at.is_(None), Person.created_at < since, ~stays)
