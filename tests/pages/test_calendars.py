"""Choosing a calendar by clicking, and the instructions for each program."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar

from app.calendars.choice import MOST_GROUPS, SEVERAL, choice_of
from app.core.addresses import Address
from app.core.db import db
from app.groups.models import WorkingGroup
from app.groups.queries import group_at
from app.groups.rules import GroupStatus
from app.groups.rules import Visibility as GroupVisibility
from app.meetings.rules import Precision, Visibility
from app.meetings.service import cancel_meeting
from app.pages.calendars.programs import PROGRAMS
from app.programme.service import drop
from tests.browsing import Browser, Visit
from tests.factories.groups import make_community, make_group
from tests.factories.meetings import make_meeting
from tests.factories.people import make_account
from tests.factories.programme import make_milestone
from tests.queries import counted_queries

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def water(app: Flask) -> None:
    """Two groups of one community, one of another."""
    blue = make_community("blue", names={"en": "BLUE", "fr": "BLEU"})
    make_group("water", names={"en": "Water", "fr": "Eau"}, community=blue)
    make_group("seas", names={"en": "Seas", "fr": "Mers"}, community=blue)
    make_group("roads", names={"en": "Roads", "fr": "Routes"})


def address_on(browser: Browser) -> str:
    found = re.search(r'data-copy="([^"]+)"', browser.text)
    assert found
    return unescape(found[1])


def titles_on(browser: Browser) -> list[str]:
    """The meetings and milestones of the preview."""
    return re.findall(r'class="meeting-title"><a href="[^"]+">([^<]+)</a>', browser.text)


class TestChoosing:
    """What is clicked comes to one canonical address."""

    @pytest.mark.parametrize(
        ("asked", "address"),
        [
            ("", "/calendar.ics"),
            ("of=all&group=water", "/calendar.ics"),
            ("community=blue", "/communities/blue/calendar.ics"),
            ("of=community&community=blue&group=roads&kind=both", "/communities/blue/calendar.ics"),
            ("group=water", "/groups/water/calendar.ics"),
            ("of=groups&group=water&group=roads", "/calendar.ics?groups=roads,water"),
            ("group=water&group=water", "/groups/water/calendar.ics"),
            ("group=water&kind=meeting", "/groups/water/calendar.ics?kind=meeting"),
            ("kind=deadline&language=fr", "/calendar.ics?kind=deadline&lang=fr"),
            ("past=0", "/calendar.ics?past=0d"),
            ("past=90&cancelled=0", "/calendar.ics?cancelled=0&past=90d"),
            ("past=400&cancelled=1&language=en", "/calendar.ics"),
        ],
    )
    def test_gives_the_address(self, browser: Browser, water: None, asked: str, address: str) -> None:
        browser.open(f"/calendars?{asked}")
        assert browser.status == 200
        assert address_on(browser) == f"http://localhost{address}"
        assert f'href="webcal://localhost{address}"' in unescape(browser.text)
        choice_of(address.partition("?")[2], SEVERAL, ("en", "fr"), "en")

    def test_begins_with_the_language_of_the_page(self, app: Flask, water: None) -> None:
        browser = Browser(app, "fr").open("/calendars?group=water")
        assert address_on(browser) == "http://localhost/groups/water/calendar.ics?lang=fr"
        assert "<b>Eau</b>" in browser.text

    def test_keeps_every_answer_in_the_form(self, browser: Browser, water: None) -> None:
        browser.open("/calendars?of=groups&group=seas&kind=deadline&language=fr&past=30&cancelled=0")
        assert set(re.findall(r'<input[^>]*\bid="([^"]+)"[^>]*checked', browser.text)) | set(
            re.findall(r'<input checked[^>]*\bid="([^"]+)"', browser.text)
        ) == {"of-2", "group-seas", "kind-2", "language-1", "cancelled-1"}
        assert '<option selected value="30">' in browser.text

    def test_old_names_lead_to_the_present_ones(self, browser: Browser, water: None) -> None:
        group = make_group("rivers")
        db.session.add(Address(kind="group", slug="streams", target_id=group.id))
        db.session.commit()
        assert address_on(browser.open("/calendars?group=streams")) == "http://localhost/groups/rivers/calendar.ics"

    def test_the_live_part_says_the_same(self, browser: Browser, water: None) -> None:
        live = address_on(browser.open("/calendars/result?group=water&past=0"))
        assert live == address_on(browser.open("/calendars?group=water&past=0"))
        assert "<html" not in browser.open("/calendars/result?group=water").text


class TestRefusals:
    """What cannot be is said beside its field, and the rest is kept."""

    @pytest.mark.parametrize(
        ("asked", "field", "message"),
        [
            ("of=groups", "group", "Choose at least one group."),
            ("group=nothing", "group", "There is no public group “nothing”."),
            ("group=%00", "group", "There is no public group “\x00”."),
            ("of=community", "community", "Choose one of the communities."),
            ("community=nothing", "community", "Choose one of the communities."),
            ("of=some", "of", "Choose one of these."),
            ("kind=party", "kind", "Choose one of these."),
            ("language=de", "language", "Choose one of these."),
            ("past=7", "past", "Choose one of these."),
            ("cancelled=maybe", "cancelled", "Choose one of these."),
        ],
    )
    def test_stands_beside_the_field(self, browser: Browser, water: None, asked: str, field: str, message: str) -> None:
        browser.open(f"/calendars?{asked}")
        assert browser.status == 422
        beside = re.search(rf'id="{field}-error">.*?</p>', browser.text, re.S)
        assert beside
        assert message in unescape(beside[0])
        assert "calendar.ics" not in browser.text

    def test_keeps_the_rest(self, browser: Browser, water: None) -> None:
        browser.open("/calendars?group=seas&past=7&kind=meeting")
        assert re.search(r'value="seas" id="group-seas" checked', browser.text)
        assert re.search(r'<input checked[^>]*value="meeting"', browser.text)

    def test_takes_no_more_groups_than_a_feed(self, browser: Browser, water: None) -> None:
        slugs = [make_group().slug for _ in range(MOST_GROUPS + 1)]
        assert browser.open("/calendars?" + "&".join(f"group={slug}" for slug in slugs[1:])).status == 200
        assert browser.open("/calendars?" + "&".join(f"group={slug}" for slug in slugs)).status == 422
        assert f"Choose {MOST_GROUPS} groups at most" in browser.text

    def test_the_live_part_says_what_is_missing(self, browser: Browser, water: None) -> None:
        assert browser.open("/calendars/result?of=groups").status == 200
        assert "Choose at least one group." in browser.text

    def test_hidden_groups_are_as_unknown_ones(self, visit: Visit, water: None) -> None:
        """To administrators too: a public feed never shows them. Nor does a hidden group's old name betray the new."""
        hidden = make_group("hidden", visibility=GroupVisibility.MEMBERS)
        db.session.add(Address(kind="group", slug="formerly", target_id=hidden.id))
        db.session.commit()
        page = visit(make_account(administrator=True))
        assert 'value="hidden"' not in page.open("/calendars").text
        assert page.open("/calendars?group=hidden").status == 422
        assert page.open("/calendars?group=formerly").status == 422
        assert "hidden" not in re.sub(r"visually-hidden|aria-hidden|type=.hidden| hidden ", "", page.text)

    def test_closed_groups_only_where_they_are_asked_for(self, browser: Browser) -> None:
        make_group("over", status=GroupStatus.CLOSED)
        assert 'value="over"' not in browser.open("/calendars").text
        assert address_on(browser.open("/calendars?group=over")) == "http://localhost/groups/over/calendar.ics"


