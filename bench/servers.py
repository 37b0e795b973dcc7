"""Web servers to be measured, each with one process that answers, started as `flask serve` starts its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from app.running import lifeline
from bench.databases import FOLDER, ROOT, environment

BARE = ROOT / "bench" / "bare"
PATIENCE = 60.0


class Failed(Exception):
    """A case cannot be measured, or what was measured does not count; the text says why."""


@dataclass(frozen=True)
class Server:
    """One that runs."""

    port: int
    pid: int
    """Of its main process."""

    def answering(self) -> int:
        """The process that answers: the only child of the main one."""
        found = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        if len(found) != 1:
            raise Failed(f"the web server has {len(found)} processes that answer instead of one")
        return int(found[0])

    def memory(self) -> int:
        """Bytes of memory that the process which answers has in use (RSS)."""
        pages = Path(f"/proc/{self.answering()}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def shipped(app: Flask) -> Iterator[Server]:
    """Roundtable itself, on the same database as this application."""
    with _running(ROOT, environment(app)) as server:
        yield server


@contextmanager
def bare(app: Flask, body: bytes) -> Iterator[Server]:
    """The bare Flask application, with this calendar in its memory."""
    path = FOLDER / "body.ics"
    path.write_bytes(body)
    with _running(BARE, environment(app) | {"BENCH_BODY": str(path), "PYTHONPATH": str(ROOT)}) as server:
        yield server


@contextmanager
def _running(folder: Path, told: Mapping[str, str]) -> Iterator[Server]:
    """The server of the `wsgi.py` in a folder, up and answering; it ends with the block, or with us."""
    port = _free_port()
    command = [sys.executable, "-m", "app.running.web", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--root", str(folder)]
    log = Path(told["INSTANCE_PATH"]) / ("bare.log" if folder == BARE else "web.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env={**told, lifeline.PARENT: str(os.getpid())}, stdin=subprocess.DEVNULL,
            stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        _wait(process, port, log)
        yield Server(port, process.pid)
    finally:
        _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise Failed(f"the web server did not start; its last words are in {log}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """It and all that it started: told to stop, then killed."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=20)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
