"""Many close one poll at the same instant, over HTTP, answered by several server processes: one meeting comes of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.db import db
from app.core.outbox import OutboxMessage
from app.meetings.models import Meeting
from app.scheduling.models import Poll, PollOption
from tests.factories.groups import make_community, make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account
from tests.factories.scheduling import make_poll
from tests.processes.installation import Installation
from tests.processes.test_last_seats import at_once
from tests.processes.visitor import Visitor

pytestmark = [pytest.mark.processes, pytest.mark.database]
CLOSING = 20


def test_twenty_closings_make_one_meeting(running: Installation) -> None:
    with running.app_context(), running.app().test_request_context():
        coordinators = tuple(make_account(email=f"c{number}@example.org") for number in range(2))
        group = make_group("heat", community=make_community(), coordinators=coordinators)
        make_membership(group, make_account(email="member@example.org"))
        first = datetime.combine(clock.now().date() + timedelta(days=60), datetime.min.time()).replace(hour=10)
        dates = [first + timedelta(days=number) for number in range(4)]
        poll = make_poll(group, dates, closes=first - timedelta(days=30), actor_id=coordinators[0].id)
        address, options = f"/polls/{poll.reference}/close", [option.id for option in poll.offered]
        before = db.session.scalar(sa.select(sa.func.count(OutboxMessage.id))) or 0
    running.serve("--workers", "3")
    visitors = [Visitor(running.address) for _ in coordinators]
    for number, visitor in enumerate(visitors):
        visitor.sign_in(f"c{number}@example.org")
    answers = at_once(
        [
            lambda by=visitors[number % 2], option=options[number % 4]: by.post(
                address, step="save", option=str(option), title="Spring", visibility="public"
            )
            for number in range(CLOSING)
        ]
    )
    assert {answer.status for answer in answers} == {303}, "all are led to what came of it"
    with running.app_context():
        meeting = db.session.scalars(sa.select(Meeting)).one()
        found = db.session.scalars(sa.select(Poll)).one()
        chosen = db.session.scalars(sa.select(PollOption).where(PollOption.chosen)).one()
        assert (found.state, found.meeting_id) == ("closed", meeting.id)
        assert chosen.starts_local == meeting.starts_local
        assert db.session.scalar(sa.select(sa.func.count(OutboxMessage.id))) == before + 2, "each is told once"
