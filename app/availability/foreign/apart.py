"""Runs the two programs of this folder, each by itself, and kills what takes too long.

What a calendar holds can tire a reader for ever, and a name server or a web server can keep one waiting for ever: a
process of its own has an end. It inherits neither secrets nor the database, gets what it needs on standard input, never
on its command line, and answers with bytes or one word.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from app.availability.rules import MOST_BYTES, Problem

FOLDER = Path(__file__).resolve().parent
FETCHING = 20.0
"""Seconds in which a calendar has come, or is given up."""
EXPANDING = 15
"""Seconds of computing in which it has been read."""
GRACE = 5.0
"""What a process gets beyond its own limit until it is killed."""
GLANCE = 0.25
KEPT = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""Of the environment: where this machine keeps the certificates that it trusts."""


class Unreadable(Exception):
    """The calendar cannot be read, and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class Stopping(Exception):
    """The worker was told to stop meanwhile."""


def never() -> bool:
    """Nobody wants to stop."""
    return False


def fetch(
    url: str, *, seconds: float = FETCHING, allowed: Collection[str] = (), stopping: Callable[[], bool] = never
) -> bytes:
    """The calendar at an address. Raises Unreadable. `allowed`: private addresses that pass, for tests alone."""
    asked = {"url": url, "most_bytes": MOST_BYTES, "seconds": seconds, "allowed": list(allowed)}
    return _run("fetching.py", json.dumps(asked).encode(), seconds + GRACE, Problem.TOO_SLOW, stopping)


def busy_times(
    content: bytes,
    first: datetime,
    last: datetime,
    zone: str,
    *,
    seconds: int = EXPANDING,
    stopping: Callable[[], bool] = never,
) -> list[tuple[int, int]]:
    """When a calendar says busy, in seconds since 1970. `zone`: that of times without one. Raises Unreadable."""
    asked = {"first": first.timestamp(), "last": last.timestamp(), "zone": zone, "seconds": seconds}
    told = json.dumps(asked).encode() + b"\n" + content
    answer = _run("expanding.py", told, seconds * 2 + GRACE, Problem.TOO_HARD, stopping)
    return [(int(begins), int(ends)) for begins, ends in json.loads(answer)]


def _run(name: str, told: bytes, seconds: float, late: Problem, stopping: Callable[[], bool]) -> bytes:
    """What the program answers; `late`: what is said of one that was killed."""
    process = subprocess.Popen(  # noqa: S603 - our own program, by its whole path, and nothing foreign in its arguments
        [sys.executable, "-I", str(FOLDER / name)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={name: os.environ[name] for name in KEPT if name in os.environ},
        start_new_session=True,
    )
    try:
        answer, word = _wait(process, told, seconds, stopping)
    except subprocess.TimeoutExpired:
        raise Unreadable(late) from None
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
    if process.returncode == 0:
        return answer
    said = word.decode(errors="replace").strip()
    raise Unreadable(Problem(said) if said in list(Problem) else late)


def _wait(
    process: subprocess.Popen[bytes], told: bytes, seconds: float, stopping: Callable[[], bool]
) -> tuple[bytes, bytes]:
    """Its answer; looks now and then whether the worker is to stop."""
    rounds = max(1, round(seconds / GLANCE))
    for number in range(rounds):
        try:
            return process.communicate(None if number else told, timeout=GLANCE)
        except subprocess.TimeoutExpired:
            if number == rounds - 1:
                raise
            if stopping():
                raise Stopping from None
    raise AssertionError("unreachable")
