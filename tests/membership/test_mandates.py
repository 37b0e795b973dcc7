"""Mandates: asked to be renewed, renewed by both sides, let lapse, renewed by the coordinator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.core.db import db
from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.membership import service
from app.membership.models import Membership
from app.membership.rules import State, Who
from app.membership.service import mandates
from app.membership.service.moving import end_of_term
from app.people.models import Association, Person
from tests.browsing import Browser, Visit
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person
from tests.membership.conftest import Mails, addressed
from tests.people.helpers import link_in

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def association(app: Flask) -> Association:
    return make_association("VVSG", names={"en": "Flemish towns"})


@pytest.fixture
def focal_point(association: Association) -> Person:
    return make_account("Fay Focal", email="fay@example.org", association=association, function="focal_point")


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    return make_group("climate", names={"en": "Climate", "fr": "Climat"}, term_months=24)


def member(group: WorkingGroup, association: Association | None, ends_on: date, **values: object) -> Membership:
    person = make_account("Mia Member", email="mia@example.org", association=association)
    return make_membership(group, person, association=association, ends_on=ends_on, **values)  # type: ignore[arg-type]


def fresh(membership: Membership) -> Membership:
    db.session.rollback()
    return db.session.get_one(Membership, membership.id)


def test_a_mandate_begins_with_the_seat_and_lasts_the_groups_term(
    group: WorkingGroup, association: Association
) -> None:
    asking = make_membership(group, make_person(association=association), State.REQUESTED, association)
    service.accept(asking.id, None)
    assert (asking.starts_on, asking.ends_on) == (TODAY, date(2028, 11, 24))


@pytest.mark.parametrize(
    ("begins", "months", "ends"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2028, 2, 29), 12, date(2029, 2, 27)),
        (date(2026, 11, 25), None, None),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
    ],
)
def test_the_last_day(begins: date, months: int | None, ends: date | None) -> None:
    assert end_of_term(begins, months) == ends


def test_both_sides_are_asked_in_time_and_agree(
    group: WorkingGroup, association: Association, focal_point: Person, visit: Visit, browser: Browser, mails: Mails,
    now: time_machine.Traveller,
) -> None:  # fmt: skip
    seat = member(group, association, TODAY + timedelta(days=91))
    assert not mandates.ask_for_renewals()
    now.shift(timedelta(days=31))
    assert mandates.ask_for_renewals() and not mandates.ask_for_renewals()
    written = mails()
    assert addressed(written) == {"mia@example.org", "fay@example.org"}
    link = link_in(next(mail for mail in written if "mia@" in mail.recipient))
    page = browser.open(link)
    assert page.status == 200
    yes = next(form for form in page.forms() if form["action"].endswith(link.rpartition("/")[2]))
    page.client.post(link, data={**yes["fields"], "answer": "yes"})
    assert fresh(seat).expert_renews is True and fresh(seat).ends_on == TODAY + timedelta(days=91), "one of two"
    desk = visit(focal_point).open("/associations/VVSG/desk")
    desk.send(f"/memberships/{seat.id}/goes-on")
    renewed = fresh(seat)
    assert (renewed.starts_on, renewed.ends_on) == (date(2027, 2, 25), date(2029, 2, 24)), "it follows on the old one"
    assert (renewed.expert_renews, renewed.reminded_at) == (None, None)
    assert "mia@example.org" in addressed(mails())
    assert "answer" not in str(browser.open(link).forms()), "the link was about the old term"


def test_an_association_without_a_focal_point_leaves_it_to_the_person(
    group: WorkingGroup, association: Association
) -> None:
    seat = member(group, association, TODAY + timedelta(days=10))
    mandates.answer(seat.id, Who.EXPERT, True, seat.person_id)
    assert fresh(seat).ends_on == date(2028, 12, 5)


def test_one_no_lets_it_end_and_tells_the_other(
    group: WorkingGroup, association: Association, focal_point: Person, mails: Mails, now: time_machine.Traveller
) -> None:
    seat = member(group, association, TODAY + timedelta(days=10))
    mandates.answer(seat.id, Who.EXPERT, False, seat.person_id)
    assert addressed(mails()) == {"fay@example.org"}
    mandates.answer(seat.id, Who.FOCAL_POINT, True, focal_point.id)
    assert fresh(seat).ends_on == TODAY + timedelta(days=10)
    now.shift(timedelta(days=60))
    mandates.lapse_due()
    assert fresh(seat).state == State.LAPSED


def test_after_the_days_of_grace_the_seat_is_vacant_and_offered(
    group: WorkingGroup, association: Association, focal_point: Person, mails: Mails, now: time_machine.Traveller
) -> None:
    group.seats_member = 1
    db.session.commit()
    seat = member(group, association, TODAY)
    waiting = make_membership(group, make_person(association=association), State.WAITING, association)
    now.shift(timedelta(days=30))
    assert not mandates.lapse_due(), "the last day of grace counts"
    assert fresh(seat).state == State.ACTIVE
    mails()
    now.shift(timedelta(days=1))
    assert mandates.lapse_due() and not mandates.lapse_due()
    assert fresh(seat).state == State.LAPSED
    assert {"mia@example.org", "fay@example.org"} <= addressed(mails())
    service.admit(waiting.id, Who.FOCAL_POINT, focal_point.id)
    assert fresh(waiting).seat_number == 1


def test_nobody_is_asked_in_the_pause_and_all_are_afterwards(
    group: WorkingGroup, association: Association, now: time_machine.Traveller, mails: Mails
) -> None:
    now.move_to(datetime(2027, 8, 10, 12, tzinfo=UTC))
    member(group, association, date(2027, 10, 1))
    assert not mandates.ask_for_renewals() and mails() == []
    now.move_to(datetime(2027, 9, 1, 12, tzinfo=UTC))
    assert mandates.ask_for_renewals() and addressed(mails()) == {"mia@example.org"}


def test_on_the_day_after_the_last_they_are_asked_once_more(
    group: WorkingGroup, association: Association, now: time_machine.Traveller, mails: Mails
) -> None:
    member(group, association, TODAY)
    mandates.ask_for_renewals()
    assert len(mails()) == 1
    now.shift(timedelta(days=1))
    mandates.ask_for_renewals()
    mandates.ask_for_renewals()
    assert len(mails()) == 1


class TestCoordinator:
    """/memberships/<id>/renew"""

    def test_renews_in_one_step(self, group: WorkingGroup, association: Association, visit: Visit) -> None:
        seat = member(group, association, TODAY + timedelta(days=10))
        admin = visit(make_account(administrator=True)).open(f"/memberships/{seat.id}/renew")
        admin.send()
        assert fresh(seat).ends_on == date(2028, 12, 5)

    def test_a_mandate_that_ended_long_ago_begins_anew_today(
        self, group: WorkingGroup, association: Association
    ) -> None:
        seat = member(group, association, date(2020, 1, 1), starts_on=date(2018, 1, 2))
        mandates.renew(seat.id, Who.COORDINATOR, None)
        assert (fresh(seat).starts_on, fresh(seat).ends_on) == (TODAY, date(2028, 11, 24))

    def test_what_has_no_end_is_not_renewed(self, group: WorkingGroup) -> None:
        seat = make_membership(group, make_person())
        with pytest.raises(DomainError):
            mandates.renew(seat.id, Who.COORDINATOR, None)
        ended = make_membership(group, make_person(), State.ENDED)
        with pytest.raises(service.AlreadyMoved):
            mandates.renew(ended.id, Who.COORDINATOR, None)
