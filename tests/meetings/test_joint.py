"""Joint meetings: one meeting of several groups, once their coordinators have agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.core.db import db, write
from app.core.outbox import OutboxMessage
from app.groups.models import WorkingGroup
from app.groups.rules import Visibility as GroupVisibility
from app.meetings import policy, queries
from app.meetings.models import Meeting, Visibility
from app.meetings.rules.company import Company, Consent
from app.meetings.rules.pattern import Frequency, Pattern, Weekday
from app.meetings.rules.series import SeriesPlan
from app.meetings.service import MeetingPlan, change_meeting, create_meeting
from app.meetings.service.company import answer, company_of
from app.meetings.service.series import add_date, change_series, create_series
from app.meetings.service.series_plan import plan_from
from app.people.models import Person
from app.people.viewer import SignedIn, Viewer, Visitor
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account
from tests.meetings.conftest import Cast, signed_in
from tests.queries import counted_queries

DAY = datetime(2026, 12, 8, 10)


@dataclass
class Two(Cast):
    """A host group and one that it asks."""

    partner: WorkingGroup
    theirs: Person
    """A member of the partner."""
    other: Person
    """The partner's coordinator."""


@pytest.fixture
def two(people: Cast) -> Two:
    other, theirs = make_account("Ottilie Other"), make_account("Theo Theirs")
    partner = make_group("mobility", coordinators=(other,))
    make_membership(partner, theirs)
    return Two(**vars(people), partner=partner, theirs=theirs, other=other)


def plan(visibility: Visibility = Visibility.PUBLIC, title: str = "Together") -> MeetingPlan:
    return MeetingPlan(title, DAY, DAY + timedelta(hours=2), "Europe/Brussels", visibility=visibility)


def ask(two: Two, visibility: Visibility = Visibility.PUBLIC) -> Meeting:
    company = Company(group_ids=frozenset({two.partner.id}))
    return create_meeting(two.group.id, plan(visibility), actor_id=two.coordinator.id, company=company)


def ask_series(two: Two) -> list[Meeting]:
    series = SeriesPlan(plan(), Pattern(Frequency.WEEKLY, 1, (Weekday(1),)), date(2026, 12, 29))
    company = Company(group_ids=frozenset({two.partner.id}))
    return create_series(two.group.id, series, actor_id=two.coordinator.id, company=company).meetings


def agree(two: Two, meeting: Meeting) -> None:
    answer(meeting.id, two.partner.id, Consent.AGREED, actor_id=two.other.id)


def viewer(person: Person) -> Viewer:
    assert person.account
    return SignedIn(person.account)


def written_to(subject: str) -> set[str]:
    found = db.session.scalars(select(OutboxMessage).where(OutboxMessage.subject.contains(subject)))
    return {message.recipient.partition(" <")[0] for message in found}


def feed(app: Flask, slug: str) -> str:
    text = app.test_client().get(f"/groups/{slug}/calendar.ics").get_data(as_text=True)
    return text.replace("\r\n ", "")


def test_until_they_agree_only_their_coordinators_see_it(app: Flask, two: Two) -> None:
    meeting = ask(two, Visibility.MEMBERS)
    assert not policy.see(viewer(two.theirs), meeting)
    assert policy.see(viewer(two.other), meeting) and not policy.see_join_link(viewer(two.other), meeting)
    assert not policy.edit(viewer(two.other), meeting)
    assert queries.upcoming(viewer(two.other), group_ids=[two.partner.id]) == []
    assert queries.titled(viewer(two.other), "together") == [meeting]
    assert written_to("Joint meeting?") == {"Ottilie Other"}
    assert "Ottilie Other" not in written_to("New meeting")
    assert "asked, not yet answered" in signed_in(app, two.member).open(f"/meetings/{meeting.reference}").text
    desk = signed_in(app, two.other).open("/desk")
    assert "Joint meetings to agree to" in desk.text and "Together" in desk.text
    assert "Joint meetings to agree to" not in signed_in(app, two.elsewhere).open("/desk").text
    desk.send(action="/agree")
    db.session.rollback()
    assert meeting.group_ids == {two.group.id, two.partner.id}
    assert policy.see_join_link(viewer(two.theirs), meeting)
    assert "Joint meetings to agree to" not in signed_in(app, two.other).open("/desk").text


