"""Meetings as lists and pages show them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask, render_template

from app.meetings.models import Meeting, Visibility
from app.meetings.presentation import details, elsewhere, meeting_item
from app.meetings.service import MeetingPlan, cancel_meeting
from tests.factories.meetings import make_meeting
from tests.meetings.conftest import Cast, signed_in

LINK = "https://meet.example.org/secret"


@pytest.fixture
def _page(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


def shown(meeting: Meeting, *, join_link: bool) -> str:
    return render_template("meetings/_details.html", details=details(meeting, None, with_join_link=join_link))


@pytest.mark.usefixtures("_page")
def test_a_plain_meeting(people: Cast) -> None:
    item = meeting_item(make_meeting(people.group, datetime(2026, 12, 10, 10), venue="Rue X"), None, with_group=True)
    assert item.when_lines == ["Thu 10 December 2026, 10:00–12:00 (Brussels)"]
    assert (item.day, item.month_short, item.weekday_short, item.year) == ("10", "Dec", "Thu", None)
    assert (item.group_name, item.place) == (people.group.names["en"], "Rue X")
    assert (item.status, item.status_label, item.visibility_label) == ("confirmed", None, None)
    assert item.community_slug == people.group.community.slug and item.url.startswith("/meetings/")


@pytest.mark.usefixtures("_page")
def test_the_sheet_shows_the_viewers_day(people: Cast) -> None:
    meeting = make_meeting(people.group, datetime(2026, 12, 31, 23), ends=datetime(2027, 1, 1, 1))
    item = meeting_item(meeting, "Europe/Helsinki", with_group=False)
    assert item.when_lines == [
        "Fri 1 January 2027, 00:00–02:00 your time (Helsinki) · "
        "Thu 31 December 2026, 23:00 – Fri 1 January 2027, 01:00 (Brussels)"
    ]
    assert (item.day, item.month_short, item.year, item.group_name) == ("1", "Jan", "2027", None)


@pytest.mark.usefixtures("_page")
def test_states_are_words(people: Cast) -> None:
    tentative = make_meeting(people.group, tentative=True, visibility=Visibility.MEMBERS, join_link=LINK)
    item = meeting_item(tentative, None, with_group=False)
    assert (item.status, item.status_label, item.visibility_label) == ("tentative", "Tentative", "Members only")
    assert item.place == "Online"
    item = meeting_item(cancel_meeting(tentative.id, None, actor_id=None), None, with_group=False)
    assert (item.status, item.status_label) == ("cancelled", "Cancelled")


@pytest.mark.usefixtures("_page")
def test_the_link_to_join_is_given_to_those_inside_only(people: Cast) -> None:
    meeting = make_meeting(people.group, join_link=LINK)
    assert LINK in shown(meeting, join_link=True)
    outside = shown(meeting, join_link=False)
    assert LINK not in outside and "Shown to members of the group once they have signed in." in outside


@pytest.mark.usefixtures("_page")
def test_details_of_a_cancelled_meeting(people: Cast) -> None:
    meeting = make_meeting(people.group, description="**Bold** <b>x</b>", venue="Rue X")
    cancel_meeting(meeting.id, "Snow <and> ice", actor_id=None)
    page = shown(meeting, join_link=True)
    assert "This meeting is cancelled" in page and "Snow &lt;and&gt; ice" in page
    assert "<strong>Bold</strong>" in page and "<b>x" not in page and "Rue X" in page


@pytest.mark.parametrize(
    ("role", "sees"),
    [("coordinator", True), ("chair", True), ("member", True), ("administrator", True), ("expert", False),
     ("elsewhere", False), (None, False)],
)  # fmt: skip
def test_the_meetings_page_keeps_the_link(app: Flask, people: Cast, role: str | None, sees: bool) -> None:
    meeting = make_meeting(people.group, join_link=LINK)
    page = signed_in(app, getattr(people, role) if role else None).open(f"/meetings/{meeting.reference}")
    assert page.status == 200 and (LINK in page.text) is sees


def test_other_zones_are_told_once_for_each_time(app: Flask) -> None:
    plan = MeetingPlan("x", datetime(2027, 3, 12, 10), datetime(2027, 3, 12, 12), "Europe/Brussels")
    zones = ["Europe/Paris", "Europe/Lisbon", "Europe/Helsinki", "Europe/Dublin", "Europe/Athens", "Pacific/Auckland"]
    assert elsewhere(plan, zones, "Europe/Helsinki") == [
        "09:00–11:00 (Lisbon, Dublin)",
        "Fri 12 March 2027, 22:00 – Sat 13 March 2027, 00:00 (Auckland)",
    ]
    assert len(elsewhere(plan, [f"Etc/GMT+{number}" for number in range(2, 11)], None)) == 6
