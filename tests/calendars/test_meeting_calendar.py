"""One meeting as a file, for whoever may know of it."""

from __future__ import annotations

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.groups.models import WorkingGroup
from app.meetings.models import Visibility
from tests.browsing import Browser
from tests.calendars.reading import logical_lines, values
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account

SECRET = "https://meet.example.org/room?pwd=topsecret"


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    return make_group("climate", names={"en": "Climate", "fr": "Climat"})


def test_a_public_meeting(group: WorkingGroup, client: FlaskClient) -> None:
    meeting = make_meeting(group, title="Été: Δήμοι & villes", join_link=SECRET)
    answer = client.get(f"/meetings/{meeting.reference}/meeting.ics")
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8; method=PUBLISH"
    assert answer.headers["Content-Disposition"] == 'inline; filename="ete-dimoi-villes.ics"'
    assert "Set-Cookie" not in answer.headers
    lines = logical_lines(answer.data)
    for line in ("METHOD:PUBLISH", "NAME:Été: Δήμοι & villes", "CATEGORIES:Climate", "TZID:Europe/Brussels"):
        assert line in lines
    assert f"SOURCE;VALUE=URI:http://localhost/meetings/{meeting.reference}/meeting.ics" in lines
    assert "topsecret" not in answer.text.replace("\r\n ", "")
    calendar = icalendar.Calendar.from_ical(answer.data)
    assert [str(event["UID"]) for event in calendar.events] == [meeting.uid]


def test_it_is_the_same_event_as_in_the_feed(group: WorkingGroup, client: FlaskClient) -> None:
    meeting = make_meeting(group)
    alone = client.get(f"/meetings/{meeting.reference}/meeting.ics").data
    feed = client.get("/groups/climate/calendar.ics").data
    assert alone[alone.index(b"BEGIN:VEVENT") :] == feed[feed.index(b"BEGIN:VEVENT") :]


def test_the_language_is_by_parameter_and_leaves_no_cookie(group: WorkingGroup, client: FlaskClient) -> None:
    meeting = make_meeting(group)
    answer = client.get(f"/meetings/{meeting.reference}/meeting.ics?lang=fr")
    assert values(answer.data, "CATEGORIES") == ["Climat"]
    assert "Set-Cookie" not in answer.headers
    plain = client.get(f"/meetings/{meeting.reference}/meeting.ics", headers={"Accept-Language": "fr"})
    assert values(plain.data, "CATEGORIES") == ["Climate"]


def test_it_is_not_sent_twice(group: WorkingGroup, client: FlaskClient) -> None:
    address = f"/meetings/{make_meeting(group).reference}/meeting.ics"
    etag = client.get(address).headers["ETag"]
    answer = client.get(address, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert client.head(address).status_code == 200


def test_a_meeting_for_members_only(group: WorkingGroup, app: Flask) -> None:
    meeting = make_meeting(group, visibility=Visibility.MEMBERS, join_link=SECRET)
    address = f"/meetings/{meeting.reference}/meeting.ics"
    member, other = make_account(), make_account()
    make_membership(group, member)
    addresses = {"member": member.email, "other": other.email}
    assert Browser(app).open(address).status == 404
    assert Browser(app).sign_in(str(addresses["other"])).open(address).status == 404
    browser = Browser(app).sign_in(str(addresses["member"])).open(address)
    assert browser.status == 200
    assert browser.page is not None
    assert values(browser.page.data, "CLASS") == ["PRIVATE"]
    assert "topsecret" not in browser.text.replace("\r\n ", "")
    assert "private" in browser.page.headers["Cache-Control"]


def test_there_is_none(app: Flask, client: FlaskClient) -> None:
    assert client.get("/meetings/nothing/meeting.ics").status_code == 404
