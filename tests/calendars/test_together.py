"""Polls and changes at the same time, and databases that fail: nobody sees what was, nothing is half."""

from __future__ import annotations

import gzip
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text

from app.calendars import door, turns
from app.calendars import service as feeds
from app.calendars.feeds import FeedKind
from app.calendars.models import Feed, StoredFeed
from app.calendars.service import secrets
from app.core import clock
from app.core.db import db
from app.groups.models import WorkingGroup
from app.meetings import service
from app.meetings.models import Meeting
from tests.calendars.assembling import group_feed
from tests.calendars.reading import values
from tests.databases import driver_url
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account

FEED = "/groups/climate/calendar.ics"


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    return make_meeting(make_group("climate"), title="Change 0")


def rename(app: Flask, meeting_id: int, title: str) -> None:
    """Change a meeting as a request of its own does."""
    with app.app_context():
        meeting = db.session.get_one(Meeting, meeting_id)
        plan = replace(service.plan_of(meeting), title=title)
        service.change_meeting(meeting_id, plan, version=meeting.version, actor_id=None)


def number(body: bytes) -> int:
    """Which change a feed shows."""
    return int(values(body, "SUMMARY")[0].removeprefix("Change "))


def in_thread(call: Callable[[], Any]) -> Any:
    """The result of a call made by another thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result(timeout=30)


@contextmanager
def before_statement(part: str, call: Callable[[], None]) -> Iterator[None]:
    """Do something once, just before the next statement that reads from a table."""
    waiting = [call]

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if part in statement and waiting:
            waiting.pop()()

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield
        assert not waiting, "the statement never came"
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_no_poll_after_an_accepted_change_shows_what_was_before(app: Flask, meeting: Meeting) -> None:
    meeting_id, changes = meeting.id, 25
    db.session.rollback()
    accepted, done, polled = [0], threading.Event(), threading.Event()
    bodies: dict[str, bytes] = {}

    def change() -> None:
        try:
            for change in range(1, changes + 1):
                rename(app, meeting_id, f"Change {change}")
                accepted[0] = change
                polled.clear()
                assert polled.wait(timeout=60), "somebody polls between two changes"
        finally:
            done.set()

    def poll(encoding: str) -> int:
        client, polls, etag, seen = app.test_client(), 0, "", 0
        while not done.is_set() or seen < accepted[0]:
            at_least = max(accepted[0], seen)
            answer = client.get(FEED, headers={"If-None-Match": etag, "Accept-Encoding": encoding})
            polls += 1
            polled.set()
            if answer.status_code == 304:
                assert seen >= at_least
                continue
            assert answer.status_code == 200
            etag = answer.headers["ETag"]
            assert bodies.setdefault(etag, answer.data) == answer.data
            seen = number(gzip.decompress(answer.data) if encoding == "gzip" else answer.data)
            assert seen >= at_least
        return polls

    with ThreadPoolExecutor(4) as pool:
        polls = [pool.submit(poll, encoding) for encoding in ("identity", "identity", "gzip")]
        pool.submit(change).result(timeout=120)
        assert sum(poll.result(timeout=60) for poll in polls) >= changes
    assert number(app.test_client().get(FEED).data) == changes


def test_many_first_polls_make_the_same_bytes(app: Flask, meeting: Meeting) -> None:
    barrier = threading.Barrier(5)

    def poll() -> tuple[str, bytes]:
        client = app.test_client()
        barrier.wait(timeout=10)
        answer = client.get(FEED)
        return answer.headers["ETag"], answer.data

    with ThreadPoolExecutor(5) as pool:
        found = [poll.result(timeout=60) for poll in [pool.submit(poll) for _ in range(5)]]
    assert len(set(found)) == 1
    assert db.session.scalar(select(func.count()).select_from(StoredFeed)) == 1


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_polls_at_once_have_it_made_once(
    app: Flask, meeting: Meeting, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    made, barrier, once = [0], threading.Barrier(5), door.assemble

    def slowly(*given: Any) -> Any:
        made[0] += 1
        time.sleep(0.2)
        return once(*given)

    def poll() -> bytes:
        client = app.test_client()
        barrier.wait(timeout=10)
        return client.get(FEED, headers={"Accept-Encoding": encoding}).data

    monkeypatch.setattr(door, "assemble", slowly)
    monkeypatch.setattr(turns, "PATIENCE", 30)
    with ThreadPoolExecutor(5) as pool:
        found = {poll.result(timeout=60) for poll in [pool.submit(poll) for _ in range(5)]}
    assert (len(found), made[0]) == (1, 1)


def test_nobody_waits_long_for_another_to_make_it(
    app: Flask, meeting: Meeting, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, once = threading.Event(), threading.Event(), door.assemble

    def held(*given: Any) -> Any:
        if not begun.is_set():
            begun.set()
            assert go_on.wait(timeout=30)
        return once(*given)

    monkeypatch.setattr(door, "assemble", held)
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: app.test_client().get(FEED).data)
        assert begun.wait(timeout=30)
        second = client.get(FEED).data
        go_on.set()
        assert first.result(timeout=30) == second
    assert number(second) == 0


def test_a_secret_taken_back_while_waiting_for_another_poll_answers_no_more(
    app: Flask, meeting: Meeting, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = make_account("Ines Lima")
    make_membership(meeting.group, owner)
    made, secret = secrets.make(owner.id, FeedKind.MINE, None, "Phone", "", "key")
    address, secret_id, owner_id = f"/feeds/{secret}/calendar.ics", made.id, owner.id
    begun, go_on, once = threading.Event(), threading.Event(), door.assemble

    def held(*given: Any) -> Any:
        begun.set()
        assert go_on.wait(timeout=30)
        return once(*given)

    monkeypatch.setattr(door, "assemble", held)
    monkeypatch.setattr(turns, "PATIENCE", 30)
    db.session.rollback()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(lambda: app.test_client().get(address))
        assert begun.wait(timeout=30)
        second = pool.submit(lambda: app.test_client().get(address))
        time.sleep(0.3)  # it waits for the first
        secrets.take_back(secret_id, owner_id)
        go_on.set()
        assert first.result(timeout=30).status_code == 200
        assert second.result(timeout=30).status_code == 404


def test_an_older_assembly_never_replaces_a_newer(app: Flask, meeting: Meeting, client: FlaskClient) -> None:
    older = group_feed(meeting.group_id, "en", clock.now())
    assert older is not None
    rename(app, meeting.id, "Change 1")
    newer = client.get(FEED)
    assert feeds.store(older, clock.now()) is None
    assert client.get(FEED).data == newer.data
    assert number(newer.data) == 1


def test_version_and_events_are_of_one_moment(app: Flask, meeting: Meeting, client: FlaskClient) -> None:
    """A change between the reading of the version and that of the events is seen whole or not at all."""
    group_id, meeting_id = meeting.group_id, meeting.id
    db.session.rollback()
    with before_statement(
        "FROM meetings LEFT OUTER JOIN", lambda: in_thread(lambda: rename(app, meeting_id, "Change 1"))
    ):
        assembly = group_feed(group_id, "en", clock.now())
    assert assembly is not None
    assert db.session.scalars(select(Feed.version).where(Feed.kind == "group")).one() == assembly.version + 1
    assert number(assembly.body) == 0
    assert feeds.store(assembly, clock.now()) is None
    assert number(client.get(FEED).data) == 1


def test_a_feed_polled_before_its_first_meeting_shows_it_when_it_comes(app: Flask, client: FlaskClient) -> None:
    group = make_group("climate")
    group_id = group.id
    empty = client.get(FEED)
    assert b"VEVENT" not in empty.data
    etag = {"If-None-Match": empty.headers["ETag"]}
    assert client.get(FEED, headers=etag).status_code == 304
    with app.app_context():
        make_meeting(db.session.get_one(WorkingGroup, group_id), title="Change 7")
    assert number(client.get(FEED, headers=etag).data) == 7


@contextmanager
def database_held() -> Iterator[None]:
    """Somebody else is writing, and not done yet."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection, connection.begin():
            connection.execute(text("SELECT id FROM feeds FOR UPDATE")).all()
            yield
        return
    connection = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
    finally:
        connection.close()