class TestPreview:
    """What stands there is what the public feed has, for whoever looks."""

    @pytest.fixture
    def planned(self, water: None) -> dict[str, object]:
        groups = {name: _group(name) for name in ("water", "seas", "roads")}
        make_meeting(groups["water"], datetime(2026, 12, 10, 10), title="Second")
        make_meeting(groups["seas"], datetime(2026, 12, 1, 10), title="First")
        make_meeting(groups["roads"], datetime(2026, 12, 20, 10), title="Elsewhere")
        make_meeting(groups["water"], datetime(2026, 12, 2, 10), title="Inside", visibility=Visibility.MEMBERS)
        make_meeting(groups["water"], datetime(2026, 11, 20, 10), title="Over")
        make_meeting(groups["water"], datetime(2027, 3, 1), title="In spring", precision=Precision.MONTH)
        off = make_meeting(groups["water"], datetime(2026, 12, 12, 10), title="Off")
        cancel_meeting(off.id, "Too few.", actor_id=None)
        make_milestone(groups["water"], date(2026, 12, 10), title="Answer due")
        dropped = make_milestone(groups["water"], date(2026, 12, 15), title="Dropped")
        drop(dropped.id, "No more.", actor_id=None)
        make_milestone(groups["water"], date(2026, 12, 11), title="Among us", visibility=Visibility.MEMBERS)
        return groups

    @pytest.mark.parametrize(
        ("asked", "titles"),
        [
            ("", ["First", "Answer due", "Second", "Off", "Dropped", "Elsewhere"]),
            ("community=blue", ["First", "Answer due", "Second", "Off", "Dropped"]),
            ("group=water&cancelled=0", ["Answer due", "Second"]),
            ("group=water&kind=meeting", ["Second", "Off"]),
            ("group=water&kind=deadline", ["Answer due", "Dropped"]),
            ("group=seas&group=roads", ["First", "Elsewhere"]),
            ("group=roads&kind=deadline", []),
        ],
    )
    def test_shows_what_is_chosen_in_order(
        self, browser: Browser, planned: dict[str, object], asked: str, titles: list[str]
    ) -> None:
        assert titles_on(browser.open(f"/calendars?{asked}")) == titles

    @pytest.mark.parametrize(
        "asked",
        ["", "community=blue", "group=water", "group=water&cancelled=0", "group=water&kind=meeting",
         "group=seas&group=roads", "kind=deadline&cancelled=0", "community=blue&kind=meeting&language=fr"],
    )  # fmt: skip
    def test_is_what_the_feed_has(self, browser: Browser, planned: dict[str, object], asked: str) -> None:
        browser.open(f"/calendars?{asked}&past=0")
        shown = re.findall(r'class="meeting-title"><a href="([^"]+)"', browser.text)
        answer = browser.client.get(address_on(browser).removeprefix("http://localhost"))
        assert answer.status_code == 200
        events = Calendar.from_ical(answer.data).walk("VEVENT")
        assert sorted(str(event["URL"]) for event in events) == sorted(f"http://localhost{path}" for path in shown)

    def test_is_the_same_for_those_who_see_more(self, visit: Visit, planned: dict[str, object]) -> None:
        page = visit(make_account(administrator=True)).open("/calendars?group=water")
        assert titles_on(page) == ["Answer due", "Second", "Off", "Dropped"]

    def test_shows_ten(self, browser: Browser, water: None) -> None:
        for number in range(12):
            make_meeting(_group("water"), datetime(2026, 12, 1 + number, 10))
        assert len(titles_on(browser.open("/calendars"))) == 10


