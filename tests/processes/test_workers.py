"""Several workers at once, and workers that die at the worst moments."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from huey import SqliteHuey

from app.core import jobs
from app.core.db import db
from app.core.jobs import JobRun
from app.core.outbox import SENT, OutboxMessage
from app.running.worker import PERIODIC
from tests.mail.conftest import make_mail
from tests.mail.smtp import Server, smtp_server
from tests.processes.installation import PATIENCE, Installation, wait_for

pytestmark = [pytest.mark.processes, pytest.mark.database]
LEASE = 3


@pytest.fixture
def server(running: Installation) -> Iterator[Server]:
    with smtp_server() as server:
        running.more |= {"SMTP_URL": f"smtp://127.0.0.1:{server.port}", "MAIL_LEASE": str(LEASE)}
        yield server


@pytest.fixture
def app(running: Installation, server: Server) -> Iterator[Flask]:
    application = running.app()
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


def rows() -> list[OutboxMessage]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def test_two_workers_send_each_mail_once_and_run_each_job_once(
    running: Installation, server: Server, app: Flask
) -> None:
    for number in range(60):
        make_mail(f"p{number}@example.org")
    for _ in range(2):
        running.start("worker", "--pause", "0.3")
    wait_for(lambda: all(message.state == SENT for message in rows()), seconds=40)
    wait_for(lambda: db.session.rollback() or db.session.scalar(_finished()) == len(PERIODIC))
    time.sleep(1)
    assert sorted(server.ids) == sorted(message.message_id for message in rows())
    assert len(server.connections) >= 2, "both had their share"
    runs = db.session.scalars(sa.select(JobRun)).all()
    assert all((run.attempts, run.error) == (1, None) for run in runs)
    assert len(runs) <= len(PERIODIC) + 3, "an hour may have begun meanwhile"


def _finished() -> sa.Select[tuple[int]]:
    return sa.select(sa.func.count(sa.distinct(JobRun.job))).where(JobRun.finished_at.is_not(None))


@pytest.mark.parametrize("moment", ["before", "after"])
def test_another_worker_takes_over_from_one_that_was_killed(
    running: Installation, server: Server, app: Flask, moment: str
) -> None:
    """Killed `before` the server has the mail, or `after` it has it and before that is noted: then it comes twice."""
    reached, go_on = threading.Event(), threading.Event()

    def hold(_what: object) -> None:
        if not reached.is_set():
            reached.set()
            go_on.wait(10)

    if moment == "before":
        server.on_recipient = hold
    else:
        server.on_data = hold
    make_mail()
    first = running.start("worker", "--pause", "0.3")
    assert reached.wait(20)
    second = running.start("worker", "--pause", "0.3")
    first.kill()
    first.wait()
    killed_at = time.monotonic()
    go_on.set()
    wait_for(lambda: rows()[0].state == SENT, seconds=LEASE + 15)
    assert second.poll() is None
    assert rows()[0].attempts == 2
    if moment == "before":
        assert len(server.ids) == 1
    else:
        assert len(server.ids) == 2, "SMTP cannot tell"
        assert time.monotonic() - killed_at > LEASE - 2
    assert set(server.ids) == {rows()[0].message_id}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_told_to_stop_finishes_what_it_holds(
    running: Installation, server: Server, app: Flask, number: signal.Signals
) -> None:
    reached = threading.Event()

    def slow(_item: object) -> None:
        reached.set()
        time.sleep(1)

    server.on_data = slow
    for _ in range(3):
        make_mail()
    worker = running.start("worker")
    assert reached.wait(20)
    os.killpg(worker.pid, number)
    assert worker.wait(timeout=5 * PATIENCE) == 0
    assert [message.state for message in rows()] == ["sent", "queued", "queued"]
    assert len(server.ids) == 1
    assert all(message.lease_until is None for message in rows())
    assert "Traceback" not in running.output


def test_a_mail_is_sent_soon_after_it_was_written(running: Installation, server: Server, app: Flask) -> None:
    """The wake-up reaches the worker through its queue: it does not wait for its next round."""
    running.start("worker", "--pause", "60")
    ring = _bell(running)
    wait_for(lambda: "worker" in str(running.workers()))
    make_mail()
    ring()
    wait_for(lambda: len(server.ids) == 1)
    time.sleep(0.5)
    began = time.monotonic()
    make_mail()
    ring()
    wait_for(lambda: len(server.ids) == 2)
    assert time.monotonic() - began < 30, "not with its next round, a minute later"


def _bell(running: Installation) -> Callable[[], object]:
    """Puts a wake-up where a web server's process of this installation would put it."""
    queue = SqliteHuey("roundtable", filename=str(running.folder / "wake.sqlite"), results=False)
    return queue.task(name="wake")(jobs._wake_up)  # type: ignore[no-any-return]


def test_a_worker_without_a_database_keeps_trying(running: Installation, server: Server, app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE outbox_messages RENAME TO away"))
    worker = running.start("worker", "--pause", "0.3")
    wait_for(lambda: "a round of the worker failed" in running.output)
    assert worker.poll() is None
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE away RENAME TO outbox_messages"))
    make_mail()
    wait_for(lambda: rows()[0].state == SENT)
