"""The desk of those who run groups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.core.db import db
from app.groups.models import WorkingGroup
from app.meetings.rules import Visibility
from app.meetings.service import cancel_meeting
from app.membership.models import Membership
from app.membership.rules import Role, State
from app.people.models import Person
from tests.browsing import Visit
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person
from tests.queries import counted_queries

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(app: Flask) -> Person:
    """A coordinator."""
    return make_account("Anna Example")


@pytest.fixture
def group(anna: Person) -> WorkingGroup:
    """The group that Anna coordinates."""
    return make_group("climate", coordinators=(anna,), names={"en": "Climate and energy"})


@pytest.fixture
def admin(app: Flask) -> Person:
    return make_account("Ada Admin", administrator=True)


def asks(name: str, group: WorkingGroup, days: int = 0) -> Membership:
    person, then = make_person(name, association=make_association()), NOW - timedelta(days=days)
    return make_membership(group, person, State.REQUESTED, began_at=then, moved_at=then)


class TestCoordinator:
    """A group's coordinator decides and plans."""

    def test_requests_wait_the_oldest_first(self, visit: Visit, anna: Person, group: WorkingGroup) -> None:
        asks("Young Request", group, 1)
        asks("Old Request", group, 9)
        asks("Elsewhere", make_group(), 20)
        text = visit(anna).open("/desk").text
        assert text.index("Old Request") < text.index("Young Request")
        assert "9 days" in text
        assert "I work on this every day." in text
        assert "Elsewhere" not in text

    def test_accepting_comes_back_to_the_desk(self, visit: Visit, anna: Person, group: WorkingGroup) -> None:
        made = asks("Eve Expert", group)
        page = visit(anna).open("/desk").send(f"/memberships/{made.id}/accept")
        assert page.path == "/desk"
        assert "Eve Expert is now a member" in page.text
        assert "Nobody waits" in page.text
        assert "1 member" in page.text
        db.session.rollback()
        assert made.state == State.ACTIVE

    def test_declining_leads_to_the_reason_and_back(self, visit: Visit, anna: Person, group: WorkingGroup) -> None:
        made = asks("Eve Expert", group)
        page = visit(anna).open("/desk")
        assert f"/memberships/{made.id}/decline?back=desk" in page.text
        page.open(f"/memberships/{made.id}/decline?back=desk").send(having="reason", reason="Full.")
        assert page.path == "/desk"
        assert "was declined" in page.text

    def test_next_meetings_with_edit_and_plan(self, visit: Visit, anna: Person, group: WorkingGroup) -> None:
        meetings = [make_meeting(group, datetime(2026, 12, day, 10), title=f"Meeting {day}") for day in (1, 2, 3, 4)]
        text = visit(anna).open("/desk").text
        assert f"/meetings/{meetings[0].reference}/edit" in text
        assert f"/meetings/{meetings[2].reference}/edit" in text
        assert "Meeting 4" not in text
        assert "/groups/climate/meetings/new" in text
        assert "No meeting is planned" not in text
        assert "/meetings?group=climate" in text

    def test_the_address_to_subscribe_to_is_whole(self, visit: Visit, anna: Person, group: WorkingGroup) -> None:
        assert "http://localhost/groups/climate/calendar.ics" in visit(anna).open("/desk").text

    def test_a_group_without_a_next_meeting_is_said(self, visit: Visit, anna: Person, group: WorkingGroup) -> None:
        busy = make_group("busy", coordinators=(anna,))
        for day in range(1, 15):
            make_meeting(busy, datetime(2026, 12, day, 10))
        make_meeting(group, datetime(2026, 11, 1, 10), title="Over")
        text = visit(anna).open("/desk").text
        assert text.count("No meeting is planned.") == 1
        assert "Over" not in text

    def test_a_cancelled_meeting_is_shown_but_is_no_next_one(
        self, visit: Visit, anna: Person, group: WorkingGroup
    ) -> None:
        cancel_meeting(make_meeting(group, datetime(2026, 12, 1, 10)).id, "Too few", actor_id=anna.id)
        text = visit(anna).open("/desk").text
        assert "Cancelled" in text
        assert "No meeting is planned." in text

    def test_of_many_requests_the_oldest_and_the_way_to_the_others(
        self, visit: Visit, anna: Person, group: WorkingGroup
    ) -> None:
        for number in range(12):
            asks(f"Number {number:02}", group, 60 - number)
        text = visit(anna).open("/desk").text
        assert "Number 00" in text
        assert "Number 11" not in text
        assert "See 2 more requests" in text
        assert '<span class="section-count">12</span>' in text


