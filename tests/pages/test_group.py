"""A group's page: what each kind of viewer is offered and shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.core.db import db
from app.groups.models import WorkingGroup
from app.meetings.rules import Visibility
from app.meetings.service import cancel_meeting
from app.membership.rules import Role, State
from app.people.models import Person
from tests.browsing import Browser, Visit
from tests.factories.groups import make_community, make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person
from tests.queries import counted_queries

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ASK = '<a class="btn btn-primary" href="/groups/water/join">'
PLAN = '<a class="btn btn-primary" href="/groups/water/meetings/new">'


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def coordinator(app: Flask) -> Person:
    return make_account("Cora Coordinator", email="cora@example.org")


@pytest.fixture
def group(app: Flask, coordinator: Person) -> WorkingGroup:
    return make_group(
        "water",
        names={"en": "Water", "fr": "Eau"},
        topics={"en": ["rivers", "rain"]},
        mandate={"en": "It looks after **water**. <script>alert(1)</script>"},
        community=make_community("blue", names={"en": "BLUE"}),
        coordinators=(coordinator,),
    )


@pytest.fixture
def members(group: WorkingGroup) -> list[Person]:
    """Two members of two countries."""
    places = {"BE": "Vereniging van Voorbeelden", "FR": "Association des exemples"}
    people = []
    for country, name in places.items():
        association = make_association(f"A{country}", country=country, name=name)
        person = make_person(f"Member from {country}", email=f"{country.lower()}@members.example")
        make_membership(group, person, association=association)
        people.append(person)
    return people


def main_buttons(browser: Browser) -> int:
    return browser.text.count("btn-primary")


class TestForEveryone:
    """What the group is."""

    def test_says_what_it_works_on(self, browser: Browser, group: WorkingGroup) -> None:
        text = browser.open("/groups/water").text
        assert "<h1>Water</h1>" in text
        assert "rivers · rain" in text
        assert 'href="/communities/blue"' in text
        assert '<body class="community-blue">' in text
        assert "It looks after <strong>water</strong>" in text
        assert "<script>alert" not in text

    def test_old_addresses_lead_to_the_new_one(self, browser: Browser, group: WorkingGroup) -> None:
        group.slug = "fresh-water"
        from app.core.addresses import Address

        db.session.add(Address(kind="group", slug="fresh-water", target_id=group.id))
        db.session.commit()
        answer = browser.client.get("/groups/water?lang=fr")
        assert answer.status_code == 301
        assert answer.location == "/groups/fresh-water?lang=fr"

    def test_unknown(self, browser: Browser) -> None:
        assert browser.open("/groups/nothing").status == 404

    def test_leads_to_its_calendar(self, browser: Browser, group: WorkingGroup) -> None:
        assert "/groups/water/calendar.ics" in browser.open("/groups/water").text


class TestMeetings:
    """The next meeting, those after it, those before."""

    def test_the_next_one_is_the_first_that_takes_place(self, browser: Browser, group: WorkingGroup) -> None:
        cancelled = make_meeting(group, datetime(2026, 11, 30, 10), title="Called off")
        cancel_meeting(cancelled.id, "Too few.", actor_id=None)
        make_meeting(group, datetime(2026, 12, 4, 10), title="First to come", venue="Town hall")
        make_meeting(group, datetime(2026, 12, 20, 10), title="Second to come")
        text = browser.open("/groups/water").text
        box = text[text.index('class="next-meeting"') : text.index('id="mandate"')]
        assert "First to come" in box
        assert "In 10 days" in box
        assert "Fri 4 December 2026, 10:00–12:00 (Brussels)" in box
        assert "Town hall" in box
        rest = text[text.index('id="upcoming"') : text.index('id="members"')]
        assert "Called off" in rest
        assert "Second to come" in rest
        assert "First to come" not in rest

    @pytest.mark.parametrize(("day", "words"), [(24, "Today"), (25, "Tomorrow"), (26, "In 2 days")])
    def test_says_how_long_it_is(self, browser: Browser, group: WorkingGroup, day: int, words: str) -> None:
        make_meeting(group, datetime(2026, 11, day, 23))
        assert f'<p class="next-countdown">{words}</p>' in browser.open("/groups/water").text

    def test_a_running_meeting_is_the_next(self, browser: Browser, group: WorkingGroup) -> None:
        make_meeting(group, datetime(2026, 11, 23, 9), ends=datetime(2026, 11, 24, 18), title="Two days")
        assert '<p class="next-countdown">Today</p>' in browser.open("/groups/water").text

    def test_members_only_meetings_stay_inside(self, visit: Visit, browser: Browser, group: WorkingGroup) -> None:
        for day, title in ((20, "Secret past"), (28, "Secret next")):
            make_meeting(group, datetime(2026, 11, day, 10), title=title, visibility=Visibility.MEMBERS)
        member, outsider = make_account(), make_account()
        make_membership(group, member)
        assert "Secret" not in browser.open("/groups/water").text
        assert "Secret" not in visit(outsider).open("/groups/water").text
        text = visit(member).open("/groups/water").text
        assert "Secret next" in text
        assert "Secret past" in text

    def test_no_join_link_even_for_members(self, visit: Visit, group: WorkingGroup) -> None:
        make_meeting(group, datetime(2026, 12, 4, 10), join_link="https://meet.example.org/secret")
        member = make_account()
        make_membership(group, member)
        assert "meet.example.org" not in visit(member).open("/groups/water").text

    def test_the_rest_of_a_long_list_is_a_link_away(self, browser: Browser, group: WorkingGroup) -> None:
        for week in range(1, 14):
            make_meeting(group, datetime(2026, 11, 24, 10) + timedelta(weeks=week))
            make_meeting(group, datetime(2026, 11, 24, 10) - timedelta(weeks=week))
        text = browser.open("/groups/water").text
        assert 'href="/meetings?group=water"' in text
        assert 'href="/meetings?group=water&amp;past=1"' in text


class TestWhoSitsThere:
    """Names inside, associations and countries outside."""

    def test_visitors_see_associations_and_no_names(
        self, browser: Browser, group: WorkingGroup, members: list[Person]
    ) -> None:
        make_membership(group, make_person("Waiting Person"), State.REQUESTED, make_association("WAIT"))
        text = browser.open("/groups/water").text
        assert "2 members · 2 associations · 2 countries" in text
        assert "Vereniging van Voorbeelden" in text
        assert "Belgium" in text
        assert "Association WAIT" not in text
        for hidden in ("Member from", "members.example", "Waiting Person", "Cora", "cora@example.org"):
            assert hidden not in text

    def test_people_from_outside_see_the_coordinators_and_no_members(
        self, visit: Visit, group: WorkingGroup, members: list[Person]
    ) -> None:
        text = visit(make_account()).open("/groups/water").text
        assert "Cora Coordinator" in text
        for hidden in ("Member from", "members.example", "cora@example.org"):
            assert hidden not in text

    @pytest.mark.parametrize("who", ["member", "chair", "coordinator", "administrator"])
    def test_inside_one_sees_names_and_no_addresses(
        self, visit: Visit, group: WorkingGroup, members: list[Person], coordinator: Person, who: str
    ) -> None:
        if who == "administrator":
            viewer = make_account(administrator=True)
        elif who == "coordinator":
            viewer = coordinator
        else:
            viewer = make_account("Vera Viewer")
            make_membership(group, viewer, role=Role(who))
        text = visit(viewer).open("/groups/water").text
        assert "Member from BE" in text
        assert "Member from FR" in text
        assert "members.example" not in text

    def test_a_former_member_is_outside(self, visit: Visit, group: WorkingGroup, members: list[Person]) -> None:
        former = make_account()
        make_membership(group, former, State.LEFT)
        assert "Member from" not in visit(former).open("/groups/water").text

    def test_a_member_of_another_group_is_outside(
        self, visit: Visit, group: WorkingGroup, members: list[Person]
    ) -> None:
        other = make_account()
        make_membership(make_group(), other, role=Role.CHAIR)
        assert "Member from" not in visit(other).open("/groups/water").text

    def test_a_focal_point_is_outside(self, visit: Visit, group: WorkingGroup, members: list[Person]) -> None:
        focal = make_account(association=make_association("FOCAL"), function="focal_point")
        page = visit(focal).open("/groups/water").text
        assert "Member from" not in page
        assert "With meetings for members" not in page

    def test_a_long_list_goes_on_elsewhere(self, visit: Visit, group: WorkingGroup, coordinator: Person) -> None:
        for number in range(32):
            make_membership(group, make_person(f"Someone {number:02}"))
        text = visit(coordinator).open("/groups/water").text
        assert "32 members" in text
        assert "Someone 29" in text
        assert "Someone 30" not in text
        assert "All members" in text

    def test_empty(self, browser: Browser, group: WorkingGroup) -> None:
        assert "Nobody yet" in browser.open("/groups/water").text

    def test_no_coordinator(self, visit: Visit) -> None:
        make_group("orphan")
        assert "The group has no coordinator at present." in visit(make_account()).open("/groups/orphan").text


class TestTheNextStep:
    """One main button, by who looks."""

    def test_visitors_ask_to_join(self, browser: Browser, group: WorkingGroup) -> None:
        text = browser.open("/groups/water").text
        assert ASK in text
        assert main_buttons(browser) == 1
        for hidden in ("/members", "/edit", "/leave", "/withdraw"):
            assert f"/groups/water{hidden}" not in text

    def test_signed_in_people_ask_to_join(self, visit: Visit, group: WorkingGroup) -> None:
        page = visit(make_account()).open("/groups/water")
        assert ASK in page.text
        assert main_buttons(page) == 1

    @pytest.mark.parametrize("state", [State.DECLINED, State.WITHDRAWN, State.LEFT, State.ENDED])
    def test_who_is_no_longer_in_may_ask_again(self, visit: Visit, group: WorkingGroup, state: State) -> None:
        person = make_account()
        make_membership(group, person, state)
        assert ASK in visit(person).open("/groups/water").text

    def test_who_waits_can_withdraw(self, visit: Visit, group: WorkingGroup) -> None:
        person = make_account()
        mine = make_membership(group, person, State.REQUESTED)
        page = visit(person).open("/groups/water")
        assert "You asked to join on Mon 5 January 2026" in page.text
        assert f'href="/memberships/{mine.id}/withdraw"' in page.text
        assert ASK not in page.text
        assert main_buttons(page) == 0

    def test_members_can_leave(self, visit: Visit, group: WorkingGroup) -> None:
        person = make_account()
        mine = make_membership(group, person)
        page = visit(person).open("/groups/water")
        assert "You are a member of this group." in page.text
        assert f'href="/memberships/{mine.id}/leave"' in page.text
        assert "With meetings for members and the links to join" in page.text
        assert ASK not in page.text
        assert PLAN not in page.text

    @pytest.mark.parametrize("role", [Role.CHAIR, Role.VICE_CHAIR])
    def test_chairs_plan_meetings_and_decide_nothing(self, visit: Visit, group: WorkingGroup, role: Role) -> None:
        person = make_account()
        mine = make_membership(group, person, role=role)
        make_membership(group, make_person(), State.REQUESTED)
        page = visit(person).open("/groups/water")
        assert PLAN in page.text
        assert main_buttons(page) == 1
        assert f'href="/memberships/{mine.id}/leave"' in page.text
        assert "Members and requests" not in page.text
        assert "/groups/water/edit" not in page.text

    @pytest.mark.parametrize("who", ["coordinator", "administrator"])
    def test_coordinators_plan_and_see_what_waits(
        self, visit: Visit, group: WorkingGroup, coordinator: Person, who: str
    ) -> None:
        viewer = coordinator if who == "coordinator" else make_account(administrator=True)
        for _ in range(3):
            make_membership(group, make_person(), State.REQUESTED)
        make_membership(make_group(), make_person(), State.REQUESTED)
        page = visit(viewer).open("/groups/water")
        assert PLAN in page.text
        assert main_buttons(page) == 1
        assert ASK not in page.text
        assert 'href="/groups/water/edit"' in page.text
        assert ('href="/admin/groups/water/name"' in page.text) == (who == "administrator")
        actions = page.text[page.text.index("Members and requests") :]
        assert actions.startswith('Members and requests <span class="count-badge">3<')

    def test_a_coordinator_of_another_group_asks_like_anyone(self, visit: Visit, group: WorkingGroup) -> None:
        other = make_account()
        make_group(coordinators=(other,))
        page = visit(other).open("/groups/water")
        assert ASK in page.text
        assert PLAN not in page.text


class TestQueries:
    """At most 16 statements, however many members and meetings there are."""

    @pytest.mark.parametrize("who", ["visitor", "member", "coordinator"])
    def test_number_does_not_grow(
        self, visit: Visit, browser: Browser, group: WorkingGroup, coordinator: Person, who: str
    ) -> None:
        member = make_account()
        make_membership(group, member, association=make_association())
        page = {"visitor": browser}.get(who) or visit(member if who == "member" else coordinator)

        def fill(number: int) -> None:
            for index in range(number):
                make_membership(group, make_person(), association=make_association())
                make_membership(group, make_person(), State.REQUESTED)
                make_meeting(group, datetime(2026, 12, 1, 10) + timedelta(days=index))
                make_meeting(group, datetime(2026, 10, 1, 10) + timedelta(days=index))

        fill(2)
        with counted_queries() as few:
            page.open("/groups/water")
        fill(6)
        with counted_queries() as many:
            page.open("/groups/water")
        assert page.status == 200
        assert len(many) == len(few) <= 19
