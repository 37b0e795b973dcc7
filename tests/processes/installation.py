"""A real installation for tests: its own database, folder, port and processes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

import config
from app import create_app
from app.core.db import db
from tests.databases import fresh_database, migrate

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "for the processes of tests only, never anywhere else"


@dataclass(frozen=True)
class Process:
    """A process as the system lists it."""

    pid: int
    parent: int
    command: str


def processes(marker: str) -> list[Process]:
    """All processes whose environment holds `marker`: whatever an installation has started, whoever its parent is."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal() or int(folder.name) == os.getpid():
            continue
        with suppress(OSError):
            if marker.encode() not in (folder / "environ").read_bytes():
                continue
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            if stat[0] != "Z":
                found.append(Process(int(folder.name), int(stat[1]), command))
    return found


PATIENCE = 4
"""How many times as long as a quiet machine needs is waited: who waits for what comes loses nothing by it."""


def wait_for(condition: Callable[[], object], seconds: float = 20.0, pause: float = 0.05) -> None:
    """Until the condition holds; fails when it does not in time, even on a machine that does other things as well."""
    until = time.monotonic() + seconds * PATIENCE
    while not condition():
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds} s: {condition}")
        time.sleep(pause)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """Settings, and what was started with them."""

    folder: Path
    database_url: str
    port: int
    more: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _app: Flask | None = None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("ROUNDTABLE", "COV_CORE"))}
        return {
            **{key: value for key, value in kept.items() if key not in ("REDIS_URL", "SMTP_URL", "PORT")},
            "ROUNDTABLE_ENV": "development",
            "INSTANCE_PATH": str(self.folder),
            "DATABASE_URL": self.database_url,
            "SECRET_KEY": SECRET,
            "BASE_URL": self.address,
            "TRUSTED_PROXIES": "1",
            **self.more,
        }

    def app(self) -> Flask:
        """An application on the same database, in this process: to prepare and to look."""
        loaded = config.load(self.environment)
        values = {name: getattr(loaded, name) for name in vars(loaded)}
        return create_app(config.Settings(**{**values, "testing": True}))

    @contextmanager
    def app_context(self) -> Iterator[None]:
        """A fresh look at its database."""
        if self._app is None:
            self._app = self.app()
        with self._app.app_context():
            yield
            db.session.remove()

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """`flask …`, in a group of its own as a shell starts it; what it says goes to `output`."""
        command = [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), *arguments]
        with (self.folder / "output").open("ab") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        self.started.append(process)
        return process

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """`flask …` to its end."""
        command = [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), *arguments]
        environment = self.environment | more
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60 * PATIENCE,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def serve(self, *arguments: str) -> subprocess.Popen[bytes]:
        """`flask serve`, answering."""
        said = len(self.output)
        process = self.start("serve", "--port", str(self.port), *arguments)
        wait_for(lambda: "answers at" in self.output[said:], seconds=40)
        return process

    def answers(self) -> bool:
        """Whether the web server is up."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.address}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    @property
    def output(self) -> str:
        """All that its processes have said."""
        path = self.folder / "output"
        return path.read_text(errors="replace") if path.exists() else ""

    def processes(self) -> list[Process]:
        """Everything of this installation that runs."""
        return processes(f"INSTANCE_PATH={self.folder}\0")

    def web_main(self) -> Process:
        """The web server's main process, once there is one."""
        wait_for(lambda: len(self._web()[0]) == 1)
        return self._web()[0][0]

    def web_answering(self) -> list[Process]:
        """The web server's processes that answer; none while there is not one main process."""
        mains, others = self._web()
        return others if len(mains) == 1 else []

    def _web(self) -> tuple[list[Process], list[Process]]:
        """(main processes, those that they started): one of the first, but for moments."""
        found = [item for item in self.processes() if "-m app.running.web" in item.command]
        known = {item.pid for item in found}
        return [item for item in found if item.parent not in known], [item for item in found if item.parent in known]

    def workers(self) -> list[Process]:
        """The workers."""
        return [item for item in self.processes() if re.search(r"wsgi\.py worker\b", item.command)]

    def kill_all(self) -> None:
        """End whatever still runs."""
        for item in self.processes():
            with suppress(ProcessLookupError):
                os.kill(item.pid, signal.SIGKILL)
        for process in self.started:
            process.wait()


@contextmanager
def installation(folder: Path, **more: str) -> Iterator[Installation]:
    """A migrated installation; ends all its processes."""
    folder.mkdir(parents=True, exist_ok=True)
    with fresh_database(f"roundtable_{folder.name}", folder) as url:
        made = Installation(folder, url.replace("postgresql+psycopg://", "postgresql://"), free_port(), dict(more))
        app = made.app()
        with app.app_context():
            migrate()
            db.engine.dispose()
        try:
            yield made
        finally:
            made.kill_all()
