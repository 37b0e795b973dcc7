"""The worker reads busy calendars, good ones again and again; hostile ones are refused, and nothing else disturbed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.availability import service
from app.availability.models import BusyCalendar, BusyPeriod
from app.availability.rules import MOST_BYTES, MOST_CALENDARS, Problem
from app.availability.service.reading import read_next
from app.core.db import db
from app.core.errors import DomainError
from tests.availability.conftest import NOW, Scene
from tests.availability.hostile import GOOD, HERE, served
from tests.factories.availability import make_calendar


@pytest.fixture
def site() -> Iterator[str]:
    with served() as address:
        yield address


def read() -> bool:
    done = read_next(allowed=HERE)
    db.session.rollback()
    return done


def stored(calendar_id: int) -> BusyCalendar:
    return db.session.get_one(BusyCalendar, calendar_id)


def periods() -> int:
    return db.session.scalar(select(func.count()).select_from(BusyPeriod)) or 0


def test_an_address_is_read_now_and_again(scene: Scene, site: str) -> None:
    made = service.add_address(scene.anna.id, "Work", f"{site}/good").id
    assert read() and not read()
    calendar = stored(made)
    assert (calendar.read_at, calendar.problem, periods()) == (NOW, None, 3)
    assert calendar.next_read_at == NOW + timedelta(hours=6)
    with time_machine.travel(NOW + timedelta(hours=7), tick=False):
        assert read() and not read()
        assert periods() == 3, "in place of those that were there"


def test_only_begin_and_end_are_kept(scene: Scene, site: str) -> None:
    service.add_address(scene.anna.id, "Work", f"{site}/good")
    read()
    first = db.session.scalars(select(BusyPeriod).order_by(BusyPeriod.id)).first()
    assert first is not None
    assert (first.starts_at, first.ends_at) == (
        datetime(2027, 3, 15, 9, tzinfo=UTC),
        datetime(2027, 3, 15, 11, tzinfo=UTC),
    )
    assert {column.name for column in BusyPeriod.__table__.columns} == {"id", "calendar_id", "starts_at", "ends_at"}


def test_a_file_is_read_once_and_then_gone(scene: Scene) -> None:
    made = service.add_file(scene.anna.id, "Holidays", GOOD).id
    assert read() and not read()
    calendar = stored(made)
    assert (calendar.content, calendar.next_read_at, periods()) == (None, None, 3)


def test_hostile_ones_are_refused_and_the_others_read(
    scene: Scene, site: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hostile = {
        "inwards?key=secret": Problem.PRIVATE, "secondly": Problem.TOO_OFTEN, "page": Problem.NO_CALENDAR,
        "bomb": Problem.TOO_LARGE,
    }  # fmt: skip
    ids = {path: service.add_address(scene.anna.id, path, f"{site}/{path}").id for path in hostile}
    good = service.add_address(scene.bert.id, "Work", f"{site}/good").id
    for _calendar in range(5):
        assert read()
    assert not read()
    assert {path: stored(key).problem for path, key in ids.items()} == hostile
    assert stored(good).problem is None and periods() == 3
    assert "key=secret" not in caplog.text and site not in caplog.text


def test_what_was_read_before_stays_while_the_server_is_down_and_the_pause_grows(scene: Scene) -> None:
    span = (datetime(2027, 3, 15, 9, tzinfo=UTC), datetime(2027, 3, 15, 11, tzinfo=UTC))
    made = make_calendar(scene.anna, [span], address="http://127.0.0.1:1/", next_read_at=NOW).id
    for pause in (1, 2, 4):
        calendar = stored(made)
        due = calendar.next_read_at
        assert due is not None
        with time_machine.travel(due, tick=False):
            assert read()
        assert stored(made).next_read_at == due + timedelta(hours=pause)
    assert stored(made).problem == Problem.ADDRESS, "ports of other services are not called"
    assert periods() == 1


def test_one_worker_reads_it_and_a_dead_ones_is_taken_over(scene: Scene, site: str) -> None:
    calendar = make_calendar(
        scene.anna, address=f"{site}/good", next_read_at=NOW, lease_until=NOW + timedelta(minutes=3)
    )
    assert not read()
    with time_machine.travel(NOW + timedelta(minutes=4), tick=False):
        assert read()
    assert stored(calendar.id).lease_until is None


def test_a_worker_that_stops_leaves_it_to_the_next(scene: Scene, site: str) -> None:
    made = service.add_address(scene.anna.id, "Work", f"{site}/silent").id
    answers = iter([False])
    assert read_next(lambda: next(answers, True), HERE)
    db.session.rollback()
    calendar = stored(made)
    assert (calendar.lease_until, calendar.problem, calendar.next_read_at) == (None, None, NOW)


def test_removed_while_it_was_read(scene: Scene) -> None:
    made = make_calendar(scene.anna, [(NOW, NOW + timedelta(hours=1))]).id
    service.remove_calendar(made)
    service.remove_calendar(made)
    assert periods() == 0 and db.session.get(BusyCalendar, made) is None


def test_what_is_not_taken_in(scene: Scene) -> None:
    with pytest.raises(DomainError):
        service.add_address(scene.anna.id, "Work", "ftp://example.org/a.ics")
    with pytest.raises(DomainError):
        service.add_file(scene.anna.id, "Work", b"BEGIN:VCALENDAR" + b"X" * MOST_BYTES)
    with pytest.raises(DomainError):
        service.add_file(scene.anna.id, "Work", b"PK\x03\x04")
    for number in range(MOST_CALENDARS):
        service.add_address(scene.anna.id, f"Calendar {number}", "webcal://example.org/a.ics")
    with pytest.raises(DomainError):
        service.add_address(scene.anna.id, "One more", "https://example.org/b.ics")
