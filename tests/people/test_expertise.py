"""The shared list of fields of expertise: chosen by people, kept by administrators."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import DomainError
from app.people import queries
from app.people.models import Keyword, Person
from app.people.service import expertise, profiles
from app.people.service.expertise import KeywordFacts
from tests.browsing import Browser, Visit
from tests.factories.people import make_account, make_keyword, make_person


@pytest.fixture
def admin(app: Flask, visit: Visit) -> Browser:
    return visit(make_account("Alex Administrator", administrator=True))


def keyword(slug: str) -> Keyword:
    return db.session.scalars(select(Keyword).where(Keyword.slug == slug)).one()


def known_by(person: Person) -> set[str]:
    db.session.rollback()
    return {item.slug for item in db.session.get_one(Person, person.id).keywords}


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_choosing_without_scripts(app: Flask, visit: Visit) -> None:
    waste, water, old = make_keyword("waste"), make_keyword("water"), make_keyword("old")
    expertise.offer_keyword(old.id, None, offered=False)
    person = make_account("Anna Example")
    browser = visit(person).open("/me/profile")
    assert "Choose keywords" in browser.text
    browser.open("/me/expertise")
    assert "Old" not in browser.text
    browser.send(keywords=[str(waste.id), str(water.id)])
    assert browser.path == "/me/profile"
    assert "Your keywords are saved." in browser.text
    assert known_by(person) == {"waste", "water"}
    browser.open("/me/expertise").send(keywords=None)
    assert known_by(person) == set()


def test_what_cannot_be_chosen(app: Flask, visit: Visit) -> None:
    retired = make_keyword("old")
    expertise.offer_keyword(retired.id, None, offered=False)
    person = make_account("Anna Example")
    for chosen in (["999"], ["x"], [str(retired.id)]):
        browser = visit(person).open("/me/expertise")
        make_keyword(f"other-{chosen[0]}")
        browser.open("/me/expertise").send(keywords=chosen)
        assert browser.status == 422
    with pytest.raises(DomainError, match="keywords"):
        profiles.choose_keywords(person.id, [retired.id])
    with pytest.raises(DomainError, match="keywords"):
        profiles.choose_keywords(person.id, range(1, profiles.MOST_KEYWORDS + 2))
    assert known_by(person) == set()


def test_a_retired_keyword_stays_with_those_who_have_it(app: Flask, visit: Visit) -> None:
    person = make_account("Anna Example")
    old, new = make_keyword("old", person), make_keyword("new")
    expertise.offer_keyword(old.id, None, offered=False)
    assert [item.slug for item in queries.keywords()] == ["new"]
    visit(person).open("/me/expertise").send(keywords=[str(old.id), str(new.id)])
    assert known_by(person) == {"old", "new"}


def test_adding_and_renaming(admin: Browser) -> None:
    admin.open("/admin/expertise").open("/admin/expertise/new").send(
        names__en="Night trains", names__fr="Trains de nuit", synonyms__en="sleepers\n\n sleepers \nberths",
        synonyms__fr="",
    )  # fmt: skip
    assert admin.path == "/admin/expertise"
    made = keyword("night-trains")
    assert made.synonyms == {"en": ["sleepers", "berths"]}
    assert " berths" in made.name_key
    admin.open("/admin/expertise/night-trains/edit")
    assert "sleepers\nberths" in admin.text
    admin.send(names__en="Sleeper trains", synonyms__en="night trains")
    made = keyword("night-trains")
    assert made.names["en"] == "Sleeper trains"
    assert " night" in made.name_key and " berths" not in made.name_key
    assert actions() == ["keyword.added", "keyword.changed"]


def test_what_is_refused(admin: Browser) -> None:
    make_keyword("waste")
    for values, text in (
        ({"names__en": "", "names__fr": "x"}, "This is needed."),
        ({"names__en": "Waste"}, "has or had a keyword of this name"),
        ({"names__en": "…"}, "A name has letters."),
        ({"names__en": "New", "synonyms__en": "x" * 81}, "At most 80 characters each."),
        ({"names__en": "New", "synonyms__en": "\n".join(map(str, range(21)))}, "At most 20 in each language."),
    ):
        admin.open("/admin/expertise/new").send(**values)
        assert admin.status == 422
        assert text in admin.text


def test_two_who_edit_at_once(admin: Browser) -> None:
    one = make_keyword("waste")
    admin.open("/admin/expertise/waste/edit")
    expertise.edit_keyword(one.id, KeywordFacts({"en": "Rubbish", "fr": "Déchets"}, {}), one.version, None)
    admin.send(names__en="Garbage")
    assert admin.status == 422
    assert "Rubbish" in admin.text
    admin.send()
    assert keyword("waste").names["en"] == "Garbage"


def test_retiring_and_offering_again(admin: Browser) -> None:
    make_keyword("waste", make_person("Anna"))
    admin.open("/admin/expertise").send("/admin/expertise/waste/retire")
    assert keyword("waste").retired_at is not None
    admin.send("/admin/expertise/waste/offer")
    assert keyword("waste").retired_at is None
    assert actions() == ["keyword.retired", "keyword.offered"]


def test_merging(admin: Browser) -> None:
    both, first, second = make_person("Both"), make_person("First"), make_person("Second")
    garbage = make_keyword("garbage", both, first, synonyms={"en": ["rubbish"]})
    waste = make_keyword("waste", both, second, synonyms={"en": ["refuse"], "fr": ["ordures"]})
    expertise.merge_keyword(make_keyword("trash").id, garbage.id, None)
    admin.open("/admin/expertise/garbage/merge")
    assert "2 people who chose “Garbage”" in admin.text
    admin.send(into="0")
    assert admin.status == 422
    admin.send(into=str(waste.id))
    assert admin.path == "/admin/expertise"
    assert [known_by(person) for person in (both, first, second)] == [{"waste"}] * 3
    merged = keyword("waste")
    assert merged.synonyms == {
        "en": ["refuse", "Garbage", "rubbish", "Trash"], "fr": ["ordures", "Garbage FR", "Trash FR"],
    }  # fmt: skip
    assert [item.slug for item in queries.keywords(retired=True)] == ["waste"]
    for former in ("garbage", "trash"):
        found = queries.keyword_at(former)
        assert found and found.slug == "waste"
        assert admin.open(f"/admin/expertise/{former}/edit").path == "/admin/expertise/waste/edit"
    assert "First" in admin.open("/people?expertise=garbage").text


def test_a_keyword_is_not_merged_into_itself_nor_into_one_that_is_gone(app: Flask) -> None:
    one, other = make_keyword("one"), make_keyword("other")
    with pytest.raises(DomainError):
        expertise.merge_keyword(one.id, one.id, None)
    expertise.merge_keyword(one.id, other.id, None)
    with pytest.raises(DomainError):
        expertise.merge_keyword(other.id, one.id, None)
    with pytest.raises(DomainError):
        expertise.offer_keyword(one.id, None, offered=True)
