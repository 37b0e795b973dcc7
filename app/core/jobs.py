"""Work that happens outside requests.

The rows are the truth: what is due is found by asking the database. `wake()` only tells a worker to look now rather
than at its next round, through Redis or a small SQLite queue; a wake-up that is lost costs seconds, not work.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from flask import Flask, current_app
from huey import RedisHuey, SqliteHuey
from huey.api import Huey
from redis import BlockingConnectionPool
from sqlalchemy import String, Text, delete
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base, Instant, db, lock, lock_name, write

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=10)
KEPT = timedelta(days=30)
PAUSE = 10.0
"""Seconds after which a worker looks without being woken."""
GLANCE = 0.25
"""Seconds between two looks at the bell, at the wish to stop and at the SQLite queue."""


class JobRun(Base):
    """One run of a periodic job at one due time; the key makes sure that it runs once, however many workers."""

    __tablename__ = "job_runs"

    job: Mapped[str] = mapped_column(String(60), primary_key=True)
    due_at: Mapped[Instant] = mapped_column(primary_key=True)
    lease_until: Mapped[Instant]
    attempts: Mapped[int] = mapped_column(default=1)
    finished_at: Mapped[Instant | None]
    error: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class Periodic:
    """A job that runs once in each interval, counted from the epoch in UTC.

    It must do no harm when it runs twice: a worker may be killed between the job's end and the note of it.
    """

    name: str
    every: timedelta
    run: Callable[[], object]

    def due_at(self, moment: datetime) -> datetime:
        """The latest due time that has come at `moment`."""
        seconds = int(self.every.total_seconds())
        return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)


def init_app(app: Flask) -> None:
    """Create the queue of wake-ups."""
    config = app.config["ROUNDTABLE"]
    if config.redis_url:
        # A server that does not answer must not hold up the request that has just been committed.
        pool = BlockingConnectionPool.from_url(
            config.redis_url, socket_connect_timeout=1, socket_timeout=3, max_connections=20, timeout=1
        )
        queue: Huey = RedisHuey("roundtable", connection_pool=pool, results=False)
    elif config.testing:
        queue = Huey("roundtable", immediate=True, results=False)
    else:
        config.instance_path.mkdir(parents=True, exist_ok=True)
        queue = SqliteHuey("roundtable", filename=str(config.instance_path / "wake.sqlite"), results=False)
    app.extensions["roundtable_queue"] = queue
    app.extensions["roundtable_wake"] = queue.task(name="wake")(_wake_up)


def _wake_up() -> None:
    """What stands in the queue. It is taken out, never run: whoever takes it looks at the rows."""


def wake() -> None:
    """Tell a worker that something may be due. Call it after the commit that made it so.

    One waiting wake-up is enough: whoever takes it looks at the rows after taking it, so it sees this commit too.
    """
    if current_app.extensions["roundtable_queue"].pending_count() == 0:
        current_app.extensions["roundtable_wake"]()


def run_periodic(job: Periodic) -> bool:
    """Run the job if its time has come and nobody has; say whether it ran here."""
    due_at = job.due_at(clock.now())
    seen = db.session.get(JobRun, (job.name, due_at))
    if seen is not None and (seen.finished_at is not None or seen.lease_until > clock.now()):
        return False
    if not _claim(job.name, due_at):
        return False
    error = None
    try:
        job.run()
    except Exception as failure:
        log.exception("periodic job failed", extra={"job": job.name})
        error = f"{type(failure).__name__}: {failure}"[:2000]
    with write():
        run = lock(JobRun, (job.name, due_at))
        if run is not None:
            run.finished_at, run.error = clock.now(), error
    return True


def _claim(name: str, due_at: datetime) -> bool:
    with write() as session:
        lock_name(f"job:{name}")
        run = lock(JobRun, (name, due_at))
        if run is None:
            session.add(JobRun(job=name, due_at=due_at, lease_until=clock.now() + LEASE))
            return True
        if run.finished_at is not None or run.lease_until > clock.now():
            return False
        run.attempts += 1
        run.lease_until = clock.now() + LEASE
        return True


def forget_old_runs() -> None:
    """Drop the records of runs long past."""
    with write() as session:
        session.execute(delete(JobRun).where(JobRun.due_at < clock.now() - KEPT))


def work(
    app: Flask,
    stop: threading.Event,
    always: Sequence[Callable[[], object]],
    periodic: Sequence[Periodic],
    pause: float = PAUSE,
) -> None:
    """Do what is due until `stop` is set: at every wake-up, and every `pause` seconds in any case.

    What is done `always` says whether it did something; then it is asked again without a pause.
    `stop` may be set by a signal handler: this thread never waits on it, only looks.
    """
    bell = threading.Event()
    listener = threading.Thread(target=_listen, args=(app, stop, bell), name="wake-ups", daemon=True)
    listener.start()
    tasks: list[Callable[[], object]] = [*always, *(partial(_periodic, job) for job in periodic)]
    while not stop.is_set():
        bell.clear()
        for task in tasks:
            if stop.is_set():
                break
            try:
                with app.app_context():
                    if task():
                        bell.set()
            except Exception:
                log.exception("a round of the worker failed")
        _wait(bell, stop, pause)
    listener.join(timeout=5)


def keep_at(app: Flask, stop: threading.Event, task: Callable[[Callable[[], bool]], object], pause: float) -> None:
    """Do one thing whenever it is due until `stop` is set, in a thread of its own: nothing waits for it.

    The task is told how to ask whether to stop, and says whether it did something; then it is asked again at once.
    """
    quiet = threading.Event()
    while not stop.is_set():
        done: object = False
        try:
            with app.app_context():
                done = task(stop.is_set)
        except Exception:
            log.exception("what is done beside the worker failed")
        if not done:
            _wait(quiet, stop, pause)


def _listen(app: Flask, stop: threading.Event, bell: threading.Event) -> None:
    """Ring the bell for every wake-up taken from the queue.

    huey's own consumer is not used: it would take over the process' signals, and there is nothing to execute.
    """
    queue = app.extensions["roundtable_queue"]
    while not stop.is_set():
        try:
            taken = queue.storage.dequeue()  # Redis waits for one, up to a second
        except Exception as failure:
            log.warning("no wake-ups: the queue does not answer", extra={"error": type(failure).__name__})
            stop.wait(2)
            continue
        if taken is not None:
            bell.set()
        else:
            stop.wait(GLANCE)
    with suppress(Exception):
        queue.storage.close()


def _periodic(job: Periodic) -> None:
    run_periodic(job)


def _wait(bell: threading.Event, stop: threading.Event, pause: float) -> None:
    """Until a wake-up, the stop, or the end of the pause."""
    for _ in range(max(1, round(pause / GLANCE))):
        if bell.wait(GLANCE) or stop.is_set():
            return
