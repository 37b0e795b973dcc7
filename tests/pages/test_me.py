"""One's own page: groups, requests, next meetings; for focal points their association."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.core import clock
from app.core.db import db
from app.groups.models import WorkingGroup
from app.meetings.rules import Visibility
from app.meetings.service import cancel_meeting
from app.membership import service
from app.membership.rules import Role, State
from app.people.models import Affiliation, Person
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
def expert(app: Flask) -> Person:
    return make_account("Eve Expert", email="eve@example.org")


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    return make_group("climate", names={"en": "Climate and energy", "fr": "Climat et énergie"})


class TestEmpty:
    """Someone who has just signed up."""

    def test_says_what_to_do_next(self, visit: Visit, expert: Person) -> None:
        page = visit(expert).open("/me")
        assert page.status == 200
        assert "You are in no group yet" in page.text
        assert "Find a group" in page.text
        assert "No meetings yet" in page.text
        assert "My requests" not in page.text
        assert "Your association" not in page.text
        assert "/me/profile" in page.text
        assert "Have these in your own calendar" in page.text

    def test_a_visitor_signs_in_and_comes_back(self, app: Flask) -> None:
        answer = app.test_client().get("/me")
        assert answer.status_code == 302
        assert answer.location.endswith("/sign-in?next=/me")


class TestGroups:
    """What one is in."""

    def test_member_with_role_since_next_meeting_and_leave(
        self, visit: Visit, expert: Person, group: WorkingGroup
    ) -> None:
        membership = make_membership(group, expert, role=Role.VICE_CHAIR)
        make_meeting(group, datetime(2026, 12, 10, 10))
        text = visit(expert).open("/me").text
        assert "Climate and energy" in text
        assert "Vice-chair" in text
        assert "since Mon 5 January 2026" in text
        assert "Thu 10 December 2026" in text
        assert f"/memberships/{membership.id}/leave" in text
        assert "/desk#climate" in text

    def test_plain_members_have_no_desk(self, visit: Visit, expert: Person, group: WorkingGroup) -> None:
        make_membership(group, expert)
        text = visit(expert).open("/me").text
        assert "/desk" not in text
        assert "No meeting is planned" in text

    def test_what_one_left_is_not_there(self, visit: Visit, expert: Person, group: WorkingGroup) -> None:
        make_membership(group, expert, State.LEFT)
        make_membership(make_group(names={"en": "Withdrawn from"}), expert, State.WITHDRAWN)
        text = visit(expert).open("/me").text
        assert "Climate and energy" not in text
        assert "Withdrawn from" not in text

    def test_a_coordinator_who_is_a_member_too_sees_the_group_once(self, visit: Visit) -> None:
        anna = make_account("Anna Example")
        group = make_group("climate", coordinators=(anna,), names={"en": "Climate and energy"})
        make_membership(group, anna)
        text = visit(anna).open("/me").text
        assert text.count('href="/groups/climate"') == 1
        assert "Coordinator" in text

    def test_in_french(self, visit: Visit, expert: Person, group: WorkingGroup) -> None:
        make_membership(group, expert)
        assert "Climat et énergie" in visit(expert, "fr").open("/me").text


class TestMeetings:
    """What is next."""

    def test_soonest_first_with_the_link_to_join_what_is_at_hand(
        self, visit: Visit, expert: Person, group: WorkingGroup
    ) -> None:
        make_membership(group, expert)
        later = make_meeting(group, datetime(2026, 12, 20, 10), title="Later", join_link="https://meet.example/later")
        today = make_meeting(group, datetime(2026, 11, 24, 15), title="Today", join_link="https://meet.example/today")
        inside = make_meeting(
            group,
            datetime(2026, 11, 25, 9),
            title="Tomorrow, members only",
            join_link="https://meet.example/tomorrow",
            visibility=Visibility.MEMBERS,
        )
        text = visit(expert).open("/me").text
        assert text.index(today.title) < text.index(inside.title) < text.index(later.title)
        assert "https://meet.example/today" in text
        assert "https://meet.example/tomorrow" in text
        assert "https://meet.example/later" not in text

    def test_the_very_next_has_its_link_however_far(self, visit: Visit, expert: Person, group: WorkingGroup) -> None:
        make_membership(group, expert)
        make_meeting(group, datetime(2027, 3, 1, 10), join_link="https://meet.example/far")
        assert "https://meet.example/far" in visit(expert).open("/me").text

    def test_cancelled_ones_are_marked_and_have_no_link(
        self, visit: Visit, expert: Person, group: WorkingGroup
    ) -> None:
        make_membership(group, expert)
        meeting = make_meeting(group, datetime(2026, 11, 24, 15), join_link="https://meet.example/off")
        cancel_meeting(meeting.id, "Too few", actor_id=None)
        text = visit(expert).open("/me").text
        assert "Cancelled" in text
        assert "https://meet.example/off" not in text
        assert "No meeting is planned" in text

    def test_not_those_of_other_groups(self, visit: Visit, expert: Person, group: WorkingGroup) -> None:
        make_membership(group, expert, State.REQUESTED)
        make_meeting(group, datetime(2026, 12, 10, 10), title="Not yet mine")
        assert "Not yet mine" not in visit(expert).open("/me").text


class TestRequests:
    """What one asked for."""

    def test_waiting_with_its_age_and_the_way_back(self, visit: Visit, expert: Person, group: WorkingGroup) -> None:
        made = make_membership(group, expert, State.REQUESTED, began_at=NOW - timedelta(days=3))
        text = visit(expert).open("/me").text
        assert "Waiting for a decision" in text
        assert "3 days" in text
        assert f"/memberships/{made.id}/withdraw" in text

    def test_declined_with_the_reason_for_90_days(self, visit: Visit, expert: Person, group: WorkingGroup) -> None:
        anna = make_account("Anna Example")
        made = make_membership(group, expert, State.REQUESTED)
        service.decline(made.id, anna.id, "The group is full until spring.")
        text = visit(expert).open("/me").text
        assert "Your request was declined" in text
        assert "The group is full until spring." in text
        with time_machine.travel(NOW + timedelta(days=89)):
            assert "The group is full until spring." in visit(expert).open("/me").text
        with time_machine.travel(NOW + timedelta(days=91)):
            assert "The group is full until spring." not in visit(expert).open("/me").text

    def test_an_ended_membership_is_told_with_the_reason(
        self, visit: Visit, expert: Person, group: WorkingGroup
    ) -> None:
        anna = make_account("Anna Example")
        made = make_membership(group, expert)
        service.end(made.id, anna.id, "Left the association.")
        text = visit(expert).open("/me").text
        assert "Your membership was ended" in text
        assert "Left the association." in text


class TestWaitingForMe:
    """What coordinators have to do."""

    def test_the_number_of_requests_leads_to_the_desk(self, visit: Visit, expert: Person) -> None:
        anna = make_account("Anna Example")
        group = make_group(coordinators=(anna,))
        make_membership(group, expert, State.REQUESTED)
        make_membership(group, make_person(), State.REQUESTED)
        make_membership(make_group(), make_person(), State.REQUESTED)
        text = visit(anna).open("/me").text
        assert "2 requests wait for your decision" in text
        assert "Eve Expert" not in text

    def test_nothing_is_said_when_nobody_waits(self, visit: Visit) -> None:
        anna = make_account("Anna Example")
        make_group(coordinators=(anna,))
        assert "for your decision" not in visit(anna).open("/me").text

    def test_chairs_do_not_decide(self, visit: Visit, expert: Person, group: WorkingGroup) -> None:
        make_membership(group, expert, role=Role.CHAIR)
        make_membership(group, make_person(), State.REQUESTED)
        assert "for your decision" not in visit(expert).open("/me").text


class TestFocalPoints:
    """Their association: who belongs to it, who sits where."""

    @pytest.mark.parametrize("function", ["focal_point", "deputy"])
    def test_experts_and_their_seats_with_addresses(self, visit: Visit, group: WorkingGroup, function: str) -> None:
        home, other = make_association("VVSG"), make_association("OTHER")
        focal = make_account("Fia Focal", association=home, function=function)
        seated = make_person("Sara Seated", email="sara@example.org", association=home)
        make_person("Ulla Unseated", email="ulla@example.org", association=home)
        make_membership(group, seated, association=home, role=Role.CHAIR)
        stranger = make_person("Otto Other", email="otto@example.org", association=other)
        make_membership(group, stranger, association=other)
        text = visit(focal).open("/me").text
        assert "Your association: Association VVSG" in text
        assert "Sara Seated" in text
        assert "sara@example.org" in text
        assert "Chair" in text
        assert "Ulla Unseated" in text
        assert "in no group yet" in text
        assert "1 seat in the groups" in text
        assert "/associations/VVSG" in text
        assert "Otto Other" not in text
        assert "otto@example.org" not in text

    def test_plain_experts_see_no_colleagues(self, visit: Visit) -> None:
        home = make_association("VVSG")
        expert = make_account("Eve Expert", association=home)
        make_person("Carla Colleague", association=home)
        text = visit(expert).open("/me").text
        assert "Carla Colleague" not in text
        assert "Your association" not in text

    def test_not_after_the_function_has_ended(self, visit: Visit) -> None:
        home = make_association("VVSG")
        focal = make_account("Fia Focal", association=home, function="focal_point")
        db.session.query(Affiliation).filter_by(person_id=focal.id).update({"ends_on": date(2026, 11, 23)})
        db.session.commit()
        make_person("Carla Colleague", association=home)
        assert "Carla Colleague" not in visit(focal).open("/me").text


@pytest.mark.parametrize("number", [2, 30])
def test_few_queries_however_much_there_is(visit: Visit, number: int) -> None:
    """A focal point who coordinates, leads, waits, was declined and has colleagues."""
    home = make_association("VVSG")
    busy = make_account("Fia Focal", association=home, function="focal_point")
    for index in range(number):
        group = make_group(coordinators=(busy,) if index % 2 else ())
        make_membership(group, busy, association=home, role=Role.CHAIR)
        make_membership(make_group(), busy, State.REQUESTED)
        make_membership(make_group(), busy, State.DECLINED, moved_at=clock.now())
        make_membership(group, make_person(association=home), association=home)
        make_membership(group, make_person(), State.REQUESTED)
        make_meeting(group, datetime(2026, 12, 1, 10) + timedelta(days=index))
    page = visit(busy)
    page.open("/me")
    with counted_queries() as statements:
        page.open("/me")
    assert page.status == 200
    assert len(statements) <= 24, "\n\n".join(statements)
