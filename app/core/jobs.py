"""Work that happens outside requests.

The rows are the truth: what is due is found by asking the database. `wake()` only tells a worker to look now rather
than at its next round, through Redis or a small SQLite queue; a wake-up that is lost costs seconds, not work.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask, current_app
from huey import RedisHuey, SqliteHuey
from huey.api import Huey
from sqlalchemy import String, Text, delete
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base, Instant, lock, write

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=10)
KEPT = timedelta(days=30)


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
    """A job that runs once in each interval, counted from the epoch in UTC."""

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
        queue: Huey = RedisHuey("roundtable", url=config.redis_url, results=False)
    elif config.testing:
        queue = Huey("roundtable", immediate=True, results=False)
    else:
        config.instance_path.mkdir(parents=True, exist_ok=True)
        queue = SqliteHuey("roundtable", filename=str(config.instance_path / "wake.sqlite"), results=False)
    app.extensions["roundtable_bell"] = threading.Event()

    def wake_up() -> None:
        app.extensions["roundtable_bell"].set()

    app.extensions["roundtable_queue"] = queue
    app.extensions["roundtable_wake"] = queue.task(name="wake")(wake_up)


def wake() -> None:
    """Tell a worker that something may be due. Call it after the commit that made it so."""
    current_app.extensions["roundtable_wake"]()


def run_periodic(job: Periodic) -> bool:
    """Run the job if its time has come and nobody has; say whether it ran here."""
    due_at = job.due_at(clock.now())
    with write() as session:
        run = lock(JobRun, (job.name, due_at))
        if run is not None:
            if run.finished_at is not None or run.lease_until > clock.now():
                return False
            run.attempts += 1
            run.lease_until = clock.now() + LEASE
        else:
            session.add(JobRun(job=job.name, due_at=due_at, lease_until=clock.now() + LEASE))
    error = None
    try:
        job.run()
    except Exception as failure:
        log.exception("periodic job failed", extra={"job": job.name})
        error = f"{type(failure).__name__}: {failure}"[:2000]
    with write():
        run = lock(JobRun, (job.name, due_at))
        assert run is not None
        run.finished_at, run.error = clock.now(), error
    return True


def forget_old_runs() -> None:
    """Drop the records of runs long past."""
    with write() as session:
        session.execute(delete(JobRun).where(JobRun.due_at < clock.now() - KEPT))


def work(app: Flask, stop: threading.Event, always: Sequence[Callable[[], object]], periodic: Sequence[Periodic],
         pause: float = 10.0) -> None:  # fmt: skip
    """Do what is due until `stop` is set: at every wake-up, and every `pause` seconds in any case."""
    bell: threading.Event = app.extensions["roundtable_bell"]
    consumer = app.extensions["roundtable_queue"].create_consumer(
        workers=1, periodic=False, initial_delay=0.1, max_delay=0.5, backoff=1.3, check_worker_health=False
    )
    consumer.start()
    try:
        while not stop.is_set():
            bell.clear()
            for task in [*always, *(_once(job) for job in periodic)]:
                try:
                    with app.app_context():
                        task()
                except Exception:
                    log.exception("a round of the worker failed")
            _wait(bell, stop, pause)
    finally:
        consumer.stop(graceful=True)


def _once(job: Periodic) -> Callable[[], object]:
    return lambda: run_periodic(job)


def _wait(bell: threading.Event, stop: threading.Event, pause: float) -> None:
    """Until a wake-up, the stop, or the end of the pause."""
    for _ in range(max(1, round(pause / 0.2))):
        if bell.wait(0.2) or stop.is_set():
            return
