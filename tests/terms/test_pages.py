"""Reading, accepting, writing and publishing terms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.core.db import db
from app.people import tokens
from app.people.models import Person
from app.terms import queries, service
from app.terms.models import TermsVersion
from app.terms.rules import Kind
from tests.browsing import Browser, Visit
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_person
from tests.factories.terms import make_acceptance, make_terms

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
BANNER = "There are terms of participation that you have not accepted yet."


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def member(app: Flask) -> Person:
    person = make_account("Mia Member")
    make_membership(make_group(), person)
    return person


@pytest.fixture
def admin(app: Flask) -> Person:
    return make_account("Ada Admin", administrator=True)


class TestReading:
    """For everybody, in either language, whatever the version."""

    def test_without_any(self, browser: Browser) -> None:
        assert "No terms yet" in browser.open("/terms").text

    def test_what_is_in_force_is_linked_from_every_page(self, app: Flask, browser: Browser) -> None:
        make_terms(texts={"en": "Be **kind**.", "fr": "Soyez **aimables**."})
        make_terms(number=2, valid_from=date(2026, 12, 1))
        assert 'href="/terms"' in browser.open("/").text
        text = browser.open("/terms").text
        assert "Be <strong>kind</strong>." in text and "conduct 2" not in text
        assert "Soyez <strong>aimables</strong>." in Browser(app, "fr").open("/terms").text

    def test_each_version_stays_readable(self, browser: Browser) -> None:
        make_terms(valid_from=date(2026, 1, 1))
        make_terms(number=2, valid_from=date(2026, 11, 1))
        make_terms(number=3, valid_from=date(2026, 12, 1))
        make_terms(number=4, valid_from=None)
        assert "A later version is in force." in browser.open("/terms/conduct/1").text
        assert "conduct 1 in English" in browser.text and "conduct 1 en français" in browser.text
        assert "later version" not in browser.open("/terms/conduct/2").text
        assert "not in force yet" in browser.open("/terms/conduct/3").text
        assert browser.open("/terms/conduct/4").status == 404
        assert browser.open("/terms/other/1").status == 404


class TestOwn:
    """The notice on every page, and one's own page."""

    def test_who_sits_in_a_group_is_told_on_every_page_until_they_accept(self, visit: Visit, member: Person) -> None:
        conduct, mandate = make_terms(), make_terms(Kind.MANDATE)
        page = visit(member)
        for path in ("/", "/me", "/help"):
            assert BANNER in page.open(path).text
        assert BANNER not in page.open("/me/terms").text
        assert "conduct 1 in English" in page.text and "mandate 1 in English" in page.text
        page.send(having="accepts")
        assert page.status == 422
        assert "Read the terms of participation and accept them" in page.text
        assert queries.due_ids(member.id) == [mandate.id, conduct.id]
        page.send(having="accepts", accepts="y")
        assert "You have accepted the terms of participation." in page.text
        assert 'href="/terms/conduct/1"' in page.text and "accepted on" in page.text
        assert BANNER not in page.open("/").text
        make_terms(number=2)
        assert BANNER in page.open("/").text
        assert 'href="/terms/conduct/1"' in page.open("/me/terms").text

    def test_others_are_left_in_peace(self, browser: Browser, visit: Visit) -> None:
        make_terms()
        assert BANNER not in browser.open("/").text
        assert BANNER not in visit(make_account()).open("/me").text

    def test_a_version_that_came_meanwhile_is_read_first(self, visit: Visit, member: Person) -> None:
        make_terms()
        page = visit(member).open("/me/terms")
        make_terms(number=2)
        page.send(having="accepts", accepts="y")
        assert page.status == 422
        assert "conduct 2 in English" in page.text
        assert page.form(having="accepts")["fields"]["accepts"] is None
        page.send(having="accepts", accepts="y")
        assert queries.due_ids(member.id) == []

    def test_by_link_without_a_password(self, browser: Browser) -> None:
        person = make_person("Nora New", email="nora@example.org")
        make_terms()
        token = tokens.make(tokens.TERMS, id=person.id, mark=tokens.mark("nora@example.org"))
        browser.open(f"/accept-terms/{token}")
        assert "Nora New" in browser.text and "conduct 1 in English" in browser.text
        assert browser.send(having="accepts").status == 422
        assert "You have accepted all that is in force." in browser.send(having="accepts", accepts="y").text
        assert queries.due_ids(person.id) == []
        person.email = "other@example.org"
        db.session.commit()
        assert browser.open(f"/accept-terms/{token}").status == 410