def test_who_is_not_inside_does_not_learn_who_is_asked(app: Flask, two: Two) -> None:
    meeting = ask(two)
    assert "Jointly with" not in signed_in(app, None).open(f"/meetings/{meeting.reference}").text
    path = f"/meetings/{meeting.reference}/joint/mobility/decline"
    assert app.test_client().get(path).status_code == 404
    assert signed_in(app, two.expert).client.get(path).status_code == 404
    assert signed_in(app, two.member).client.get(path).status_code == 403
    assert signed_in(app, two.other).client.get(path).status_code == 200


def test_once_they_agree_it_is_theirs_too(app: Flask, two: Two) -> None:
    meeting = ask(two)
    before = feed(app, "mobility")
    assert meeting.uid and meeting.uid not in before
    agree(two, meeting)
    for slug in ("climate", "mobility"):
        text = feed(app, slug)
        assert text.count(f"UID:{meeting.uid}") == 1
        assert (
            "CATEGORIES:" in text and f"{two.partner.names['en']}" in text.partition("CATEGORIES:")[2].split("\r\n")[0]
        )
        assert feed(app, slug) == text
    for one in (Visitor(), viewer(two.theirs), viewer(two.member)):
        assert queries.upcoming(one) == [meeting]
        assert queries.upcoming(one, group_ids=[two.partner.id, two.group.id]) == [meeting]
        assert queries.next_of(one, two.partner.id) == meeting
        assert queries.next_by_group(one) == {two.group.id: meeting, two.partner.id: meeting}
        assert queries.page_of(one).total == 1
    assert app.test_client().get("/groups/mobility/next").headers["Location"].endswith(meeting.reference)
    assert written_to("New meeting") >= {"Theo Theirs", "Memo Member"}
    assert written_to("meets with you") == {"Cora Coordinator"}
    for person in (two.theirs, two.other):
        assert "Together" in signed_in(app, person).open("/me").text
    assert "Together" in signed_in(app, two.other).open("/desk").text


def test_declining_says_why_and_withdrawing_takes_it_back(app: Flask, two: Two) -> None:
    meeting = ask(two)
    agree(two, meeting)
    page = signed_in(app, two.other).open(f"/meetings/{meeting.reference}/joint/mobility/decline")
    page.send(having="reason", reason="We are elsewhere.")
    db.session.rollback()
    assert meeting.group_ids == {two.group.id} and meeting.uid and meeting.uid not in feed(app, "mobility")
    assert company_of(meeting) == Company()
    assert written_to("does not meet with you") == {"Cora Coordinator"}
    assert "We are elsewhere." in signed_in(app, two.coordinator).open(f"/meetings/{meeting.reference}").text
    assert "We are elsewhere." not in signed_in(app, two.member).open(f"/meetings/{meeting.reference}").text
    assert queries.upcoming(viewer(two.theirs), group_ids=[two.partner.id]) == []
    change_meeting(
        meeting.id, meeting.said, version=meeting.version, actor_id=two.coordinator.id,
        company=Company(group_ids=frozenset({two.partner.id})),
    )  # fmt: skip
    assert meeting.joint_groups[0].consent == Consent.ASKED


def test_taken_out_by_the_host_it_goes_from_their_calendar(app: Flask, two: Two) -> None:
    meeting = ask(two)
    agree(two, meeting)
    assert meeting.uid and meeting.uid in feed(app, "mobility")
    change_meeting(meeting.id, meeting.said, version=meeting.version, actor_id=None, company=Company())
    assert meeting.uid not in feed(app, "mobility") and meeting.uid in feed(app, "climate")


def test_who_coordinates_both_need_not_ask(two: Two) -> None:
    company = Company(group_ids=frozenset({two.partner.id}))
    meeting = create_meeting(two.group.id, plan(), actor_id=two.other.id, company=company)
    assert meeting.group_ids == {two.group.id, two.partner.id}
    assert written_to("Joint meeting?") == set()


