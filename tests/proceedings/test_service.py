"""Saying whether one comes: kept once, held to what was planned, gone with what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.core import clock
from app.core.audit import AuditEntry
from app.core.db import db, write
from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.meetings import service as meetings
from app.meetings.models import JointGroup, Meeting
from app.meetings.rules import Precision
from app.meetings.rules.company import Company, Consent
from app.meetings.service import series_plan
from app.meetings.service.series import change_series
from app.membership.models import Membership
from app.membership.rules import State
from app.merging.service.persons import FIELDS, merge_persons
from app.people.models import Person
from app.proceedings import personal_data, queries, service
from app.proceedings.models import Response
from app.proceedings.rules import Partstat
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting, make_series
from tests.factories.membership import make_membership
from tests.factories.people import make_person
from tests.people.helpers import at_once

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
YES, PERHAPS, NO = Partstat


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    return make_group("heat")


@pytest.fixture
def mia(group: WorkingGroup) -> Person:
    person = make_person("Mia Member", email="mia@example.org")
    make_membership(group, person)
    return person


def say(meeting: Meeting, person: Person, partstat: Partstat) -> None:
    service.answer(meeting.id, person.id, partstat, sequence=meeting.sequence)


def names(meeting: Meeting, *, over: bool = False) -> dict[Partstat, list[str]]:
    turnout = queries.turnout(meeting, meeting.group_ids, over=over)
    assert not turnout.silent.names or not over
    return {partstat: [*some.names, *["?"] * some.more] for partstat, some in turnout.said.items() if len(some)}


def refused(meeting_id: int, person: Person, sequence: int) -> str:
    with pytest.raises(DomainError) as raised:
        service.answer(meeting_id, person.id, YES, sequence=sequence)
    return str(raised.value.message)


def said(person: Person) -> list[tuple[int, str]]:
    db.session.rollback()
    found = sa.select(Response.meeting_id, Response.partstat).where(Response.person_id == person.id)
    return [tuple(row) for row in db.session.execute(found.order_by(Response.meeting_id))]


def changed(meeting: Meeting, **values: object) -> Meeting:
    plan = replace(meeting.said, **values)  # type: ignore[arg-type]
    return meetings.change_meeting(meeting.id, plan, version=meeting.version, actor_id=None)


def test_the_latest_answer_counts_and_no_trail_tells(group: WorkingGroup, mia: Person) -> None:
    meeting = make_meeting(group)
    before = db.session.scalar(sa.select(sa.func.count(AuditEntry.id)))
    for partstat in (YES, NO, NO):
        say(meeting, mia, partstat)
    assert said(mia) == [(meeting.id, "DECLINED")]
    assert db.session.scalar(sa.select(sa.func.count(AuditEntry.id))) == before, "members read a group's history"


def test_who_said_yes_to_one_time_has_not_said_yes_to_another(group: WorkingGroup, mia: Person) -> None:
    meeting = make_meeting(group)
    say(meeting, mia, YES)
    changed(meeting, title="Other words", tentative=True)
    changed(meeting, venue="Town hall", tentative=False)
    assert queries.own_among(mia.id, [meeting.id]) == {meeting.id: YES}, "it is at the time it was"
    seen = meeting.sequence
    changed(meeting, starts=meeting.starts_local + timedelta(days=1), ends=meeting.ends_local + timedelta(days=1))
    assert not queries.own_among(mia.id, [meeting.id])
    own = queries.own(meeting, mia.id)
    assert own is not None and not own.holds
    assert "changed meanwhile" in refused(meeting.id, mia, seen)
    say(meeting, mia, PERHAPS)
    assert names(meeting) == {PERHAPS: ["Mia Member"]}


@pytest.mark.parametrize(
    "end",
    [
        lambda meeting: meetings.cancel_meeting(meeting.id, None, actor_id=None),
        lambda meeting: changed(
            meeting, starts=datetime(2027, 3, 1), ends=datetime(2027, 4, 1), precision=Precision.MONTH
        ),
        lambda meeting: changed(meeting, starts=datetime(2026, 11, 25, 7), ends=datetime(2026, 11, 25, 10)),
    ],
    ids=["cancelled", "its day unknown", "over"],
)
def test_nobody_is_asked_to_what_is_not_ahead(group: WorkingGroup, mia: Person, end: object) -> None:
    meeting = make_meeting(group)
    end(meeting)  # type: ignore[operator]
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert "any more" in refused(meeting.id, mia, meeting.sequence)
    assert said(mia) == []
    assert "is gone" in refused(2_000_000, mia, 0)


def test_answers_sent_at_once_are_one(group: WorkingGroup, mia: Person, app: Flask) -> None:
    meeting = make_meeting(group)
    meeting_id, sequence, mia_id = meeting.id, meeting.sequence, mia.id
    outcomes = at_once(
        app,
        *[
            lambda partstat=partstat: service.answer(meeting_id, mia_id, partstat, sequence=sequence).meeting_id
            for partstat in [*Partstat] * 2
        ],
    )
    assert outcomes == [meeting_id] * 6
    assert len(said(mia)) == 1


def test_a_date_goes_while_somebody_answers(group: WorkingGroup, mia: Person, app: Flask) -> None:
    series = make_series(group)
    second, at = series.meetings[1], series.meetings[0].recurrence_id
    assert at
    plan = replace(series_plan.plan_from(series, at), left_out=frozenset({second.starts_local.date()}))
    series_id, version, second_id, mia_id = series.id, series.version, second.id, mia.id
    outcomes = at_once(
        app,
        lambda: change_series(series_id, at, plan, version=version, actor_id=None) and "changed",
        *[lambda: service.answer(second_id, mia_id, YES, sequence=0).meeting_id] * 3,
    )
    assert outcomes[0] == "changed", outcomes
    assert all(one == second_id or isinstance(one, DomainError) for one in outcomes[1:]), outcomes
    assert said(mia) == []


def test_who_has_left_comes_no_more(group: WorkingGroup, mia: Person) -> None:
    other = make_person("Otto Other")
    make_membership(group, other)
    meeting = make_meeting(group)
    for person in (mia, other):
        say(meeting, person, YES)
    assert names(meeting) == {YES: ["Mia Member", "Otto Other"]}
    with write() as session:
        session.scalars(sa.select(Membership).where(Membership.person_id == other.id)).one().state = State.ENDED
    assert names(meeting) == {YES: ["Mia Member"]}
    assert names(meeting, over=True) == {YES: ["Mia Member", "?"]}, "who was there was there"


def test_dates_of_a_series_keep_their_answers_through_its_changes(group: WorkingGroup, mia: Person) -> None:
    series = make_series(group)
    first, second, third, *_rest = series.meetings
    for date_, partstat in ((first, YES), (second, NO), (third, PERHAPS)):
        say(date_, mia, partstat)
    ids = [one.id for one in (first, second, third)]
    meetings.cancel_meeting(third.id, None, actor_id=None)
    db.session.rollback()
    assert set(queries.own_among(mia.id, ids)) == set(ids)
    assert [one.meeting_id for one in queries.said(db.session(), mia.id, NOW) if one.holds] == [first.id, second.id]
    at = first.recurrence_id
    assert at
    plan = replace(series_plan.plan_from(series, at), left_out=frozenset({second.starts_local.date()}))
    change_series(series.id, at, plan, version=series.version, actor_id=None)
    assert [meeting_id for meeting_id, _ in said(mia)] == [first.id, third.id], "a date that goes takes them along"


def test_two_records_made_one_have_said_what_was_said_last(group: WorkingGroup, mia: Person) -> None:
    double = make_person("Mia Membre")
    first, second, third = (make_meeting(group, datetime(2027, 3, day, 9)) for day in (1, 2, 3))
    say(first, mia, YES)
    say(second, double, YES)
    say(third, double, NO)
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        say(first, double, NO)
        say(second, mia, PERHAPS)
    kept = merge_persons(mia.id, double.id, dict.fromkeys(FIELDS, mia.id), None)
    assert said(kept) == [(first.id, "DECLINED"), (second.id, "TENTATIVE"), (third.id, "DECLINED")]


def test_what_a_person_gets_of_it_and_what_goes(group: WorkingGroup, mia: Person) -> None:
    other = make_person("Otto Other")
    meeting = make_meeting(group, datetime(2026, 11, 26, 10))
    for person in (mia, other):
        say(meeting, person, NO)
    (section,) = personal_data.export(mia)
    assert {fact.key: str(fact.shown) for fact in section.entries[0]}["partstat"] == "No, I can’t come"
    with write():
        personal_data.erase(mia)
    assert (said(mia), len(said(other))) == ([], 1)
    for days, left in ((400, 1), (402, 0)):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            assert personal_data.retain(clock.now(), dry_run=True)[0].number == 1 - left
            personal_data.retain(clock.now(), dry_run=False)
        assert len(said(other)) == left


def test_answers_to_a_series_stay_as_long_as_a_date_of_it(group: WorkingGroup, mia: Person) -> None:
    series = make_series(group)
    say(series.meetings[0], mia, NO)
    ends = [one.ends_at for one in series.meetings]
    for moment, left in ((ends[0], 1), (ends[-1] - timedelta(days=1), 1), (ends[-1] + timedelta(days=1), 0)):
        with time_machine.travel(moment + personal_data.KEPT, tick=False):
            personal_data.retain(clock.now(), dry_run=False)
        assert len(said(mia)) == left


def test_a_group_whose_members_one_does_not_see_is_counted(group: WorkingGroup, mia: Person) -> None:
    partner = make_group("partner")
    other = make_person("Otto Other")
    make_membership(partner, other)
    meeting = make_meeting(group, company=Company(group_ids=frozenset({partner.id})))
    with write() as session:
        session.scalars(sa.select(JointGroup)).one().consent = Consent.AGREED
    db.session.expire_all()
    for person in (mia, other):
        say(meeting, person, YES)
    turnout = queries.turnout(meeting, [group.id], over=False)
    assert (turnout.said[YES].names, turnout.said[YES].more, len(turnout.silent)) == (["Mia Member"], 1, 0)
