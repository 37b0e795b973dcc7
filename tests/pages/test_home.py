"""The first page, and a community's: every group in order, when it meets next, how many sit there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.meetings.rules import Visibility
from app.meetings.service import cancel_meeting
from app.membership.rules import State
from tests.browsing import Browser, Visit
from tests.factories.groups import make_community, make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person
from tests.queries import counted_queries

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def in_order(text: str, *words: str) -> bool:
    places = [text.find(word) for word in words]
    return -1 not in places and places == sorted(places)


class TestDirectory:
    """Communities and groups as the catalogue has them."""

    def test_lists_groups_under_their_communities_in_order(self, browser: Browser) -> None:
        second = make_community("second", position=2, names={"en": "SECOND"}, goals={"en": "The second goal"})
        first = make_community("first", position=1, names={"en": "FIRST"})
        make_group(community=second, position=1, names={"en": "Gamma"})
        make_group(community=first, position=2, names={"en": "Beta"}, topics={"en": ["water", "soil"]})
        make_group(community=first, position=1, names={"en": "Alpha"})
        text = browser.open("/").text
        directory = text[text.index('id="community-first"') :]
        assert in_order(directory, "FIRST", "Alpha", "Beta", "water · soil", "SECOND", "The second goal", "Gamma")
        assert 'class="community community-second"' in text

    def test_counts_active_members_only(self, browser: Browser) -> None:
        group = make_group("water", names={"en": "Water"})
        for state in (State.ACTIVE, State.ACTIVE, State.REQUESTED, State.LEFT):
            make_membership(group, make_person(), state)
        text = browser.open("/").text
        assert "2 members" in text
        assert 'href="/groups/water#members"' in text

    def test_says_when_a_group_meets_next(self, browser: Browser) -> None:
        group = make_group()
        other = make_group()
        cancelled = make_meeting(group, datetime(2026, 12, 1, 10))
        cancel_meeting(cancelled.id, "Too few.", actor_id=None)
        make_meeting(group, datetime(2026, 12, 3, 10), visibility=Visibility.MEMBERS)
        soonest = make_meeting(group, datetime(2026, 12, 5, 10))
        make_meeting(other, datetime(2026, 11, 23, 10))
        text = browser.open("/").text
        assert "Meets Sat 5 December 2026" in text
        assert f'href="/meetings/{soonest.reference}"' in text
        assert text.count("Meets ") == 1
        assert text.count("No meeting planned") == 1

    def test_says_today_by_the_viewers_calendar(self, visit: Visit) -> None:
        group = make_group()
        make_meeting(group, datetime(2026, 11, 24, 23, 30), time_zone="Europe/Brussels")
        assert "Meets today" in visit(make_account()).open("/").text
        in_tbilisi = visit(make_account(time_zone="Asia/Tbilisi")).open("/").text
        assert "Meets Wed 25 November 2026" in in_tbilisi

    def test_topics_come_in_the_language_else_in_the_first(self, app: Flask) -> None:
        make_group(topics={"en": ["water"], "fr": ["eau"]}, names={"en": "Water", "fr": "Eau"})
        make_group(topics={"en": ["only english"]}, names={"en": "English"})
        text = Browser(app, "fr").open("/").text
        assert in_order(text, "eau", "only english")

    def test_empty(self, browser: Browser) -> None:
        text = browser.open("/").text
        assert "There are no groups yet" in text
        assert "No meeting is planned" in text


class TestNextMeetings:
    """What happens next, as far as the viewer may know."""

    def test_visitors_see_public_meetings_only(self, browser: Browser) -> None:
        group = make_group()
        make_meeting(group, datetime(2026, 12, 1, 10), title="Behind doors", visibility=Visibility.MEMBERS)
        make_meeting(group, datetime(2026, 12, 2, 10), title="For all")
        text = browser.open("/").text
        assert "For all" in text
        assert "Behind doors" not in text

    def test_members_see_their_own(self, visit: Visit) -> None:
        group, person = make_group(), make_account()
        make_membership(group, person)
        make_meeting(group, datetime(2026, 12, 1, 10), title="Behind doors", visibility=Visibility.MEMBERS)
        make_meeting(make_group(), datetime(2026, 12, 1, 10), title="Of others", visibility=Visibility.MEMBERS)
        text = visit(person).open("/").text
        assert "Behind doors" in text
        assert "Of others" not in text

    def test_the_join_link_never_stands_here(self, visit: Visit) -> None:
        group, person = make_group(), make_account()
        make_membership(group, person)
        make_meeting(group, datetime(2026, 12, 1, 10), join_link="https://meet.example.org/secret")
        assert "meet.example.org" not in visit(person).open("/").text


class TestTheWayIn:
    """One main button, by who looks."""

    def test_visitors_sign_up(self, browser: Browser) -> None:
        text = browser.open("/").text
        assert '<a class="btn btn-primary" href="/sign-up">' in text
        assert 'href="/me"' not in text

    def test_signed_in_people_go_to_their_page(self, visit: Visit) -> None:
        text = visit(make_account()).open("/").text
        assert '<a class="btn btn-primary" href="/me">' in text
        assert 'href="/sign-up"' not in text

    def test_counts_associations_and_countries(self, browser: Browser) -> None:
        for country in ("BE", "BE", "FR"):
            make_association(country=country)
        text = browser.open("/").text
        assert "3 associations" in text
        assert "2 countries" in text


class TestCommunity:
    """One community's page."""

    def test_shows_its_groups_and_their_meetings_only(self, browser: Browser) -> None:
        one = make_community("one", names={"en": "ONE"}, goals={"en": "The goal of one"})
        make_meeting(make_group(community=one, names={"en": "Inside"}), datetime(2026, 12, 1, 10), title="Here")
        make_meeting(make_group(names={"en": "Outside"}), datetime(2026, 12, 1, 10), title="Elsewhere")
        text = browser.open("/communities/one").text
        assert "The goal of one" in text
        assert "Inside" in text
        assert "Here" in text
        assert "Outside" not in text
        assert "Elsewhere" not in text

    def test_only_administrators_are_led_to_its_edit_page(self, visit: Visit) -> None:
        make_community("one")
        assert "/admin/communities/one/edit" in visit(make_account(administrator=True)).open("/communities/one").text
        assert "/edit" not in visit(make_account()).open("/communities/one").text

    def test_unknown(self, browser: Browser) -> None:
        assert browser.open("/communities/nothing").status == 404


class TestQueries:
    """Pages stay at a fixed number of statements, however many rows there are."""

    @pytest.mark.parametrize("path", ["/", "/communities/one"])
    def test_number_does_not_grow(self, visit: Visit, path: str) -> None:
        one, person = make_community("one"), make_account()

        def fill(number: int) -> None:
            for index in range(number):
                group = make_group(community=one, coordinators=(person,))
                make_membership(group, make_person(), association=make_association())
                make_membership(group, person)
                make_meeting(group, datetime(2026, 12, 1, 10) + timedelta(days=index))

        fill(1)
        page = visit(person)
        with counted_queries() as few:
            page.open(path)
        fill(6)
        with counted_queries() as many:
            page.open(path)
        assert page.status == 200
        assert len(many) == len(few) <= 16