def test_a_partner_that_not_everybody_finds_is_not_named(app: Flask, two: Two) -> None:
    with write():
        two.partner.visibility = GroupVisibility.MEMBERS
    meeting = ask(two)
    agree(two, meeting)
    name = two.partner.names["en"]
    for path in (f"/meetings/{meeting.reference}", "/", "/meetings", "/groups/climate/calendar.ics"):
        assert name not in app.test_client().get(path).get_data(as_text=True), path
    assert name in signed_in(app, two.theirs).open(f"/meetings/{meeting.reference}").text


def test_a_series_is_asked_and_agreed_once(app: Flask, two: Two) -> None:
    dates = ask_series(two)
    assert (
        len(db.session.scalars(select(OutboxMessage).where(OutboxMessage.subject.contains("Joint meeting?"))).all())
        == 1
    )
    assert [joint.meeting for joint in queries.asked_of(viewer(two.other))] == [dates[0]]
    agree(two, dates[0])
    assert {tuple(sorted(date.group_ids)) for date in dates} == {(two.group.id, two.partner.id)}
    uid = dates[0].part.uid if dates[0].part else None
    assert feed(app, "mobility").count(f"UID:{uid}") == 1


def test_who_leaves_a_series_has_nothing_of_it_ahead_in_the_calendar(app: Flask, two: Two) -> None:
    """Be some of its dates, held jointly, over."""
    dates = ask_series(two)
    agree(two, dates[0])
    with time_machine.travel(dates[1].ends_at, tick=False):
        answer(dates[2].id, two.partner.id, Consent.DECLINED, actor_id=two.other.id)
        assert "Together" not in feed(app, "mobility") and "Together" in feed(app, "climate")


def test_other_groups_from_a_date_on_begin_a_new_part(app: Flask, two: Two) -> None:
    """A rule with one UID stands whole in a group's feed: it cannot be theirs for a while only."""
    dates = ask_series(two)
    series = dates[0].series
    assert series is not None
    agree(two, dates[0])
    at = dates[2].recurrence_id
    assert at is not None
    change_series(series.id, at, plan_from(series, at), version=series.version, actor_id=None, company=Company())
    db.session.rollback()
    assert [sorted(date.group_ids) for date in series.meetings] == [
        [two.group.id, two.partner.id], [two.group.id, two.partner.id], [two.group.id], [two.group.id],
    ]  # fmt: skip
    first, second = series.parts
    assert (second.follows_id, first.uid != second.uid) == (first.id, True)
    assert first.uid in feed(app, "mobility") and second.uid not in feed(app, "mobility")
    assert first.uid in feed(app, "climate") and second.uid in feed(app, "climate")
    # the same groups again: the part goes on under its UID
    other = plan_from(series, at)
    change_series(series.id, at, other, version=series.version, actor_id=None, company=Company())
    assert [part.uid for part in series.parts] == [first.uid, second.uid]


def test_a_date_that_is_added_is_held_like_the_others(two: Two) -> None:
    dates = ask_series(two)
    agree(two, dates[0])
    day = datetime(2026, 12, 31, 10)
    extra = MeetingPlan("Extra", day, day + timedelta(hours=1), "Europe/Brussels")
    added = add_date(dates[0].series_id or 0, extra, actor_id=two.coordinator.id)
    assert added.group_ids == {two.group.id, two.partner.id}


def test_lists_with_joint_meetings_cost_no_more(two: Two) -> None:
    counts = []
    for _round in range(2):
        for _number in range(3):
            agree(two, ask(two))
        db.session.rollback()
        with counted_queries() as statements:
            found = queries.upcoming(viewer(two.theirs), group_ids=[two.partner.id, two.group.id], limit=20)
            _ = [(meeting.groups, meeting.group.community.slug) for meeting in found]
        counts.append(len(statements))
    assert len(found) == 6 and counts[0] == counts[1]
