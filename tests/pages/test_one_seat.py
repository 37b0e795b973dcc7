"""One seat over three years, through the pages, with the clock moved forward.

A call is opened, someone nominated, who accepts by link without a password, becomes chair, is renewed, replaced; the
successor's mandate runs out, the seat is vacant, and filled again by someone who asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask

from app.calls.models import Call, Candidacy
from app.calls.service import daily
from app.core.db import db
from app.membership import seating
from app.membership.models import Membership
from app.membership.rules import Role, State
from app.membership.service import mandates
from app.people.models import Person
from tests.browsing import PASSWORD, Browser, Visit
from tests.factories.groups import make_group
from tests.factories.people import make_account, make_association
from tests.factories.terms import make_terms
from tests.people.helpers import link_in, mails, signed_in

START = datetime(2027, 1, 11, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(app: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def seat_of(email: str) -> Membership:
    """The latest membership of whoever has this address."""
    db.session.rollback()
    found = db.session.query(Membership).join(Membership.person).filter(Person.email == email)
    return found.order_by(Membership.id.desc()).first() or pytest.fail(f"{email} has none")


def letter_to(email: str) -> str:
    """The link of the latest mail to an address."""
    return link_in(mails(email)[-1])


def answer(browser: Browser, link: str, **more: str) -> None:
    """Say yes on the page that a mail leads to."""
    page = browser.open(link)
    form = next(form for form in page.forms() if form["action"].endswith(link.rpartition("/")[2]))
    fields = {key: value for key, value in form["fields"].items() if value is not None}
    page.client.post(link, data={**fields, **more, "answer": "yes"})


def test_one_seat_over_three_years(app: Flask, browser: Browser, visit: Visit, clock: time_machine.Traveller) -> None:
    coordinator = make_account("Cora Coordinator", email="cora@example.org")
    association = make_association("VVSG", names={"en": "Flemish towns"})
    focal = make_account("Fay Focal", email="fay@example.org", association=association, function="focal_point")
    group = make_group("heat", coordinators=(coordinator,), names={"en": "Heat", "fr": "Chaleur"}, seats_member=1,
                       term_months=12)  # fmt: skip
    make_terms()

    # January 2027: a call, and a nomination.
    cora = visit(coordinator).open("/groups/heat/calls/new")
    cora.send(titles__en="Heat expert", titles__fr="Expert en chaleur", texts__en="A year.", texts__fr="Un an.",
              seats="1", deadline_on="2027-01-29", deadline_time="17:00")  # fmt: skip
    call = db.session.query(Call).one().id
    cora.open(f"/calls/{call}/open").send()
    fay = visit(focal).open(letter_to("fay@example.org"))
    fay.open(f"/calls/{call}/nominate")
    fay.send(having="nominees", nominees="nora@example.org, Nora Newcomer", recommendation="She wrote our guide.")
    clock.move_to(datetime(2027, 2, 1, 9, tzinfo=UTC))
    daily.close_due()
    candidacy = db.session.query(Candidacy).one().id
    cora = signed_in(app, db.session.get_one(Person, coordinator.id)).open(f"/calls/{call}/choose")
    cora.send(action="/choose", step="check", chosen=str(candidacy))
    cora.send(action="/choose", step="save")
    assert seat_of("nora@example.org").state == State.NOMINATED

    # She accepts by the link, without a password and without an account; the terms come first.
    link = letter_to("nora@example.org")
    answer(browser, link)
    assert seat_of("nora@example.org").state == State.NOMINATED, "not without the terms"
    answer(browser, link, accepts="y")
    seat = seat_of("nora@example.org")
    assert (seat.state, seat.seat_number, seat.ends_on) == (State.ACTIVE, 1, date(2028, 1, 31))
    assert seat.person.account is None

    # The coordinator makes her chair; she makes an account now.
    cora.open(f"/memberships/{seat.id}/role").send(having="role", role="chair")
    assert seat_of("nora@example.org").role == Role.CHAIR
    browser.open(link + "/account").send(having="password", password=PASSWORD, password_again=PASSWORD)
    assert browser.path == "/me" and "Heat" in browser.text

    # December 2027: both sides are asked, and both say yes.
    clock.move_to(datetime(2027, 12, 6, 9, tzinfo=UTC))
    assert mandates.ask_for_renewals()
    answer(Browser(app), letter_to("nora@example.org"))
    fay = signed_in(app, db.session.get_one(Person, focal.id)).open("/associations/VVSG/desk")
    assert "the groups in which your experts sit" in fay.text
    assert "ends soon" in fay.text
    fay.send(f"/memberships/{seat.id}/goes-on")
    assert seat_of("nora@example.org").ends_on == date(2029, 1, 31)

    # Summer 2028: the association names a successor, who accepts; the seat passes over.
    clock.move_to(datetime(2028, 7, 3, 9, tzinfo=UTC))
    fay = signed_in(app, db.session.get_one(Person, focal.id))
    fay.open(f"/memberships/{seat.id}/replace?back=association")
    fay.send(having="email", email="paul@example.org", full_name="Paul Proposed")
    assert seat_of("nora@example.org").state == State.ACTIVE
    answer(Browser(app), letter_to("paul@example.org"), accepts="y")
    successor = seat_of("paul@example.org")
    assert successor.state == State.REQUESTED, "the group decides on nominations too"
    cora = signed_in(app, db.session.get_one(Person, coordinator.id)).open("/desk")
    cora.send(f"/memberships/{successor.id}/accept")
    successor = seat_of("paul@example.org")
    assert (successor.state, successor.seat_number, successor.ends_on) == (State.ACTIVE, 1, date(2029, 7, 2))
    assert seat_of("nora@example.org").state == State.ENDED

    # 2029: nobody answers. After the days of grace the mandate is over, the seat vacant and the association's.
    clock.move_to(datetime(2029, 5, 14, 9, tzinfo=UTC))
    mandates.ask_for_renewals()
    clock.move_to(datetime(2029, 8, 1, 9, tzinfo=UTC))
    assert not mandates.lapse_due()
    clock.move_to(datetime(2029, 8, 2, 9, tzinfo=UTC))
    assert mandates.lapse_due()
    assert seat_of("paul@example.org").state == State.LAPSED
    assert seating.held(group.id, association.id) == set()
    fay = signed_in(app, db.session.get_one(Person, focal.id)).open("/associations/VVSG/desk")
    assert "1 vacant" in fay.text

    # January 2030: a colleague asks, the focal point endorses, the coordinator accepts: the seat is filled.
    clock.move_to(datetime(2030, 1, 14, 9, tzinfo=UTC))
    eve = make_account("Eve Expert", email="eve@example.org", association=association)
    page = signed_in(app, eve).open("/groups/heat/join")
    page.send(having="motivation", motivation="I advise towns on heat.")
    assert page.status == 422, "not without the terms"
    page.send(having="motivation", motivation="I advise towns on heat.", accepts="y")
    asked = seat_of("eve@example.org")
    assert asked.state == State.TO_ENDORSE
    fay = signed_in(app, db.session.get_one(Person, focal.id)).open("/associations/VVSG/desk")
    fay.send(f"/memberships/{asked.id}/endorse")
    cora = signed_in(app, db.session.get_one(Person, coordinator.id)).open("/desk")
    cora.send(f"/memberships/{asked.id}/accept")
    assert (seat_of("eve@example.org").state, seat_of("eve@example.org").seat_number) == (State.ACTIVE, 1)

    # All of it can be read, by those concerned.
    history = cora.open("/groups/heat/history").text
    for name in ("Nora Newcomer", "Paul Proposed", "Eve Expert"):
        assert name in history, name
    assert "Nora Newcomer" in fay.open(f"/memberships/{successor.id}").text
    assert "Paul Proposed" in cora.open(f"/memberships/{seat.id}").text
