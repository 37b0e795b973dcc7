"""The directory of groups: what it finds, for whom, and that it tells nobody more than they may know."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask

from app.groups.rules import GroupStatus, JoinPolicy, Visibility
from app.meetings.rules import Visibility as MeetingVisibility
from app.membership.rules import Role
from app.pages.groups import SIZE
from tests.browsing import Browser, Visit
from tests.factories.groups import make_community, make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person
from tests.queries import counted_queries

EVERY = {"heat", "water", "pay", "old", "rest"}


@dataclass
class World:
    """Five groups that everybody finds, one for those concerned, two associations, and those who look."""

    browsers: dict[str, Browser]

    def found(self, who: str, question: str = "") -> set[str]:
        return slugs(self.browsers[who].open(f"/groups?{question}").text)


def slugs(page: str) -> set[str]:
    return set(re.findall(r'class="group-name"><a href="/groups/([^"]+)"', page))


@pytest.fixture
def world(app: Flask, visit: Visit) -> World:
    one, two = make_association("ONE", country="BE"), make_association("TWO", country="GR")
    people = {
        "account": make_account(),
        "member": make_account(),
        "focal point": make_account(association=one, function="focal_point"),
        "other focal point": make_account(association=two, function="deputy"),
        "coordinator": make_account(),
        "administrator": make_account(administrator=True),
    }
    climate, labour = make_community("climate"), make_community("labour", position=2)
    heat = make_group("heat", community=climate, names={"en": "Heat", "fr": "Chaleur d’été"},
                      topics={"en": ["networks"], "fr": ["réseaux"]}, coordinators=(people["coordinator"],),
                      join_policy=JoinPolicy.OPEN)  # fmt: skip
    water = make_group("water", community=climate, names={"en": "Water", "fr": "Ύδωρ"})
    pay = make_group("pay", community=labour, join_policy=JoinPolicy.NOMINATION, seats_member=1)
    make_group("old", community=labour, status=GroupStatus.CLOSED, join_policy=JoinPolicy.OPEN)
    make_group("rest", community=labour, status=GroupStatus.DORMANT)
    hidden = make_group("hidden", community=labour, visibility=Visibility.MEMBERS)
    make_membership(heat, make_person(), association=one)
    make_membership(pay, make_person(), association=one)
    make_membership(hidden, make_person(), association=one)
    make_membership(water, make_person(), association=two, role=Role.OBSERVER)
    make_membership(water, people["member"], association=two)
    return World({"visitor": Browser(app), **{name: visit(person) for name, person in people.items()}})


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("", EVERY),
        ("community=climate", {"heat", "water"}),
        ("community=none", EVERY),
        ("joining=open", {"heat"}),
        ("joining=nomination&community=climate", set()),
        ("status=active", {"heat", "water", "pay"}),
        ("status=closed", {"old"}),
        ("status=dormant&joining=request", {"rest"}),
        ("q=chal", {"heat"}),
        ("q=ete", {"heat"}),
        ("q=reseaux", {"heat"}),
        ("q=Heat", {"heat"}),
        ("q=ydor", {"water"}),
        ("q=υδωρ", {"water"}),
        ("q=eat", set()),
        ("q=%00&page=x&status=%00", EVERY),
    ],
)
def test_what_everybody_finds(world: World, question: str, found: set[str]) -> None:
    assert world.found("visitor", question) == found
    assert slugs(world.browsers["visitor"].open(f"/search/groups?{question}").text) == found


ALL_AND_HIDDEN = EVERY | {"hidden"}


@pytest.mark.parametrize(
    ("who", "question", "found"),
    [
        # Where an association sits: for who takes part, in groups that they find.
        ("visitor", "association=ONE", EVERY),
        ("account", "association=ONE", EVERY),
        ("member", "association=ONE", {"heat", "pay"}),
        ("member", "association=one&community=climate", {"heat"}),
        ("member", "association=TWO", {"water"}),
        ("focal point", "association=ONE", {"heat", "pay", "hidden"}),
        # Where it does not: for its speakers, coordinators in their groups, administrators.
        ("visitor", "without=ONE", EVERY),
        ("member", "without=ONE", EVERY),
        ("focal point", "without=ONE", {"water", "rest"}),
        ("focal point", "without=TWO", ALL_AND_HIDDEN),
        ("coordinator", "without=ONE", set()),
        ("coordinator", "without=TWO", {"heat"}),
        ("administrator", "association=ONE&without=TWO", {"heat", "pay", "hidden"}),
        # What is vacant: for its speakers and administrators. Groups that rest or are over take in nobody.
        ("visitor", "vacant=ONE", EVERY),
        ("member", "vacant=ONE", EVERY),
        ("coordinator", "vacant=ONE", EVERY),
        ("other focal point", "vacant=ONE", ALL_AND_HIDDEN),
        ("focal point", "vacant=ONE", {"heat", "water", "hidden"}),
        ("administrator", "vacant=TWO", {"heat", "water", "pay", "hidden"}),
    ],
)
def test_who_sits_where_is_told_to_nobody_else(world: World, who: str, question: str, found: set[str]) -> None:
    assert world.found(who, question) == found


def test_says_where_only_some_groups_are_looked_through(world: World) -> None:
    for who, said in (("coordinator", True), ("focal point", False), ("administrator", False)):
        page = world.browsers[who].open("/groups?without=ONE").text
        assert ("Only the groups that you coordinate" in page) == said


def test_vacant_seats_are_said_to_those_who_speak_for_the_association(world: World) -> None:
    page = world.browsers["focal point"].open("/groups").text
    assert page.count("vacant seat for ONE") == 2, "one in each of heat and the hidden group"
    assert page.count("2 vacant seats for ONE") == 1 and "for TWO" not in page
    for who in ("visitor", "account", "member", "coordinator", "other focal point"):
        text = world.browsers[who].open("/groups?vacant=ONE").text
        assert "for ONE" not in text
        assert ('name="vacant"' in text) == (who == "other focal point")


def test_says_which_filters_are_set_and_how_to_take_them_out(world: World) -> None:
    page = world.browsers["focal point"].open("/groups?q=w&association=TWO&community=climate").text
    tags = page.partition('class="tags"')[2].partition("</ul>")[0]
    assert "Association: TWO" in tags and "Community: CLIMATE" in tags
    assert 'href="/groups?q=w&amp;community=climate"' in tags
    page = world.browsers["focal point"].open("/groups?q=zzz").text
    assert "No group is found" in page


def rows(browser: Browser, question: str) -> list[dict[str, str]]:
    with browser.client.get(f"/groups?{question}&format=csv", headers=browser.headers) as answer:
        return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_the_file_is_the_list_as_it_is_seen(world: World) -> None:
    links = world.browsers["focal point"].open("/groups?q=h&vacant=ONE").text
    assert "/groups?q=h&amp;vacant=ONE&amp;format=csv" in links
    (row,) = rows(world.browsers["focal point"], "q=h&vacant=ONE&community=climate")
    assert (row["Group"], row["How one joins"], row["State"], row["Members"]) == ("Heat", "Open", "At work", "1")
    assert row["Vacant seats: ONE"] == "1"
    assert len(rows(world.browsers["visitor"], "vacant=ONE")) == len(EVERY)
    assert "Vacant seats: ONE" not in rows(world.browsers["visitor"], "vacant=ONE")[0]


def test_the_next_meeting_is_one_that_the_viewer_may_know_of(app: Flask, visit: Visit) -> None:
    member = make_account()
    group = make_group("heat")
    make_membership(group, member)
    make_meeting(group, datetime(2031, 3, 12, 10), visibility=MeetingVisibility.MEMBERS)
    assert "Meets" in visit(member).open("/groups").text
    assert rows(visit(member), "")[0]["Next meeting"] == "2031-03-12T10:00"
    visitor = Browser(app)
    assert "Meets" not in visitor.open("/groups").text
    assert rows(visitor, "")[0]["Next meeting"] == ""


def test_pages_keep_the_question(browser: Browser) -> None:
    community = make_community("climate")
    for _ in range(SIZE + 1):
        make_group(community=community)
    first = browser.open("/groups?community=climate&q=group").text
    assert len(slugs(first)) == SIZE and f"{SIZE + 1} groups" in first
    assert "/groups?q=group&amp;community=climate&amp;page=2" in first
    second = browser.open("/groups?community=climate&q=group&page=2").text
    assert len(slugs(first) | slugs(second)) == SIZE + 1


def test_is_where_one_looks_for_it(world: World) -> None:
    browser = world.browsers["member"]
    for path, link in (("/", "/groups"), ("/search?q=heat", "/groups?q=heat"),
                       ("/associations/TWO", "/groups?association=TWO")):  # fmt: skip
        assert f'href="{link}"' in browser.open(path).text.partition("<main")[2]
    assert "/groups?association" not in world.browsers["account"].open("/associations/TWO").text


def test_the_number_of_statements_stays(app: Flask, visit: Visit) -> None:
    one, two = make_association("ONE"), make_association("TWO")
    community = make_community("climate")
    browser = visit(make_account(association=one, function="focal_point"))
    numbers = []
    for more in (3, 12):
        for _ in range(more):
            group = make_group(community=community)
            make_membership(group, make_person(), association=two)
            make_meeting(group, datetime(2031, 3, 12, 10))
        with counted_queries() as statements:
            page = browser.open("/groups?community=climate&association=TWO&without=ONE&vacant=ONE").text
            assert len(slugs(page)) == (3 if more == 3 else 15)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= 20
