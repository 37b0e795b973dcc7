"""Meetings on other people's pages: for everybody alike, without a cookie, in the language of the address alone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.calendars.choice import NotOffered
from app.core.addresses import Address
from app.core.db import db
from app.groups.models import WorkingGroup
from app.groups.rules import Visibility as GroupVisibility
from app.meetings.rules import Precision, Visibility
from app.meetings.service import cancel_meeting
from app.pages.calendars.embedding import MOST, Wanted, wanted_of
from tests.browsing import Browser, Visit
from tests.factories.groups import make_community, make_group
from tests.factories.meetings import make_meeting
from tests.factories.people import make_account
from tests.queries import counted_queries

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
BOTH = pytest.mark.parametrize("path", ["/embed/meetings", "/embed/meetings.html"])


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def water(app: Flask) -> WorkingGroup:
    """A group with a meeting."""
    group = make_group("water", names={"en": "Water", "fr": "Eau"}, community=make_community("blue"))
    make_meeting(group, datetime(2026, 12, 1, 10), title="Rain & rivers", time_zone="Europe/Lisbon")
    return group


def titles(client: FlaskClient, query: str = "") -> list[str]:
    return [
        unescape(title) for title in re.findall(r"<a [^>]+>([^<]+)</a>", client.get(f"/embed/meetings?{query}").text)
    ]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", Wanted("en")),
        ("lang=fr&number=12", Wanted("fr", number=12)),
        ("groups=b,a", Wanted("en", ("a", "b"))),
        ("groups=b%2Ca", Wanted("en", ("a", "b"))),
        ("community=blue", Wanted("en", community="blue")),
    ],
)
def test_what_an_address_asks_for(query: str, wanted: Wanted) -> None:
    assert wanted_of(query, ("en", "fr"), "en") == wanted


@pytest.mark.parametrize(
    "query",
    ["lang=de", "number=0", f"number={MOST + 1}", "number=x", "number=", "number=٣", "number=5&number=6", "groups=A",
     "groups=", "group=a", "community=a&groups=b", "kind=meeting", "x=1", "foo"],
)  # fmt: skip
def test_what_is_not_offered_is_refused_in_words(app: Flask, client: FlaskClient, query: str) -> None:
    with pytest.raises(NotOffered):
        wanted_of(query, ("en", "fr"), "en")
    answer = client.get(f"/embed/meetings?{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]  # or the frame would stay blank


@BOTH
class TestHeaders:
    """Any site may frame it, any cache may keep it, nobody is recognised."""

    @pytest.mark.parametrize("query", ["", "?lang=fr", "?x=1", "?groups=nothing"])
    def test_no_cookie_and_no_session(self, visit: Visit, water: WorkingGroup, path: str, query: str) -> None:
        page = visit(make_account(language="fr", administrator=True))
        page.open("/?lang=fr")
        answer = page.client.get(path + query, headers={"Accept-Language": "fr"})
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert "Cookie" not in answer.headers.get("Vary", "")

    def test_may_be_framed_and_fetched(self, client: FlaskClient, water: WorkingGroup, path: str) -> None:
        headers = client.get(path).headers
        assert "frame-ancestors *" in headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["X-Robots-Tag"] == "noindex"
        assert "script" not in headers["Content-Security-Policy"]

    def test_is_not_sent_twice(self, client: FlaskClient, water: WorkingGroup, path: str) -> None:
        tag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
        make_meeting(water, datetime(2026, 12, 2, 10))
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 200

    def test_is_the_same_for_everybody(self, app: Flask, visit: Visit, water: WorkingGroup, path: str) -> None:
        make_meeting(water, datetime(2026, 12, 2, 10), title="Inside", visibility=Visibility.MEMBERS)
        page = visit(make_account(language="fr", administrator=True, time_zone="Asia/Tbilisi"))
        page.open("/?lang=fr")
        own = page.client.get(path, headers={"Accept-Language": "fr"}).text
        assert own == Browser(app).client.get(path).text
        assert "Inside" not in own


def test_no_other_page_may_be_framed(browser: Browser) -> None:
    for path in ("/", "/calendars", "/embed/nothing"):
        assert "frame-ancestors 'none'" in browser.client.get(path).headers["Content-Security-Policy"]


class TestContent:
    """What stands there."""

    def test_says_when_in_the_meetings_own_zone(self, client: FlaskClient, water: WorkingGroup) -> None:
        text = client.get("/embed/meetings").text
        assert "Tue 1 December 2026, 10:00–12:00 (Lisbon)" in text
        assert '<time datetime="2026-12-01T10:00+00:00">' in text
        assert "Rain &amp; rivers" in text
        assert "Water" in text

    def test_speaks_the_language_of_the_address(self, client: FlaskClient, water: WorkingGroup) -> None:
        text = client.get("/embed/meetings?lang=fr", headers={"Accept-Language": "en"}).text
        assert '<html lang="fr">' in text
        assert "Prochaines réunions" in text
        assert "mar. 1 décembre 2026, 10:00–12:00 (Lisbonne)" in text
        assert "Eau" in text
        assert '<html lang="en">' in client.get("/embed/meetings", headers={"Accept-Language": "fr"}).text

    def test_links_leave_the_frame(self, client: FlaskClient, water: WorkingGroup) -> None:
        links = re.findall(r"<a [^>]+>", client.get("/embed/meetings").text)
        assert links
        assert all('href="http://localhost/meetings/' in link for link in links)
        assert all('target="_top"' in link and 'rel="noopener"' in link for link in links)

    def test_has_neither_script_nor_anything_to_load(self, client: FlaskClient, water: WorkingGroup) -> None:
        text = client.get("/embed/meetings").text
        assert not re.search(r"<(?:script|link|img|iframe|form)|style=| on\w+=", text)

    def test_the_list_is_a_list_and_nothing_else(self, client: FlaskClient, water: WorkingGroup) -> None:
        text = client.get("/embed/meetings.html").text
        assert text.startswith('<ul class="roundtable-meetings" lang="en">')
        assert text.strip().endswith("</ul>")
        assert not re.search(r"<(?:html|head|body|style|main)|target=", text)
        assert "Rain &amp; rivers" in text

    def test_months_days_and_cancelled_meetings(self, client: FlaskClient, water: WorkingGroup) -> None:
        make_meeting(water, datetime(2027, 3, 1), title="Spring", precision=Precision.MONTH)
        off = make_meeting(water, datetime(2026, 12, 3, 10), title="Off")
        cancel_meeting(off.id, "Too few.", actor_id=None)
        text = client.get("/embed/meetings").text
        assert '<time datetime="2027-03">Save the date: March 2027</time>' in text
        assert re.search(r'class="roundtable-cancelled">\s*<a[^>]+>Off</a>\s*<strong>Cancelled</strong>', text)

    def test_chooses_groups_or_a_community(self, client: FlaskClient, water: WorkingGroup) -> None:
        roads = make_group("roads")
        make_meeting(roads, datetime(2026, 12, 2, 10), title="Roads")
        make_meeting(make_group("seas", community=water.community), datetime(2026, 12, 3, 10), title="Seas")
        db.session.add(Address(kind="group", slug="streets", target_id=roads.id))
        db.session.commit()
        assert titles(client) == ["Rain & rivers", "Roads", "Seas"]
        assert titles(client, "number=2") == ["Rain & rivers", "Roads"]
        assert titles(client, "community=blue") == ["Rain & rivers", "Seas"]
        assert titles(client, "groups=roads") == titles(client, "groups=streets") == ["Roads"]
        assert titles(client, "groups=seas,roads") == ["Roads", "Seas"]

    def test_hidden_groups_are_as_unknown_ones(self, client: FlaskClient, water: WorkingGroup) -> None:
        hidden = make_group("hidden", community=water.community, visibility=GroupVisibility.MEMBERS)
        make_meeting(hidden, datetime(2026, 12, 2, 10), title="Secret")
        assert client.get("/embed/meetings?groups=hidden").status_code == 404
        assert client.get("/embed/meetings?groups=nothing").status_code == 404
        assert client.get("/embed/meetings?community=nothing").status_code == 404
        assert client.get("/embed/meetings?community=%00").status_code == 404
        assert titles(client, "community=blue") == titles(client) == ["Rain & rivers"]

    def test_empty(self, client: FlaskClient) -> None:
        make_community("blue")
        assert "No meeting is planned" in client.get("/embed/meetings?community=blue").text


@pytest.mark.parametrize("query", ["", "groups=water,roads", "community=blue"])
def test_the_number_of_statements_does_not_grow(client: FlaskClient, water: WorkingGroup, query: str) -> None:
    make_group("roads", community=water.community)
    with counted_queries() as few:
        client.get(f"/embed/meetings?{query}")
    for number in range(4):
        make_meeting(make_group(community=water.community), datetime(2026, 12, 2 + number, 10))
        make_meeting(water, datetime.combine(date(2026, 12, 10 + number), datetime.min.time()))
    with counted_queries() as many:
        client.get(f"/embed/meetings?{query}&number=30")
    assert len(many) == len(few) <= 5
