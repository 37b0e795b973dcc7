"""Reminding those who have to choose after a deadline, and telling the administrators where nobody does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.calls import audience, mails, queries
from app.calls.models import Call
from app.core import clock, dates, zones
from app.core.db import write, writing
from app.core.settings import settings
from app.membership.patience import is_paused, waited
from app.people import queries as people
from app.people.models import Person


def remind_of_choice() -> bool:
    """Some days after a deadline one mail to each who has not chosen; later one to the administrators.

    Each once for a deadline. Days of the pause do not count, and nobody is reminded in it.
    """
    config, today = settings(), dates.today()
    if is_paused(today, config.pause):
        return False
    with write():
        waiting = _waiting()
        due = [one for one in waiting
               if one.choice_reminded_at is None and _days(one, today) >= config.call_decision_days]  # fmt: skip
        for person, calls in _by_chooser(due).items():
            mails.undecided(person, calls)
        late = [one for one in waiting
                if one.escalated_at is None and _days(one, today) >= config.call_escalation_days]  # fmt: skip
        if late:
            mails.escalation(people.administrators(), late)
        now = clock.now()
        for one in due:
            one.choice_reminded_at = now
        for one in late:
            one.escalated_at = now
    return bool(due or late)


def _waiting() -> Sequence[Call]:
    """The calls that wait for a choice and about which something is still to be said, locked, the oldest first."""
    unsaid = or_(Call.choice_reminded_at.is_(None), Call.escalated_at.is_(None))
    return (
        writing()
        .scalars(
            select(Call)
            .where(queries.past_deadline(), unsaid)
            .options(joinedload(Call.group))
            .order_by(Call.deadline_at, Call.id)
            .with_for_update(of=Call)
            .execution_options(populate_existing=True)
        )
        .all()
    )


def _days(call: Call, today: date) -> int:
    """How long a call has waited, as people count it."""
    config = settings()
    return waited(zones.to_local(call.deadline_at, config.default_time_zone).date(), today, config.pause)


def _by_chooser(due: Sequence[Call]) -> dict[Person, list[Call]]:
    """{who chooses: what waits for them}."""
    found: dict[Person, list[Call]] = defaultdict(list)
    for call in due:
        for person in audience.choosers(call):
            found[person].append(call)
    return found
