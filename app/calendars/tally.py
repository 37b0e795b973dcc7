"""Polls in figures and in the log, as other requests are: the view's name, never an address.

Clients poll day and night: what goes well is logged at most once a second and status, the line telling how many times,
and reaches the figures of `/metrics` with that line, or when they are asked for. What is refused or broken has a line
each.
"""

from __future__ import annotations

import threading
import time

import structlog
from prometheus_client import Counter

answered: Counter = Counter(
    "roundtable_feed_requests", "Polls of feeds answered, by status.", ["status"], registry=None
)
SILENCE = 1.0
"""Seconds between two lines of a status that is fine."""
log = structlog.get_logger("request")


class _Status:
    """What is to be told of one status."""

    __slots__ = ("code", "counter", "is_fine", "next_line", "uncounted", "untold")

    def __init__(self, status: str) -> None:
        self.code = int(status[:3])
        self.is_fine = self.code < 400
        self.counter = answered.labels(status[:3])
        self.next_line = 0.0
        self.uncounted = self.untold = 0

    def count(self) -> None:
        """Into the figures."""
        self.counter.inc(self.uncounted)
        self.uncounted = 0


class Tally:
    """Of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[str, _Status] = {}

    def note(self, endpoint: str, method: str, status: str, began: float) -> None:
        """One poll answered, begun at that time (perf_counter)."""
        now = time.perf_counter()
        with self._lock:
            of = self._of.get(status)
            if of is None:
                of = self._of[status] = _Status(status)
            of.uncounted += 1
            of.untold += 1
            if of.is_fine and now < of.next_line:
                return
            times, of.untold, of.next_line = of.untold, 0, now + SILENCE
            of.count()
        structlog.contextvars.clear_contextvars()
        more = {"times": times} if times > 1 else {}
        log.info("request", method=method, endpoint=endpoint, status=of.code, ms=round((now - began) * 1000), **more)

    def count(self) -> None:
        """All that was answered so far into the figures."""
        with self._lock:
            for of in self._of.values():
                of.count()
