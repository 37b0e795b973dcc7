"""Series by their commands, and as calendars get them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.conflicts import EditConflict
from app.core.db import db, write
from app.core.errors import DomainError
from app.groups.rules import GroupStatus
from app.groups.signals import group_changed
from app.meetings.models import DroppedDate, Meeting, MeetingSeries, SeriesPart
from app.meetings.rules import ShownAs, Visibility
from app.meetings.rules.pattern import Frequency, Pattern, Weekday
from app.meetings.rules.series import on
from app.meetings.service import cancel_meeting, change_meeting, leap_sequences, series_plan
from app.meetings.service import series as service
from tests.calendars.assembling import group_feed
from tests.calendars.reading import logical_lines, values
from tests.factories.meetings import make_series
from tests.meetings.conftest import Cast


@pytest.fixture
def series(people: Cast) -> MeetingSeries:
    """Six dates, every second Wednesday from 3 March to 12 May 2027."""
    return make_series(people.group)


def feed(series: MeetingSeries) -> bytes:
    found = group_feed(series.group_id, "en", clock.now())
    assert found
    return found.body


def events(series: MeetingSeries) -> list[list[str]]:
    """The lines of each VEVENT of the group's feed."""
    found: list[list[str]] = []
    for line in logical_lines(feed(series)):
        if line == "BEGIN:VEVENT":
            found.append([])
        if found:
            found[-1].append(line)
    return found


def change(series: MeetingSeries, number: int, **said: object) -> None:
    """Change the series from its date of that number on."""
    at = series.meetings[number].recurrence_id
    assert at
    old = series_plan.plan_from(series, at)
    new = replace(old, first=replace(old.first, **said))  # type: ignore[arg-type]
    service.change_series(series.id, at, new, version=series.version, actor_id=None)
    db.session.refresh(series)


def test_a_series_is_one_event_with_its_rule(series: MeetingSeries) -> None:
    [event] = events(series)
    assert "DTSTART;TZID=Europe/Brussels:20270303T100000" in event
    assert "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;UNTIL=20270512T080000Z" in event
    assert f"UID:{series.parts[0].uid}" in event and "SEQUENCE:0" in event
    assert any(line.startswith("URL:") and line.endswith(f"/series/{series.reference}") for line in event)


def test_a_changed_and_a_cancelled_date_are_exceptions(series: MeetingSeries) -> None:
    second, third = series.meetings[1], series.meetings[2]
    plan = replace(second.said, starts=datetime(2027, 3, 18, 9), ends=datetime(2027, 3, 18, 11))
    change_meeting(second.id, plan, version=second.version, actor_id=None)
    cancel_meeting(third.id, "no", actor_id=None)
    master, moved, cancelled = events(series)
    assert {f"UID:{series.parts[0].uid}"} == {line for event in events(series) for line in event if line[:4] == "UID:"}
    assert "RECURRENCE-ID;TZID=Europe/Brussels:20270317T100000" in moved
    assert "DTSTART;TZID=Europe/Brussels:20270318T090000" in moved and "SEQUENCE:1" in moved
    assert "RECURRENCE-ID;TZID=Europe/Brussels:20270331T100000" in cancelled and "STATUS:CANCELLED" in cancelled
    assert not any(line.startswith(("EXDATE", "RECURRENCE-ID")) for line in master)
    assert not any("THISANDFUTURE" in line or line.startswith("RDATE") for event in events(series) for line in event)


def test_a_date_for_members_only_leaves_no_trace(series: MeetingSeries) -> None:
    second = series.meetings[1]
    plan = replace(second.said, visibility=Visibility.MEMBERS, title="Closed session")
    change_meeting(second.id, plan, version=second.version, actor_id=None)
    [master] = events(series)
    assert "EXDATE;TZID=Europe/Brussels:20270317T100000" in master and b"Closed" not in feed(series)


def test_a_part_that_goes_on_is_related_to_the_one_before(series: MeetingSeries) -> None:
    change(series, 3, venue="Rue X 1")
    first, second = events(series)
    assert "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;UNTIL=20270331T080000Z" in first and "SEQUENCE:1" in first
    assert f"RELATED-TO:{series.parts[0].uid}" in second and "LOCATION:Rue X 1" in second
    assert series.parts[0].uid != series.parts[1].uid


def test_going_on_longer_raises_the_sequence_and_keeps_the_uid(series: MeetingSeries) -> None:
    at = series.meetings[3].recurrence_id
    assert at
    plan = replace(series_plan.plan_from(series, at), until=date(2027, 6, 9))
    service.change_series(series.id, at, plan, version=series.version, actor_id=None)
    [event] = events(series)
    assert "SEQUENCE:1" in event and any("UNTIL=20270609T080000Z" in line for line in event)


def test_an_added_date_is_an_event_of_its_own(series: MeetingSeries) -> None:
    starts = datetime(2027, 3, 5, 10)
    plan = replace(series.parts[0].said, starts=starts, ends=datetime(2027, 3, 5, 12))
    added = service.add_date(series.id, plan, actor_id=None, creation_key="once")
    assert service.add_date(series.id, plan, actor_id=None, creation_key="once").id == added.id
    _master, event = events(series)
    assert f"UID:{added.uid}" in event and f"RELATED-TO:{series.parts[0].uid}" in event


def test_who_saves_second_is_told(series: MeetingSeries) -> None:
    at, version = series.meetings[2].recurrence_id, series.version
    assert at
    change(series, 2, venue="Rue X 1")
    with pytest.raises(EditConflict):
        service.change_series(series.id, at, series_plan.plan_from(series, at), version=version, actor_id=None)


