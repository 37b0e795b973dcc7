"""A small supervisor: starts programs, starts them again when they die, and leaves nothing running when it ends."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from app.running import lifeline

log = logging.getLogger(__name__)
GLANCE = 0.1
GRACE = 20.0
"""Seconds to stop in; then a program is killed."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY = 3.0
"""Seconds after which a program has started well: when it dies then, it is started again without a longer pause."""
MOST_FALSE_STARTS = 5


@dataclass(frozen=True)
class Program:
    """What is to be kept running."""

    name: str
    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)


class _Kept:
    """A program and its present process, which leads a group of its own.

    So a terminal's Ctrl-C reaches the supervisor alone, and what a killed program leaves behind can be found.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = self.start_at = time.monotonic()
        self.pause = SHORTEST_PAUSE
        self.deaths = 0

    def start(self) -> None:
        """Start it."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603
            self.program.command,
            cwd=self.program.folder,
            env={**os.environ, **self.program.environment, lifeline.PARENT: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        log.info("started", extra={"program": self.program.name, "pid": self.process.pid})

    def look(self) -> None:
        """Start it where its time has come; note where it has died."""
        if self.process is None:
            if time.monotonic() >= self.start_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.kill()
        self.deaths += 1
        self.pause = SHORTEST_PAUSE if self._was_steady() else min(self.pause * 2, LONGEST_PAUSE)
        self.start_at = time.monotonic() + self.pause
        log.error("ended and is started again", extra={"program": self.program.name, "code": code})
        self.process = None

    def _was_steady(self) -> bool:
        return time.monotonic() - self.started_at > STEADY

    def terminate(self) -> None:
        """Ask it to finish what it is at."""
        if self.process is not None:
            self.process.terminate()

    def ended(self) -> bool:
        """Whether it is over."""
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """End it and whatever it started, at once."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Supervisor:
    """Keeps programs running until a signal or `stop()` ends it. Runs in the main thread."""

    def __init__(self, programs: Sequence[Program]) -> None:
        self._kept = [_Kept(program) for program in programs]
        self._signals = 0

    def run(self, ready: Callable[[], bool], when_ready: Callable[[], object]) -> int:
        """Run them all and call `when_ready` once; the exit code: 0 when told to stop, 1 when they never got ready."""
        ending = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup ignores it, and means that
            ending.append(signal.SIGHUP)
        before = {number: signal.signal(number, self._on_signal) for number in ending}
        announced = False
        try:
            while not self._signals:
                for kept in self._kept:
                    kept.look()
                if not announced and ready():
                    announced = True
                    when_ready()
                if not announced and any(kept.deaths >= MOST_FALSE_STARTS for kept in self._kept):
                    return 1
                time.sleep(GLANCE)
            return 0
        finally:
            self._stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1

    def _stop(self) -> None:
        """End them all; a second signal, or the end of the grace, ends what still drains."""
        for kept in self._kept:
            kept.terminate()
        until, known = time.monotonic() + GRACE, self._signals
        while time.monotonic() < until and self._signals == known:
            if all(kept.ended() for kept in self._kept):
                break
            time.sleep(GLANCE)
        for kept in self._kept:
            kept.kill()
