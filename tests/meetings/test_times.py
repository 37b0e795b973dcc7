"""Meetings known by their days or their month only, and of several days: what is said, checked and written of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError
from app.core.policy import current_viewer
from app.meetings import queries, rules
from app.meetings.exports import meetings as table_of
from app.meetings.rules import MeetingPlan, Mode, Precision, ShownAs, Visibility, interpreting, span_of_month
from app.meetings.rules.interpreting import Deadline, Duty
from app.meetings.rules.pattern import Frequency, Pattern, Weekday
from app.meetings.rules.rooms import Claim, claims_room, clashing
from app.meetings.rules.series import SeriesPlan
from app.meetings.service import cancel_meeting, change_meeting
from app.meetings.service.series import create_series
from app.meetings.times import shown_in_calendars, when_of
from tests.browsing import Browser
from tests.factories.meetings import make_meeting
from tests.meetings.conftest import NOW, Cast, signed_in
from tests.meetings.test_views import edit_path, plan, send, text, the_meeting

SEVERAL = MeetingPlan("Days", datetime(2028, 5, 12, 9, 30), datetime(2028, 5, 13, 16), "Europe/Vienna")
DAYS = replace(SEVERAL, starts=datetime(2028, 5, 12), ends=datetime(2028, 5, 14), precision=Precision.DAYS)
MONTH = replace(SEVERAL, starts=datetime(2028, 5, 1), ends=datetime(2028, 6, 1), precision=Precision.MONTH)


def blamed(plan: MeetingPlan) -> list[str | None]:
    return [problem.field for problem in rules.problems(plan, NOW)]


@pytest.mark.parametrize(
    ("plan", "fields"),
    [
        (DAYS, []),
        (MONTH, []),
        (replace(DAYS, ends=datetime(2028, 5, 11)), ["ends_on"]),
        (replace(DAYS, ends=datetime(2028, 5, 30)), ["ends_on"]),
        (replace(MONTH, starts=datetime(2048, 5, 1), ends=datetime(2048, 6, 1)), ["month"]),
        (replace(MONTH, room_id=1), ["room_id"]),
        (replace(SEVERAL, shown_as=ShownAs.DAILY_HOURS), []),
        (replace(SEVERAL, shown_as=ShownAs.DAILY_HOURS, ends=datetime(2028, 5, 13, 9)), ["shown_as"]),
        (replace(SEVERAL, book_interpreters=366), ["book_interpreters"]),
    ],
)
def test_what_may_be(plan: MeetingPlan, fields: list[str]) -> None:
    assert blamed(plan) == fields


@pytest.mark.parametrize(("hours", "fields"), [((2, 15, 3), ["shown_as"]), ((1, 0, 4), ["shown_as"]), ((9, 0, 17), [])])
def test_the_hours_of_each_day_last_the_same_every_day(hours: tuple[int, int, int], fields: list[str]) -> None:
    """Brussels puts its clocks forward at two on 28 March."""
    begins, minute, ends = hours
    starts, last = datetime(2027, 3, 26, begins, minute), datetime(2027, 3, 30, ends)
    plan = replace(SEVERAL, starts=starts, ends=last, time_zone="Europe/Brussels", shown_as=ShownAs.DAILY_HOURS)
    assert blamed(plan) == fields


def test_no_odd_hour_of_a_day_without_hours() -> None:
    """Beirut puts its clocks forward at midnight."""
    plan = replace(DAYS, starts=datetime(2027, 3, 28), ends=datetime(2027, 3, 29), time_zone="Asia/Beirut")
    assert blamed(plan) == [] and blamed(replace(plan, precision=Precision.HOURS)) == ["starts_time"]


def test_a_month_may_have_31_days_and_queries_look_back_so_far() -> None:
    starts, ends = span_of_month(date(2028, 12, 24))
    assert (starts, ends) == (datetime(2028, 12, 1), datetime(2029, 1, 1))
    assert ends - starts < rules.LOOK_BACK


def test_words_never_say_an_hour_that_nobody_knows(app: Flask) -> None:
    with app.test_request_context():
        assert when_of(DAYS, "Asia/Tokyo") == "Save the date: 12–13 May 2028"
        assert when_of(replace(DAYS, ends=datetime(2028, 5, 13)), None) == "Save the date: Fri 12 May 2028"
        assert when_of(MONTH, "Asia/Tokyo") == "Save the date: May 2028"
        daily = replace(SEVERAL, shown_as=ShownAs.DAILY_HOURS)
        assert when_of(daily, None) == "12–13 May 2028, each day 09:30–16:00 (Vienna)"
        assert when_of(daily, "Europe/Helsinki") == (
            "12–13 May 2028, each day 10:30–17:00 your time (Helsinki) · 09:30–16:00 (Vienna)"
        )
        assert shown_in_calendars(daily) == "09:30–16:00 on each day: 12–13 May 2028"
        assert "only, until the days" in shown_in_calendars(MONTH)


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        ({}, None),
        ({"venue": "Vienna"}, Mode.ON_SITE),
        ({"join_link": "https://a.example"}, Mode.ONLINE),
        ({"room_id": 1, "dial_in": "+32"}, Mode.HYBRID),
        ({"venue": "Vienna", "mode": Mode.HYBRID}, Mode.HYBRID),
    ],
)
def test_how_people_take_part(said: dict[str, object], mode: Mode | None) -> None:
    assert replace(SEVERAL, **said).takes_part == mode  # type: ignore[arg-type]


def test_deadlines_of_interpreters() -> None:
    plan = replace(SEVERAL, book_interpreters=30, release_interpreters=20)
    book, release = Deadline(Duty.BOOK, date(2028, 4, 12)), Deadline(Duty.RELEASE, date(2028, 4, 22))
    assert interpreting.deadlines(plan) == [book, release]
    assert interpreting.due(plan, date(2028, 3, 12)) == [] and interpreting.due(plan, date(2028, 3, 13)) == [book]
    assert interpreting.due(plan, date(2028, 4, 25)) == [book], "late, and still to do"
    booked = replace(plan, interpreters_booked=True)
    assert (
        interpreting.due(booked, date(2028, 4, 22)) == [release] and interpreting.due(booked, date(2028, 4, 23)) == []
    )
    assert interpreting.costs_to_cancel(booked, date(2028, 4, 22)) is None
    assert interpreting.costs_to_cancel(booked, date(2028, 4, 23)) == release.day
    assert interpreting.costs_to_cancel(plan, date(2028, 4, 23)) is None, "nobody is booked"
    assert interpreting.deadlines(replace(MONTH, book_interpreters=30)) == []


def test_who_has_a_room() -> None:
    def claim(meeting: int, begin: int, end: int, room: int = 1) -> Claim:
        return Claim(meeting, room, datetime(2028, 5, 1, begin, tzinfo=UTC), datetime(2028, 5, 1, end, tzinfo=UTC))

    taken = [claim(1, 9, 11), claim(2, 13, 15)]
    assert clashing([claim(3, 11, 13), claim(4, 9, 11, room=2)], taken) == []
    assert clashing([claim(3, 10, 12)], taken) == [(claim(3, 10, 12), taken[0])]
    assert [mine.meeting_id for mine, _ in clashing([claim(3, 16, 18), claim(4, 17, 19)], taken)] == [3, 4]
    room = replace(SEVERAL, room_id=1)
    assert claims_room(room, cancelled=False) and not claims_room(room, cancelled=True)
    assert not claims_room(replace(MONTH, room_id=1), cancelled=False)


def test_from_the_month_to_the_hours(app: Flask, people: Cast) -> None:
    """The page, the reference and the UID are the same from the first word on."""
    browser = signed_in(app, people.coordinator)
    page = plan(browser, precision="month", month="2028-05", starts_on="", starts_time="", ends_time="", venue="Vienna")
    assert page.status == 200 and "Save the date: May 2028" in text(page) and "00:00" not in page.text
    send(page, "save")
    meeting = the_meeting()
    kept = (meeting.reference, meeting.uid)
    assert meeting.precision == Precision.MONTH and "00:00" not in page.text and "May 2028" in text(page)
    assert "Add to my calendar" not in page.text
    page = send(
        browser.open(edit_path(meeting)), "check", precision="days", starts_on="2028-05-12", ends_on="2028-05-13"
    )
    assert "Save the date: 12–13 May 2028" in text(page) and "It was: Save the date: May 2028" in text(page)
    send(page, "save")
    page = send(
        browser.open(edit_path(meeting)), "check", precision="hours", starts_time="09:30", ends_time="16:00",
        shown_as="daily_hours",
    )  # fmt: skip
    assert "12–13 May 2028, each day 09:30–16:00" in text(page) and "In calendars" in text(page)
    send(page, "save")
    meeting = the_meeting()
    assert (meeting.reference, meeting.uid) == kept and meeting.sequence == 2
    assert meeting.shown_as == ShownAs.DAILY_HOURS and meeting.precision == Precision.HOURS


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"precision": "month", "month": ""}, "month"),
        ({"precision": "month", "month": "May"}, "month"),
        ({"precision": "days", "starts_on": ""}, "starts_on"),
        ({"precision": "hours", "starts_time": ""}, "starts_time"),
    ],
)
def test_what_is_needed_depends_on_what_is_known(app: Flask, people: Cast, typed: dict[str, str], wrong: str) -> None:
    page = plan(signed_in(app, people.coordinator), **typed)
    assert page.status == 422 and f'id="{wrong}-error"' in page.text


def test_a_month_is_ahead_until_it_is_over(app: Flask, people: Cast) -> None:
    starts, ends = span_of_month(date(2026, 11, 1))
    make_meeting(people.group, starts, ends=ends, precision=Precision.MONTH, title="This month")
    with app.test_request_context():
        found = queries.next_of(current_viewer(), people.group.id)
        assert found is not None and found.title == "This month" and found.ends_at > clock.now()
        (row,) = table_of([found]).rows
        assert row[2] == "Save the date: November 2026" and row[3] is None and row[4] is None


def test_members_alone_see_the_ways_in(app: Flask, people: Cast) -> None:
    meeting = make_meeting(
        people.group, join_link="https://meet.example.org/secret", dial_in="+32 2 000 00 00", passcode="8 4 7 1",
        venue="House", address="Rue X 1", remark="Bring your identity card", spoken=("en", "fr"), interpreted=("de",),
    )  # fmt: skip
    path = f"/meetings/{meeting.reference}"
    outside, inside = Browser(app).open(path), signed_in(app, people.member).open(path)
    for secret in ("meet.example.org", "+32 2 000", "8 4 7 1"):
        assert secret not in outside.text and secret in inside.text
    assert "Bring your identity card" in outside.text and "interpreted into German" in text(outside)
    assert 'href="https://www.openstreetmap.org/search?query=Rue+X+1" rel="noopener noreferrer"' in outside.text


def test_desk_and_cancelling_know_the_interpreters(app: Flask, people: Cast) -> None:
    meeting = make_meeting(people.group, datetime(2026, 12, 20, 10), book_interpreters=20, release_interpreters=30)
    browser = signed_in(app, people.coordinator)
    assert "to be booked by Mon 30 November 2026" in text(browser.open("/desk"))
    assert "The interpreters will cost" not in browser.open(f"/meetings/{meeting.reference}/cancel").text
    change_meeting(meeting.id, replace(meeting.said, interpreters_booked=True), version=meeting.version, actor_id=None)
    assert "until Fri 20 November 2026 only" in text(browser.open(f"/meetings/{meeting.reference}/cancel"))
    cancel_meeting(meeting.id, None, actor_id=None)
    assert "to be booked by" not in text(browser.open("/desk"))


def test_what_belongs_to_another_way_of_taking_part_is_left_out(app: Flask, people: Cast) -> None:
    browser = signed_in(app, people.coordinator)
    send(plan(browser, mode="online"), "save")
    meeting = the_meeting()
    assert meeting.venue is None and meeting.join_link and meeting.mode is None, "it goes without saying"
    send(send(browser.open(edit_path(meeting)), "check", venue="Rue Y"), "save")
    assert the_meeting().venue == "Rue Y", "filled in where all fields show: not lost"
    assert the_meeting().visibility == Visibility.PUBLIC


def test_one_date_of_a_series_may_be_known_by_its_day_only(app: Flask, people: Cast) -> None:
    first = MeetingPlan("Weekly", datetime(2027, 3, 12, 10), datetime(2027, 3, 12, 12), "Europe/Brussels")
    weekly = SeriesPlan(first, Pattern(Frequency.WEEKLY, weekdays=(Weekday.FR,)), date(2027, 3, 26))
    meeting = create_series(people.group.id, weekly, actor_id=None).meetings[1]
    page = signed_in(app, people.coordinator).open(edit_path(meeting))
    assert 'value="month"' not in page.text and 'value="daily_hours"' not in page.text
    send(send(page, "check", precision="days"), "save")
    db.session.rollback()
    assert when_of(meeting.said, None) == "Save the date: Fri 19 March 2027" and meeting.uid is None
    starts, ends = span_of_month(date(2027, 3, 1))
    for wrong in (
        {"precision": Precision.MONTH, "starts": starts, "ends": ends},
        {"precision": Precision.HOURS, "ends": datetime(2027, 3, 20, 12), "shown_as": ShownAs.DAILY_HOURS},
    ):
        with pytest.raises(DomainError):
            said = replace(meeting.said, **wrong)  # type: ignore[arg-type]
            change_meeting(meeting.id, said, version=meeting.version, actor_id=None)