def test_a_poll_does_not_wait_for_those_who_write(meeting: Meeting, client: FlaskClient) -> None:
    with database_held():
        began = time.monotonic()
        answer = client.get(FEED, headers={"Accept-Encoding": "gzip"})
        again = client.get(FEED)
        took = time.monotonic() - began
    assert (answer.status_code, again.status_code) == (200, 200)
    assert answer.headers["ETag"] == again.headers["ETag"].replace('"', '-gzip"').removeprefix("-gzip")
    assert took < 10
    assert db.session.scalar(select(func.count()).select_from(StoredFeed)) == 0
    stored = client.get(FEED)
    assert stored.data == again.data
    assert db.session.scalar(select(func.count()).select_from(StoredFeed)) == 1


def test_others_write_with_the_patience_and_the_care_of_before(app: Flask, meeting: Meeting) -> None:
    """By connections that stored a feed, or failed to."""
    if db.engine.dialect.name == "postgresql":
        settings = ("SHOW lock_timeout", "SHOW synchronous_commit")
    else:
        settings = ("PRAGMA busy_timeout", "PRAGMA synchronous")

    def found() -> list[object]:
        with db.engine.connect() as connection:
            return [connection.exec_driver_sql(setting).scalar() for setting in settings]

    before = found()
    client = app.test_client()
    assert client.get(FEED).status_code == 200
    assert found() == before
    rename(app, meeting.id, "Change 1")
    with database_held():
        assert client.get(FEED).status_code == 200
    assert found() == before