class TestCode:
    """The code for other people's pages follows the choice."""

    @pytest.mark.parametrize(
        ("asked", "query"),
        [
            ("", "lang=en&number=5"),
            ("community=blue&language=fr", "community=blue&lang=fr&number=5"),
            ("group=water&group=seas", "groups=water,seas&lang=en&number=5"),
        ],
    )
    def test_works_as_copied(self, browser: Browser, water: None, asked: str, query: str) -> None:
        browser.open(f"/calendars?{asked}")
        code = unescape(unescape(re.search(r"<code>(.*?)</code>", browser.text)[1]))  # type: ignore[index]
        page = f"http://localhost/embed/meetings?{query}"
        assert f'src="{page}"' in code
        assert 'loading="lazy"' in code
        assert re.search(r'title="Next meetings: [^"]+"', code)
        assert browser.open(page.removeprefix("http://localhost")).status == 200

    def test_names_are_escaped_there_too(self, browser: Browser) -> None:
        make_group("odd", names={"en": '"><script>alert(1)</script>'})
        browser.open("/calendars?group=odd")
        code = unescape(re.search(r"<code>(.*?)</code>", browser.text)[1])  # type: ignore[index]
        assert "<script>" not in browser.text
        assert "<script>" not in code
        assert "&lt;script&gt;" in code

    def test_none_for_deadlines_alone(self, browser: Browser, water: None) -> None:
        assert "<iframe" not in unescape(browser.open("/calendars?kind=deadline").text)


