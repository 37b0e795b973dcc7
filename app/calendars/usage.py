"""When feeds were last asked for, and by what kind of program: noted at most once an hour, beside the requests."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from queue import SimpleQueue
from typing import NamedTuple

from flask import Flask
from sqlalchemy import or_, update
from sqlalchemy.exc import SQLAlchemyError

from app.calendars.heads import NOTED_FOR, Head
from app.calendars.models import FeedSecret, StoredFeed
from app.calendars.secret_words import client_of
from app.calendars.service.storing import brief_write

log = logging.getLogger(__name__)
MOST_KNOWN = 20_000
"""Uses of this hour that a process remembers to have noted."""


class _Use(NamedTuple):
    secret_id: int | None
    feed_id: int | None
    variant: str
    client: str
    at: datetime


class Usage:
    """Uses on their way into the database, of one process."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._queue: SimpleQueue[_Use | threading.Event] = SimpleQueue()
        self._known: dict[tuple[int | None, int | None, str], datetime] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def note(self, head: Head, variant: str, user_agent: str, now: datetime) -> None:
        """One poll was answered; whatever has to be written is written by another thread."""
        if now < head.noted_until:
            return
        key = (head.secret_id, head.feed_id, variant)
        with self._lock:
            known = self._known.get(key)
            if known is not None and now - known < NOTED_FOR:
                return
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[key] = now
            if self._thread is None or not self._thread.is_alive():  # also after a fork
                self._thread = threading.Thread(target=self._run, name="uses of feeds", daemon=True)
                self._thread.start()
        self._queue.put(_Use(head.secret_id, head.feed_id, variant, client_of(user_agent), now))

    def written(self, seconds: float = 10.0) -> bool:
        """Wait until all that was noted is written; whether it is."""
        if self._thread is None:
            return True
        done = threading.Event()
        self._queue.put(done)
        return done.wait(seconds)

    def _run(self) -> None:
        while True:
            item = self._queue.get()
            if isinstance(item, threading.Event):
                item.set()
                continue
            try:
                with self._app.app_context():
                    _write(item)
            except SQLAlchemyError as error:  # the next poll tries again
                log.info("a use was not noted: %s", type(error).__name__)
                with self._lock:
                    self._known.pop((item.secret_id, item.feed_id, item.variant), None)


def _write(use: _Use) -> None:
    before = use.at - NOTED_FOR
    with brief_write() as connection:
        if use.secret_id is not None:
            connection.execute(
                update(FeedSecret)
                .where(FeedSecret.id == use.secret_id, or_(FeedSecret.used_at.is_(None), FeedSecret.used_at <= before))
                .values(used_at=use.at, client=use.client)
            )
        if use.feed_id is not None:
            connection.execute(
                update(StoredFeed)
                .where(StoredFeed.feed_id == use.feed_id, StoredFeed.variant == use.variant)
                .where(StoredFeed.used_at <= before)
                .values(used_at=use.at)
            )
