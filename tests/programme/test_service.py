"""Adding, changing, marking, dropping and reinstating; who is written to, and once only."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from app.core.audit import AuditEntry
from app.core.conflicts import EditConflict
from app.core.db import db, write
from app.core.errors import DomainError
from app.core.outbox import OutboxMessage
from app.groups.rules import GroupStatus
from app.programme import service
from app.programme.models import Milestone
from app.programme.rules import Kind, State
from app.programme.service import change_milestone, create_milestone, plan_of
from app.programme.signals import milestone_changed
from tests.factories.groups import make_group
from tests.factories.people import make_person
from tests.factories.programme import make_milestone, make_plan
from tests.meetings.conftest import NOW, Cast

pytestmark = pytest.mark.usefixtures("app", "november")
PLAN = make_plan()


@pytest.fixture
def heard() -> Iterator[list[tuple[str, int]]]:
    """(title, sequence) of each milestone that the features above were told of."""
    told: list[tuple[str, int]] = []

    def listen(milestone: Milestone) -> None:
        assert milestone.id is not None and not db.session.dirty
        told.append((milestone.title, milestone.sequence))

    with milestone_changed.connected_to(listen):
        yield told


def change(milestone: Milestone, **values: object) -> frozenset[str]:
    plan = replace(plan_of(milestone), **values)  # type: ignore[arg-type]
    return change_milestone(milestone.id, plan, version=milestone.version, actor_id=None)


def subjects() -> list[str]:
    """Of the mails since the last look, in order of their recipients."""
    found = db.session.scalars(select(OutboxMessage.subject).order_by(OutboxMessage.recipient)).all()
    db.session.rollback()
    with write() as session:
        session.execute(delete(OutboxMessage))
    return list(found)


def test_a_new_one(heard: list[tuple[str, int]]) -> None:
    person, group = make_person(), make_group()
    plan = make_plan(file_reference="2026/0123(COD)", link="", goal_id=group.community_id)
    milestone = create_milestone(group.id, plan, actor_id=person.id, creation_key="k")
    assert milestone.uid.endswith("@localhost") and milestone.reference
    assert (milestone.sequence, milestone.state, milestone.link) == (0, State.PLANNED, None)
    assert milestone.created_at == milestone.modified_at == NOW
    assert (milestone.goal, milestone.modified_by_id) == (group.community, person.id)
    assert heard == [("Consultation on heat", 0)]
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id, entry.group_id, entry.actor_id) == (
        "milestone.created", milestone.id, group.id, person.id,
    )  # fmt: skip


def test_days_and_calling_off_raise_sequence_and_words_do_not(heard: list[tuple[str, int]]) -> None:
    milestone = make_milestone(make_group())
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        assert change(milestone, title="Other", description="*New*") == {"title", "description"}
        assert milestone.modified_at == NOW + timedelta(minutes=5)
    change(milestone, first_day=date(2027, 3, 1))
    service.mark(milestone.id, done=True, actor_id=None)
    service.mark(milestone.id, done=False, actor_id=None)
    service.drop(milestone.id, "No time.", actor_id=None)
    with pytest.raises(DomainError):
        change(milestone, title="Dropped")
    with pytest.raises(DomainError):
        service.mark(milestone.id, done=True, actor_id=None)
    service.reinstate(milestone.id, actor_id=None)
    assert [sequence for _title, sequence in heard] == [0, 0, 1, 1, 1, 2, 3]
    assert (milestone.state, milestone.drop_reason) == (State.PLANNED, None)
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [action.partition(".")[2] for action in actions] == [
        "created", "changed", "changed", "done", "not_done", "dropped", "reinstated",
    ]  # fmt: skip


def test_what_is_said_twice_is_done_once(heard: list[tuple[str, int]]) -> None:
    milestone = make_milestone(make_group())
    assert change(milestone) == frozenset()
    for _again in range(2):
        service.mark(milestone.id, done=True, actor_id=None)
    for _again in range(2):
        service.drop(milestone.id, "Late", actor_id=None)
    with pytest.raises(DomainError):
        service.drop(milestone.id, "Other words", actor_id=None)
    for _again in range(2):
        service.reinstate(milestone.id, actor_id=None)
    assert len(heard) == 4


def test_who_comes_second_is_told_what_was_saved() -> None:
    milestone = make_milestone(make_group())
    version = milestone.version
    change_milestone(milestone.id, replace(PLAN, title="First"), version=version, actor_id=None)
    with pytest.raises(EditConflict) as conflict:
        change_milestone(milestone.id, replace(PLAN, title="Second"), version=version, actor_id=None)
    assert conflict.value.saved["title"] == milestone.title == "First"


def test_a_form_sent_twice_at_once_makes_one(app: Flask) -> None:
    group_id = make_group().id
    db.session.remove()
    ready, made = threading.Barrier(2), list[int]()

    def send() -> None:
        with app.app_context():
            ready.wait()
            made.append(create_milestone(group_id, PLAN, actor_id=None, creation_key="same").id)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2 and made[0] == made[1]
    with pytest.raises(DomainError):
        create_milestone(group_id, replace(PLAN, title="Other"), actor_id=None, creation_key="same")
    assert db.session.scalar(select(func.count(Milestone.id))) == 1


def test_the_database_refuses_days_the_wrong_way_round() -> None:
    milestone = make_milestone(make_group())
    with pytest.raises(IntegrityError), write():
        db.session.get_one(Milestone, milestone.id).first_day = date(2027, 3, 13)


# Who is written to


def test_members_are_told_of_new_and_moved_consultations(people: Cast) -> None:
    milestone = make_milestone(people.group, actor_id=people.chair.id, file_reference="COM(2026) 123")
    group = people.group.names["en"]
    assert subjects() == [f"New consultation deadline: Consultation on heat ({group})"] * 3, (
        "all but the one who did it"
    )
    change(milestone, title="Renamed")
    service.mark(milestone.id, done=True, actor_id=None)
    service.mark(milestone.id, done=False, actor_id=None)
    assert subjects() == []
    change(milestone, last_day=date(2027, 4, 1))
    text = db.session.scalars(select(OutboxMessage.text)).first() or ""
    assert "Deadline: Thu 1 April 2027" in text and "It was: Fri 12 March 2027" in text
    assert "Reference: COM(2026) 123" in text and f"http://localhost/milestones/{milestone.reference}" in text
    assert subjects() == [f"Moved consultation deadline: Renamed ({group})"] * 4
    service.drop(milestone.id, "No time.", actor_id=None)
    assert "No time." in (db.session.scalars(select(OutboxMessage.text)).first() or "")
    assert subjects() == [f"Dropped: Renamed ({group})"] * 4
    service.reinstate(milestone.id, actor_id=None)
    assert subjects() == [f"Stands again: Renamed ({group})"] * 4


def test_nobody_is_written_to_about_the_rest(people: Cast) -> None:
    milestone = make_milestone(people.group, kind=Kind.DEADLINE)
    make_milestone(people.group, kind=Kind.MILESTONE)
    make_milestone(people.group, date(2026, 11, 1))
    change(milestone, last_day=date(2027, 5, 1))
    service.drop(milestone.id, None, actor_id=None)
    assert subjects() == []


def at(day: date) -> time_machine.travel:
    return time_machine.travel(datetime(day.year, day.month, day.day, 9, tzinfo=UTC), tick=False)


def test_a_reminder_comes_once_and_again_after_a_move(people: Cast) -> None:
    milestone = make_milestone(people.group, date(2027, 3, 12))
    subjects()
    with at(date(2027, 2, 25)):
        assert not service.remind()
    with at(date(2027, 2, 26)):
        assert service.remind() and not service.remind()
        text = db.session.scalars(select(OutboxMessage.text)).first() or ""
        assert "ends in 14 days" in text
        assert len(subjects()) == 4
        assert (milestone.sequence, milestone.reminded_of) == (0, date(2027, 3, 12))
        change(milestone, last_day=date(2027, 3, 14))
        assert len(subjects()) == 4, "told of the move"
        assert not service.remind(), "the news stands for the reminder"
        change(milestone, last_day=date(2027, 5, 14))
        subjects()
    with at(date(2027, 5, 1)):
        assert service.remind()
    assert len(subjects()) == 4


def test_nobody_is_reminded_of_what_is_over_done_dropped_or_of_a_closed_group(people: Cast) -> None:
    done, dropped = make_milestone(people.group), make_milestone(people.group)
    make_milestone(people.group, kind=Kind.DEADLINE)
    service.mark(done.id, done=True, actor_id=None)
    service.drop(dropped.id, None, actor_id=None)
    closed = make_milestone(people.group, date(2027, 6, 12))
    subjects()
    with at(date(2027, 3, 10)):
        assert not service.remind()
    with at(date(2027, 6, 13)):
        assert not service.remind(), "the day is past"
    with write():
        db.session.get_one(type(people.group), people.group.id).status = GroupStatus.CLOSED
    with at(date(2027, 6, 10)):
        assert not service.remind()
    assert closed.reminded_of is None and subjects() == []


def test_within_the_pause_nobody_is_reminded_and_before_it_early(people: Cast) -> None:
    make_milestone(people.group, date(2027, 8, 25))
    subjects()
    with at(date(2027, 7, 30)):
        assert not service.remind()
    with at(date(2027, 7, 31)):
        assert service.remind()
    with at(date(2027, 8, 20)):
        assert not service.remind()


def test_a_restored_backup_is_a_new_revision_of_all() -> None:
    milestone = make_milestone(make_group())
    with write():
        service.leap_sequences()
    assert (milestone.sequence, milestone.version) == (1000, 2)
