"""Guests from outside: written to in their language, with a page of their own; known to those who plan alone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.core.db import db, write
from app.core.outbox import OutboxMessage
from app.meetings import personal_data
from app.meetings.models import Guest, Meeting
from app.meetings.rules.company import Company, GuestPlan
from app.meetings.rules.pattern import Frequency, Pattern, Weekday
from app.meetings.rules.series import SeriesPlan
from app.meetings.service import MeetingPlan, cancel_meeting, change_meeting, create_meeting, reinstate_meeting
from app.meetings.service.series import change_series, create_series
from app.meetings.service.series_plan import plan_from
from tests.meetings.conftest import Cast, signed_in

DAY = datetime(2026, 12, 8, 10)
SPEAKER = GuestPlan("sam@guest.example", "Sam Speaker", speaks=True)
LISTENER = GuestPlan("lia@guest.example", "Lia Listener", language="fr")
PLAN = MeetingPlan(
    "Open day", DAY, DAY + timedelta(hours=2), "Europe/Brussels", venue="Rue X 1", join_link="https://meet.example/room"
)


@pytest.fixture
def meeting(people: Cast) -> Meeting:
    company = Company(guests=frozenset({SPEAKER, LISTENER}))
    return create_meeting(people.group.id, PLAN, actor_id=people.coordinator.id, company=company)


def mails(name: str) -> list[OutboxMessage]:
    found = select(OutboxMessage).where(OutboxMessage.recipient.startswith(name)).order_by(OutboxMessage.id)
    return list(db.session.scalars(found))


def link(message: OutboxMessage) -> str:
    found = re.search(r"https?://[^/\s]+(/guests/\S+)", message.text or "")
    assert found
    return found[1]


def forget_mails() -> None:
    with write() as session:
        session.query(OutboxMessage).delete()


def test_they_are_written_to_in_their_language_without_the_link_to_join(app: Flask, meeting: Meeting) -> None:
    (speaker,), (listener,) = mails("Sam"), mails("Lia")
    assert speaker.subject.startswith("Invitation:") and "to speak" in (speaker.text or "")
    assert (speaker.language, listener.language) == ("en", "fr")
    assert listener.recipient == "Lia Listener <lia@guest.example>"
    for message in (speaker, listener):
        assert "meet.example" not in f"{message.text}{message.html}"
    assert link(listener).endswith("?lang=fr")


def test_their_page_has_what_they_need_and_nobody_else(app: Flask, meeting: Meeting) -> None:
    path = link(mails("Sam")[0])
    answer = app.test_client().get(path)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "https://meet.example/room" in page and "Rue X 1" in page
    assert "Lia" not in page and "guest.example" not in page
    assert answer.headers["Referrer-Policy"] == "no-referrer" and answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert app.test_client().post(path).status_code in (400, 405)
    assert app.test_client().get(path.replace("/guests/", "/guests/x")).status_code == 410


def test_their_page_closes_a_day_after_the_meeting(app: Flask, meeting: Meeting) -> None:
    path = link(mails("Sam")[0])
    for hours, status in ((47, 200), (49, 410)):
        with time_machine.travel(datetime(2026, 12, 7, 11, tzinfo=UTC) + timedelta(hours=hours), tick=False):
            assert app.test_client().get(path).status_code == status


def test_they_hear_of_changes(app: Flask, meeting: Meeting, people: Cast) -> None:
    forget_mails()
    later = replace(PLAN, starts=DAY + timedelta(hours=1), ends=DAY + timedelta(hours=3))
    change_meeting(meeting.id, later, version=meeting.version, actor_id=None)
    cancel_meeting(meeting.id, "Ill", actor_id=None)
    assert "meet.example" not in app.test_client().get(link(mails("Sam")[0])).get_data(as_text=True)
    reinstate_meeting(meeting.id, actor_id=None)
    new = GuestPlan("nora@guest.example", "Nora New")
    company = Company(guests=frozenset({SPEAKER, new}))
    change_meeting(meeting.id, later, version=meeting.version, actor_id=None, company=company)
    subjects = [message.subject.partition(":")[0] for message in mails("Sam")]
    assert subjects == ["Changed meeting", "Cancelled", "Takes place after all"]
    assert [message.subject.partition(":")[0] for message in mails("Nora")] == ["Invitation"]
    assert len(mails("Lia")) == 4 and "/guests/" not in (mails("Lia")[-1].text or "")


def test_only_those_who_plan_see_addresses(app: Flask, meeting: Meeting, people: Cast) -> None:
    path = f"/meetings/{meeting.reference}"
    seen = {
        name: signed_in(app, person).open(path).text
        for name, person in (("visitor", None), ("member", people.member), ("chair", people.chair))
    }
    assert ["Sam Speaker" in seen[name] for name in ("visitor", "member", "chair")] == [False, True, True]
    assert ["Lia Listener" in seen[name] for name in ("visitor", "member", "chair")] == [False, False, True]
    assert ["guest.example" in seen[name] for name in ("visitor", "member", "chair")] == [False, False, True]
    assert "guest.example" not in app.test_client().get("/groups/climate/calendar.ics").get_data(as_text=True)


def test_rows_of_the_form(app: Flask, people: Cast) -> None:
    page = signed_in(app, people.coordinator).open("/groups/climate/meetings/new")
    filled = {"title": "Open day", "starts_on": "2026-12-08", "starts_time": "10:00", "ends_time": "12:00"}
    page.send(having="title", step="guests", **filled)
    assert page.status == 200 and "guests-3-name" in page.text
    page.send(having="title", step="check", **filled, guests__0__name="Sam", guests__0__email="nonsense")
    assert page.status == 422
    page.send(having="title", step="check", guests__0__email="Sam@Guest.example", guests__0__speaks="y")
    assert page.status == 200 and "Sam &lt;sam@guest.example&gt; (speaks)" in page.text
    page.send(having="title", step="save")
    guest = db.session.scalars(select(Guest)).one()
    assert (guest.name, guest.email, guest.speaks) == ("Sam", "sam@guest.example", True)
    edit = page.open(f"/meetings/{guest.meeting.reference}/edit")
    edit.send(having="title", step="check")
    assert "Nothing was different" in edit.text


def test_of_a_series_one_mail_has_all_dates_and_the_link_goes_on(app: Flask, people: Cast) -> None:
    series = SeriesPlan(PLAN, Pattern(Frequency.WEEKLY, 1, (Weekday(1),)), date(2026, 12, 29))
    made = create_series(people.group.id, series, actor_id=None, company=Company(guests=frozenset({SPEAKER})))
    (message,) = mails("Sam")
    assert all(day in (message.text or "") for day in ("8 December", "15 December", "22 December", "29 December"))
    with time_machine.travel(datetime(2026, 12, 12, tzinfo=UTC), tick=False):
        answer = app.test_client().get(link(message), follow_redirects=True)
        assert answer.status_code == 200 and "15 December" in answer.get_data(as_text=True)
        assert answer.get_data(as_text=True).count("/guests/") >= 2
        forget_mails()
        at = made.meetings[1].recurrence_id
        assert at is not None
        old = plan_from(made, at)
        change_series(
            made.id, at, replace(old, first=replace(old.first, venue="Rue Y 2")), version=made.version, actor_id=None
        )
        assert [message.subject.partition(":")[0] for message in mails("Sam")] == ["Changed dates"]


def test_their_names_and_addresses_go_after_a_while(app: Flask, meeting: Meeting) -> None:
    over = datetime(2026, 12, 8, 11, tzinfo=UTC)
    for days, number in ((89, 0), (91, 2)):
        now = over + timedelta(days=days)
        with time_machine.travel(now, tick=False):
            assert [one.number for one in personal_data.retain(now, dry_run=False)] == [number]
    assert db.session.scalars(select(Guest)).all() == []
