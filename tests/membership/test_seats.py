"""What a group grants, and what becomes of it: limits, lines, exceptions, how one joins."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.core.db import db
from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus, JoinPolicy
from app.membership import seating, service
from app.membership.models import Membership
from app.membership.rules import Role, State, Who
from app.membership.service.seats import joining_of, set_exception, set_joining, surpluses
from app.people.models import Association, Person
from tests.browsing import Visit
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_expert, make_person
from tests.membership.conftest import Mails, addressed
from tests.people.helpers import at_once


@pytest.fixture
def association(app: Flask) -> Association:
    return make_association("VVSG", names={"en": "Flemish towns"})


@pytest.fixture
def coordinator(app: Flask) -> Person:
    return make_account("Anna Example", email="anna@example.org")


@pytest.fixture
def group(coordinator: Person) -> WorkingGroup:
    return make_group("climate", names={"en": "Climate", "fr": "Climat"}, coordinators=(coordinator,), seats_member=1)


def one(group: WorkingGroup, association: Association, state: State = State.ACTIVE, **values: object) -> Membership:
    """Somebody of the association in the group."""
    return make_membership(group, make_account(association=association), state, association, **values)  # type: ignore[arg-type]


class TestLine:
    """Who asks beyond the seats waits, in order, and is offered what becomes free."""

    def test_accepted_without_a_free_seat_waits(self, group: WorkingGroup, association: Association) -> None:
        one(group, association)
        asking = one(group, association, State.REQUESTED)
        service.accept(asking.id, None)
        assert (asking.state, asking.seat_number) == (State.WAITING, None)

    def test_a_freed_seat_is_offered_to_those_who_decide(
        self, group: WorkingGroup, association: Association, mails: Mails
    ) -> None:
        make_account("Fay Focal", email="fay@example.org", association=association, function="focal_point")
        held, waiting = one(group, association), one(group, association, State.WAITING)
        service.leave(held.id, held.person_id)
        told = addressed(mails())
        assert {"fay@example.org", "anna@example.org"} <= told
        assert waiting.state == State.WAITING, "somebody decides"
        (offer,) = seating.offers(None, {group.id})
        assert offer.waiting == [waiting]
        service.admit(waiting.id, Who.COORDINATOR, None)
        assert (waiting.state, waiting.seat_number) == (State.ACTIVE, 1)
        assert seating.offers(None, None) == []

    def test_out_of_order_needs_a_reason(self, group: WorkingGroup, association: Association) -> None:
        first, second = (one(group, association, State.WAITING) for _ in range(2))
        with pytest.raises(DomainError) as refusal:
            service.admit(second.id, Who.COORDINATOR, None)
        assert refusal.value.field == "reason"
        service.admit(second.id, Who.COORDINATOR, None, "She wrote the paper.")
        assert (second.state, first.state) == (State.ACTIVE, State.WAITING)
        with pytest.raises(DomainError):
            service.admit(first.id, Who.COORDINATOR, None)

    def test_two_give_the_last_seat_at_once(self, app: Flask, group: WorkingGroup, association: Association) -> None:
        ids = [one(group, association, State.WAITING).id for _ in range(2)]
        at_once(app, *[lambda it=it: service.admit(it, Who.COORDINATOR, None, "Why not.") for it in ids])
        db.session.rollback()
        assert sorted(item.state for item in db.session.query(Membership)) == ["active", "waiting"]

    def test_nobody_who_comes_later_overtakes_the_line(self, group: WorkingGroup, association: Association) -> None:
        one(group, association, State.WAITING)
        later = one(group, association, State.REQUESTED)
        service.accept(later.id, None)
        assert later.state == State.WAITING, "the vacant seat is the first one's to be offered"

    def test_one_associations_line_does_not_hold_up_another(
        self, group: WorkingGroup, association: Association
    ) -> None:
        one(group, association, State.WAITING)
        other = one(group, make_association(), State.REQUESTED)
        service.accept(other.id, None)
        assert other.state == State.ACTIVE


class TestDatabase:
    """The database refuses what the commands would not do."""

    def test_one_seat_one_holder(self, group: WorkingGroup, association: Association) -> None:
        one(group, association, seat_number=1)
        with pytest.raises(IntegrityError):
            one(group, association, seat_number=1)
        db.session.rollback()

    def test_one_alternate_a_seat(self, group: WorkingGroup, association: Association) -> None:
        one(group, association, seat_number=1)
        one(group, association, role=Role.ALTERNATE, seat_number=1)
        with pytest.raises(IntegrityError):
            one(group, association, role=Role.ALTERNATE, seat_number=1)
        db.session.rollback()

    def test_a_member_of_an_association_has_a_seat(self, group: WorkingGroup, association: Association) -> None:
        with pytest.raises(IntegrityError):
            one(group, association, seat_number=None)
        db.session.rollback()


class TestLimits:
    """Lowering says what it would do and ends nobody's seat."""

    def test_lowering_says_who_would_hold_too_many(
        self, coordinator: Person, group: WorkingGroup, association: Association, visit: Visit
    ) -> None:
        group.seats_member = 2
        db.session.commit()
        one(group, association), one(group, association)
        page = visit(coordinator).open("/groups/climate/joining")
        page.send(having="seats_member", seats_member="1")
        assert page.status == 422 and "Flemish towns: 2 held, 1 granted" in page.text
        assert seating.by_status(db.session.get_one(WorkingGroup, group.id), "member") == 2, "nothing is saved yet"
        page.send(having="seats_member", seats_member="1", agreed="y")
        assert page.path == "/groups/climate/seats"
        db.session.rollback()
        assert db.session.query(Membership).filter_by(state=State.ACTIVE).count() == 2
        asking = one(group, association, State.REQUESTED)
        service.accept(asking.id, None)
        assert asking.state == State.WAITING
        first = db.session.query(Membership).order_by(Membership.id).first()
        assert first
        service.leave(first.id, first.person_id)
        assert seating.offers(None, None) == [], "one is held and one granted"

    def test_raising_offers_seats(self, group: WorkingGroup, association: Association, mails: Mails) -> None:
        one(group, association), one(group, association, State.WAITING)
        set_joining(group.id, replace(joining_of(group), seats_member=2), group.version, None, may_close=False)
        assert "anna@example.org" in addressed(mails())
        assert len(seating.offers(None, None)) == 1

    def test_an_exception_by_name_goes_before_the_status(self, group: WorkingGroup, association: Association) -> None:
        set_exception(group.id, association.id, 3, None)
        assert seating.limit(group, association) == 3
        assert surpluses(group, replace(joining_of(group), seats_member=0)) == []
        set_exception(group.id, association.id, None, None)
        assert seating.limit(group, association) == 1

    def test_by_the_associations_status(self, app: Flask) -> None:
        group = make_group(seats_member=3, seats_associate=2, seats_partner=0)
        limits = [
            seating.limit(group, make_association(status=status)) for status in ("member", "associate", "partner")
        ]
        assert limits == [3, 2, 0]
        assert seating.limit(group, None) == 0

    @pytest.mark.parametrize("number", [-1, 51])
    def test_out_of_range(self, group: WorkingGroup, association: Association, number: int) -> None:
        with pytest.raises(DomainError):
            set_exception(group.id, association.id, number, None)
        with pytest.raises(DomainError):
            set_joining(group.id, replace(joining_of(group), seats_partner=number), group.version, None, may_close=True)

    def test_someone_else_saved_meanwhile(self, coordinator: Person, group: WorkingGroup, visit: Visit) -> None:
        page = visit(coordinator).open("/groups/climate/joining")
        set_joining(group.id, replace(joining_of(group), seats_associate=7), group.version, None, may_close=False)
        page.send(having="seats_member", seats_member="4")
        assert page.status == 422
        db.session.rollback()
        assert joining_of(db.session.get_one(WorkingGroup, group.id)).seats_member == 1


