"""A process that must not outlive the one that started it, even if that one was killed."""

from __future__ import annotations

import os
import signal
import threading
import time

PARENT = "ROUNDTABLE_PARENT"
"""The environment variable that names the process to live with."""
GLANCE, GRACE = 0.5, 15.0


def hold() -> None:
    """End this process soon after the one named in the environment has ended; nothing where none is named."""
    parent = os.environ.get(PARENT)
    if parent:
        threading.Thread(target=_watch, args=(int(parent),), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    """An orphan gets another parent: that is how it knows. It stops as if told to, and soon in any case."""
    while os.getppid() == parent:
        time.sleep(GLANCE)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os.kill(os.getpid(), signal.SIGKILL)
