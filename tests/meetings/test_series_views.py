"""The pages of series, as a browser without scripts uses them."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.db import db
from app.core.outbox import OutboxMessage
from app.meetings.models import DroppedDate, Meeting, MeetingSeries, SeriesPart, Status
from app.meetings.service import cancel_meeting, change_meeting
from tests.browsing import Browser
from tests.meetings.conftest import Cast, signed_in
from tests.queries import counted_queries

NEW = "/groups/climate/series/new"
FILLED = {
    "title": "Fortnightly call",
    "starts_on": "2027-03-03",
    "starts_time": "10:00",
    "ends_time": "11:00",
    "every": "2",
    "until": "2027-05-12",
    "join_link": "https://meet.example.org/secret",
}


def text(browser: Browser) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", browser.text)).split())


def send(browser: Browser, step: str, **values: object) -> Browser:
    return browser.send(having="title", step=step, **values)


def meetings() -> list[Meeting]:
    db.session.rollback()
    return list(db.session.scalars(select(Meeting).order_by(Meeting.recurrence_id)))


def days() -> list[str]:
    return [f"{meeting.starts_local:%d.%m. %H:%M}" for meeting in meetings()]


@pytest.fixture
def coordinator(app: Flask, people: Cast) -> Browser:
    return signed_in(app, people.coordinator)


@pytest.fixture
def planned(coordinator: Browser) -> Browser:
    """A series of six dates, planned through the pages."""
    page = send(send(coordinator.open(NEW), "check", **FILLED), "save")
    assert page.status == 200, text(page)
    return page


def test_every_date_is_listed_before_anything_is_saved(coordinator: Browser) -> None:
    page = send(coordinator.open(NEW), "check", **FILLED)
    assert page.status == 200 and not meetings()
    words = text(page)
    assert "Fortnightly call: every 2 weeks on Wednesday" in words and "6 dates are new." in words
    for day in ("Wed 3 March", "Wed 17 March", "Wed 31 March", "Wed 14 April", "Wed 28 April", "Wed 12 May"):
        assert f"{day} 2027, 10:00–11:00 (Brussels)" in words
    page = page.send(having="title", step="save", kept=["2027-03-03", "2027-03-17", "2027-04-14", "2027-05-12"])
    assert days() == ["03.03. 10:00", "17.03. 10:00", "14.04. 10:00", "12.05. 10:00"]
    assert page.path == f"/series/{db.session.scalars(select(MeetingSeries)).one().reference}"
    assert "Dates ahead" in text(page)
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 3  # one mail each, not one a date


def test_a_form_sent_twice_makes_one_series(coordinator: Browser) -> None:
    page = send(coordinator.open(NEW), "check", **FILLED)
    fields = page.form(having="title")["fields"]
    for _time in range(2):
        assert page.client.post(NEW, data={**fields, "step": "save"}).status_code == 303
    assert db.session.scalar(select(func.count(MeetingSeries.id))) == 1 and len(meetings()) == 6


@pytest.mark.parametrize(
    ("values", "days_"),
    [
        (
            {"repeats": "monthly_weekday", "every": "1", "ordinals": ["3"], "until": "2027-04-30"},
            "03.03. 17.03. 07.04. 21.04.",
        ),
        (
            {"repeats": "monthly_date", "starts_on": "2027-03-31", "every": "1", "until": "2027-05-31"},
            "31.03. 30.04. 31.05.",
        ),
        ({"repeats": "yearly_date", "every": "1", "ends": "count", "count": "3"}, "03.03. 03.03. 03.03."),
        ({"repeats": "picked", "picked-0": "2027-04-20", "picked-1": "2027-03-30"}, "03.03. 30.03. 20.04."),
        ({"weekdays": ["0"], "every": "1", "until": "2027-03-15"}, "03.03. 08.03. 10.03. 15.03."),
    ],
)
def test_ways_to_repeat(coordinator: Browser, values: dict[str, object], days_: str) -> None:
    page = send(send(coordinator.open(NEW), "check", **{**FILLED, **values}), "save")
    assert page.status == 200, text(page)
    assert " ".join(day[:6] for day in days()) == days_


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"until": ""}, "This is needed"),
        ({"until": "2031-01-01"}, "three years at most"),
        ({"until": "2027-03-10"}, "one date only"),
        ({"repeats": "monthly_date", "starts_on": "2027-03-30"}, "Not every month has this day"),
        (
            {"repeats": "monthly_weekday", "starts_on": "2027-03-24", "ordinals": ["-1"], "every": "1"},
            "often the same day",
        ),
        (
            {"starts_on": "2027-03-14", "starts_time": "02:30", "every": "1", "until": "2027-04-30"},
            "02:30 does not exist",
        ),
        ({"every": "0"}, "from 1 to 12"),
        ({"repeats": "yearly_date", "every": "5", "ends": "count", "count": "2"}, "from 1 to 3"),
    ],
)
def test_what_cannot_be_is_refused_in_words(coordinator: Browser, values: dict[str, object], words: str) -> None:
    page = send(coordinator.open(NEW), "check", **{**FILLED, **values})
    assert page.status == 422 and words in text(page) and not meetings()


def test_more_rows_for_further_days(coordinator: Browser) -> None:
    page = send(coordinator.open(NEW), "more", **{**FILLED, "repeats": "picked", "picked-7": "2027-06-01"})
    fields = page.form(having="title")["fields"]
    assert fields["picked-7"] == "2027-06-01" and fields["picked-11"] == "" and fields["title"] == "Fortnightly call"


def test_this_and_the_following_dates_change_and_their_addresses_stay(planned: Browser) -> None:
    before = meetings()
    change_meeting(
        before[3].id, before[3].said.__class__(**{**vars(before[3].said), "venue": "Own room"}),
        version=before[3].version, actor_id=None,
    )  # fmt: skip
    references = [meeting.reference for meeting in meetings()]
    cancel_meeting(meetings()[4].id, None, actor_id=None)
    page = planned.open(f"/meetings/{references[2]}/following")
    assert page.form(having="title")["fields"]["until"] == "2027-05-12"
    page = send(page, "check", starts_on="2027-04-01", starts_time="14:00", ends_time="15:30", venue="Rue X 1")
    words = text(page)
    assert "2 dates move" in words and "1 date is dropped" in words and "keeps its own place: Own room" in words
    assert "Thu 1 April 2027, 14:00–15:30 (Brussels)" in words and "It was: Wed 31 March 2027" in words
    send(page, "save")
    assert days() == ["03.03. 10:00", "17.03. 10:00", "01.04. 14:00", "15.04. 14:00", "29.04. 14:00"]
    after = {meeting.reference: meeting for meeting in meetings()}
    assert [reference in after for reference in references] == [True, True, True, True, True, False]
    assert after[references[3]].venue == "Own room" and after[references[2]].venue == "Rue X 1"
    assert after[references[4]].is_cancelled and db.session.get(DroppedDate, references[5]) is not None
    page = planned.open(f"/meetings/{references[5]}")
    assert page.path.startswith("/series/") and "no longer part of this series" in text(page)
    parts = db.session.scalars(select(SeriesPart).order_by(SeriesPart.id)).all()
    assert [(part.rule, part.last_local, part.follows_id) for part in parts] == [
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", datetime(2027, 3, 17, 10), None),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", datetime(2027, 4, 29, 14), parts[0].id),
    ]


def test_the_rest_of_a_series_is_called_off(planned: Browser) -> None:
    page = planned.open(f"/meetings/{meetings()[3].reference}/end")
    assert "3 dates are cancelled" in text(page)
    page.send(having="reason", reason="No budget")
    assert [meeting.status for meeting in meetings()] == [Status.CONFIRMED] * 3 + [Status.CANCELLED] * 3
    mails = db.session.scalars(select(OutboxMessage.subject)).all()
    assert sum(subject.startswith("3 cancelled dates: Fortnightly call (") for subject in mails) == 3


def test_a_date_is_added(planned: Browser) -> None:
    page = planned.open(planned.path + "/add")
    send(page, "check", starts_on="2027-03-05")
    assert "05.03. 10:00" in days() and len(days()) == 7
    added = next(meeting for meeting in meetings() if meeting.starts_local.day == 5)
    assert added.uid and added.series_id == meetings()[0].series_id
    assert "has this date already" in text(send(planned.open(planned.path + "/add"), "check", starts_on="2027-03-05"))


def test_the_page_of_a_series_costs_the_same_for_few_and_many_dates(coordinator: Browser) -> None:
    counts = []
    for until in ("2027-04-12", "2027-12-12"):
        page = send(send(coordinator.open(NEW), "check", **{**FILLED, "until": until}), "save")
        with counted_queries() as queries:
            page.open(page.path)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12, counts


def test_visitors_see_a_public_series_and_its_rhythm(app: Flask, planned: Browser) -> None:
    visitor = signed_in(app, None)
    page = visitor.open(planned.path)
    assert page.status == 200 and "every 2 weeks on Wednesday" in text(page) and "Change the dates" not in text(page)
    assert "belongs to a series" in text(visitor.open(f"/meetings/{meetings()[0].reference}"))
    assert "meet.example.org" not in page.text
    assert "/calendar.ics" in visitor.open(planned.path).text
    for meeting in meetings():
        meeting.visibility = "members"
    db.session.commit()
    assert visitor.open(planned.path).status == 404
    assert "/calendar.ics" not in planned.open(planned.path).text
