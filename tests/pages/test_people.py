"""The directory of people, and their pages: who is found, by whom, and what each may see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

import pytest
from flask import Flask

from app.core.db import db
from app.membership import directory
from app.membership.rules import Role, State
from app.people.models import Person
from app.people.rules import Audience
from tests.browsing import Browser, Visit
from tests.factories.groups import make_community, make_group
from tests.factories.membership import make_membership
from tests.factories.people import (
    make_account,
    make_affiliation,
    make_association,
    make_keyword,
    make_person,
    make_photo,
)
from tests.queries import counted_queries

SECRETS = {
    "email": "hidden-address@example.org",
    "phone": "+32 2 987 65 43",
    "biography": "Grew up beside the weir",
    "photo": "/photo?v=",
}
VIEWERS = ("visitor", "account", "member", "chair", "other coordinator", "other focal point", "coordinator",
           "focal point", "administrator", "self")  # fmt: skip
NEAR = ("coordinator", "focal point", "administrator", "self")
AT_WORK = ("member", "chair", "other coordinator", "other focal point", *NEAR)
SEES = {Audience.COORDINATORS: NEAR, Audience.MEMBERS: AT_WORK, Audience.PUBLIC: VIEWERS}


@dataclass
class World:
    """A person with something to hide, and those who look."""

    person: Person
    browsers: dict[str, Browser]


@pytest.fixture
def world(app: Flask, visit: Visit) -> World:
    own, other = make_association("OWN"), make_association("OTHER")
    viewers = {
        "account": make_account("Only An Account", association=own),
        "member": make_account("Other Member", association=other),
        "chair": make_account("Own Chair", association=other),
        "other coordinator": make_account("Other Coordinator"),
        "other focal point": make_account("Other Speaker", association=other, function="focal_point"),
        "coordinator": make_account("Own Coordinator"),
        "focal point": make_account("Own Speaker", association=own, function="deputy"),
        "administrator": make_account("Alex Administrator", administrator=True),
        "self": make_account(
            "Sophie Secretive", email=SECRETS["email"], association=own, phone=SECRETS["phone"],
            biography=SECRETS["biography"],
        ),
    }  # fmt: skip
    group = make_group("heat", coordinators=(viewers["coordinator"],))
    make_membership(
        make_group("water", coordinators=(viewers["other coordinator"],)), viewers["member"], association=other
    )
    make_membership(group, viewers["chair"], association=other, role=Role.CHAIR)
    make_membership(group, viewers["self"], association=own)
    make_photo(viewers["self"])
    browsers = {name: visit(person) for name, person in viewers.items()} | {"visitor": Browser(app)}
    return World(viewers["self"], browsers)


def show(person: Person, audience: Audience, *fields: str) -> None:
    person = db.session.get_one(Person, person.id)
    for field in fields:
        setattr(person, f"{field}_audience", audience)
    db.session.commit()


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("secret", list(SECRETS))
def test_nothing_leaks_to_who_is_less_close(world: World, secret: str, audience: Audience) -> None:
    show(world.person, Audience.COORDINATORS, *SECRETS)
    show(world.person, audience, secret)
    for name, browser in world.browsers.items():
        page = browser.open(f"/people/{world.person.id}").text
        for path in ("/people", "/people?q=sophie", "/people/results?q=sophie", "/search?q=sophie"):
            page += browser.open(path).text
        for field, text in SECRETS.items():
            if field == "email" and name == "self":
                continue
            expected = name in SEES[audience if field == secret else Audience.COORDINATORS]
            shown = text in page if field != "photo" else f"/people/{world.person.id}{text}" in page
            # What a person writes about themselves stands on their own page alone.
            assert shown == expected, (name, field)


@pytest.mark.parametrize("question", ["hidden-address", "hidden", "example.org", "987", "weir", "32"])
def test_what_is_hidden_is_not_found_either(world: World, question: str) -> None:
    for name, browser in world.browsers.items():
        for path in ("/people", "/search"):
            assert "Sophie" not in main(browser.open(f"{path}?q={question}").text, but=name == "self")


def main(page: str, *, but: bool) -> str:
    """The page without its frame, which names who is signed in."""
    return page.partition("<main")[2] if but else page


def test_who_is_found_by_whom(world: World) -> None:
    make_person("Nina Nowhere")
    found = {name: names_on(browser.open("/people").text) for name, browser in world.browsers.items()}
    everyone_at_work = {"Other Member", "Own Chair", "Other Coordinator", "Other Speaker", "Own Coordinator",
                        "Own Speaker", "Sophie Secretive"}  # fmt: skip
    assert found["visitor"] == set()
    assert found["account"] == {"Only An Account"}
    assert found["member"] == found["chair"] == found["other coordinator"] == everyone_at_work
    assert found["focal point"] == everyone_at_work | {"Only An Account"}
    assert found["administrator"] == everyone_at_work | {"Only An Account", "Alex Administrator", "Nina Nowhere"}
    show(world.person, Audience.PUBLIC, "biography")
    assert names_on(world.browsers["visitor"].open("/people").text) == {"Sophie Secretive"}


def names_on(page: str) -> set[str]:
    """The people listed."""
    rows = page.split('<p class="row-title"><a class="quiet-link" href="/people/')[1:]
    return {row.split(">", 1)[1].split("<")[0].split(" (")[0] for row in rows}


def test_where_people_sit_is_for_who_takes_part(world: World) -> None:
    show(world.person, Audience.PUBLIC, "biography")
    for name in ("visitor", "account"):
        browser = world.browsers[name]
        page = browser.open(f"/people/{world.person.id}").text + browser.open("/people?group=heat&role=member").text
        assert "Sophie Secretive" in page  # the filters do nothing for them, and so tell nothing
        assert "/groups/heat" not in page
        assert "/groups/heat" not in browser.open("/people?group=water").text
        assert "Sophie Secretive" in browser.text
    page = world.browsers["member"].open(f"/people/{world.person.id}").text
    assert "/groups/heat" in page
    assert "since Mon 5 January 2026" in page


def test_a_request_makes_the_coordinator_close_and_nobody_else(app: Flask, visit: Visit) -> None:
    coordinator, member = make_account("Cora Coordinator"), make_account("Mia Member")
    group = make_group("heat", coordinators=(coordinator,))
    make_membership(group, member)
    applicant = make_person("Anna Applicant", email="anna@example.org")
    make_membership(group, applicant, State.REQUESTED)
    assert "anna@example.org" in visit(coordinator).open(f"/people/{applicant.id}").text
    assert visit(member).open(f"/people/{applicant.id}").status == 404


def test_once_the_membership_ends_coordinators_are_close_no_more(app: Flask, visit: Visit) -> None:
    coordinator = make_account("Cora Coordinator")
    person = make_person("Former Member", email="former@example.org", phone="+32 2 123 45 67",
                         biography="b", biography_audience=Audience.PUBLIC)  # fmt: skip
    make_membership(make_group(coordinators=(coordinator,)), person, State.LEFT)
    page = visit(coordinator).open(f"/people/{person.id}")
    assert page.status == 200
    assert "former@example.org" not in page.text


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("q=Eleni", ["Ελένη Παραδειγματίδης"]),
        ("q=ελενη", ["Ελένη Παραδειγματίδης"]),
        ("q=Ivan", ["Иван Примеров"]),
        ("q=prim+ив", ["Иван Примеров"]),
        ("q=jurg", ["Jürgen Beispiel"]),
        ("q=juergen", ["Jürgen Beispiel"]),
        ("q=eispiel", []),
        ("q=garb", ["Jürgen Beispiel"]),
        ("q=ordure+beisp", ["Jürgen Beispiel"]),
        ("expertise=waste", ["Jürgen Beispiel"]),
        ("country=GR", ["Ελένη Παραδειγματίδης"]),
        ("association=NAMRB", ["Иван Примеров"]),
        ("association=namrb", ["Иван Примеров"]),
        ("community=climate", ["Jürgen Beispiel", "Ελένη Παραδειγματίδης", "Mara Coordinator"]),
        ("group=heat", ["Ελένη Παραδειγματίδης", "Mara Coordinator"]),
        ("role=chair", ["Jürgen Beispiel", "Ελένη Παραδειγματίδης"]),
        ("role=chair&group=heat", ["Ελένη Παραδειγματίδης"]),
        ("role=chair&community=labour", []),
        ("role=coordinator", ["Mara Coordinator"]),
        ("role=coordinator&group=pay", []),
        ("role=focal_point", ["Иван Примеров"]),
        ("role=focal_point&group=pay", ["Иван Примеров"]),
        ("role=focal_point&group=heat", []),
        ("role=member&country=BG", ["Иван Примеров"]),
        ("q=nobody", []),
    ],
)  # fmt: skip
def test_filters_and_search(app: Flask, visit: Visit, question: str, names: list[str]) -> None:
    greek = make_association("KEDE", country="GR")
    bulgarian = make_association("NAMRB", country="BG")
    climate, labour = make_community("climate"), make_community("labour")
    coordinator = make_account("Mara Coordinator")
    heat, water = (
        make_group("heat", community=climate, coordinators=(coordinator,)),
        make_group("water", community=climate),
    )
    pay = make_group("pay", community=labour)
    eleni = make_person("Ελένη Παραδειγματίδης", latin_name="Eleni Paradeigmatidis", association=greek)
    ivan = make_person("Иван Примеров", latin_name="Ivan Primerov", association=bulgarian)
    jurgen = make_person("Jürgen Beispiel")
    make_affiliation(ivan, bulgarian, "focal_point")
    make_membership(heat, eleni, role=Role.CHAIR)
    make_membership(water, jurgen, role=Role.CHAIR)
    make_membership(pay, ivan)
    make_keyword("waste", jurgen, names={"en": "Waste", "fr": "Déchets"},
                 synonyms={"en": ["garbage"], "fr": ["ordures ménagères"]})  # fmt: skip
    browser = visit(coordinator)
    assert names_on(browser.open(f"/people?{question}").text) == set(names)
    assert names_on(browser.open(f"/people/results?{question}").text) == set(names)


def test_all_filters_together_survive_paging_and_the_file(
    app: Flask, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory.page_of, "__defaults__", (2,))
    association, keyword = make_association("VVSG", country="BE"), make_keyword("waste")
    group = make_group("heat", community=make_community("climate"))
    for number in range(3):
        person = make_person(f"Anna {number}", association=association)
        person.keywords.append(db.session.get_one(type(keyword), keyword.id))
        make_membership(group, person, association=association, role=Role.OBSERVER)
    make_membership(group, make_person("Anna without", association=association), association=association)
    asked = "q=anna&community=climate&group=heat&role=observer&country=BE&association=VVSG&expertise=waste"
    browser = visit(make_account(administrator=True))
    first = browser.open(f"/people?{asked}").text
    assert names_on(first) == {"Anna 0", "Anna 1"} and "3 people" in first
    links = re.findall(r'href="/people\?([^"]+)"', first)
    following = f"{asked}&page=2"
    assert following in [unescape(link) for link in links] and f"{asked}&format=csv" in [unescape(one) for one in links]
    assert names_on(browser.open(f"/people?{following}").text) == {"Anna 2"}
    with browser.client.get(f"/people?{asked}&format=csv", headers=browser.headers) as answer:
        assert len(answer.data.decode().splitlines()) == 4


@pytest.mark.parametrize("nonsense", ["role=king", "group=none", "country=XX", "page=x", "page=99999", "expertise=%00",
                                      "q=%00", "association=%00&community=''"])  # fmt: skip
def test_what_a_filter_cannot_mean_is_left_out(app: Flask, visit: Visit, nonsense: str) -> None:
    assert names_on(visit(make_account("Alex", administrator=True)).open(f"/people?{nonsense}").text) == {"Alex"}


def test_namesakes_are_told_apart(app: Flask, visit: Visit) -> None:
    one = make_person("Anna Example", association=make_association("ONE", country="BE", name="First Association"))
    two = make_person("Anna Example", association=make_association("TWO", country="FR", name="Second Association"))
    page = visit(make_account(administrator=True)).open("/people?q=anna+example").text
    for person, words in ((one, ("First Association", "Belgium")), (two, ("Second Association", "France"))):
        row = page.partition(f'href="/people/{person.id}"')[2].partition("</li>")[0]
        assert all(word in row for word in words)


def test_whom_a_text_names_stand_before_those_who_know_about_it(app: Flask, visit: Visit) -> None:
    make_keyword("elections", make_person("Anna Expert"))
    make_person("Eleni Example")
    text = visit(make_account("Zed", administrator=True)).open("/people?q=ele").text
    assert text.index("Eleni Example") < text.index("Anna Expert")


def test_pages_hold_a_stable_order(app: Flask, visit: Visit) -> None:
    for number in range(65):
        make_person(f"Anna Example {number % 3}")
    browser = visit(make_account("Zed", administrator=True))
    seen = [row for number in (1, 2, 3) for row in ids_on(browser.open(f"/people?page={number}").text)]
    assert len(seen) == len(set(seen)) == 66
    assert "66 people" in browser.text
    assert "page=2" in browser.open("/people?q=anna").text
    assert "q=anna" in browser.text.partition('rel="next"')[2].partition(">")[0]


def ids_on(page: str) -> list[str]:
    return [row.split('"')[0] for row in page.split('<p class="row-title"><a class="quiet-link" href="/people/')[1:]]


def test_the_number_of_statements_does_not_depend_on_how_many_there_are(app: Flask, visit: Visit) -> None:
    coordinator = make_account("Cora", association=make_association(), function="focal_point")
    group = make_group(coordinators=(coordinator,))
    association = make_association()
    keyword = make_keyword("waste")
    browser = visit(coordinator)
    numbers = []
    for more in (20, 180):
        for _number in range(more):
            person = make_person(association=association)
            person.keywords.append(db.session.get_one(type(keyword), keyword.id))
            make_membership(group, person)
            make_photo(person, Audience.MEMBERS)
        with counted_queries() as statements:
            assert browser.open("/people?q=person").status == 200
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= 26
