"""What stands around every page: languages, menus, titles, style sheets; help; pages that say what went wrong."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.db import db
from app.core.errors import PAGES
from app.membership.rules import Role, State
from app.pages import chrome
from tests.browsing import Browser, Visit
from tests.factories.groups import make_community, make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person

PUBLIC = [
    "/",
    "/groups",
    "/groups/water",
    "/communities/blue",
    "/associations",
    "/associations/KEDE",
    "/meetings",
    "/help",
    "/calendars",
    "/calendars/how/iphone",
]


@pytest.fixture
def catalogue(app: Flask) -> None:
    make_group("water", names={"en": "Water", "fr": "Eau"}, community=make_community("blue"))
    make_association("KEDE")


def language_link(browser: Browser, code: str) -> str:
    found = re.search(rf'<a href="([^"]+)" lang="{code}" hreflang="{code}"', browser.text)
    assert found
    return unescape(found[1])


class TestLanguages:
    """The switch keeps the page one is on."""

    def test_keeps_the_page_and_its_query(self, browser: Browser, catalogue: None) -> None:
        browser.open("/meetings?group=water&past=1&page=1")
        assert language_link(browser, "fr") == "/meetings?group=water&past=1&page=1&lang=fr"

    def test_does_not_pile_up(self, browser: Browser) -> None:
        browser.open("/help?lang=fr&lang=en&lang=fr")
        assert language_link(browser, "en") == "/help?lang=en"

    def test_changes_the_language_and_is_remembered(self, browser: Browser, catalogue: None) -> None:
        browser.open("/groups/water")
        assert '<html lang="en">' in browser.text
        browser.open(language_link(browser, "fr"))
        assert "<h1>Eau</h1>" in browser.text
        assert '<html lang="fr">' in browser.open("/groups/water").text

    def test_after_a_refused_form_leads_to_the_page_of_the_form(self, browser: Browser) -> None:
        browser.open("/sign-in").send(having="password", email="nobody@example.org", password="wrong password")
        assert browser.status == 422
        assert language_link(browser, "fr") == "/sign-in?lang=fr"

    def test_after_a_form_without_a_page_leads_home(self, browser: Browser) -> None:
        browser.page = browser.client.post("/sign-out")
        assert browser.status == 400
        assert language_link(browser, "fr") == "/?lang=fr"

    def test_on_a_page_that_is_not_there_leads_home(self, browser: Browser) -> None:
        browser.open("/nothing")
        assert language_link(browser, "fr") == "/?lang=fr"

    @pytest.mark.parametrize("query", ["_scheme=x", "_external=1", "endpoint=x", "_anchor=x", "_method=POST", "code=x"])
    def test_names_that_mean_something_to_flask_are_only_words(self, browser: Browser, query: str) -> None:
        assert browser.open(f"/help?{query}").status == 200
        assert language_link(browser, "fr") == f"/help?{query}&lang=fr"

    def test_hostile_words_stay_words(self, browser: Browser) -> None:
        browser.open('/help?x="><script>alert(1)</script>')
        assert "<script>alert" not in browser.text

    def test_other_languages_of_public_pages_are_announced(self, browser: Browser, catalogue: None) -> None:
        browser.open("/meetings?group=water&lang=fr&utm_source=x")
        found = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', browser.text))
        assert {code: unescape(url) for code, url in found.items()} == {
            "en": "http://localhost/meetings?group=water&lang=en",
            "fr": "http://localhost/meetings?group=water&lang=fr",
            "x-default": "http://localhost/meetings?group=water",
        }

    def test_other_pages_are_not_announced(self, visit: Visit) -> None:
        page = visit(make_account())
        for path in ("/me", "/sign-in", "/nothing"):
            assert 'rel="alternate"' not in page.open(path).text


class TestMenus:
    """Where one can go, by who looks."""

    def test_visitors(self, browser: Browser) -> None:
        text = browser.open("/help").text
        for shown in ('href="/"', 'href="/meetings"', 'href="/associations"', 'href="/sign-in"', 'href="/sign-up"'):
            assert shown in text
        for hidden in ('href="/me"', 'href="/desk"', 'href="/admin"', "/sign-out"):
            assert hidden not in text

    @pytest.mark.parametrize(
        ("who", "desk", "admin"),
        [("expert", False, False), ("chair", True, False), ("coordinator", True, False), ("administrator", True, True)],
    )
    def test_signed_in(self, visit: Visit, who: str, desk: bool, admin: bool) -> None:
        person = make_account("Pat Person", administrator=who == "administrator")
        group = make_group(coordinators=(person,) if who == "coordinator" else ())
        if who == "chair":
            make_membership(group, person, role=Role.CHAIR)
        page = visit(person).open("/help").text
        text = page[: page.index("</header>")]
        assert "Pat Person" in text
        assert 'href="/me"' in text
        assert 'href="/sign-up"' not in text
        assert ('href="/desk"' in text) == desk
        assert ('href="/admin"' in text) == admin

    def test_says_how_many_requests_wait_in_ones_own_groups(self, visit: Visit) -> None:
        person = make_account()
        group = make_group(coordinators=(person,))
        for _ in range(2):
            make_membership(group, make_person(), State.REQUESTED)
        make_membership(make_group(), make_person(), State.REQUESTED)
        assert '<span class="count-badge">2<' in visit(person).open("/help").text

    @pytest.mark.parametrize(
        ("path", "current"),
        [
            ("/groups", "page"),
            ("/", "true"),
            ("/groups/water", "true"),
            ("/communities/blue", "true"),
            ("/meetings", None),
        ],
    )
    def test_says_where_one_is(self, browser: Browser, catalogue: None, path: str, current: str | None) -> None:
        text = browser.open(path).text
        menu = text[text.index('class="site-nav"') :]
        link = menu[menu.index('<a href="/groups"') : menu.index("Groups")]
        assert link == ('<a href="/groups"' + (f' aria-current="{current}"' if current else "") + ">")


class TestEveryPage:
    """What holds for each of them."""

    @pytest.mark.parametrize("path", PUBLIC)
    def test_is_whole(self, browser: Browser, catalogue: None, path: str) -> None:
        text = browser.open(path).text
        assert browser.status == 200
        assert text.count("<h1") == 1
        assert '<a class="skip-link" href="#content">' in text
        assert "style=" not in text
        assert not re.search(r"<script(?![^>]* src=)", text)
        loaded = re.findall(r'<(?:link rel="(?:stylesheet|icon|preload)"|script|img)[^>]+(?:href|src)="([^"]+)"', text)
        assert loaded
        assert all(address.startswith("/") and not address.startswith("//") for address in loaded)

    def test_titles_are_unique(self, browser: Browser, catalogue: None) -> None:
        paths = [*PUBLIC, "/meetings?past=1", "/meetings?group=water", "/sign-in", "/sign-up", "/nothing"]
        titles = [re.search(r"<title>(.*?)</title>", browser.open(path).text, re.S)[1] for path in paths]  # type: ignore[index]
        assert len(set(titles)) == len(titles)

    @pytest.mark.parametrize("path", PUBLIC)
    def test_answers_head(self, browser: Browser, catalogue: None, path: str) -> None:
        assert browser.client.head(path).status_code == 200


class TestTheme:
    """Colours come from the data."""

    def test_has_each_community_in_light_and_dark(self, browser: Browser) -> None:
        make_community("blue", colour_light="#112233", colour_dark="#aabbcc")
        answer = browser.client.get("/theme.css")
        assert answer.mimetype == "text/css"
        sheet = answer.get_data(as_text=True)
        light, dark = sheet.split("@media screen and (prefers-color-scheme: dark)")
        assert ".community-blue { --accent: #112233; }" in light
        assert ".community-blue { --accent: #aabbcc; }" in dark

    def test_is_not_sent_twice(self, browser: Browser) -> None:
        make_community("blue")
        tag = browser.client.get("/theme.css").headers["ETag"]
        assert browser.client.get("/theme.css", headers={"If-None-Match": tag}).status_code == 304


class TestHelp:
    """In plain words."""

    def test_says_how_and_whom_to_ask(self, browser: Browser) -> None:
        page = browser.open("/help").text
        for word in ("Ask to join", "Outlook", "Google Calendar", "Apple Calendar", "Thunderbird"):
            assert word in page
        assert 'href="mailto:secretariat@example.org"' in page
        assert 'id="calendar"' in page


class TestErrors:
    """What went wrong is said in a page like the others."""

    def test_visitors_are_shown_the_way_in(self, browser: Browser) -> None:
        browser.open("/nothing")
        assert browser.status == 404
        assert "There is nothing at this address" in browser.text
        assert '<a class="action-link" href="/sign-in">' in browser.text

    def test_those_signed_in_are_not(self, visit: Visit) -> None:
        page = visit(make_account()).open("/admin")
        assert page.status == 403
        assert "This is not yours to do" in page.text
        assert 'class="action-link" href="/sign-in"' not in page.text

    def test_in_french(self, app: Flask) -> None:
        assert '<html lang="fr">' in Browser(app, "fr").open("/nothing").text

    def test_a_failing_statement_leaves_a_page_like_the_others(
        self, app: Flask, visit: Visit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.view_functions, "pages.help", _allowed(lambda: db.session.execute(text("SELECT no"))))
        page = visit(make_account("Pat Person", administrator=True)).open("/help")
        assert page.status == 500
        assert str(PAGES[500][0]) in page.text
        assert "Pat Person" in page.text

    def test_without_a_database_there_is_still_a_page(
        self, app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away() -> object:
            raise OSError("the database is away")

        monkeypatch.setattr(chrome, "current_viewer", away)
        browser.open("/help")
        assert browser.status == 500
        assert "Something broke on our side" in browser.text
        assert "secretariat@example.org" in browser.text
        assert "database" not in browser.text


def _allowed(view: object) -> object:
    view.permission = True  # type: ignore[attr-defined]
    return view
