"""Reminding those who have to decide, and telling the administrators where nobody does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import clock, dates, zones
from app.core.db import write, writing
from app.core.settings import settings
from app.groups import queries as groups
from app.membership import mails
from app.membership.models import Membership
from app.membership.patience import first_day, is_paused, waited
from app.membership.rules import State
from app.people import queries as people
from app.people.models import Person


def remind() -> bool:
    """One mail to each who has let somebody wait, and one to the administrators about what waits far too long.

    Days of the pause do not count, and nobody is reminded in it. Each is reminded again after as many days.
    """
    config, today = settings(), dates.today()
    if is_paused(today, config.pause):
        return False
    with write():
        pending = (
            writing()
            .scalars(
                select(Membership)
                .where(Membership.state.in_((State.TO_ENDORSE, State.REQUESTED)))
                .options(
                    joinedload(Membership.person), joinedload(Membership.group), joinedload(Membership.association)
                )
                .order_by(Membership.began_at, Membership.id)
                .with_for_update(of=Membership)
            )
            .all()
        )
        due = [one for one in pending if _days(one, today) >= config.reminder_days]
        for person, waiting in _by_decider(due).items():
            mails.reminder(person, waiting)
        late = [
            one for one in pending
            if one.escalated_at is None and waited(_day(one.moved_at), today, config.pause) >= config.escalation_days
        ]  # fmt: skip
        if late:
            mails.escalation(people.administrators(), late)
        now = clock.now()
        for one in due:
            one.reminded_at = now
        for one in late:
            one.escalated_at = now
    return bool(due or late)


def late_since() -> datetime:
    """The instant before which what still waits has waited longer than the administrators are to put up with."""
    config = settings()
    day = first_day(config.escalation_days, dates.today(), config.pause) + timedelta(days=1)
    return zones.to_utc(datetime.combine(day, time()), config.default_time_zone)


def _days(membership: Membership, today: date) -> int:
    """How long it has waited since it came here, or since the last reminder."""
    return waited(_day(membership.reminded_at or membership.moved_at), today, settings().pause)


def _day(instant: datetime) -> date:
    """The day of an instant where the installation is at home."""
    return zones.to_local(instant, settings().default_time_zone).date()


def _by_decider(due: Sequence[Membership]) -> dict[Person, list[Membership]]:
    """{who decides: what waits for them}."""
    speakers = people.speakers_by_association()
    coordinators: dict[int, Sequence[Person]] = {}
    found: dict[Person, list[Membership]] = defaultdict(list)
    for one in due:
        if one.state == State.TO_ENDORSE:
            deciders: Sequence[Person] = [item.person for item in speakers.get(one.association_id or 0, ())]
        else:
            if one.group_id not in coordinators:
                coordinators[one.group_id] = groups.coordinators_of(one.group_id)
            deciders = coordinators[one.group_id]
        for person in deciders:
            if person.recipient and person.id != one.person_id:
                found[person].append(one)
    return found
