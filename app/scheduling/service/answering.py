"""Saying when one can come: signed in, by the link from a mail, or for someone else."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, clock
from app.core.db import write
from app.core.errors import DomainError
from app.scheduling import audience
from app.scheduling.models import Poll, PollVote
from app.scheduling.rules import Answer, Move
from app.scheduling.service.moving import locked, refuse_unless


class Via(StrEnum):
    """How one answers."""

    PAGE = "page"
    """Signed in."""
    LINK = "link"
    """By the link from a mail, without signing in."""


def answer(poll_id: int, person_id: int, answers: Mapping[int, Answer], actor_id: int | None, via: Via) -> Poll:
    """Note what a person says to each of these options {option id: answer}; what they said to others stays.

    `actor_id`: who is signed in; by the link nobody is. Raises NotNow, DomainError.
    """
    with write() as session:
        poll = locked(poll_id)
        refuse_unless(Move.ANSWER, poll)
        if audience.asked_person(poll, person_id) is None:
            raise DomainError(_l("This person is not asked any more."))
        offered = {option.id for option in poll.offered}
        known = {
            vote.option_id: vote
            for vote in session.scalars(
                select(PollVote).where(PollVote.person_id == person_id, PollVote.option_id.in_(offered))
            )
        }
        changed = 0
        for option_id, said in answers.items():
            vote = known.get(option_id)
            if option_id not in offered or (vote is not None and vote.answer == said):
                continue
            if vote is None:
                vote = PollVote(option_id=option_id, person_id=person_id)
                session.add(vote)
            vote.answer, vote.answered_at = said, clock.now()
            vote.answered_by_id = actor_id if via == Via.PAGE else None
            vote.by_link = via == Via.LINK
            changed += 1
        if changed:
            actor = actor_id if via == Via.PAGE else person_id
            audit.record("poll.answered", poll, actor, person_id=person_id, via=via.value)
    return poll
