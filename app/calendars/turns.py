"""One thread at a time makes a feed, and the others that want it wait a moment for what it makes."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

PATIENCE = 0.5
"""Seconds to wait before making it as well: under steady changes, what others make may be out of date by then."""
_PLACES = 64


class Turns:
    """Of one process. Two feeds may share a place, at the price of a wait."""

    def __init__(self) -> None:
        self._locks = [threading.Lock() for _ in range(_PLACES)]

    @contextmanager
    def of(self, key: Hashable) -> Iterator[None]:
        """Hold the turn, or none where others have had it for too long."""
        lock = self._locks[hash(key) % _PLACES]
        held = lock.acquire(timeout=PATIENCE)
        try:
            yield
        finally:
            if held:
                lock.release()
