"""Searching everything at once."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from app.meetings.rules import Visibility
from app.people.rules import Audience
from tests.browsing import Browser, Visit
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person
from tests.queries import counted_queries


@pytest.fixture
def world(app: Flask) -> None:
    make_association("KEDE", country="GR", name="Ένωση Δήμων", names={"en": "Union of Municipalities", "fr": "Union"})
    group = make_group("heat", names={"en": "Heat", "fr": "Chaleur"}, topics={"en": ["networks"], "fr": ["réseaux"]})
    make_meeting(group, datetime(2027, 3, 12, 10), title="Réunion de l’été")
    make_meeting(group, datetime(2027, 3, 13, 10), title="Été only inside", visibility=Visibility.MEMBERS)
    make_person("Ένας Δημόσιος", latin_name="Enas Dimosios", biography="b", biography_audience=Audience.PUBLIC)
    make_membership(group, make_person("Enas Private"))


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("enosi", ["/associations/KEDE"]),
        ("ένωση", ["/associations/KEDE"]),
        ("kede", ["/associations/KEDE"]),
        ("munic", ["/associations/KEDE"]),
        ("chal", ["/groups/heat"]),
        ("reseaux", ["/groups/heat"]),
        ("ete", ["Réunion de l’été"]),
        ("Εν", ["Enas Dimosios", "/associations/KEDE"]),
        ("enas", ["Enas Dimosios"]),
        ("nothing", ["Nothing is found"]),
    ],
)
def test_what_visitors_find(world: None, browser: Browser, question: str, found: list[str]) -> None:
    for path in ("/search", "/search/results"):
        text = browser.open(f"{path}?q={question}").text
        page = text.partition('id="results"')[2] or text
        for one in found:
            assert one in page
        assert "Enas Private" not in page
        assert "only inside" not in page


def test_who_takes_part_finds_more(world: None, visit: Visit) -> None:
    page = visit(make_account("Alex", administrator=True)).open("/search?q=ete").text
    assert "Réunion de l’été" in page and "Été only inside" in page
    assert "Enas Private" in visit(make_account(administrator=True)).open("/search?q=enas").text


@pytest.mark.parametrize("question", ["", " ", "%00", "_", "…"])
def test_without_a_question_nothing_is_looked_for(world: None, browser: Browser, question: str) -> None:
    page = browser.open(f"/search?q={question}")
    assert page.status == 200
    assert "found" not in page.text.partition('id="results"')[2].partition("</main>")[0]


def test_many_people_are_counted_and_the_list_is_one_link_away(app: Flask, visit: Visit) -> None:
    for _number in range(12):
        make_person("Anna Example")
    page = visit(make_account("Zed", administrator=True)).open("/search?q=anna").text
    assert "12 things found" in page
    assert page.count("Anna Example") == 8
    assert "All people found" in page


def test_the_number_of_statements_stays(app: Flask, visit: Visit) -> None:
    browser = visit(make_account("Zed", administrator=True))
    numbers = []
    for more in (5, 40):
        for _number in range(more):
            association = make_association()
            make_membership(make_group(), make_person("Group Person", association=association))
        with counted_queries() as statements:
            browser.open("/search?q=group")
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= 20


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("q=enosi", {"KEDE"}),
        ("country=BE", {"ONE", "TWO"}),
        ("country=be&status=partner", {"TWO"}),
        ("status=none", {"KEDE", "ONE", "TWO"}),
        ("q=zzz", set()),
        ("q=%00&country=%00", {"KEDE", "ONE", "TWO"}),
    ],
)
def test_associations_by_name_country_and_status(app: Flask, browser: Browser, question: str, codes: set[str]) -> None:
    make_association("KEDE", country="GR", name="Ένωση Δήμων")
    make_association("ONE", country="BE")
    make_association("TWO", country="BE", status="partner")
    page = browser.open(f"/associations?{question}").text
    assert {code for code in ("KEDE", "ONE", "TWO") if f"/associations/{code}" in page} == codes
