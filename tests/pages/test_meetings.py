"""All meetings: by month, ahead and past, of one group or of all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.meetings.rules import Visibility
from tests.browsing import Browser, Visit
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account
from tests.queries import counted_queries

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def test_ahead_by_month(browser: Browser) -> None:
    group = make_group(names={"en": "Water"})
    make_meeting(group, datetime(2027, 1, 8, 10), title="In January")
    make_meeting(group, datetime(2026, 12, 4, 10), title="In December")
    make_meeting(group, datetime(2026, 11, 2, 10), title="Over")
    text = browser.open("/meetings").text
    places = [text.index(word) for word in (">December 2026<", "In December", ">January 2027<", "In January")]
    assert places == sorted(places)
    assert "Over" not in text
    assert '<p class="meeting-group">Water</p>' in text


def test_past_the_latest_first(browser: Browser) -> None:
    group = make_group()
    for day, title in ((2, "Earlier"), (9, "Later")):
        make_meeting(group, datetime(2026, 11, day, 10), title=title)
    make_meeting(group, datetime(2026, 12, 4, 10), title="Ahead of us")
    text = browser.open("/meetings?past=1").text
    assert text.index("Later") < text.index("Earlier")
    assert "Ahead of us" not in text
    assert "<title>Past meetings – " in text


def test_the_month_is_that_of_the_viewers_calendar(visit: Visit, browser: Browser) -> None:
    make_meeting(make_group(), datetime(2026, 11, 30, 23, 30))
    assert ">November 2026<" in browser.open("/meetings").text
    assert ">December 2026<" in visit(make_account(time_zone="Asia/Tbilisi")).open("/meetings").text


def test_of_one_group(browser: Browser) -> None:
    make_meeting(make_group("water", names={"en": "Water"}), datetime(2026, 12, 4, 10), title="About rivers")
    make_meeting(make_group("soil"), datetime(2026, 12, 4, 10), title="About soil")
    text = browser.open("/meetings?group=water").text
    assert "About rivers" in text
    assert "About soil" not in text
    assert '<option value="water" selected>' in text
    assert 'href="/meetings?group=water&amp;past=1"' in text
    assert "<title>Meetings: Water – " in text


@pytest.mark.parametrize("query", ["group=", "group=&past=0", "page=abc", "page=0", "page=999999", "past=yes"])
def test_odd_queries_show_the_list(browser: Browser, query: str) -> None:
    make_meeting(make_group(), datetime(2026, 12, 4, 10), title="About rivers")
    assert "About rivers" in browser.open(f"/meetings?{query}").text


def test_an_unknown_group_is_not_found(browser: Browser) -> None:
    assert browser.open("/meetings?group=nothing").status == 404


def test_members_only_meetings_stay_inside(visit: Visit, browser: Browser) -> None:
    group, member = make_group("water"), make_account()
    make_membership(group, member)
    make_meeting(group, datetime(2026, 12, 4, 10), title="Behind doors", visibility=Visibility.MEMBERS)
    for path in ("/meetings", "/meetings?group=water"):
        assert "Behind doors" not in browser.open(path).text
        assert "Behind doors" not in visit(make_account()).open(path).text
        assert "Behind doors" in visit(member).open(path).text
        assert "Behind doors" in visit(make_account(administrator=True)).open(path).text


def test_pages_keep_the_filter(browser: Browser) -> None:
    group = make_group("water")
    for number in range(51):
        make_meeting(group, datetime(2026, 10, 1, 10) - timedelta(days=number), title=f"Number {number:02}")
    first = browser.open("/meetings?group=water&past=1").text
    assert "Number 49" in first
    assert "Number 50" not in first
    assert 'href="/meetings?group=water&amp;past=1&amp;page=2"' in first
    second = browser.open("/meetings?group=water&past=1&page=2").text
    assert "Number 50" in second
    assert "page 2" in second[: second.index("</title>")]


def test_empty(browser: Browser) -> None:
    assert "No meeting is planned" in browser.open("/meetings").text
    assert "No past meetings" in browser.open("/meetings?past=1").text


def test_the_number_of_queries_does_not_grow(visit: Visit) -> None:
    person = make_account()

    def fill(number: int) -> None:
        for index in range(number):
            group = make_group(coordinators=(person,))
            make_membership(group, person)
            make_meeting(group, datetime(2026, 12, 1, 10) + timedelta(days=index))

    fill(2)
    page = visit(person)
    with counted_queries() as few:
        page.open("/meetings")
    fill(6)
    with counted_queries() as many:
        page.open("/meetings")
    assert page.status == 200
    assert len(many) == len(few) <= 12