class TestJoining:
    """Open, on request, by nomination only, closed; active, dormant, closed."""

    def test_open_takes_the_seat_at_once(self, group: WorkingGroup, association: Association) -> None:
        group.join_policy = JoinPolicy.OPEN
        db.session.commit()
        first, second = (make_account(association=association) for _ in range(2))
        for person in (first, second):  # the association has vouched for them elsewhere
            make_membership(make_group(), person, association=association)
        assert service.request(first.id, group.id, "I work on it.").state == State.ACTIVE
        assert service.request(second.id, group.id, "I work on it.").state == State.WAITING

    @pytest.mark.parametrize(
        ("policy", "status"),
        [
            (JoinPolicy.NOMINATION, GroupStatus.ACTIVE),
            (JoinPolicy.CLOSED, GroupStatus.ACTIVE),
            (JoinPolicy.REQUEST, GroupStatus.DORMANT),
            (JoinPolicy.REQUEST, GroupStatus.CLOSED),
        ],
    )
    def test_nobody_asks_where_it_is_not_open_to_asking(
        self, group: WorkingGroup, association: Association, visit: Visit, policy: JoinPolicy, status: GroupStatus
    ) -> None:
        group.join_policy, group.status = policy, status
        db.session.commit()
        expert = make_account(association=association)
        with pytest.raises(DomainError):
            service.request(expert.id, group.id, "Let me in.")
        page = visit(expert).open("/groups/climate")
        assert page.status == 200 and "/groups/climate/join" not in page.text

    def test_partners_and_outsiders_come_by_invitation(self, group: WorkingGroup) -> None:
        for expert in (make_expert(association=make_association(status="partner")), make_account()):
            with pytest.raises(DomainError):
                service.request(expert.id, group.id, "Let me in.")

    def test_closing_ends_all_and_keeps_the_history(
        self, group: WorkingGroup, association: Association, visit: Visit, mails: Mails
    ) -> None:
        held, waiting = one(group, association), one(group, association, State.WAITING)
        admin = visit(make_account(administrator=True)).open("/groups/climate/joining")
        admin.send(having="status", status="closed")
        assert admin.status == 422 and "2" in admin.text
        admin.send(having="status", status="closed", agreed="y")
        db.session.rollback()
        assert {item.state for item in db.session.query(Membership)} == {"ended"}
        assert len(mails()) == 2, "nobody is offered a seat of a closed group"
        page = admin.open("/groups/climate")
        assert page.status == 200
        assert admin.open("/groups/climate/calendar.ics").status == 200
        assert admin.open(f"/memberships/{held.id}").status == 200
        assert admin.open(f"/memberships/{waiting.id}").status == 200

    def test_coordinators_do_not_close(self, coordinator: Person, group: WorkingGroup) -> None:
        closed = replace(joining_of(group), status=GroupStatus.CLOSED)
        with pytest.raises(DomainError) as refusal:
            set_joining(group.id, closed, group.version, coordinator.id, may_close=False)
        assert refusal.value.field == "status"


