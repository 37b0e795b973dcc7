"""Bodies of feeds that were sent lately, in the memory of a process: an ETag names bytes that never change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TypeAlias

MOST_BYTES = 32_000_000
"""Of all bodies kept; a single one may take a quarter of it."""

Name: TypeAlias = tuple[int, str, str, bool]
"""(feed id, variant, ETag, whether compressed)."""


class Bodies:
    """The bodies used last, and what a program calls each as a file."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._held = 0
        self._kept: OrderedDict[Name, tuple[str, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: Name) -> tuple[str, bytes] | None:
        """(file name, body), if it is there."""
        with self._lock:
            found = self._kept.get(name)
            if found is not None:
                self._kept.move_to_end(name)
            return found

    def put(self, name: Name, filename: str, body: bytes) -> None:
        """Keep it, and let those go that were not used for longest."""
        if len(body) * 4 > self._most:
            return
        with self._lock:
            if name not in self._kept:
                self._kept[name] = (filename, body)
                self._held += len(body)
            while self._held > self._most:
                _name, (_filename, old) = self._kept.popitem(last=False)
                self._held -= len(old)
