"""Calls that nobody decides: who is reminded, who is told, when, and that it is once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.calls import service
from app.calls.rules import CallState
from app.calls.service import daily
from app.calls.service.reminding import remind_of_choice
from app.groups.models import WorkingGroup
from app.people.models import Person
from tests.factories.calls import make_call
from tests.factories.groups import make_group
from tests.factories.people import make_account
from tests.membership.conftest import Mails, addressed

DEADLINE = datetime(2027, 2, 1, 17)
NOON = datetime(2027, 2, 1, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    cora = make_account("Cora Coordinator", email="cora@example.org", language="fr")
    return make_group("heat", coordinators=(cora,), names={"en": "Heat", "fr": "Chaleur"})


@pytest.fixture
def admin(app: Flask) -> Person:
    return make_account("Ada Admin", email="ada@example.org", administrator=True)


def test_first_the_coordinators_then_the_administrators_each_once(
    group: WorkingGroup, admin: Person, mails: Mails, now: time_machine.Traveller
) -> None:
    call = make_call(group, CallState.CLOSED, deadline=DEADLINE)
    make_call(group, CallState.DECIDED, deadline=DEADLINE)
    make_call(group, deadline=datetime(2027, 6, 1, 17))
    now.shift(timedelta(days=6))
    assert not remind_of_choice()
    now.shift(timedelta(days=1))
    assert remind_of_choice() and not remind_of_choice()
    (mail,) = mails()
    assert (mail.recipient, mail.language) == ("Cora Coordinator <cora@example.org>", "fr")
    assert "Experts en chaleur (Chaleur)" in (mail.text or "") and f"/calls/{call.id}/choose" in (mail.text or "")
    now.shift(timedelta(days=13))
    assert not remind_of_choice()
    now.shift(timedelta(days=1))
    assert remind_of_choice() and not remind_of_choice()
    (mail,) = mails()
    assert mail.recipient == "Ada Admin <ada@example.org>" and "Heat experts (Heat)" in (mail.text or "")
    now.shift(timedelta(days=60))
    assert not remind_of_choice() and not mails()


def test_all_that_waits_for_someone_is_one_mail(group: WorkingGroup, mails: Mails, now: time_machine.Traveller) -> None:
    for _ in range(3):
        make_call(group, CallState.CLOSED, deadline=DEADLINE)
    now.shift(timedelta(days=8))
    remind_of_choice()
    (mail,) = mails()
    assert (mail.text or "").count("Experts en chaleur") == 3 and "/desk" in (mail.text or "")


def test_where_nobody_coordinates_the_administrators_choose(
    app: Flask, admin: Person, mails: Mails, now: time_machine.Traveller
) -> None:
    make_call(make_group(), CallState.CLOSED, deadline=DEADLINE)
    now.shift(timedelta(days=7))
    remind_of_choice()
    assert addressed(mails()) == {"ada@example.org"}


def test_the_pause_does_not_count(group: WorkingGroup, mails: Mails, now: time_machine.Traveller) -> None:
    make_call(group, CallState.CLOSED, deadline=datetime(2027, 7, 29, 17))
    for day in (datetime(2027, 8, 20, 12, tzinfo=UTC), datetime(2027, 9, 4, 12, tzinfo=UTC)):
        now.move_to(day)
        assert not remind_of_choice()
    now.move_to(datetime(2027, 9, 5, 12, tzinfo=UTC))
    assert remind_of_choice()
    assert addressed(mails()) == {"cora@example.org"}


def test_a_new_deadline_begins_anew_and_a_decision_ends_it(
    group: WorkingGroup, admin: Person, mails: Mails, now: time_machine.Traveller
) -> None:
    call = make_call(group, CallState.CLOSED, deadline=DEADLINE)
    now.shift(timedelta(days=22))
    remind_of_choice()
    assert addressed(mails()) == {"cora@example.org", "ada@example.org"}
    service.extend(call.id, datetime(2027, 3, 1, 17), "Europe/Brussels", None)
    now.move_to(datetime(2027, 3, 9, 12, tzinfo=UTC))
    daily.close_due()
    mails()
    assert remind_of_choice()
    assert addressed(mails()) == {"cora@example.org"}
    service.cancel(call.id, "No money.", None)
    mails()
    now.shift(timedelta(days=30))
    assert not remind_of_choice() and not mails()