def test_the_page_of_seats_names_all_that_is_vacant(
    coordinator: Person, group: WorkingGroup, association: Association, visit: Visit
) -> None:
    held = one(group, association)
    make_association("AICCRE", names={"en": "Italian section"})
    page = visit(coordinator).open("/groups/climate/seats")
    assert held.person.full_name in page.text and "AICCRE" in page.text
    page.open("/groups/climate/seats/AICCRE").send(having="number", number="4")
    assert page.path == "/groups/climate/seats"
    assert seating.exceptions(group.id) != {}


def test_an_alternate_stays_with_the_seat_and_is_shown(
    coordinator: Person, group: WorkingGroup, association: Association, visit: Visit
) -> None:
    held = one(group, association, seat_number=1)
    alternate = one(group, association, role=Role.ALTERNATE, seat_number=1)
    service.leave(held.id, held.person_id)
    place = seating.place_at("climate", "VVSG")
    assert place and place.left_alone == [alternate] and place.vacant == 1
    assert alternate.person.full_name in visit(coordinator).open("/groups/climate/seats").text
    assert alternate.person.full_name in visit(make_account(administrator=True)).open("/associations/VVSG/desk").text


def test_a_person_without_an_association_entered_by_the_coordinator_needs_no_seat(group: WorkingGroup) -> None:
    made = make_membership(group, make_person())
    assert made.seat_number is None
