"""What all commands share: the lock, the refusal, and that nobody is written to twice for the same thing."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import clock
from app.core.db import lock, writing
from app.core.errors import DomainError, Text
from app.people.models import Person
from app.scheduling.models import Poll, PollNotice
from app.scheduling.rules import Move, Standing, is_possible
from app.scheduling.words import NOT_NOW


class NotNow(DomainError):
    """It cannot be done with a poll that stands as it does; its page says how that is."""

    def __init__(self, poll_id: int, message: Text) -> None:
        super().__init__(message)
        self.poll_id = poll_id


def locked(poll_id: int) -> Poll:
    """The poll as it is now, nobody else's until the transaction ends. Raises DomainError."""
    found = lock(Poll, poll_id)
    if found is None:
        raise DomainError(_l("This poll is no longer here."))
    return found


def refuse_unless(move: Move, poll: Poll) -> None:
    """Raise NotNow where the poll does not stand so that it can be done."""
    if not is_possible(move, poll.now):
        raise NotNow(poll.id, NOT_NOW[poll.now])


def touch(poll: Poll, actor_id: int | None) -> None:
    """Note who moved it, and when."""
    poll.moved_at, poll.moved_by_id = clock.now(), actor_id


def first_time(poll: Poll, people: Iterable[Person], step: str) -> list[Person]:
    """Those among them who were not written to for this step, and are so from now on; the poll is locked."""
    session = writing()
    told = set(
        session.scalars(select(PollNotice.person_id).where(PollNotice.poll_id == poll.id, PollNotice.step == step))
    )
    fresh = [person for person in {one.id: one for one in people}.values() if person.id not in told]
    now = clock.now()
    session.add_all(PollNotice(poll_id=poll.id, person_id=person.id, step=step, at=now) for person in fresh)
    return fresh


def is_over(poll: Poll) -> bool:
    """Whether it is decided or called off."""
    return poll.now in (Standing.CLOSED, Standing.CANCELLED)