class TestInstructions:
    """One page for each program."""

    @pytest.mark.parametrize("program", [program.slug for program in PROGRAMS])
    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_has_steps_with_pictures_that_say_what_they_show(self, app: Flask, program: str, language: str) -> None:
        text = Browser(app, language).open(f"/calendars/how/{program}").text
        steps = re.findall(r"<li>\s*<p>.*?</li>", text, re.S)
        assert len(steps) >= 3
        assert all("<svg" in step for step in steps)
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        for drawing in re.findall(r"<svg viewBox=.*?</svg>", text, re.S):
            title, about = re.search(r'aria-labelledby="(\S+) (\S+)"', drawing).groups()  # type: ignore[union-attr]
            assert re.search(rf'<title id="{title}">[^<]+</title>', drawing)
            assert re.search(rf'<desc id="{about}">[^<]+</desc>', drawing)
            assert 'class="draw-hot' in drawing
        assert text.count('id="stop"') == text.count('id="expect"') == 1

    def test_takes_the_calendar_chosen_along(self, browser: Browser, water: None) -> None:
        browser.open("/calendars?group=water&group=seas&kind=meeting&past=0")
        link = unescape(re.search(r'href="(/calendars/how/google[^"]*)"', browser.text)[1])  # type: ignore[index]
        address = address_on(browser)
        assert address_on(browser.open(link)) == address
        back = unescape(re.search(r'class="action-link" href="([^"]+)"', browser.text)[1])  # type: ignore[index]
        assert address_on(browser.open(back)) == address

    def test_without_one_it_says_where_to_choose(self, browser: Browser, water: None) -> None:
        for query in ("", "?group=nothing", "?lang=en"):
            assert "Choose a calendar and copy its address" in browser.open(f"/calendars/how/google{query}").text

    def test_unknown_programs(self, browser: Browser) -> None:
        for name in ("nothing", "_google", "../how"):
            assert browser.open(f"/calendars/how/{name}").status == 404

    def test_every_program_is_listed_where_one_looks_for_it(self, browser: Browser, water: None) -> None:
        for path in ("/calendars", "/calendars?of=groups", "/help", "/calendars/how/iphone"):
            text = browser.open(path).text
            for program in PROGRAMS:
                assert f"/calendars/how/{program.slug}" in text


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/", "/calendars"),
        ("/groups/water", "/calendars?group=water"),
        ("/groups/water", "/calendars?group=water#how"),
        ("/communities/blue", "/calendars?community=blue"),
        ("/planner?group=water", "/calendars?group=water"),
        ("/planner?community=blue", "/calendars?community=blue"),
        ("/help", "/calendars"),
        ("/help", "/me/feeds"),
        ("/calendars", "/sign-in?next=/me/feeds"),
    ],
)
def test_the_way_there(browser: Browser, water: None, path: str, link: str) -> None:
    main = browser.open(path).text.partition('id="content"')[2]
    assert f'href="{link}"' in main


@pytest.mark.parametrize("asked", ["", "community=one", "of=groups&group=group-a&group=group-b", "group=gone"])
def test_the_number_of_statements_does_not_grow(browser: Browser, asked: str) -> None:
    one = make_community("one")
    groups = [make_group(slug, community=one) for slug in ("group-a", "group-b")]

    def fill(number: int) -> None:
        for index in range(number):
            for group in groups:
                make_meeting(group, datetime(2026, 12, 1, 10) + timedelta(days=index))
                make_milestone(group, date(2026, 12, 1) + timedelta(days=index))
            make_group(community=one)

    fill(1)
    with counted_queries() as few:
        browser.open(f"/calendars?{asked}")
    fill(4)
    with counted_queries() as many:
        browser.open(f"/calendars?{asked}")
    assert len(many) == len(few) <= 9


def _group(slug: str) -> WorkingGroup:
    found = group_at(slug)
    assert found is not None
    return found
