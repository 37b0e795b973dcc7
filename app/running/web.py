"""The web server's main process: `python -m app.running.web`, started by `flask serve`.

It loads the code once and forks the processes that answer; each of these makes an application of its own.
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from app.running import lifeline

THREADS = 4
"""Requests that one process works on at once. Python runs one at a time while the others wait for the database; more of
them would hand it to each other all the time: with eight, polls of feeds were answered two thirds as often."""
CONNECTIONS = 512
"""Connections that one process holds at once; more wait until one ends."""
DRAIN = 10
"""Seconds that requests under way are given when the server stops."""


def load(_name: str) -> Callable[..., Any]:
    """The application, in a process that answers."""
    lifeline.hold()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # nothing to drain yet: told to stop meanwhile, it just ends
    application: Callable[..., Any] = import_module("wsgi").app
    gc.collect()
    gc.freeze()  # what has been loaded stays; the collector need not look through it again and again
    return application


def main() -> None:
    """Serve until told to stop."""
    options = argparse.ArgumentParser()
    options.add_argument("--host", required=True)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--workers", type=int, required=True)
    options.add_argument("--root", type=Path, required=True)
    asked = options.parse_args()
    lifeline.hold()
    os.environ[lifeline.PARENT] = str(os.getpid())
    server = Granian(
        "wsgi:app",
        address=asked.host,
        port=asked.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=asked.workers,
        blocking_threads=THREADS,
        backpressure=CONNECTIONS,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=DRAIN,
        working_dir=asked.root,
        log_level=LogLevels.error,
        log_access=False,  # addresses hold secrets
    )
    server.serve(target_loader=load)


if __name__ == "__main__":
    main()
