"""The pages of memberships, as people use them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from app.core.db import db
from app.groups.models import WorkingGroup
from app.membership import queries, service
from app.membership.models import Membership
from app.membership.rules import Role, State
from app.people.models import Person
from tests.browsing import PASSWORD, Browser, Visit
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_affiliation, make_association, make_expert
from tests.membership.conftest import Mails
from tests.queries import counted_queries


@pytest.fixture
def anna(app: Flask) -> Person:
    """A coordinator."""
    return make_account("Anna Example", email="anna@example.org")


@pytest.fixture
def expert(app: Flask) -> Person:
    """Someone who is in no group yet."""
    return make_account("Eve Expert", email="eve@example.org", association=make_association(name="Home of Eve"))


@pytest.fixture
def group(anna: Person) -> WorkingGroup:
    """The group that Anna coordinates."""
    return make_group("climate", coordinators=(anna,), names={"en": "Climate", "fr": "Climat"})


def only_membership() -> Membership:
    db.session.rollback()
    return db.session.query(Membership).one()


def only_open(group: WorkingGroup) -> set[str]:
    return {membership.state for membership in db.session.query(Membership).filter_by(group_id=group.id)}


class TestAsking:
    """/groups/<slug>/join"""

    def test_a_visitor_signs_in_first_and_comes_back(
        self, browser: Browser, group: WorkingGroup, expert: Person
    ) -> None:
        page = browser.open("/groups/climate/join?lang=fr")
        assert page.path.startswith("/sign-in")
        page.send(having="password", email="eve@example.org", password=PASSWORD)
        assert (page.status, page.path) == (200, "/groups/climate/join?lang=fr")

    def test_from_asking_to_being_told(
        self, visit: Visit, group: WorkingGroup, expert: Person, anna: Person, mails: Mails
    ) -> None:
        page = visit(expert).open("/groups/climate/join")
        for words in ("Climate", "What happens next", "Anna Example", "Home of Eve"):
            assert words in page.text
        page.send(motivation="I know a lot.")
        assert page.status == 200
        assert "Your request was sent" in page.text
        assert len(mails()) == 2
        page.open("/groups/climate/join")
        assert "Waiting for a decision" in page.text
        assert "I know a lot." in page.text
        assert "Ask to join</button>" not in page.text
        assert f"/memberships/{only_membership().id}/withdraw" in page.text
        queue = visit(anna).open("/groups/climate/members")
        queue.send(action="/accept")
        assert "Eve Expert is now a member" in queue.text
        page.open("/groups/climate/join")
        assert "Leave group…" in page.text

    def test_without_a_motivation(self, visit: Visit, group: WorkingGroup, expert: Person) -> None:
        page = visit(expert).open("/groups/climate/join").send(motivation="  ")
        assert page.status == 422
        assert "This is needed." in page.text
        assert db.session.query(Membership).count() == 0

    def test_the_button_pressed_twice(self, visit: Visit, group: WorkingGroup, expert: Person, mails: Mails) -> None:
        page = visit(expert).open("/groups/climate/join")
        form, answers = page.form(), []
        for _ in range(2):
            answers.append(
                page.client.post("/groups/climate/join", data=form["fields"] | {"motivation": "Hello.\r\nThere."})
            )
        assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/groups/climate/join")}
        assert "Nothing was sent" not in page.open("/groups/climate/join").text
        assert only_membership().motivation == "Hello.\nThere."
        assert len(mails()) == 2

    def test_another_request_from_an_old_tab_is_not_lost_silently(
        self, visit: Visit, group: WorkingGroup, expert: Person
    ) -> None:
        page = visit(expert).open("/groups/climate/join")
        service.request(expert.id, group.id, "The first.")
        page.send(motivation="The second.")
        assert "Nothing was sent" in page.text
        assert only_membership().motivation == "The first."

    def test_one_of_several_associations(self, visit: Visit, group: WorkingGroup, expert: Person) -> None:
        other = make_association(name="Other home")
        make_affiliation(expert, other)
        page = visit(expert).open("/groups/climate/join")
        page.send(motivation="I know a lot.")
        assert page.status == 422
        assert "Choose the one to join for" in page.text
        assert "I know a lot." in page.text
        page.send(association=str(other.id))
        assert page.status == 200
        assert only_membership().association_id == other.id

    def test_after_a_refusal_one_may_ask_again(self, visit: Visit, group: WorkingGroup, expert: Person) -> None:
        make_membership(group, expert, State.DECLINED)
        page = visit(expert).open("/groups/climate/join")
        assert "Declined" in page.text
        page.send(motivation="Now I know more.")
        assert "Your request was sent" in page.text

    def test_an_unknown_group(self, visit: Visit, expert: Person) -> None:
        assert visit(expert).open("/groups/nothing/join").status == 404


class TestRoster:
    """/groups/<slug>/members"""

    def test_what_coordinators_see(self, visit: Visit, group: WorkingGroup, anna: Person) -> None:
        association = make_association(name="Association of Examples")
        with time_machine.travel(datetime(2026, 11, 1, 9, tzinfo=UTC), tick=False):
            service.request(make_expert("Late Request").id, group.id, "Later.")
        with time_machine.travel(datetime(2026, 10, 1, 9, tzinfo=UTC), tick=False):
            early = make_account("Early Request", association=association)
            service.request(early.id, group.id, "Earlier.")
        make_membership(group, make_account("Mia Member", email="mia@example.org"), role=Role.CHAIR)
        with time_machine.travel(datetime(2026, 11, 5, 9, tzinfo=UTC), tick=False):
            text = visit(anna).open("/groups/climate/members").text
        assert text.index("Early Request") < text.index("Late Request") < text.index("Mia Member")
        for words in ("(35 days)", "(4 days)", "Earlier.", "Association of Examples", "mailto:mia@example.org", "Chair",
                      "/accept", "/decline", "/end", "/role", "/groups/climate/members/new"):  # fmt: skip
            assert words in text, words

    def test_what_members_see(self, visit: Visit, group: WorkingGroup) -> None:
        make_membership(group, make_account("Early Request"), State.REQUESTED)
        make_membership(group, make_account("Mia Member", email="mia@example.org"), role=Role.CHAIR)
        chair = make_account("Carl Chair")
        make_membership(group, chair, role=Role.CHAIR)
        text = visit(chair).open("/groups/climate/members").text
        assert "Mia Member" in text
        for words in ("Early Request", "I work on this", "mia@example.org", "/accept", "/end", "/role", "/members/new"):
            assert words not in text, words

    def test_others_do_not_see_it(self, visit: Visit, browser: Browser, group: WorkingGroup, expert: Person) -> None:
        assert browser.client.get("/groups/climate/members").status_code == 302
        assert visit(expert).open("/groups/climate/members").status == 403
        other = make_account()
        make_group(coordinators=(other,))
        assert visit(other).open("/groups/climate/members").status == 403

    def test_an_empty_group_says_so(self, visit: Visit, group: WorkingGroup, anna: Person) -> None:
        text = visit(anna).open("/groups/climate/members").text
        assert "Nobody waits" in text
        assert "No members yet" in text

    def test_its_queries_do_not_grow_with_the_group(self, visit: Visit, group: WorkingGroup, anna: Person) -> None:
        page, numbers = visit(anna), []
        for more in (1, 6):
            for _ in range(more):
                for state in (State.ACTIVE, State.REQUESTED):
                    make_membership(group, make_account(association=make_association()), state, make_association())
            with counted_queries() as statements:
                assert page.open("/groups/climate/members").status == 200
            numbers.append(len(statements))
        assert numbers[0] == numbers[1] <= 12, statements

    def test_a_long_list_comes_in_pages(self, visit: Visit, group: WorkingGroup, anna: Person) -> None:
        for number in range(22):
            make_membership(group, make_account(f"Member {number:02}"))
        page = visit(anna).open("/groups/climate/members?page=2")
        assert "Member 21" in page.text
        assert "Member 19" not in page.text
        assert "/groups/climate/members?page=1" in page.text


class TestDeciding:
    """Accepting, declining, ending, roles."""

    def test_declining(self, visit: Visit, group: WorkingGroup, anna: Person, expert: Person) -> None:
        membership = make_membership(group, expert, State.REQUESTED)
        page = visit(anna).open(f"/memberships/{membership.id}/decline")
        assert "Eve Expert" in page.text
        assert page.send(reason="").status == 422
        page.send(reason="All seats are taken.")
        assert page.path == "/groups/climate/members"
        assert "The request of Eve Expert was declined." in page.text
        assert only_membership().state == State.DECLINED
        assert "All seats are taken." in visit(expert).open(f"/memberships/{membership.id}").text

    def test_the_second_coordinator_is_told_who_was_first(
        self, visit: Visit, group: WorkingGroup, anna: Person, expert: Person
    ) -> None:
        membership = make_membership(group, expert, State.REQUESTED)
        ben = make_account("Ben Sample", administrator=True)
        first, second, third = visit(anna), visit(ben), visit(ben)
        for page in (first, second):
            page.open("/groups/climate/members")
        third.open(f"/memberships/{membership.id}/decline")
        first.send(action="/accept")
        second.send(action="/accept")
        third.send(reason="No room.")
        for page in (second, third, third.open(f"/memberships/{membership.id}/decline")):
            assert page.status == 409
            assert "Already accepted by Anna Example on" in page.text
            assert 'href="/groups/climate/members"' in page.text
        assert only_membership().state == State.ACTIVE

    def test_the_first_may_press_twice(self, visit: Visit, group: WorkingGroup, anna: Person, expert: Person) -> None:
        make_membership(group, expert, State.REQUESTED)
        page, other = visit(anna).open("/groups/climate/members"), visit(anna).open("/groups/climate/members")
        page.send(action="/accept")
        other.send(action="/accept")
        assert other.status == 200
        assert "Eve Expert is now a member" in other.text

    def test_ending(self, visit: Visit, group: WorkingGroup, anna: Person, expert: Person) -> None:
        membership = make_membership(group, expert)
        page = visit(anna).open(f"/memberships/{membership.id}/end")
        assert page.send(reason=" ").status == 422
        page.send(reason="The mandate ended.")
        assert "The membership of Eve Expert has ended." in page.text
        assert only_membership().state == State.ENDED

    def test_roles(self, visit: Visit, group: WorkingGroup, anna: Person, expert: Person) -> None:
        make_membership(group, make_account("Carl Chair"), role=Role.CHAIR)
        membership = make_membership(group, expert)
        page = visit(anna).open(f"/memberships/{membership.id}/role")
        assert page.form()["fields"]["role"] == "member"
        assert "Carl Chair" in page.text and "several chairs" in page.text
        assert page.send(role="emperor").status == 422
        page.send(role="vice_chair")
        assert "The role of Eve Expert is now: Vice-chair." in page.text
        db.session.rollback()
        assert queries.active_roles(expert.id) == {group.id: Role.VICE_CHAIR}

    def test_to_the_desk_and_back(self, visit: Visit, group: WorkingGroup, anna: Person, expert: Person) -> None:
        membership = make_membership(group, expert, State.REQUESTED)
        page = visit(anna).open(f"/memberships/{membership.id}/decline?back=desk")
        assert 'href="/desk"' in page.text
        answer = page.send(reason="No room.", follow=False).page
        assert answer and answer.location == "/desk"

    def test_adding(self, visit: Visit, group: WorkingGroup, anna: Person) -> None:
        association = make_association()
        page = visit(anna).open("/groups/climate/members/new")
        assert page.form()["fields"]["role"] == "member"
        page.send(full_name="", email="nora@example.org")
        assert page.status == 422
        assert "We do not know this person yet" in page.text
        assert page.form()["fields"]["email"] == "nora@example.org"
        page.send(full_name="Nora Newcomer", association=str(association.id))
        assert page.path == "/groups/climate/members"
        assert "Nora Newcomer is now in the group." in page.text
        assert only_membership().association_id == association.id

    @pytest.mark.parametrize("email", ["nonsense", "two@@example.org"])
    def test_adding_with_a_wrong_address(self, visit: Visit, group: WorkingGroup, anna: Person, email: str) -> None:
        page = visit(anna).open("/groups/climate/members/new").send(full_name="Nora", email=email)
        assert page.status == 422
        assert "This is not an e-mail address" in page.text


class TestGoing:
    """Withdrawing and leaving."""

    @pytest.mark.parametrize(
        ("state", "how", "after"),
        [(State.REQUESTED, "withdraw", State.WITHDRAWN), (State.ACTIVE, "leave", State.LEFT)],
    )
    def test_after_a_page_that_says_what_it_means(
        self, visit: Visit, group: WorkingGroup, expert: Person, state: State, how: str, after: State
    ) -> None:
        membership = make_membership(group, expert, state)
        page = visit(expert).open(f"/memberships/{membership.id}/{how}")
        assert only_membership().state == state, "looking changes nothing"
        assert "ask" in page.text
        page.send()
        assert page.path == f"/memberships/{membership.id}"
        assert only_membership().state == after
        again = page.open(f"/memberships/{membership.id}/{how}")
        assert again.status == 409

    def test_what_was_decided_meanwhile(self, visit: Visit, group: WorkingGroup, expert: Person, anna: Person) -> None:
        membership = make_membership(group, expert, State.REQUESTED)
        page = visit(expert).open(f"/memberships/{membership.id}/withdraw")
        service.accept(membership.id, anna.id)
        page.send()
        assert page.status == 409
        assert "Already accepted by Anna Example on" in page.text
        assert "/groups/climate/members" not in page.text
        assert only_membership().state == State.ACTIVE


class TestHistory:
    """/memberships/<id>"""

    def test_it_says_who_when_and_why(self, visit: Visit, group: WorkingGroup, expert: Person, anna: Person) -> None:
        with time_machine.travel(datetime(2026, 3, 12, 9, tzinfo=UTC), tick=False):
            made = service.request(expert.id, group.id, "I know a lot.")
        service.accept(made.id, anna.id)
        service.set_role(made.id, Role.CHAIR, anna.id)
        service.end(made.id, anna.id, "The mandate ended.")
        for person in (expert, anna):
            text = visit(person).open(f"/memberships/{made.id}").text
            for words in ("Eve Expert asked to join", "Thu 12 March 2026, 10:00 (Brussels)", "I know a lot.",
                          "Accepted by Anna Example", "Role changed by Anna Example to: Chair",
                          "Membership ended by Anna Example", "The mandate ended."):  # fmt: skip
                assert words in text, words

    def test_a_focal_point_reads_what_is_to_be_endorsed(self, visit: Visit, group: WorkingGroup) -> None:
        association = make_association()
        membership = make_membership(group, make_account("Eve Expert"), State.DECLINED, association)
        focal = make_account(association=association, function="focal_point")
        page = visit(focal).open(f"/memberships/{membership.id}")
        assert page.status == 200
        assert "Eve Expert asked to join" in page.text
        assert "I work on this" in page.text
        assert "A reason." in page.text
        for how in ("decline", "end", "role", "withdraw", "leave"):
            assert page.open(f"/memberships/{membership.id}/{how}").status == 403

    def test_others_know_nothing_of_it(self, visit: Visit, group: WorkingGroup) -> None:
        membership = make_membership(group, make_account(), State.REQUESTED)
        chair, other = make_account(), make_account()
        make_membership(group, chair, role=Role.CHAIR)
        make_group(coordinators=(other,))
        for who in (visit(chair), visit(other)):
            for how in ("", "/decline", "/end", "/role", "/withdraw", "/leave"):
                assert who.open(f"/memberships/{membership.id}{how}").status == 404
            token = who.open("/groups/climate/join").forms()[0]["fields"]["csrf_token"]
            for how in ("accept", "decline", "end", "role", "withdraw", "leave"):
                fields = {"csrf_token": token, "reason": "No.", "role": "chair"}
                assert who.client.post(f"/memberships/{membership.id}/{how}", data=fields).status_code == 404
        assert only_open(group) == {State.REQUESTED, State.ACTIVE}

    def test_a_visitor_is_asked_to_sign_in_as_mails_lead_here(self, browser: Browser, group: WorkingGroup) -> None:
        membership = make_membership(group, make_account(), State.REQUESTED)
        for how in ("", "/decline", "/end", "/role", "/withdraw", "/leave"):
            answer = browser.client.get(f"/memberships/{membership.id}{how}")
            assert answer.status_code == 302
            assert answer.location.endswith(f"/sign-in?next=/memberships/{membership.id}{how}")

    def test_numbers_that_no_database_holds(self, visit: Visit, expert: Person) -> None:
        for number in ("0", "999", "2147483648", "99999999999999999999"):
            assert visit(expert).open(f"/memberships/{number}").status == 404


def test_no_page_asks_the_database_too_much(visit: Visit, group: WorkingGroup, anna: Person, expert: Person) -> None:
    waiting = make_membership(group, expert, State.REQUESTED, make_association(), decided_by=anna)
    member = make_membership(group, make_account(), State.ACTIVE, make_association(), decided_by=anna)
    for who, paths in (
        (visit(expert), ("/groups/climate/join", f"/memberships/{waiting.id}", f"/memberships/{waiting.id}/withdraw")),
        (visit(anna), ("/groups/climate/members", "/groups/climate/members/new", f"/memberships/{member.id}",
                       f"/memberships/{waiting.id}/decline", f"/memberships/{member.id}/end",
                       f"/memberships/{member.id}/role")),
    ):  # fmt: skip
        for path in paths:
            with counted_queries() as statements:
                assert who.open(path).status == 200
            assert len(statements) <= 13, (path, statements)


def test_pages_speak_french_where_they_can(visit: Visit, group: WorkingGroup, expert: Person) -> None:
    page = visit(expert, language="fr").open("/groups/climate/join")
    assert "Climat<" in page.text
    assert "Climate" not in page.text.replace("/climate", "")
