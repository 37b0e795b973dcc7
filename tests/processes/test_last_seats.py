"""Many accept at the same instant for the last seats, over HTTP, answered by several server processes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.core.db import db
from app.core.outbox import OutboxMessage
from app.membership import seating, service
from app.membership.mails.telling import invitation_page
from app.membership.models import Membership
from app.membership.nominees import Nominee
from app.membership.rules import SEATED, State
from app.membership.service.nominating import Nomination
from app.membership.service.seats import set_exception
from tests.factories.groups import make_community, make_group
from tests.factories.membership import make_membership
from tests.factories.people import LONG_AGO, make_account, make_association, make_person
from tests.processes.installation import Installation
from tests.processes.visitor import Answer, Visitor

pytestmark = [pytest.mark.processes, pytest.mark.database]
ASKING, SEATS = 50, 3


def at_once(calls: list[Callable[[], Answer]]) -> list[Answer]:
    """All calls, started at the same instant; what each was answered."""
    start = threading.Barrier(len(calls))
    answers = [Answer(0)] * len(calls)

    def run(number: int) -> None:
        start.wait()
        answers[number] = calls[number]()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_fifty_acceptances_for_the_last_three_seats(running: Installation) -> None:
    with running.app_context():
        coordinator = make_account(email="coordinator@example.org")
        group = make_group("climate", community=make_community(), coordinators=(coordinator,), seats_member=SEATS)
        association = make_association("VVSG")
        ids = [
            make_membership(
                group, make_person(association=association, email=f"expert{number}@example.org"), State.REQUESTED,
                association, began_at=LONG_AGO + timedelta(minutes=number),
            ).id
            for number in range(ASKING)
        ]  # fmt: skip
    running.serve("--workers", "3")
    assert len(running.web_answering()) == 3
    visitors = [Visitor(running.address) for _ in range(5)]
    for visitor in visitors:
        visitor.sign_in("coordinator@example.org")
    answers = at_once(
        [
            lambda it=membership_id, by=visitors[number % 5]: by.post(f"/memberships/{it}/accept")
            for number, membership_id in enumerate(ids)
        ]
    )
    assert {answer.status for answer in answers} == {303}
    with running.app_context():
        found = {item.id: item for item in db.session.query(Membership)}
        inside = [item for item in found.values() if item.state == State.ACTIVE]
        assert sorted(item.seat_number or 0 for item in inside) == [1, 2, 3]
        line = [item.id for item in seating.line(inside[0].group_id, inside[0].association_id or 0)]
        assert line == [membership_id for membership_id in ids if found[membership_id].state == State.WAITING]
        assert len(line) == ASKING - SEATS
        told = {mail.recipient for mail in db.session.query(OutboxMessage) if "expert" in mail.recipient}
        assert len(told) == ASKING, "each was told once what became of it"
    # A seat more, and the first in line is who gets it without a word of explanation.
    with running.app_context():
        first = db.session.get_one(Membership, line[0])
        set_exception(first.group_id, first.association_id or 0, SEATS + 1, None)
    again = at_once([lambda it=key, by=visitors[key % 5]: by.post(f"/memberships/{it}/admit") for key in line[:10]])
    assert [answer.status for answer in again] == [303] + [422] * 9
    with running.app_context():
        assert db.session.get_one(Membership, line[0]).seat_number == SEATS + 1


def test_fifty_nominated_accept_by_their_links(running: Installation) -> None:
    """By links without a password, in a group where the association alone decides, after its seats were lowered."""
    with running.app_context():
        group = make_group("climate", community=make_community(), seats_member=ASKING, join_policy="nomination")
        association = make_association("VVSG")
        with running.app().test_request_context():
            nominees = [Nominee(f"n{number}@example.org", f"Nominee {number}", None) for number in range(ASKING)]
            made = service.nominate(Nomination(group.id, association.id), nominees, None)
            links = [invitation_page(item).removeprefix(running.address) for item in made]
        set_exception(group.id, association.id, SEATS, None)
    running.serve("--workers", "3")
    visitors = [Visitor(running.address) for _ in links]
    for visitor, link in zip(visitors, links, strict=True):
        assert visitor.get(link).status == 200
    answers = at_once(
        [lambda by=visitor, at=link: by.post(at, answer="yes") for visitor, link in zip(visitors, links, strict=True)]
    )
    assert {answer.status for answer in answers} == {303}
    with running.app_context():
        found = db.session.query(Membership).all()
        assert sorted(item.seat_number or 0 for item in found if item.state == State.ACTIVE) == [1, 2, 3]
        assert sum(item.state == State.WAITING for item in found) == ASKING - SEATS
        assert all(item.role in SEATED for item in found)
