"""Many ask for one room at the same instant, over HTTP, answered by several server processes: one gets it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock
from app.core.db import db
from app.meetings.models import Meeting, RoomBooking
from tests.factories.groups import make_community, make_group
from tests.factories.people import make_account
from tests.factories.rooms import make_room
from tests.processes.installation import Installation
from tests.processes.test_last_seats import at_once
from tests.processes.visitor import Visitor

pytestmark = [pytest.mark.processes, pytest.mark.database]
ASKING = 20


def test_twenty_requests_for_one_room(running: Installation) -> None:
    with running.app_context():
        coordinator = make_account(email="coordinator@example.org")
        make_group("climate", community=make_community(), coordinators=(coordinator,))
        room_id = make_room().id
        day = (clock.now() + timedelta(days=60)).date().isoformat()
    running.serve("--workers", "3")
    assert len(running.web_answering()) == 3
    visitors = [Visitor(running.address) for _ in range(5)]
    for visitor in visitors:
        visitor.sign_in("coordinator@example.org")
    form = {
        "title": "One of twenty", "starts_on": day, "time_zone": "Europe/Brussels", "room_id": str(room_id),
        "precision": "hours", "visibility": "public", "status": "confirmed", "step": "save",
    }  # fmt: skip
    answers = at_once(
        [
            lambda by=visitors[number % 5], minutes=number: by.post(
                "/groups/climate/meetings/new", **form, starts_time=f"10:{minutes:02}", ends_time=f"11:{minutes:02}"
            )
            for number in range(ASKING)
        ]
    )
    assert sorted(answer.status for answer in answers) == [303] + [422] * (ASKING - 1)
    assert all("is taken" in answer.text for answer in answers if answer.status == 422)
    with running.app_context():
        assert db.session.query(Meeting).count() == db.session.query(RoomBooking).count() == 1
