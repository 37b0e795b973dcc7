"""Task forces: lists of members with which meetings of few are called, and which those ahead follow."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.core.outbox import OutboxMessage
from app.meetings.models import Meeting, TaskForce, Visibility
from app.meetings.rules.company import Company
from app.meetings.service import MeetingPlan, create_meeting
from app.meetings.service.company import company_of
from app.meetings.service.task_forces import change_task_force, drop_task_force, make_task_force
from tests.factories.membership import make_membership
from tests.factories.people import make_account
from tests.meetings.conftest import Cast, signed_in


def called(people: Cast, task_force: TaskForce, day: int, month: int = 12) -> Meeting:
    starts = datetime(2026, month, day, 10)
    plan = MeetingPlan("Few", starts, starts + timedelta(hours=1), "Europe/Brussels", visibility=Visibility.NAMED)
    company = Company(person_ids=frozenset({people.chair.id}), task_force_ids=frozenset({task_force.id}))
    return create_meeting(people.group.id, plan, actor_id=None, company=company)


def ids(meeting: Meeting) -> set[int]:
    db.session.rollback()
    return {one.person_id for one in meeting.people}


def test_meetings_ahead_follow_the_list(people: Cast) -> None:
    new = make_account("Nina New")
    make_membership(people.group, new)
    task_force = make_task_force(people.group.id, "Drafting", [people.member.id, people.expert.id], actor_id=None)
    assert task_force.person_ids == {people.member.id}  # others than members are left out
    over, ahead = called(people, task_force, 2, 11), called(people, task_force, 9)
    assert company_of(ahead).person_ids == {people.chair.id}
    change_task_force(task_force.id, "Drafting", [new.id], version=task_force.version, actor_id=None)
    assert ids(over) == {people.chair.id, people.member.id} and ids(ahead) == {people.chair.id, new.id}
    message = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert message is not None and message.recipient.startswith("Nina New")
    drop_task_force(task_force.id, actor_id=None)
    assert ids(ahead) == {people.chair.id, new.id} and company_of(ahead).task_force_ids == frozenset()


def test_coordinators_keep_them(app: Flask, people: Cast) -> None:
    page = signed_in(app, people.coordinator).open("/groups/climate/task-forces")
    assert "No task force yet" in page.text
    page.open("/groups/climate/task-forces/new").send(having="people", name="Drafting", people=str(people.member.id))
    assert "Drafting" in page.text and "Memo Member" in page.text
    page.open("/groups/climate/task-forces/new").send(having="people", name="Drafting", people=str(people.chair.id))
    assert page.status == 422 and "a task force of that name already" in page.text
    task_force = db.session.scalars(select(TaskForce)).one()
    path = f"/task-forces/{task_force.id}/edit"
    page.open(path).send(having="people", name="Writing", people=[str(people.member.id), str(people.chair.id)])
    assert "Writing" in page.text and "Chira Chair" in page.text
    stale = signed_in(app, people.coordinator).open(path)
    page.open(path).send(having="people", name="Third")
    stale.send(having="people", name="Fourth")
    assert "Someone else saved changes" in stale.text
    assert "Third" in signed_in(app, people.chair).open("/groups/climate/meetings/new").text
    assert signed_in(app, people.chair).client.get(path).status_code == 403
    assert signed_in(app, people.member).client.get(path).status_code == 404
    page.open("/groups/climate/task-forces").send(action="/drop")
    assert "No task force yet" in page.text