def test_a_connection_that_died_is_replaced(app: Flask, meeting: Meeting, client: FlaskClient) -> None:
    client.get(FEED)
    reader = app.extensions["roundtable_door"].reader
    assert reader._idle
    if db.engine.dialect.name == "postgresql":
        with psycopg.connect(driver_url()) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        db.engine.dispose()
    else:
        reader._idle[-1].close()
    assert client.get(FEED).status_code == 200
    assert client.get(FEED).status_code == 200


def test_a_database_that_does_not_answer_is_said_plainly(
    app: Flask, meeting: Meeting, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reader = app.extensions["roundtable_door"].reader
    postgresql = db.engine.dialect.name == "postgresql"

    def refuse() -> Any:
        error = psycopg.OperationalError if postgresql else sqlite3.OperationalError
        raise error("password=hidden host=hidden")

    reader.close()
    monkeypatch.setattr(reader, "_open", refuse)
    answer = client.get(FEED)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_type == "text/plain; charset=utf-8"
    assert "hidden" not in answer.text + caplog.text
    assert "OperationalError" in caplog.text
    monkeypatch.undo()
    assert client.get(FEED).status_code == 200


def test_what_breaks_in_an_assembly_is_said_plainly(
    meeting: Meeting, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(door, "assemble", broken)
    answer = client.get(FEED)
    assert answer.status_code == 500
    assert answer.content_type == "text/plain; charset=utf-8"
    assert "broken" not in answer.text.lower().replace("something broke", "")


def test_connections_do_not_cross_a_fork(app: Flask, meeting: Meeting, client: FlaskClient) -> None:
    client.get(FEED)
    reader = app.extensions["roundtable_door"].reader
    before = list(reader._idle)
    assert before
    child = os.fork()
    if child == 0:  # pragma: no cover - in another process
        fine = not reader._idle and reader.head("group", "lang=en", "climate") is not None
        fine = fine and all(connection not in before for connection in reader._idle)
        os._exit(0 if fine else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert client.get(FEED).status_code == 200
    assert list(reader._idle) == before