class TestChair:
    """Chairs plan meetings and do not decide on members."""

    @pytest.mark.parametrize("role", [Role.CHAIR, Role.VICE_CHAIR])
    def test_meetings_but_no_requests(self, visit: Visit, group: WorkingGroup, role: Role) -> None:
        chair = make_account("Chris Chair")
        make_membership(group, chair, role=role)
        asks("Eve Expert", group)
        meeting = make_meeting(group, datetime(2026, 12, 1, 10), visibility=Visibility.MEMBERS)
        text = visit(chair).open("/desk").text
        assert "Climate and energy" in text
        assert f"/meetings/{meeting.reference}/edit" in text
        assert "Eve Expert" not in text
        assert "Requests to decide" not in text

    def test_members_have_no_desk(self, visit: Visit, group: WorkingGroup) -> None:
        member = make_account()
        make_membership(group, member)
        assert visit(member).open("/desk").status == 403


class TestAdministrator:
    """Administrators see what waits anywhere."""

    def test_all_requests_compactly(self, visit: Visit, admin: Person, group: WorkingGroup) -> None:
        made = asks("Eve Expert", group, 3)
        asks("Otto Other", make_group(names={"en": "Another group"}), 20)
        text = visit(admin).open("/desk").text
        assert text.index("Otto Other") < text.index("Eve Expert")
        assert "Another group" in text
        assert f"/memberships/{made.id}" in text
        assert "Plan a meeting" not in text
        assert "I work on this every day." not in text

    def test_own_groups_apart_from_the_others(self, visit: Visit, admin: Person, group: WorkingGroup) -> None:
        mine = make_group("mine", coordinators=(admin,))
        asks("Mine Request", mine)
        asks("Other Request", group)
        text = visit(admin).open("/desk").text
        assert text.index("Requests to decide") < text.index("Mine Request") < text.index("Requests in other groups")
        assert text.index("Requests in other groups") < text.index("Other Request")
        assert text.rindex("Mine Request") < text.index("Requests in other groups")

    def test_a_group_an_administrator_chairs_is_among_the_others(
        self, visit: Visit, admin: Person, group: WorkingGroup
    ) -> None:
        """There they decide as administrators."""
        make_membership(group, admin, role=Role.CHAIR)
        asks("Eve Expert", group)
        text = visit(admin).open("/desk").text
        assert text.index("Requests in other groups") < text.index("Eve Expert")

    def test_those_who_wait_too_long(self, visit: Visit, admin: Person, group: WorkingGroup) -> None:
        asks("Patient", group, 22)
        asks("Fresh", group, 20)
        page = visit(admin).open("/desk?only=overdue")
        assert "Patient" in page.text
        assert "Fresh" not in page.text
        assert "1 request to join a group" in page.text
        assert "Fresh" in page.open("/desk?only=waiting").text

    def test_nobody_waits(self, visit: Visit, admin: Person) -> None:
        assert "Nobody waits" in visit(admin).open("/desk").text
        assert "Nobody waits" in visit(admin).open("/desk?only=overdue").text

    def test_the_list_of_all_is_not_for_coordinators(self, visit: Visit, anna: Person, group: WorkingGroup) -> None:
        asks("Otto Other", make_group(), 20)
        assert "Otto Other" not in visit(anna).open("/desk?only=waiting").text


def test_visitors_sign_in_first(app: Flask) -> None:
    answer = app.test_client().get("/desk")
    assert answer.status_code == 302
    assert answer.location.endswith("/sign-in?next=/desk")


@pytest.mark.parametrize("number", [2, 30])
@pytest.mark.parametrize("who", ["coordinator", "administrator"])
def test_few_queries_however_much_there_is(visit: Visit, admin: Person, anna: Person, number: int, who: str) -> None:
    runs = anna if who == "coordinator" else admin
    for index in range(number):
        group = make_group(coordinators=(runs,) if index % 2 else ())
        make_membership(group, runs, role=Role.CHAIR)
        for _each in range(3):
            asks(f"Request {index}", group, index)
            make_membership(group, make_person())
        make_meeting(group, datetime(2026, 12, 1, 10) + timedelta(days=index))
    page = visit(runs)
    page.open("/desk")
    with counted_queries() as statements:
        page.open("/desk")
    assert page.status == 200
    assert len(statements) <= 24, "\n\n".join(statements)
