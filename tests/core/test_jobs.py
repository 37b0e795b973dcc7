"""Periodic jobs run once in each interval; wake-ups only hasten."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from huey import SqliteHuey

from app.core import jobs
from app.core.db import after_commit, db, write
from app.core.jobs import JobRun, Periodic, forget_old_runs, run_periodic

MORNING = datetime(2027, 3, 28, 1, 59, 59, tzinfo=UTC)


def runs() -> list[JobRun]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(JobRun).order_by(JobRun.due_at)))


@pytest.mark.parametrize(
    ("every", "due"),
    [
        (timedelta(seconds=10), datetime(2027, 3, 28, 1, 59, 50, tzinfo=UTC)),
        (timedelta(hours=1), datetime(2027, 3, 28, 1, tzinfo=UTC)),
        (timedelta(days=1), datetime(2027, 3, 28, tzinfo=UTC)),
    ],
)
def test_due_times_are_counted_in_utc(every: timedelta, due: datetime) -> None:
    job = Periodic("job", every, list)
    assert job.due_at(MORNING) == due
    assert job.due_at(due) == due
    assert job.due_at(due - timedelta(microseconds=1)) == due - every


def test_a_job_runs_once_in_each_interval(app: Flask) -> None:
    ran: list[datetime] = []
    job = Periodic("job", timedelta(hours=1), lambda: ran.append(datetime.now(UTC)))
    with time_machine.travel(MORNING, tick=False) as travelling:
        assert run_periodic(job)
        assert not run_periodic(job)
        travelling.shift(1)
        assert run_periodic(job)
        travelling.shift(timedelta(hours=5))
        assert run_periodic(job), "what was missed is not made up for, the latest is"
        assert not run_periodic(job)
    assert len(ran) == 3
    assert all(run.finished_at and run.error is None for run in runs())


def test_a_job_that_fails_says_so_and_holds_up_nothing(app: Flask) -> None:
    job = Periodic("job", timedelta(hours=1), lambda: 1 // 0)
    assert run_periodic(job)
    (run,) = runs()
    assert run.finished_at is not None
    assert run.error == "ZeroDivisionError: integer division or modulo by zero"


def test_a_job_whose_worker_died_is_taken_up_when_the_lease_has_passed(app: Flask) -> None:
    ran: list[int] = []
    job = Periodic("job", timedelta(days=1), lambda: ran.append(1))
    with time_machine.travel(MORNING, tick=False) as travelling:
        assert jobs._claim("job", job.due_at(MORNING))
        assert not run_periodic(job)
        travelling.shift(jobs.LEASE - timedelta(seconds=1))
        assert not run_periodic(job)
        travelling.shift(timedelta(seconds=2))
        assert run_periodic(job)
    assert (len(ran), runs()[0].attempts) == (1, 2)


def test_what_is_kept_at_goes_on_after_a_failure_and_stops_when_told(app: Flask) -> None:
    stop, seen = threading.Event(), []

    def task(stopping: Callable[[], bool]) -> bool:
        seen.append(stopping())
        if len(seen) == 3:
            stop.set()
        return 1 // (len(seen) - 1) > 0

    jobs.keep_at(app, stop, task, pause=0.01)
    assert seen == [False, False, False]


def test_many_workers_run_a_job_once(app: Flask) -> None:
    ran: list[int] = []
    job = Periodic("job", timedelta(days=365 * 10), lambda: ran.append(1))
    barrier = threading.Barrier(6)
    failures: list[BaseException] = []

    def work() -> None:
        with app.app_context():
            barrier.wait()
            try:
                run_periodic(job)
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(ran), failures) == (1, [])


def test_old_runs_are_forgotten(app: Flask) -> None:
    with time_machine.travel(MORNING, tick=False) as travelling:
        run_periodic(Periodic("job", timedelta(days=1), list))
        travelling.shift(timedelta(days=29))
        forget_old_runs()
        assert len(runs()) == 1
        travelling.shift(timedelta(days=2))
        forget_old_runs()
        assert runs() == []


@pytest.fixture
def queue(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqliteHuey:
    """The queue of wake-ups as an installation has it."""
    real = SqliteHuey("roundtable", filename=str(tmp_path / "wake.sqlite"), results=False)
    monkeypatch.setitem(app.extensions, "roundtable_queue", real)
    monkeypatch.setitem(app.extensions, "roundtable_wake", real.task(name="wake")(jobs._wake_up))
    return real


def test_wake_ups_do_not_pile_up(app: Flask, queue: SqliteHuey) -> None:
    for _ in range(5):
        jobs.wake()
    assert queue.pending_count() == 1


def test_a_worker_is_woken_after_the_commit(app: Flask, queue: SqliteHuey) -> None:
    stop, looked = threading.Event(), threading.Semaphore(0)
    worker = threading.Thread(target=jobs.work, args=(app, stop, [looked.release], [], 60.0))
    worker.start()
    assert looked.acquire(timeout=5), "it looks when it starts"
    with write():
        after_commit(jobs.wake)
        assert not looked.acquire(timeout=0.6), "not before the commit"
    began = time.monotonic()
    assert looked.acquire(timeout=5)
    assert time.monotonic() - began < 1.5
    stop.set()
    worker.join(timeout=5)
    assert not worker.is_alive()


def test_a_worker_looks_by_itself_survives_failures_and_asks_again_while_there_is_more(
    app: Flask, queue: SqliteHuey
) -> None:
    stop = threading.Event()
    rounds: list[float] = []

    def task() -> bool:
        rounds.append(time.monotonic())
        if len(rounds) == 1:
            raise ZeroDivisionError
        if len(rounds) == 5:
            stop.set()
        return len(rounds) == 3

    worker = threading.Thread(target=jobs.work, args=(app, stop, [task], [], 0.75))
    worker.start()
    worker.join(timeout=10)
    assert len(rounds) == 5
    pauses = [later - earlier for earlier, later in pairwise(rounds)]
    assert pauses[2] < 0.3, "more to do: no pause"
    assert all(0.4 < pause < 2 for pause in (pauses[0], pauses[1], pauses[3]))


def test_a_wake_up_that_cannot_be_sent_does_not_fail_the_write(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ConnectionError

    monkeypatch.setitem(app.extensions, "roundtable_wake", broken)
    with write():
        after_commit(jobs.wake)