def test_what_is_over_does_not_change(series: MeetingSeries) -> None:
    at = series.meetings[0].recurrence_id
    assert at
    plan = replace(series_plan.plan_from(series, at), pattern=Pattern(Frequency.WEEKLY, 3, (Weekday.WE,)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: series.meetings[1].ends_at)
        with pytest.raises(DomainError) as refused:
            service.change_series(series.id, at, plan, version=series.version, actor_id=None)
    assert "is over" in str(refused.value.message)


def test_dropped_dates_leave_their_address_and_nothing_in_the_feed(series: MeetingSeries) -> None:
    gone = series.meetings[1].reference
    at = series.meetings[0].recurrence_id
    assert at
    plan = replace(series_plan.plan_from(series, at), pattern=Pattern(Frequency.WEEKLY, 4, (Weekday.WE,)))
    service.change_series(series.id, at, plan, version=series.version, actor_id=None)
    db.session.expire_all()
    assert [meeting.starts_local.day for meeting in series.meetings] == [3, 31, 28]
    assert db.session.get(DroppedDate, gone) and gone.encode() not in feed(series)
    assert len(db.session.scalars(select(SeriesPart)).all()) == 1


def test_closing_a_group_ends_its_series(series: MeetingSeries) -> None:
    with write() as session:
        group = session.merge(series.group)
        group.status = GroupStatus.CLOSED
        session.flush()
        group_changed.send(group)
    assert all(meeting.is_cancelled for meeting in db.session.scalars(select(Meeting)))
    with pytest.raises(DomainError) as refused:
        make_series(series.group)
    assert "closed" in str(refused.value.message)


def test_a_restored_backup_jumps_the_sequence_of_parts_too(series: MeetingSeries) -> None:
    with write():
        leap_sequences()
    db.session.expire_all()
    assert series.parts[0].sequence == 1000


def test_the_file_of_a_single_date(app: Flask, series: MeetingSeries) -> None:
    answer = app.test_client().get(f"/meetings/{series.meetings[1].reference}/meeting.ics")
    assert values(answer.data, "RECURRENCE-ID") == [], "programs drop an exception without its rule"
    (uid,) = values(answer.data, "UID")
    assert uid != series.parts[0].uid and "RRULE:FREQ=WEEKLY" not in answer.text
    assert values(answer.data[answer.data.index(b"BEGIN:VEVENT") :], "DTSTART") == ["20270317T100000"]


def test_dates_before_another_rule_are_not_changed_together_with_those_after(series: MeetingSeries) -> None:
    at = series.meetings[3].recurrence_id
    assert at
    old = series_plan.plan_from(series, at)
    thursdays = replace(
        old, first=on(old.first, date(2027, 4, 15)), pattern=Pattern(Frequency.WEEKLY, 2, (Weekday.TH,))
    )
    service.change_series(series.id, at, thursdays, version=series.version, actor_id=None)
    db.session.expire_all()
    assert series_plan.changeable_from(series) == datetime(2027, 4, 15, 10)
    first = series.meetings[0].recurrence_id
    assert first
    with pytest.raises(series_plan.AnotherRule):
        series_plan.plan_from(series, first)


def test_a_first_day_that_earlier_dates_have_is_refused(series: MeetingSeries) -> None:
    at = series.meetings[2].recurrence_id
    assert at
    old = series_plan.plan_from(series, at)
    with pytest.raises(DomainError) as refused:
        series_plan.revised(series, at, replace(old, first=on(old.first, date(2027, 3, 17))))
    assert refused.value.field == "starts_on"


def test_a_day_has_one_date_of_a_series(series: MeetingSeries) -> None:
    plan = replace(series.parts[0].said, starts=datetime(2027, 3, 17, 15), ends=datetime(2027, 3, 17, 16))
    with pytest.raises(DomainError) as refused:
        service.add_date(series.id, plan, actor_id=None)
    assert "already" in str(refused.value.message)


def test_a_series_of_whole_days_is_single_events(people: Cast) -> None:
    series = make_series(people.group, ends=datetime(2027, 3, 4, 12), shown_as=ShownAs.ALL_DAYS)
    assert [part.rule for part in series.parts] == [None] and len(events(series)) == 6
    assert "DTSTART;VALUE=DATE:20270303" in events(series)[0] and "DTEND;VALUE=DATE:20270305" in events(series)[0]


def test_no_date_is_seen_by_more_people_than_its_series(people: Cast) -> None:
    series = make_series(people.group, visibility=Visibility.MEMBERS, title="Closed")
    second = series.meetings[1]
    with pytest.raises(DomainError) as refused:
        change_meeting(
            second.id, replace(second.said, visibility=Visibility.PUBLIC), version=second.version, actor_id=None
        )
    assert refused.value.field == "visibility" and b"Closed" not in feed(series)


def test_a_series_that_becomes_a_matter_of_few_takes_its_open_dates_along(series: MeetingSeries) -> None:
    second = series.meetings[1]
    change_meeting(
        second.id, replace(second.said, visibility=Visibility.MEMBERS), version=second.version, actor_id=None
    )
    change(series, 0, visibility=Visibility.CHAIRS, title="Hearing")
    db.session.expire_all()
    assert {meeting.visibility for meeting in series.meetings} == {Visibility.CHAIRS}


def test_a_date_that_is_hidden_makes_a_new_revision_of_the_rule(series: MeetingSeries) -> None:
    second = series.meetings[1]
    change_meeting(
        second.id, replace(second.said, visibility=Visibility.MEMBERS), version=second.version, actor_id=None
    )
    assert "SEQUENCE:1" in events(series)[0]
