"""Feeds of a community, of all groups, of a single series; and what readers choose of them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.calendars import scopes
from app.calendars.models import StoredFeed
from app.calendars.service.storing import MOST_VARIANTS
from app.core.db import db, write
from app.groups.models import Community, WorkingGroup
from app.groups.signals import group_changed
from app.meetings import service
from app.meetings.models import Meeting
from app.meetings.rules.company import Company, Consent
from app.meetings.service import company as companies
from app.programme.rules import Kind
from tests.calendars.reading import values
from tests.factories.groups import make_community, make_group
from tests.factories.meetings import make_meeting, make_series
from tests.factories.people import make_account
from tests.factories.programme import make_milestone


@pytest.fixture
def community(app: Flask) -> Community:
    return make_community(slug="green", names={"en": "Green", "fr": "Vert"})


@pytest.fixture
def heat(community: Community) -> WorkingGroup:
    return make_group("heat", community=community, names={"en": "Heat", "fr": "Chaleur"})


@pytest.fixture
def water(community: Community) -> WorkingGroup:
    return make_group("water", community=community, names={"en": "Water", "fr": "Eau"})


@pytest.fixture
def work(app: Flask) -> WorkingGroup:
    return make_group("work", community=make_community(slug="labour"), names={"en": "Work", "fr": "Travail"})


def summaries(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    return values(answer.data, "SUMMARY")


def test_the_groups_name_comes_first_where_several_groups_meet(
    heat: WorkingGroup, work: WorkingGroup, client: FlaskClient
) -> None:
    make_meeting(heat, title="Pipes; and, more")
    make_milestone(heat, title="Reply")
    make_meeting(work, datetime(2027, 4, 1, 9))
    found = client.get("/communities/green/calendar.ics")
    assert sorted(summaries(found)) == ["Heat: Pipes\\; and\\, more", "Heat: Reply"]
    assert values(found.data, "NAME") == ["Green"]
    assert found.headers["Content-Disposition"] == 'inline; filename="green.ics"'
    assert sorted(summaries(client.get("/calendar.ics"))) == [
        "Heat: Pipes\\; and\\, more", "Heat: Reply", "Work: Spring meeting",
    ]  # fmt: skip
    assert "Chaleur: Reply" in summaries(client.get("/calendar.ics?lang=fr"))
    assert summaries(client.get("/groups/heat/calendar.ics"))[0] == "Pipes\\; and\\, more"


def test_the_same_event_in_every_feed(heat: WorkingGroup, client: FlaskClient) -> None:
    meeting = make_meeting(heat)
    for feed in ("/calendar.ics", "/communities/green/calendar.ics", "/groups/heat/calendar.ics"):
        assert values(client.get(feed).data, "UID") == [meeting.uid]


def joint(host: WorkingGroup, partner: WorkingGroup) -> Meeting:
    actor = make_account(administrator=True)
    meeting = make_meeting(host, company=Company(group_ids=frozenset({partner.id})), actor_id=actor.id)
    if meeting.joint_groups[0].consent == Consent.ASKED:
        companies.answer(meeting.id, partner.id, Consent.AGREED, actor_id=actor.id)
    return meeting


@pytest.mark.parametrize("named_one_by_one", [scopes.MOST_OTHERS, 0])
def test_a_joint_meeting_comes_once(
    heat: WorkingGroup, water: WorkingGroup, work: WorkingGroup, client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch, named_one_by_one: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(scopes, "MOST_OTHERS", named_one_by_one)
    joint(heat, water)
    joint(water, work)
    assert sorted(summaries(client.get("/communities/green/calendar.ics"))) == [
        "Heat\\, Water: Spring meeting", "Water\\, Work: Spring meeting",
    ]  # fmt: skip
    assert len(summaries(client.get("/calendar.ics"))) == 2
    assert summaries(client.get("/communities/labour/calendar.ics")) == ["Water\\, Work: Spring meeting"]


@pytest.mark.parametrize("feed", ["/calendar.ics", "/communities/green/calendar.ics"])
def test_every_change_is_seen_by_the_next_poll(heat: WorkingGroup, client: FlaskClient, feed: str) -> None:
    tags = [client.get(feed).headers["ETag"]]

    def changed() -> None:
        answer = client.get(feed, headers={"If-None-Match": tags[-1]})
        assert answer.status_code == 200
        tags.append(answer.headers["ETag"])

    meeting = make_meeting(heat)
    changed()
    make_milestone(heat)
    changed()
    service.cancel_meeting(meeting.id, None, actor_id=None)
    changed()
    with write() as session:
        group = session.get_one(WorkingGroup, heat.id)
        group.names = {"en": "Warmth", "fr": "Chaleur"}
        session.flush()
        group_changed.send(group)
    changed()
    assert "Warmth: Spring meeting" in summaries(client.get(feed))
    with write() as session:
        group = session.get_one(WorkingGroup, heat.id)
        group.visibility = "members"  # type: ignore[assignment]
        session.flush()
        group_changed.send(group)
    assert "BEGIN:VEVENT" not in client.get(feed).text
    assert "Warmth" not in client.get(feed).text


def test_a_group_that_moves_leaves_its_community(heat: WorkingGroup, work: WorkingGroup, client: FlaskClient) -> None:
    make_meeting(heat)
    assert summaries(client.get("/communities/green/calendar.ics"))
    assert summaries(client.get("/communities/labour/calendar.ics")) == []
    with write() as session:
        group = session.get_one(WorkingGroup, heat.id)
        group.community_id = work.community_id
        session.flush()
        group_changed.send(group)
    assert summaries(client.get("/communities/green/calendar.ics")) == []
    assert summaries(client.get("/communities/labour/calendar.ics")) == ["Heat: Spring meeting"]


class TestChoices:
    """What readers choose."""

    def test_kinds(self, heat: WorkingGroup, client: FlaskClient) -> None:
        make_meeting(heat)
        make_series(heat)
        make_milestone(heat, title="Reply", kind=Kind.CONSULTATION)
        feed = "/groups/heat/calendar.ics"
        assert summaries(client.get(f"{feed}?kind=deadline")) == ["Reply"]
        assert sorted(summaries(client.get(f"{feed}?kind=meeting"))) == ["Fortnightly call", "Spring meeting"]

    def test_groups_by_present_and_former_names(
        self, heat: WorkingGroup, water: WorkingGroup, work: WorkingGroup, client: FlaskClient
    ) -> None:
        for group in (heat, water, work):
            make_meeting(group)
        assert sorted(summaries(client.get("/calendar.ics?groups=work,heat"))) == [
            "Heat: Spring meeting",
            "Work: Spring meeting",
        ]
        refused = client.get("/communities/green/calendar.ics?groups=work")
        assert (refused.status_code, refused.text) == (400, "There is no group 'work' in this calendar.\n")
        with write() as session:
            group = session.get_one(WorkingGroup, heat.id)
            group.visibility = "signed_in"  # type: ignore[assignment]
            session.flush()
            group_changed.send(group)
        hidden, unknown = client.get("/calendar.ics?groups=heat"), client.get("/calendar.ics?groups=hoot")
        assert hidden.status_code == unknown.status_code == 400
        assert hidden.text.replace("heat", "hoot") == unknown.text

    def test_how_far_back(self, heat: WorkingGroup, client: FlaskClient) -> None:
        make_meeting(heat, datetime(2026, 11, 20, 10), title="Ten days ago")
        make_milestone(heat, date(2026, 11, 20), title="Due")
        make_meeting(heat, title="Ahead")
        feed = "/groups/heat/calendar.ics"
        with time_machine.travel("2026-11-30T12:00:00Z", tick=False):
            assert len(summaries(client.get(feed))) == 3
            assert summaries(client.get(f"{feed}?past=9d")) == ["Ahead"]
            assert len(summaries(client.get(f"{feed}?past=11d"))) == 3
            assert summaries(client.get(f"{feed}?past=0d")) == ["Ahead"]
        with time_machine.travel("2026-12-03T12:00:00Z", tick=False):  # nothing was written
            assert summaries(client.get(f"{feed}?past=11d")) == ["Ahead"]

    def test_what_is_cancelled_stays_for_a_while_or_goes_at_once(self, heat: WorkingGroup, client: FlaskClient) -> None:
        with time_machine.travel("2027-03-01T12:00:00Z", tick=False):
            meeting = make_meeting(heat, datetime(2027, 3, 12, 10))
            make_meeting(heat, datetime(2027, 9, 1, 10), title="Autumn")
            service.cancel_meeting(meeting.id, None, actor_id=None)
            shown = client.get("/groups/heat/calendar.ics")
            assert values(shown.data, "STATUS") == ["CANCELLED", "CONFIRMED"]
            assert summaries(client.get("/groups/heat/calendar.ics?cancelled=0")) == ["Autumn"]
        with time_machine.travel("2027-03-30T12:00:00Z", tick=False):
            assert len(summaries(client.get("/groups/heat/calendar.ics"))) == 2
        with time_machine.travel("2027-03-31T12:00:01Z", tick=False):  # thirty days later, nothing written
            assert summaries(client.get("/groups/heat/calendar.ics")) == ["Autumn"]

    def test_a_cancelled_date_of_a_series_ends_as_an_exdate(self, heat: WorkingGroup, client: FlaskClient) -> None:
        feed = "/groups/heat/calendar.ics"
        with time_machine.travel("2027-03-01T12:00:00Z", tick=False):
            series = make_series(heat)
            service.cancel_meeting(series.meetings[1].id, None, actor_id=None)
            assert values(client.get(feed).data, "STATUS") == ["CONFIRMED", "CANCELLED"]
            assert values(client.get(f"{feed}?cancelled=0").data, "EXDATE") == ["20270317T100000"]
            assert values(client.get(f"{feed}?cancelled=0").data, "STATUS") == ["CONFIRMED"]
        with time_machine.travel("2027-04-01T12:00:00Z", tick=False):
            answer = client.get(feed)
            assert values(answer.data, "EXDATE") == ["20270317T100000"]
            assert values(answer.data, "STATUS") == ["CONFIRMED"]

    def test_a_series_that_is_cancelled_whole_goes_whole(self, heat: WorkingGroup, client: FlaskClient) -> None:
        series = make_series(heat)
        for meeting in list(series.meetings):
            service.cancel_meeting(meeting.id, None, actor_id=None)
        assert summaries(client.get("/groups/heat/calendar.ics?cancelled=0")) == []

    def test_the_stored_variants_of_a_feed_are_bounded(self, heat: WorkingGroup, client: FlaskClient) -> None:
        feed = "/groups/heat/calendar.ics"
        client.get(feed)
        client.get(f"{feed}?lang=fr")
        for days in range(MOST_VARIANTS + 10):
            assert client.get(f"{feed}?past={days}d").status_code == 200
        kept = set(db.session.scalars(select(StoredFeed.variant)))
        assert len(kept) == MOST_VARIANTS + 2
        assert {"lang=en", "lang=fr"} <= kept, "the feed without choices stays, whatever others ask for"
        assert client.get(f"{feed}?past=0d").status_code == 200

    def test_the_same_choice_is_stored_once(self, heat: WorkingGroup, client: FlaskClient) -> None:
        for query in ("kind=meeting&past=9d", "past=9d&kind=meeting", "lang=en&kind=meeting&past=9d&cancelled=1"):
            client.get(f"/groups/heat/calendar.ics?{query}")
        assert db.session.scalar(select(func.count()).select_from(StoredFeed)) == 1


class TestSingle:
    """One meeting, one series."""

    def test_a_series_alone(self, heat: WorkingGroup, client: FlaskClient) -> None:
        series = make_series(heat)
        make_meeting(heat)
        address = f"/series/{series.reference}/calendar.ics"
        answer = client.get(address)
        assert summaries(answer) == ["Fortnightly call"]
        assert values(answer.data, "RRULE")
        service.cancel_meeting(series.meetings[0].id, None, actor_id=None)
        after = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (after.status_code, summaries(after)) == (200, ["Fortnightly call"] * 2)

    def test_a_date_of_a_rule_alone(self, heat: WorkingGroup, client: FlaskClient) -> None:
        series = make_series(heat)
        answer = client.get(f"/meetings/{series.meetings[2].reference}/meeting.ics")
        event = answer.data[answer.data.index(b"BEGIN:VEVENT") :]
        assert values(event, "DTSTART") == ["20270331T100000"]
        assert values(event, "RRULE") == values(event, "RECURRENCE-ID") == []

    @pytest.mark.parametrize("visibility", ["members", "chairs"])
    def test_none_for_everyone_where_it_is_not_public(
        self, heat: WorkingGroup, client: FlaskClient, visibility: str
    ) -> None:
        series = make_series(heat, visibility=visibility)
        assert client.get(f"/series/{series.reference}/calendar.ics").status_code == 404
        assert client.get(f"/meetings/{series.meetings[0].reference}/meeting.ics").status_code == 404
        unknown = client.get("/series/2222222222/calendar.ics")
        assert client.get(f"/series/{series.reference}/calendar.ics").data == unknown.data

    def test_what_becomes_private_is_gone(self, heat: WorkingGroup, client: FlaskClient) -> None:
        meeting = make_meeting(heat)
        address = f"/meetings/{meeting.reference}/meeting.ics"
        assert client.get(address).status_code == 200
        with write() as session:
            group = session.get_one(WorkingGroup, heat.id)
            group.visibility = "members"  # type: ignore[assignment]
            session.flush()
            group_changed.send(group)
        assert client.get(address).status_code == 404
