"""Many at the same instant: one meeting, one answer each, nobody written to twice."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from sqlalchemy import func, select

from app.core.db import db
from app.core.outbox import OutboxMessage
from app.meetings.models import Meeting
from app.scheduling import service
from app.scheduling.models import Poll, PollVote
from app.scheduling.rules import Answer, PollFacts, span
from app.scheduling.service import NotNow, Outcome, Via, daily
from tests.factories.membership import make_membership
from tests.factories.scheduling import DATES
from tests.people.helpers import at_once
from tests.scheduling.conftest import World

ZONE = "Europe/Brussels"


def number(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_two_choose_different_dates_at_once(world: World, app: Flask) -> None:
    poll = world.poll()
    poll_id, (first, second, _third) = poll.id, (option.id for option in poll.offered)
    cora, mia, outcome = world.cora.id, world.mia.id, Outcome("Spring")
    outcomes = at_once(
        app,
        lambda: service.close(poll_id, first, outcome, cora).id,
        lambda: service.close(poll_id, second, outcome, mia).id,
        lambda: service.cancel(poll_id, "No.", None).id,
    )
    assert sum(isinstance(one, NotNow) for one in outcomes) == 2, outcomes
    assert number(Meeting) == (1 if db.session.scalar(select(Poll.state)) == "closed" else 0)


def test_a_choice_sent_again_and_again_at_once(world: World, app: Flask) -> None:
    poll = world.poll()
    poll_id, first, cora = poll.id, poll.offered[0].id, world.cora.id
    before = number(OutboxMessage)
    outcomes = at_once(app, *[lambda: service.close(poll_id, first, Outcome("Spring"), cora).id] * 5)
    assert outcomes == [poll_id] * 5
    assert (number(Meeting), number(OutboxMessage) - before) == (1, 2)


def test_one_person_answers_from_two_windows_at_once(world: World, app: Flask) -> None:
    poll = world.poll()
    poll_id, dates, mia = poll.id, [option.id for option in poll.offered], world.mia.id
    ways = [(Answer.YES, mia, Via.PAGE), (Answer.NO, None, Via.LINK)] * 2
    at_once(
        app,
        *[
            lambda said=said, by=by, via=via: service.answer(poll_id, mia, dict.fromkeys(dates, said), by, via).id
            for said, by, via in ways
        ],
    )
    assert number(PollVote) == 3
    assert len(set(db.session.scalars(select(PollVote.answer)))) == 1, "the latest, of all dates"


def test_a_form_sent_again_and_again_at_once(world: World, app: Flask) -> None:
    facts, group_id = PollFacts("Spring", 120, ZONE, datetime(2027, 2, 20, 17), (span(DATES[0], 120),)), world.group.id
    outcomes = at_once(app, *[lambda: service.open_poll(group_id, facts, None, creation_key="once").id] * 3)
    assert len(set(outcomes)) == 1 and number(Poll) == 1, outcomes


def test_two_workers_write_once_to_each(world: World, app: Flask) -> None:
    world.poll()
    make_membership(world.group, world.otto)
    before = number(OutboxMessage)
    at_once(app, daily.invite_newcomers, daily.invite_newcomers)
    assert number(OutboxMessage) - before == 1
