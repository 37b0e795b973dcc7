"""Associations: the list by country, and a page for each, with names for those who look after its experts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask

from app.groups.rules import Visibility
from app.membership.rules import Role, State
from app.people.models import Association, Person
from tests.browsing import Browser, Visit
from tests.factories.groups import make_community, make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_affiliation, make_association, make_person
from tests.queries import counted_queries

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def association(app: Flask) -> Association:
    """One whose experts sit in two communities."""
    found = make_association(
        "KEDE", country="GR", name="Κεντρική Ένωση Δήμων", names={"en": "Central Union", "fr": "Union centrale"}
    )
    blue, red = (make_community(slug, names={"en": slug.upper()}) for slug in ("blue", "red"))
    water = make_group("water", community=blue, names={"en": "Water"})
    fire = make_group("fire", community=red, names={"en": "Fire"})
    person = make_person("Άννα Παράδειγμα", email="anna@kede.example", association=found)
    make_membership(water, person, association=found, role=Role.CHAIR)
    make_membership(fire, person, association=found)
    make_membership(water, make_person("Nikos Second"), association=found)
    make_membership(water, make_person("Waiting Third"), State.REQUESTED, found)
    return found


def speaker(association: Association, function: str, *, ended: bool = False) -> Person:
    person = make_account()
    make_affiliation(person, association, function, ends_on=date(2026, 6, 30) if ended else None)
    return person


class TestList:
    """All of them by country."""

    def test_by_country_in_the_language_in_force(self, app: Flask) -> None:
        make_association("DST", country="DE", name="Deutscher Städtetag", names={"en": "Cities", "fr": "Villes"})
        make_association("KEDE", country="GR", name="Κεντρική Ένωση", names={"en": "Union", "fr": "Union"})
        make_association("AKK", country="XK", name="Asociacioni", status="associate")
        english = Browser(app).open("/associations").text
        assert [english.index(word) for word in ("Germany", "Greece", "Kosovo")] == sorted(
            english.index(word) for word in ("Germany", "Greece", "Kosovo")
        )
        assert "Deutscher Städtetag" in english
        assert "Associate member" in english
        french = Browser(app, "fr").open("/associations").text
        assert french.index("Allemagne") < french.index("Grèce")
        assert "Villes" in french

    def test_counts_active_seats(self, browser: Browser, association: Association) -> None:
        assert "3 seats in the groups" in browser.open("/associations").text

    def test_empty(self, browser: Browser) -> None:
        assert "There are no associations yet" in browser.open("/associations").text


class TestFilters:
    """The list narrowed down; where an association sits is for who takes part."""

    @pytest.fixture
    def viewers(self, visit: Visit, browser: Browser, association: Association) -> dict[str, Browser]:
        other = make_association("OTHER", country="BE")
        speaker(other, "focal_point")
        member = make_account()
        make_membership(make_group("earth"), member, association=other)
        make_membership(make_group("hidden", visibility=Visibility.MEMBERS), make_person(), association=other)
        people = {"account": make_account(), "member": member, "administrator": make_account(administrator=True)}
        return {"visitor": browser, **{name: visit(person) for name, person in people.items()}}

    @pytest.mark.parametrize(
        ("who", "question", "codes"),
        [
            ("visitor", "community=blue", {"KEDE"}),
            ("visitor", "community=blue&country=be", set()),
            ("visitor", "group=water", {"KEDE", "OTHER"}),
            ("account", "group=water", {"KEDE", "OTHER"}),
            ("member", "group=water", {"KEDE"}),
            ("member", "group=earth&q=other", {"OTHER"}),
            ("member", "group=water&community=red", set()),
            ("member", "group=hidden", {"KEDE", "OTHER"}),
            ("administrator", "group=hidden", {"OTHER"}),
            ("member", "speakers=none", {"KEDE", "OTHER"}),
            ("administrator", "speakers=none", {"KEDE"}),
        ],
    )
    def test_finds(self, viewers: dict[str, Browser], who: str, question: str, codes: set[str]) -> None:
        for path in ("/associations", "/search/associations"):
            page = viewers[who].open(f"{path}?{question}").text
            assert {code for code in ("KEDE", "OTHER") if f'href="/associations/{code}"' in page} == codes

    def test_survive_paging_and_the_file(self, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("app.pages.associations.SIZE", 2)
        for number in range(3):
            make_association(f"A{number}", country="BE", name=f"Union {number}")
        make_association("B", country="FR", name="Union")
        page = browser.open("/associations?country=BE&q=union&page=2").text
        assert "/associations/A2" in page and "/associations/A1" not in page
        assert "/associations?q=union&amp;country=BE&amp;page=1" in page
        assert "/associations?q=union&amp;country=BE&amp;format=csv" in page
        with browser.client.get("/associations?country=BE&q=union&format=csv") as answer:
            assert len(answer.data.decode().splitlines()) == 4


class TestOne:
    """One association."""

    def test_says_who_it_is(self, browser: Browser, association: Association) -> None:
        text = browser.open("/associations/KEDE").text
        assert "<h1>Central Union</h1>" in text
        for shown in ("Κεντρική Ένωση Δήμων", "Union centrale", "Greece", "Member", "KEDE"):
            assert shown in text

    def test_codes_in_small_letters_lead_there(self, browser: Browser, association: Association) -> None:
        assert browser.open("/associations/kede").status == 200
        assert browser.path == "/associations/KEDE"

    def test_unknown(self, browser: Browser) -> None:
        assert browser.open("/associations/NOTHING").status == 404

    @pytest.mark.parametrize("who", ["visitor", "signed in", "expert of it", "former focal point", "other focal point"])
    def test_counts_by_community_for_everyone_and_no_names(
        self, visit: Visit, browser: Browser, association: Association, who: str
    ) -> None:
        page = {
            "visitor": lambda: browser,
            "signed in": lambda: visit(make_account()),
            "expert of it": lambda: visit(speaker(association, "expert")),
            "former focal point": lambda: visit(speaker(association, "focal_point", ended=True)),
            "other focal point": lambda: visit(speaker(make_association("OTHER"), "focal_point")),
        }[who]()
        text = page.open("/associations/KEDE").text
        tally = text[text.index('class="tally"') : text.index("</ul>", text.index('class="tally"'))]
        assert tally.index("BLUE") < tally.index(">2<") < tally.index("RED") < tally.index(">1<")
        for hidden in ("Παράδειγμα", "Nikos", "Waiting", "kede.example", 'href="/groups/water"', "/edit"):
            assert hidden not in text

    @pytest.mark.parametrize("who", ["focal_point", "deputy", "administrator"])
    def test_names_for_those_who_look_after_its_experts(self, visit: Visit, association: Association, who: str) -> None:
        viewer = make_account(administrator=True) if who == "administrator" else speaker(association, who)
        text = visit(viewer).open("/associations/KEDE").text
        experts = text[text.index('id="experts"') :]
        assert "Άννα Παράδειγμα" in experts
        assert "Nikos Second" in experts
        assert 'href="/groups/water"' in experts
        assert "Chair" in experts
        assert "Waiting Third" not in experts
        assert "kede.example" not in experts
        assert ("/admin/associations/KEDE/edit" in text) == (who == "administrator")

    def test_many_experts_come_in_pages(self, visit: Visit) -> None:
        many, group = make_association("MANY"), make_group()
        for number in range(26):
            make_membership(group, make_person(f"Expert {number:02}"), association=many)
        page = visit(make_account(administrator=True))
        first = page.open("/associations/MANY").text
        assert "Expert 24" in first
        assert "Expert 25" not in first
        assert 'href="/associations/MANY?page=2#experts"' in first
        assert "Expert 25" in page.open("/associations/MANY?page=2").text

    def test_without_anybody(self, browser: Browser) -> None:
        make_association("EMPTY")
        assert "Nobody in a group yet" in browser.open("/associations/EMPTY").text


@pytest.mark.parametrize("path", ["/associations", "/associations?community=blue&speakers=none", "/associations/KEDE"])
def test_the_number_of_queries_does_not_grow(visit: Visit, association: Association, path: str) -> None:
    page = visit(make_account(administrator=True))
    with counted_queries() as few:
        page.open(path)
    for _ in range(6):
        make_association()
        make_membership(make_group(), make_person(), association=association)
    with counted_queries() as many:
        page.open(path)
    assert page.status == 200
    assert len(many) == len(few) <= 12