class TestWriting:
    """Administrators write, look, and publish."""

    def test_from_the_first_word_to_what_is_in_force(self, visit: Visit, admin: Person, member: Person) -> None:
        page = visit(admin).open("/admin/terms")
        assert "There is no text yet." in page.text
        page.open("/admin/terms/conduct/draft")
        page.send(having="texts-en", texts__en="Be **kind**.", texts__fr="Soyez aimables.", do="preview")
        assert page.status == 200
        assert "Be <strong>kind</strong>." in page.text and "Nothing is saved yet." in page.text
        assert queries.draft(Kind.CONDUCT) is None
        page.send(having="texts-en", do="save")
        assert "The draft is saved." in page.text
        page.open("/admin/terms/conduct/publish")
        assert "1 person who sits in a group will be asked to accept it" in page.text
        page.send(having="valid_from", valid_from="2026-11-01")
        assert (page.status, "Choose today or a day that comes." in page.text) == (422, True)
        page.send(having="valid_from", valid_from="2026-11-26")
        assert "Conduct, version 1 is published." in page.text and "in force" in page.text
        [made] = queries.in_force()
        assert (made.texts, made.again) == ({"en": "Be **kind**.", "fr": "Soyez aimables."}, True)

    def test_the_next_version_begins_with_the_words_of_the_last(self, visit: Visit, admin: Person) -> None:
        make_acceptance(make_account(), make_terms())
        page = visit(admin).open("/admin/terms/conduct/draft")
        assert page.form(having="texts-en")["fields"]["texts-en"] == "conduct 1 in English"
        page.send(having="texts-en", texts__en="One word corrected.", again=None, do="save")
        page.open("/admin/terms/conduct/publish")
        assert "Nobody is asked again" in page.text
        page.send(having="valid_from")
        assert [(one.number, one.again) for one in queries.in_force()] == [(2, False)]

    def test_a_draft_that_someone_changed_is_read_again(self, visit: Visit, admin: Person) -> None:
        draft = service.save_draft(
            Kind.CONDUCT, {"en": "a", "fr": "b"}, again=True, version=0, actor_id=None
        )  # fmt: skip
        page = visit(admin).open("/admin/terms/conduct/publish")
        version = db.session.get_one(TermsVersion, draft.id).version
        service.save_draft(Kind.CONDUCT, {"en": "New words", "fr": "b"}, again=True, version=version, actor_id=None)
        page.send(having="valid_from")
        assert page.status == 422
        assert "New words" in page.text and "Read it again" in page.text
        assert "is published" in page.send(having="valid_from").text

    def test_a_missing_language_is_said(self, visit: Visit, admin: Person) -> None:
        service.save_draft(Kind.CONDUCT, {"en": "a"}, again=True, version=0, actor_id=None)
        page = visit(admin).open("/admin/terms/conduct/publish")
        assert "There is no text yet in: Français." in page.text
        assert page.send(having="valid_from").status == 422

    def test_throwing_a_draft_away(self, visit: Visit, admin: Person) -> None:
        make_terms(valid_from=None)
        page = visit(admin).open("/admin/terms")
        page.send(action="/discard")
        assert "The draft is discarded." in page.text
        assert db.session.scalars(sa.select(TermsVersion)).all() == []

    def test_the_list_says_which_is_which(self, visit: Visit, admin: Person, member: Person) -> None:
        make_terms(valid_from=date(2026, 1, 1))
        make_terms(number=2, valid_from=date(2026, 11, 1))
        make_terms(number=3, valid_from=date(2026, 12, 1))
        text = visit(admin).open("/admin/terms").text
        assert text.index("to come") < text.index("no longer in force")
        assert "<dt>Have not accepted what is in force</dt><dd>1</dd>" in text
