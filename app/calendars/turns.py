"""While one thread makes a feed, the others that want it wait a moment for what it makes."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

PATIENCE = 0.5
"""Seconds to wait before making it as well."""


class Turns:
    """Of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, threading.Event] = {}

    @contextmanager
    def of(self, key: Hashable) -> Iterator[None]:
        """Go on at once, or once another thread has made it; then one has to look whether that will do.

        Nobody waits twice: under steady changes, what others make is out of date again and again.
        """
        own = threading.Event()
        with self._lock:
            others = self._under_way.setdefault(key, own)
        if others is not own:
            others.wait(PATIENCE)
            yield
            return
        try:
            yield
        finally:
            with self._lock:
                del self._under_way[key]
            own.set()
