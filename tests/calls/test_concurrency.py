"""Two people at the same instant: nothing is done twice."""

from __future__ import annotations

from datetime import UTC, datetime

import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.calls import service
from app.calls.models import Candidacy
from app.calls.rules import CallState
from app.calls.service.reminding import remind_of_choice
from app.core.db import db
from app.core.outbox import OutboxMessage
from app.membership import service as membership
from app.membership.models import Membership
from tests.factories.calls import in_days, make_call, make_candidacy
from tests.factories.groups import make_group
from tests.factories.people import make_account, make_association
from tests.people.helpers import at_once


def number(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_two_decide_at_once(app: Flask) -> None:
    anna, ben = make_account().id, make_account().id
    call = make_call(make_group(), CallState.CLOSED, reserve_until=in_days(9))
    one, other = (make_candidacy(call, make_account(), association=make_association()).id for _ in range(2))
    call_id = call.id
    outcomes = at_once(
        app, lambda: service.decide(call_id, [one], anna).id, lambda: service.decide(call_id, [other], ben).id
    )
    assert [type(outcome) for outcome in outcomes].count(service.NotNow) == 1, outcomes
    assert number(Membership) == 1
    assert number(OutboxMessage) == 2


def test_a_decision_sent_twice_at_once(app: Flask) -> None:
    anna = make_account().id
    call = make_call(make_group(), CallState.CLOSED)
    one = make_candidacy(call, make_account(), association=make_association()).id
    call_id = call.id
    outcomes = at_once(app, *[lambda: service.decide(call_id, [one], anna).id] * 3)
    assert outcomes == [call_id] * 3
    assert (number(Membership), number(OutboxMessage)) == (1, 1)


def test_an_application_sent_twice_at_once(app: Flask) -> None:
    expert, call_id = make_account(association=make_association()).id, make_call(make_group()).id
    outcomes = at_once(app, *[lambda: service.apply(expert, call_id, "I know heat.").id] * 4)
    assert len(set(outcomes)) == 1, outcomes
    assert (number(Candidacy), number(OutboxMessage)) == (1, 1)


def test_the_last_seat_from_the_reserve_list_of_two_calls(app: Flask) -> None:
    own, group = make_association(), make_group(seats_member=1)
    waiting = [
        make_candidacy(make_call(group, CallState.DECIDED, reserve_until=in_days(9)), make_account(), "reserve", own).id
        for _ in range(2)
    ]  # fmt: skip
    at_once(app, *[lambda it=it: service.take(it, None).id for it in waiting])
    assert number(Membership) == 1


def test_two_workers_remind_at_once(app: Flask) -> None:
    make_account("Ada", administrator=True)
    make_call(make_group(coordinators=(make_account("Cora"),)), CallState.CLOSED, deadline=datetime(2026, 1, 5, 17))
    with time_machine.travel(datetime(2026, 2, 2, 12, tzinfo=UTC)):
        outcomes = at_once(app, *[remind_of_choice] * 3)
    assert sorted(outcomes) == [False, False, True], outcomes
    assert number(OutboxMessage) == 2, "one to the coordinator, one to the administrator"


def test_chosen_and_leaving_at_once(app: Flask) -> None:
    own, expert = make_association(), make_account()
    call = make_call(make_group(), CallState.CLOSED)
    candidacy = make_candidacy(call, expert, association=own).id
    call_id, affiliation_id, yesterday = call.id, expert.affiliations[0].id, in_days(-1)
    at_once(
        app,
        lambda: service.decide(call_id, [candidacy], None).id,
        lambda: membership.end_affiliation(affiliation_id, yesterday, None).id,
    )
    db.session.rollback()
    state = db.session.scalars(select(Candidacy.state)).one()
    held = db.session.scalars(select(Membership.state)).all()
    assert (state, held) in [("withdrawn", []), ("chosen", ["ended"])]
