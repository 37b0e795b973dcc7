"""The administration's pages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from app.core import clock
from app.core.db import db
from app.core.outbox import OutboxMessage
from app.groups.service.coordinators import appoint_coordinator, dismiss_coordinator
from app.membership import service
from app.membership.rules import Role, State
from app.pages.administration.trail import ACTIONS
from app.people.models import Person
from app.people.service import administrators, affiliations
from tests.browsing import Visit
from tests.factories.groups import make_community, make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_affiliation, make_association, make_person
from tests.queries import counted_queries

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PAGES = ("/admin", "/admin/people", "/admin/associations", "/admin/groups", "/admin/coordinators")


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin(app: Flask) -> Person:
    return make_account("Ada Admin", email="ada@example.org", administrator=True)


def figures(text: str) -> dict[str, tuple[int, str]]:
    """{what is counted: (number, address)} of the overview."""
    found = re.findall(
        r'<a class="figure[^"]*" href="([^"]+)"><span class="figure-number">(\d+)</span> <span>([^<]+)</span>', text
    )
    return {label: (int(number), url.replace("&amp;", "&")) for url, number, label in found}


class TestEverybody:
    """What all these pages have in common."""

    @pytest.mark.parametrize("path", PAGES)
    def test_only_for_administrators(self, visit: Visit, app: Flask, path: str) -> None:
        answer = app.test_client().get(path)
        assert answer.status_code == 302
        assert "/sign-in" in answer.location
        assert visit(make_account()).open(path).status == 403

    @pytest.mark.parametrize("path", PAGES)
    def test_empty_ones_say_what_will_stand_here(self, visit: Visit, admin: Person, path: str) -> None:
        page = visit(admin).open(path)
        assert page.status == 200
        assert 'aria-label="This part of the site"' in page.text
        assert page.text.count("<h1>") == 1

    def test_the_menu_says_where_one_is(self, visit: Visit, admin: Person) -> None:
        page = visit(admin)
        assert 'href="/admin/people" aria-current="page"' in page.open("/admin/people").text
        assert 'href="/admin/people" aria-current="true"' in page.open(f"/admin/people/{admin.id}").text
        assert "This part of the site" not in page.open("/me").text

    @pytest.mark.parametrize("number", [2, 30])
    def test_few_queries_however_much_there_is(self, visit: Visit, admin: Person, number: int) -> None:
        subject = make_account("Sam Subject")
        for index in range(number):
            association = make_association()
            person = make_account(f"Person {index}", association=association)
            make_affiliation(person, association, "focal_point")
            make_affiliation(subject, association, "expert")
            administrators.make_administrator(person.id, admin.id)
            group = make_group(coordinators=(person, admin))
            make_membership(group, person, State.REQUESTED, association)
            make_membership(group, subject, association=association)
            make_community()
        page = visit(admin)
        for path in (
            *PAGES,
            "/admin/people?q=person",
            "/admin/people?only=administrators",
            f"/admin/people/{subject.id}",
        ):
            page.open(path)
            with counted_queries() as statements:
                page.open(path)
            assert page.status == 200
            assert len(statements) <= 12, f"{path}\n" + "\n\n".join(statements)


class TestOverview:
    """Numbers, each a link to what it counts."""

    def test_numbers_and_where_they_lead(self, visit: Visit, admin: Person) -> None:
        with_expert, without = make_association("WITH"), make_association("WITHOUT")
        expert = make_account("Eve Expert", association=with_expert)
        gone = make_person("Gone Expert")
        make_affiliation(gone, without, "expert", ends_on=date(2026, 11, 1))
        make_affiliation(make_person("Fia Focal"), without, "focal_point")
        led, unled = make_group("led", coordinators=(expert,)), make_group("unled")
        make_membership(led, expert)
        make_membership(unled, gone, State.REQUESTED, began_at=NOW - timedelta(days=15))
        make_membership(led, gone, State.REQUESTED, began_at=NOW - timedelta(days=13))
        for number, state in enumerate(("queued", "failed", "failed", "sent")):
            db.session.add(
                OutboxMessage(
                    message_id=f"<{number}@localhost>",
                    recipient="a@example.org",
                    language="en",
                    subject="s",
                    state=state,
                    created_at=clock.now(),
                    next_attempt_at=clock.now(),
                )
            )
        db.session.commit()
        page = visit(admin)
        found = figures(page.open("/admin").text)
        assert {label: number for label, (number, _url) in found.items()} == {
            "association without an expert": 1,
            "group without a coordinator": 1,
            "request waiting longer than 14 days": 1,
            "mails that could not be delivered": 2,
            "people": 4,
            "accounts": 2,
            "administrator": 1,
            "associations": 2,
            "groups": 2,
            "membership in a group": 1,
            "requests waiting for a decision": 2,
            "mail on its way": 1,
        }
        for _number, url in found.values():
            assert page.open(url).status == 200, url
        assert "WITHOUT" in page.open(found["association without an expert"][1]).text
        assert ">WITH<" not in page.text
        assert "/groups/unled" in page.open(found["group without a coordinator"][1]).text
        assert "/groups/led" not in page.text
        assert page.open(found["request waiting longer than 14 days"][1]).text.count("Gone Expert") == 1
        assert "Eve Expert" in page.open(found["accounts"][1]).text
        assert "Gone Expert" not in page.text
        assert "Eve Expert" not in page.open(found["administrator"][1]).text

    def test_nothing_to_attend_to(self, visit: Visit, admin: Person) -> None:
        assert "Nothing at the moment." in visit(admin).open("/admin").text


class TestPeople:
    """The list, and one of them."""

    def test_the_list_says_account_administrator_and_affiliations(self, visit: Visit, admin: Person) -> None:
        home = make_association("VVSG")
        make_affiliation(make_account("Fia Focal", email="fia@example.org"), home, "focal_point")
        make_person("Nora None")
        text = visit(admin).open("/admin/people").text
        assert "VVSG · Focal point" in text
        assert "fia@example.org" in text
        assert "no account" in text
        assert "Administrator" in text
        assert "3 people" in text

    def test_found_without_accents_and_by_address(self, visit: Visit, admin: Person) -> None:
        make_person("Žofia Ňová", email="zn@example.org")
        make_person("Someone Else")
        page = visit(admin)
        for words in ("zofia", "NOVA", "zn@example"):
            text = page.open(f"/admin/people?q={words}").text
            assert "Žofia Ňová" in text
            assert "Someone Else" not in text
        assert "Nobody is found" in page.open("/admin/people?q=nobody+at+all").text

    def test_those_of_an_association(self, visit: Visit, admin: Person) -> None:
        home = make_association("VVSG")
        make_person("Eve Expert", association=home)
        make_affiliation(make_person("Gone Expert"), home, "expert", ends_on=date(2026, 11, 1))
        page = visit(admin).open("/admin/people?association=VVSG")
        assert "Eve Expert" in page.text
        assert "Gone Expert" not in page.text
        assert "Only who belongs to Association VVSG today." in page.text
        assert "Gone Expert" in page.open("/admin/people?association=NONE").text

    def test_in_pages_of_fifty_that_keep_what_was_looked_for(self, visit: Visit, admin: Person) -> None:
        for number in range(60):
            make_person(f"Same Name {number:02}")
        page = visit(admin).open("/admin/people?q=same")
        assert "Same Name 49" in page.text
        assert "Same Name 50" not in page.text
        assert "/admin/people?q=same&amp;page=2" in page.text
        assert "Same Name 50" in page.open("/admin/people?q=same&page=2").text
        assert page.open("/admin/people?page=9999999999").status == 200

    def test_one_person_whole(self, visit: Visit, admin: Person) -> None:
        home = make_association("VVSG")
        person = make_account("Eve Expert", email="eve@example.org", association=home, job_title="Energy officer")
        group = make_group("climate", names={"en": "Climate and energy"})
        membership = make_membership(group, person, role=Role.CHAIR, association=home)
        text = visit(admin).open(f"/admin/people/{person.id}").text
        for words in (
            "Eve Expert",
            "eve@example.org",
            "Energy officer",
            "Association VVSG",
            "since Mon 5 January 2026",
            "Climate and energy",
            "Chair",
            "Has never signed in",
            f"/memberships/{membership.id}",
            f"/admin/people/{person.id}/edit",
            f"/admin/people/{person.id}/affiliations/new",
            f"/admin/affiliations/{person.affiliations[0].id}/end",
            f"/admin/people/{person.id}/administrator",
        ):
            assert words in text, words

    def test_a_coordinator_stands_among_the_groups(self, visit: Visit, admin: Person) -> None:
        anna = make_account("Anna Example")
        make_group("climate", coordinators=(anna,))
        text = visit(admin).open(f"/admin/people/{anna.id}").text
        assert "Coordinator" in text
        assert f"/admin/groups/climate/coordinators/{anna.id}/dismiss" in text

    def test_a_past_affiliation_is_marked_and_cannot_be_ended_again(self, visit: Visit, admin: Person) -> None:
        person = make_person("Gone Expert")
        make_affiliation(person, make_association("VVSG"), "expert", ends_on=date(2026, 11, 1))
        text = visit(admin).open(f"/admin/people/{person.id}").text
        assert "from Mon 5 January 2026 to Sun 1 November 2026" in text
        assert "not in force today" in text
        assert "/admin/affiliations/" not in text

    def test_someone_without_an_account(self, visit: Visit, admin: Person) -> None:
        person = make_person("Nora None")
        text = visit(admin).open(f"/admin/people/{person.id}").text
        assert "This person has no account" in text
        assert "Belongs to no association" in text
        assert "In no group" in text
        assert "Make administrator" not in text

    def test_nobody_of_that_number(self, visit: Visit, admin: Person) -> None:
        assert visit(admin).open("/admin/people/999999").status == 404
        assert visit(admin).open("/admin/people/99999999999999999999").status == 404

    def test_what_was_done_stands_there_in_words(self, visit: Visit, admin: Person) -> None:
        person = make_account("Eve Expert")
        association, group = make_association("VVSG"), make_group(names={"en": "Climate and energy"})
        administrators.make_administrator(person.id, admin.id)
        affiliations.add_affiliation(person.id, association.id, None, "expert", date(2026, 11, 1), admin.id)
        made = service.request(person.id, group.id, "I work on this.")
        service.decline(made.id, admin.id, "The group is full.")
        appoint_coordinator(group.id, person.email, admin.id)
        dismiss_coordinator(group.id, person.id, admin.id)
        other = make_account("Otto Other")
        administrators.make_administrator(other.id, admin.id)
        text = visit(admin).open(f"/admin/people/{person.id}").text
        trail = text[text.index('id="trail"') :]
        for words in (
            "Made administrator",
            "Affiliation added: Association VVSG",
            "Made coordinator: Climate and energy",
            "Dismissed as coordinator: Climate and energy",
            "Asked to join: Climate and energy",
            "Declined: Climate and energy",
            "Ada Admin",
            "Eve Expert",
            "Tue 24 November 2026, 10:00 (Brussels)",
        ):
            assert words in trail, words
        assert trail.count("Made administrator") == 1
        assert trail.index("Declined") < trail.index("Made administrator")

    def test_every_action_about_people_has_its_words(self, app: Flask) -> None:
        """What the features record of persons, accounts, affiliations and memberships is in trail.ACTIONS."""
        sources = "\n".join(path.read_text() for path in Path("app").rglob("*.py"))
        recorded = set(
            re.findall(
                r'audit\.record\(\s*"((?:account|administrator|affiliation|coordinator|membership|person)\.\w+)"',
                sources,
            )
        )
        from app.membership.rules import Move

        assert len(recorded) >= 8
        assert recorded | {f"membership.{move}" for move in Move} == set(ACTIONS)


class TestAssociations:
    """Who speaks for them, how many experts and seats."""

    def test_focal_points_experts_and_seats(self, visit: Visit, admin: Person) -> None:
        home = make_association("VVSG", status="associate", country="BE")
        make_affiliation(make_person("Fia Focal"), home, "focal_point")
        make_affiliation(make_person("Dora Deputy"), home, "deputy")
        expert = make_person("Eve Expert", association=home)
        make_membership(make_group(), expert, association=home)
        make_membership(make_group(), expert, association=home)
        text = visit(admin).open("/admin/associations").text
        for words in (
            "VVSG",
            "Belgium",
            "Associate member",
            "Fia Focal",
            "Dora Deputy",
            "(deputy)",
            "/admin/associations/VVSG/edit",
            '<a href="/admin/people?association=VVSG">1<',
            '<a href="/associations/VVSG">2<',
        ):
            assert words in text, words
        assert text.index("Fia Focal") < text.index("Dora Deputy")

    def test_those_without_an_expert(self, visit: Visit, admin: Person) -> None:
        make_person(association=make_association("WITH"))
        assert "Every association has an expert" in visit(admin).open("/admin/associations?only=without-expert").text
        make_association("WITHOUT")
        text = visit(admin).open("/admin/associations?only=without-expert").text
        assert ">WITHOUT<" in text
        assert ">WITH<" not in text


class TestGroups:
    """By community, with coordinators, members and what waits."""

    def test_everything_about_a_group_and_where_to_change_it(self, visit: Visit, admin: Person) -> None:
        anna = make_account("Anna Example")
        community = make_community("climate-community", names={"en": "CLIMATE"})
        group = make_group("climate", coordinators=(anna,), community=community, names={"en": "Climate and energy"})
        make_membership(group, make_person())
        make_membership(group, make_person())
        make_membership(group, make_person(), State.REQUESTED)
        text = visit(admin).open("/admin/groups").text
        for words in (
            "CLIMATE",
            "Climate and energy",
            "Anna Example",
            "/groups/climate/edit",
            "/admin/groups/climate/name",
            "/admin/communities/climate-community/edit",
            "/admin/groups/new",
            "/groups/climate/members#waiting",
            '<a href="/groups/climate/members">2<',
        ):
            assert words in text, words

    def test_those_without_a_coordinator(self, visit: Visit, admin: Person) -> None:
        make_group("led", coordinators=(make_person(),))
        page = visit(admin)
        assert "Every group has a coordinator" in page.open("/admin/groups?only=without-coordinator").text
        make_group("unled")
        text = page.open("/admin/groups?only=without-coordinator").text
        assert "/admin/groups/unled/coordinators/new" in text
        assert "/groups/led" not in text


class TestCoordinators:
    """Who coordinates what."""

    def test_each_group_with_its_coordinators_to_appoint_and_dismiss(self, visit: Visit, admin: Person) -> None:
        anna = make_account("Anna Example")
        make_group("climate", coordinators=(anna,))
        make_group("digital")
        text = visit(admin).open("/admin/coordinators").text
        for words in (
            "Anna Example",
            "since Mon 5 January 2026",
            f"/admin/groups/climate/coordinators/{anna.id}/dismiss",
            "/admin/groups/climate/coordinators/new",
            "/admin/groups/digital/coordinators/new",
            "Nobody",
        ):
            assert words in text, words
