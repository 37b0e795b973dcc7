"""Planning, changing, cancelling and reinstating: what is written, and what is not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.core import zones
from app.core.audit import AuditEntry
from app.core.conflicts import EditConflict
from app.core.db import db, write
from app.core.errors import DomainError
from app.meetings import service
from app.meetings.models import Meeting, Status, Visibility
from app.meetings.service import (
    MeetingPlan,
    cancel_meeting,
    change_meeting,
    create_meeting,
    plan_of,
    reinstate_meeting,
)
from app.meetings.signals import meeting_changed
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.people import make_person

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
PLAN = MeetingPlan("Spring meeting", datetime(2027, 3, 12, 10), datetime(2027, 3, 12, 12), "Europe/Brussels")

pytestmark = pytest.mark.usefixtures("app", "_clock")


@pytest.fixture
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def heard() -> Iterator[list[tuple[str, int]]]:
    """(title, sequence) of each meeting that the features above were told of."""
    told: list[tuple[str, int]] = []

    def listen(meeting: Meeting) -> None:
        assert meeting.id is not None and not db.session.dirty
        told.append((meeting.title, meeting.sequence))

    with meeting_changed.connected_to(listen):
        yield told


def later(minutes: int) -> time_machine.travel:
    return time_machine.travel(NOW + timedelta(minutes=minutes), tick=False)


def change(meeting: Meeting, **values: object) -> frozenset[str]:
    plan = replace(plan_of(meeting), **values)  # type: ignore[arg-type]
    return change_meeting(meeting.id, plan, version=meeting.version, actor_id=None)


def test_a_new_meeting(heard: list[tuple[str, int]]) -> None:
    person = make_person()
    meeting = create_meeting(make_group().id, replace(PLAN, venue=""), actor_id=person.id, creation_key="k")
    assert meeting.starts_at == datetime(2027, 3, 12, 9, tzinfo=UTC)
    assert meeting.ends_at == datetime(2027, 3, 12, 11, tzinfo=UTC)
    assert meeting.uid.endswith("@localhost") and len(meeting.uid) == 36 + len("@localhost")
    assert (meeting.sequence, meeting.status, meeting.venue) == (0, Status.CONFIRMED, None)
    assert meeting.created_at == meeting.modified_at == NOW
    assert meeting.modified_by_id == person.id
    assert heard == [("Spring meeting", 0)]
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id, entry.actor_id) == ("meeting.created", meeting.id, person.id)


def test_a_tentative_meeting() -> None:
    assert make_meeting(make_group(), tentative=True).status == Status.TENTATIVE


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        ("Europe/Brussels", "2027-03-27 08:00", "2027-03-28 07:00"),
        ("America/New_York", "2027-03-13 14:00", "2027-03-14 13:00"),
        ("Europe/London", "2027-03-27 09:00", "2027-03-28 08:00"),
        ("Africa/Casablanca", "2027-03-27 09:00", "2027-03-28 09:00"),
        ("Pacific/Auckland", "2027-04-02 20:00", "2027-04-04 21:00"),
    ],
)
def test_wall_clock_times_hold_on_both_sides_of_a_clock_change(zone: str, before: str, after: str) -> None:
    """Nine o'clock is nine o'clock, whatever UTC makes of it."""
    group = make_group()
    for instant in (before, after):
        at = datetime.fromisoformat(instant).replace(tzinfo=UTC)
        local = zones.to_local(at, zone)
        assert local.hour == 9
        meeting = make_meeting(group, local, time_zone=zone)
        assert (meeting.starts_local, meeting.starts_at) == (local, at)


def test_plans_that_cannot_be_are_refused() -> None:
    group = make_group()
    for wrong in (
        replace(PLAN, ends=PLAN.starts),
        replace(PLAN, starts=datetime(2027, 3, 28, 2, 30), ends=datetime(2027, 3, 28, 5)),
        replace(PLAN, join_link="http://a.example"),
        replace(PLAN, time_zone="Mars/Base"),
    ):
        with pytest.raises(DomainError):
            create_meeting(group.id, wrong, actor_id=None)
    assert db.session.scalar(select(func.count(Meeting.id))) == 0


def test_a_change_of_time_is_a_new_revision(heard: list[tuple[str, int]]) -> None:
    meeting = make_meeting(make_group())
    uid = meeting.uid
    with later(5):
        assert change(meeting, starts=datetime(2027, 3, 12, 9)) == {"starts"}
    assert (meeting.sequence, meeting.uid) == (1, uid)
    assert meeting.modified_at == NOW + timedelta(minutes=5) and meeting.created_at == NOW
    assert meeting.starts_at == datetime(2027, 3, 12, 8, tzinfo=UTC)
    assert heard[-1] == ("Spring meeting", 1)


def test_a_change_of_words_is_none_for_sequence(heard: list[tuple[str, int]]) -> None:
    meeting = make_meeting(make_group())
    with later(5):
        change(meeting, title="Autumn meeting", description="*New*", visibility=Visibility.MEMBERS)
    assert (meeting.sequence, meeting.title) == (0, "Autumn meeting")
    assert meeting.modified_at == NOW + timedelta(minutes=5)
    assert heard[-1] == ("Autumn meeting", 0)


def test_without_a_difference_nothing_is_written(heard: list[tuple[str, int]]) -> None:
    meeting = make_meeting(make_group())
    version = meeting.version
    with later(5):
        assert change(meeting) == frozenset()
    assert (meeting.version, meeting.modified_at, len(heard)) == (version, NOW, 1)
    assert db.session.scalar(select(func.count(AuditEntry.id))) == 1


def test_sequence_only_ever_rises() -> None:
    meeting = make_meeting(make_group())
    seen = [meeting.sequence]
    change(meeting, venue="Rue X")
    seen.append(meeting.sequence)
    change(meeting, venue=None)
    seen.append(meeting.sequence)
    change(meeting, tentative=True)
    seen.append(meeting.sequence)
    cancel_meeting(meeting.id, None, actor_id=None)
    seen.append(meeting.sequence)
    reinstate_meeting(meeting.id, actor_id=None, tentative=True)
    seen.append(meeting.sequence)
    change(meeting, title="Other")
    seen.append(meeting.sequence)
    assert seen == [0, 1, 2, 3, 4, 5, 5]


def test_who_comes_second_is_told_what_was_saved() -> None:
    meeting = make_meeting(make_group())
    version = meeting.version
    change_meeting(meeting.id, replace(PLAN, title="First"), version=version, actor_id=None)
    with pytest.raises(EditConflict) as conflict:
        change_meeting(meeting.id, replace(PLAN, title="Second"), version=version, actor_id=None)
    assert conflict.value.saved["title"] == "First"
    assert meeting.title == "First"
    change_meeting(meeting.id, replace(PLAN, title="Second"), version=conflict.value.version, actor_id=None)
    assert meeting.title == "Second"


def test_a_change_sent_twice_is_made_once() -> None:
    meeting = make_meeting(make_group())
    version = meeting.version
    wanted = replace(PLAN, title="Once")
    assert change_meeting(meeting.id, wanted, version=version, actor_id=None) == {"title"}
    assert change_meeting(meeting.id, wanted, version=version, actor_id=None) == frozenset()


def test_cancelling_and_back(heard: list[tuple[str, int]]) -> None:
    meeting = make_meeting(make_group())
    cancel_meeting(meeting.id, "Too few can come.", actor_id=None)
    assert meeting.is_cancelled and meeting.cancellation_reason == "Too few can come."
    with pytest.raises(DomainError):
        change(meeting, title="Other")
    assert meeting.title == "Spring meeting"
    reinstate_meeting(meeting.id, actor_id=None)
    assert (meeting.status, meeting.cancellation_reason, meeting.sequence) == (Status.CONFIRMED, None, 2)
    assert [sequence for _title, sequence in heard] == [0, 1, 2]


def test_a_second_cancelling_is_told_of_the_first() -> None:
    first, second = make_person("Ada Ember"), make_person()
    meeting = make_meeting(make_group())
    cancel_meeting(meeting.id, "Snow", actor_id=first.id)
    cancel_meeting(meeting.id, "Snow", actor_id=first.id)
    assert meeting.sequence == 1
    with pytest.raises(DomainError) as refused:
        cancel_meeting(meeting.id, "Strike", actor_id=second.id)
    assert "Ada Ember" in str(refused.value.message)
    assert meeting.cancellation_reason == "Snow"


def test_only_what_is_cancelled_can_be_reinstated() -> None:
    meeting = make_meeting(make_group())
    with pytest.raises(DomainError):
        reinstate_meeting(meeting.id, actor_id=make_person().id)
    assert meeting.sequence == 0


def test_a_form_sent_twice_makes_one_meeting(app: Flask) -> None:
    """Two requests at the same time, from a button pressed twice."""
    group_id = make_group().id
    db.session.remove()
    ready = threading.Barrier(2)
    made: list[int] = []

    def send() -> None:
        with app.app_context():
            ready.wait()
            made.append(create_meeting(group_id, PLAN, actor_id=None, creation_key="same").id)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2 and made[0] == made[1]
    assert db.session.scalar(select(func.count(Meeting.id))) == 1


def test_a_form_sent_again_with_other_words_is_refused_and_not_lost() -> None:
    group = make_group()
    first = create_meeting(group.id, PLAN, actor_id=None, creation_key="same")
    with pytest.raises(DomainError):
        create_meeting(group.id, replace(PLAN, title="Other"), actor_id=None, creation_key="same")
    with pytest.raises(DomainError):
        create_meeting(make_group().id, PLAN, actor_id=None, creation_key="same")
    assert create_meeting(group.id, PLAN, actor_id=None, creation_key="same").id == first.id


def test_two_changes_at_the_same_time(app: Flask) -> None:
    """One wins, the other learns of it; neither half of each is kept."""
    meeting = make_meeting(make_group())
    meeting_id, version = meeting.id, meeting.version
    db.session.remove()
    ready = threading.Barrier(2)
    outcomes: list[str] = []

    def send(title: str) -> None:
        with app.app_context():
            ready.wait()
            try:
                change_meeting(meeting_id, replace(PLAN, title=title, venue=title), version=version, actor_id=None)
                outcomes.append(title)
            except EditConflict:
                outcomes.append("conflict")

    threads = [threading.Thread(target=send, args=(title,)) for title in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [outcome for outcome in outcomes if outcome != "conflict"]
    assert len(outcomes) == 2
    kept = db.session.get_one(Meeting, meeting_id)
    assert (kept.title, kept.venue, kept.sequence) == (winner, winner, 1)


def test_a_listener_that_fails_undoes_everything() -> None:
    def fail(_meeting: Meeting) -> None:
        raise RuntimeError("no")

    group = make_group()
    with meeting_changed.connected_to(fail), pytest.raises(RuntimeError):
        create_meeting(group.id, PLAN, actor_id=None)
    assert db.session.scalar(select(func.count(Meeting.id))) == 0


def test_instants_are_worked_out_anew_after_new_zone_rules(heard: list[tuple[str, int]]) -> None:
    group = make_group()
    kept, moved = make_meeting(group), make_meeting(group, datetime(2027, 5, 4, 10))
    with write():
        row = db.session.get_one(Meeting, moved.id)
        row.starts_at -= timedelta(hours=1)
        row.ends_at -= timedelta(hours=1)
    heard.clear()
    with later(5):
        assert service.rederive_instants() == 1
        assert service.rederive_instants() == 0
    assert moved.starts_at == datetime(2027, 5, 4, 8, tzinfo=UTC)
    assert (moved.modified_at, moved.sequence) == (NOW + timedelta(minutes=5), 0)
    assert kept.modified_at == NOW
    assert len(heard) == 1


def test_a_meeting_in_an_hour_that_new_rules_skip_keeps_its_length() -> None:
    meeting = make_meeting(make_group())
    with write():
        row = db.session.get_one(Meeting, meeting.id)
        row.starts_local, row.ends_local = datetime(2027, 3, 28, 2, 45), datetime(2027, 3, 28, 3, 15)
    assert service.rederive_instants() == 1
    assert meeting.starts_at == datetime(2027, 3, 28, 1, 45, tzinfo=UTC)
    assert meeting.ends_at - meeting.starts_at == timedelta(minutes=30)


def test_a_zone_that_is_gone_stops_nothing() -> None:
    group = make_group()
    lost, moved = make_meeting(group), make_meeting(group)
    with write():
        db.session.get_one(Meeting, lost.id).time_zone = "Europe/Atlantis"
        db.session.get_one(Meeting, moved.id).starts_at -= timedelta(hours=1)
    assert service.rederive_instants() == 1


def test_the_command_says_what_it_did(app: Flask) -> None:
    make_meeting(make_group())
    result = app.test_cli_runner().invoke(args=["meetings", "rederive"])
    assert result.output == "No meeting moved.\n"
