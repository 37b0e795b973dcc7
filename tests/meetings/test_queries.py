"""Lists of meetings: what stands in them, in which order, for whom, and at what price."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from app.core.db import db
from app.groups.models import WorkingGroup
from app.meetings import queries
from app.meetings.models import JointGroup, Meeting, Visibility
from app.meetings.rules import Precision
from app.meetings.rules.company import Consent
from app.meetings.service import cancel_meeting
from app.membership.rules import State
from app.people.viewer import SignedIn, Visitor
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_person
from tests.meetings.conftest import Cast
from tests.queries import counted_queries

MEMBERS = Visibility.MEMBERS


def on(day: int, month: int = 12) -> datetime:
    return datetime(2026, month, day, 10)


def titles(found: object) -> list[str]:
    return [meeting.title for meeting in found]  # type: ignore[attr-defined]


@pytest.fixture
def year(people: Cast) -> Cast:
    """Meetings of three groups around 25 November 2026."""
    group, other = people.group, make_group("fourth")
    make_meeting(group, on(10), title="ahead")
    make_meeting(group, on(5), title="hidden ahead", visibility=MEMBERS)
    cancel_meeting(make_meeting(group, on(3), title="off").id, None, actor_id=None)
    make_meeting(other, on(4), title="other ahead")
    make_meeting(other, on(2), title="other hidden", visibility=MEMBERS)
    make_meeting(group, on(20, 11), ends=on(30, 11), title="running")
    make_meeting(group, on(1, 11), title="over")
    make_meeting(group, on(2, 11), title="hidden over", visibility=MEMBERS)
    return people


def member_of(people: Cast) -> SignedIn:
    assert people.member.account
    return SignedIn(people.member.account)


def administrator(people: Cast) -> SignedIn:
    assert people.administrator.account
    return SignedIn(people.administrator.account)


def test_what_is_ahead(year: Cast) -> None:
    assert titles(queries.upcoming(Visitor())) == ["running", "off", "other ahead", "ahead"]
    assert titles(queries.upcoming(member_of(year))) == ["running", "off", "other ahead", "hidden ahead", "ahead"]
    assert titles(queries.upcoming(administrator(year))) == [
        "running", "other hidden", "off", "other ahead", "hidden ahead", "ahead",
    ]  # fmt: skip
    assert titles(queries.upcoming(administrator(year), limit=2)) == ["running", "other hidden"]


def test_what_is_ahead_in_some_groups(year: Cast) -> None:
    group_id = year.group.id
    assert titles(queries.upcoming(Visitor(), group_ids=[group_id])) == ["running", "off", "ahead"]
    assert titles(queries.upcoming(member_of(year), group_ids=[group_id])) == [
        "running",
        "off",
        "hidden ahead",
        "ahead",
    ]
    assert queries.upcoming(Visitor(), group_ids=[]) == []
    both = queries.upcoming(administrator(year), group_ids=[group_id, group_id + 1, queries_group("fourth").id])
    assert "other hidden" in titles(both) and "ahead" in titles(both)


def queries_group(slug: str) -> WorkingGroup:
    found = db.session.scalar(db.select(WorkingGroup).where(WorkingGroup.slug == slug))
    assert found is not None
    return found


def test_what_is_over(year: Cast) -> None:
    assert titles(queries.past(Visitor(), year.group.id)) == ["over"]
    assert titles(queries.past(member_of(year), year.group.id)) == ["hidden over", "over"]
    assert titles(queries.past(member_of(year), year.group.id, limit=1)) == ["hidden over"]


def test_a_meeting_is_over_when_it_has_ended(year: Cast) -> None:
    with time_machine.travel(datetime(2026, 11, 30, 8, 59, tzinfo=UTC), tick=False):
        assert "running" in titles(queries.upcoming(Visitor()))
        assert "running" not in titles(queries.past(Visitor(), year.group.id))
    with time_machine.travel(datetime(2026, 11, 30, 9, 1, tzinfo=UTC), tick=False):
        assert "running" not in titles(queries.upcoming(Visitor()))
        assert "running" in titles(queries.past(Visitor(), year.group.id))


def test_the_longest_meeting_is_found_on_its_last_day(people: Cast) -> None:
    """Over a clock change it lasts an hour more than two weeks."""
    start = datetime(2027, 10, 20, 10)
    make_meeting(people.group, start, ends=start + timedelta(days=14), title="long")
    with time_machine.travel(datetime(2027, 11, 3, 8, 59, tzinfo=UTC), tick=False):
        assert titles(queries.upcoming(Visitor())) == ["long"]
        next_meeting = queries.next_of(Visitor(), people.group.id)
        assert next_meeting and next_meeting.title == "long"


def test_pages(people: Cast) -> None:
    for number in range(1, 61):
        make_meeting(people.group, on(1) + timedelta(hours=number), title=str(number))
    make_meeting(people.group, on(1), title="hidden", visibility=MEMBERS)
    first = queries.page_of(Visitor())
    assert (first.number, first.total, first.last, first.more, len(first.items)) == (1, 60, 2, False, 50)
    assert titles(first.items)[:2] == ["1", "2"]
    second = queries.page_of(Visitor(), number=2)
    assert titles(second.items) == [str(number) for number in range(51, 61)]
    assert queries.page_of(Visitor(), number=99).number == 2
    assert queries.page_of(member_of(people), group_id=people.group.id).total == 61
    assert queries.page_of(Visitor(), group_id=people.group.id, past=True).total == 0


def test_long_lists_are_not_counted_to_their_end(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "SIZE", 2)
    monkeypatch.setattr(queries, "COUNTED_AHEAD", 1)
    for number in range(1, 10):
        make_meeting(people.group, on(1) + timedelta(hours=number), title=str(number))
    first = queries.page_of(Visitor())
    assert (first.total, first.more, first.has_next, titles(first.items)) == (4, True, True, ["1", "2"])
    fourth = queries.page_of(Visitor(), number=4)
    assert (fourth.total, fourth.more, titles(fourth.items)) == (9, False, ["7", "8"])


def test_the_next_meeting_of_each_group(year: Cast) -> None:
    fourth = queries_group("fourth").id
    visitor = queries.next_by_group(Visitor())
    assert {group: meeting.title for group, meeting in visitor.items()} == {
        year.group.id: "running",
        fourth: "other ahead",
    }
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC), tick=False):
        assert queries.next_by_group(Visitor())[year.group.id].title == "ahead"
        assert queries.next_by_group(member_of(year))[year.group.id].title == "hidden ahead"
        assert queries.next_by_group(administrator(year))[fourth].title == "other hidden"
        found = queries.next_of(member_of(year), year.group.id)
        assert found and found.title == "hidden ahead"
        found = queries.next_of(Visitor(), year.group.id)
        assert found and found.title == "ahead"
    with time_machine.travel(datetime(2027, 6, 1, tzinfo=UTC), tick=False):
        assert queries.next_by_group(administrator(year)) == {}
        assert queries.next_of(administrator(year), year.group.id) is None


def test_whom_mails_go_to(people: Cast) -> None:
    make_membership(people.group, make_account(), state=State.REQUESTED)
    make_membership(people.group, make_account(), state=State.LEFT)
    make_membership(people.group, make_person("No Address"))
    make_membership(people.group, people.coordinator)
    found = queries.audience(people.group.id)
    inside = [people.coordinator, people.chair, people.vice_chair, people.member]
    assert [person.id for person in found] == sorted(person.id for person in inside)
    assert people.chair not in queries.audience(people.group.id, but=people.chair.id)
    people.member.time_zone = "Europe/Lisbon"
    db.session.commit()
    assert queries.audience_by_zone(people.group.id, but=people.chair.id) == {None: 2, "Europe/Lisbon": 1}


LISTS: dict[str, Callable[[SignedIn | Visitor, int], object]] = {
    "upcoming": lambda viewer, _group: queries.upcoming(viewer),
    "upcoming of groups": lambda viewer, group: queries.upcoming(viewer, group_ids=[group, group + 1]),
    "past": lambda viewer, group: queries.past(viewer, group),
    "page": lambda viewer, _group: queries.page_of(viewer),
    "next by group": lambda viewer, _group: queries.next_by_group(viewer),
    "next": lambda viewer, group: queries.next_of(viewer, group),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_take_as_many_statements_for_one_as_for_many(year: Cast, name: str) -> None:
    counts, group_id = [], year.group.id
    for _round in range(2):
        db.session.rollback()
        with counted_queries() as statements:
            found = LISTS[name](Visitor(), group_id)
            if isinstance(found, list):
                _ = [(meeting.group.names, meeting.group.community.slug) for meeting in found]
        counts.append(len(statements))
        for number in range(5):
            make_meeting(make_group(), on(6) + timedelta(hours=number))
    assert counts[0] == counts[1] <= 3


@pytest.mark.parametrize("name", LISTS)
def test_no_list_reads_the_whole_table(app: Flask, people: Cast, name: str) -> None:
    """On either database the plan of every statement seeks meetings in an index."""
    _many(people.group.id)
    viewers: list[SignedIn | Visitor] = [Visitor(), member_of(people), administrator(people)]
    group_id = people.group.id
    for viewer in viewers:
        for statement, plan in _plans(lambda: LISTS[name](viewer, group_id)):  # noqa: B023
            bad = [line for line in plan if "SCAN meetings" in line or "Seq Scan on meetings" in line]
            assert not bad, (statement, plan)


def _many(group_id: int) -> None:
    """Enough meetings for planners to prefer indexes, written in one go."""
    rows = []
    for number in range(10_000):
        starts = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=2 * number)
        ends = starts + timedelta(hours=1)
        rows.append(
            {
                "reference": f"r{number}",
                "uid": f"u{number}",
                "group_id": group_id,
                "title": "x",
                "description": "x" * 1000,
                "time_zone": "UTC",
                "starts_local": starts.replace(tzinfo=None),
                "ends_local": ends.replace(tzinfo=None),
                "starts_at": starts,
                "ends_at": ends,
                "created_at": starts,
                "modified_at": starts,
                "visibility": "members" if number % 5 == 0 else "public",
                "status": "CONFIRMED",
            }
        )
    db.session.execute(db.insert(Meeting), rows)
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def _plans(read: Callable[[], object]) -> list[tuple[str, list[str]]]:
    sent: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_more: object) -> None:
        if "meetings" in statement:
            sent.append((statement, parameters))

    db.event.listen(db.engine, "before_cursor_execute", note)
    try:
        read()
    finally:
        db.event.remove(db.engine, "before_cursor_execute", note)
    assert sent
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    plans = []
    with db.engine.connect() as connection:
        for statement, parameters in sent:
            rows = connection.exec_driver_sql(explain + statement, parameters)  # type: ignore[arg-type]
            plans.append((statement, [str(row[-1]) for row in rows]))
    return plans


def test_between_two_days(year: Cast) -> None:
    def found(viewer: object, first: date, last: date, groups: list[int] | None = None) -> list[str]:
        return titles(queries.between(viewer, first, last, groups))  # type: ignore[arg-type]

    november = date(2026, 11, 1), date(2026, 11, 30)
    december = date(2026, 12, 1), date(2026, 12, 5)
    assert found(Visitor(), *november) == ["over", "running"]
    assert found(member_of(year), *november) == ["over", "hidden over", "running"]
    assert found(Visitor(), *december) == ["off", "other ahead"]
    assert found(administrator(year), *december) == ["other hidden", "off", "other ahead", "hidden ahead"]
    assert found(member_of(year), *december, [year.group.id]) == ["off", "hidden ahead"]
    assert found(Visitor(), date(2026, 11, 30), date(2026, 11, 30)) == ["running"]
    assert found(Visitor(), *december, []) == []
    joint = queries.between(Visitor(), *december)[1]
    row = JointGroup(meeting_id=joint.id, group_id=year.group.id, asked_at=on(1).replace(tzinfo=UTC))
    db.session.add(row)
    db.session.commit()
    assert "other ahead" not in found(Visitor(), *december, [year.group.id])
    row.consent = Consent.AGREED
    joint.plan(datetime(2026, 12, 1), datetime(2027, 1, 1), "Europe/Brussels")
    joint.precision = Precision.MONTH
    db.session.commit()
    assert "other ahead" in found(Visitor(), date(2026, 12, 31), date(2027, 1, 5), [year.group.id])
