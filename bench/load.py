"""The load: one poll asked by hand and looked at closely, then the same poll as often as wrk can ask it."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from bench.servers import Failed, Server

SCRIPTS = Path(__file__).resolve().parent / "wrk"
CONNECTIONS = 64
"""Programs that poll at once: with fewer the servers wait for the load generator half of the time."""
PATIENCE = 120
"""Seconds: the first poll of all makes every component of the feed."""
MISSING = "wrk, which measures feeds, is missing; Debian or Ubuntu: sudo apt install wrk; elsewhere: github.com/wg/wrk"


@dataclass(frozen=True)
class Answer:
    """What a server sent."""

    status: int
    etag: str | None
    body: bytes = field(repr=False)
    octets: int
    """How long it was with its head."""


def there_is_wrk() -> bool:
    """Whether this machine has the load generator."""
    return shutil.which("wrk") is not None


def ask(server: Server, path: str, headers: Mapping[str, str]) -> Answer:
    """One request by hand."""
    asked = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", *map(": ".join, headers.items()), "", ""]
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection,
        connection.makefile("rb") as stream,
    ):
        connection.sendall("\r\n".join(asked).encode())
        head = [stream.readline()]
        while head[-1].strip():
            head.append(stream.readline())
        status, said = int(head[0].split()[1]), http.client.parse_headers(BytesIO(b"".join(head[1:])))
        body = stream.read(int(said["Content-Length"])) if status != 304 else b""
        return Answer(status, said["ETag"], body, sum(map(len, head)) + len(body))


@dataclass(frozen=True)
class Poll:
    """One request, and what must come back every time."""

    server: Server
    path: str
    headers: Mapping[str, str]
    answer: Answer

    def check(self) -> None:
        """Ask by hand. Raises Failed for another status, ETag or length than in the beginning."""
        came = ask(self.server, self.path, self.headers)
        if came != self.answer:
            raise Failed(f"{self.path} answers {came} instead of {self.answer}")

    def rate(self, seconds: float) -> float:
        """Answers a second."""
        requests, took = self.many(seconds)
        return requests / took

    def many(self, seconds: float) -> tuple[int, float]:
        """How many answers came, all as they must be, and in how many seconds."""
        self.check()
        came = self._wrk("summary.lua", seconds)
        requests, each = came["requests"], self.answer.octets
        if came["errors"] or not requests * each <= came["octets"] <= (requests + CONNECTIONS) * each:
            raise Failed(f"{self.path}: {came}, where each of the answers has {each} octets")
        return requests, came["seconds"]

    def followed(self, seconds: float, changes: int) -> float:
        """Answers a second to clients that take up what changes meanwhile: at most so often for each of them."""
        came = self._wrk("follow.lua", seconds)
        if came["errors"] or not came["requests"] or came["whole"] > (changes + 1) * CONNECTIONS:
            raise Failed(f"{self.path}: {came}, with {changes} changes")
        rate: float = came["requests"] / came["seconds"]
        return rate

    def _wrk(self, script: str, seconds: float) -> dict[str, Any]:
        """What wrk counted; one thread of it is quicker than any of the servers."""
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "--timeout", "20s", "-s", str(SCRIPTS / script)]
        for name, value in self.headers.items():
            command += ["-H", f"{name}: {value}"]
        command.append(f"http://127.0.0.1:{self.server.port}{self.path}")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        try:
            found: dict[str, Any] = json.loads(done.stderr)
        except ValueError:
            raise Failed(f"wrk says {(done.stderr or done.stdout).strip()!r}") from None
        return found


def poll(server: Server, path: str, status: int, headers: Mapping[str, str]) -> Poll:
    """This request, which is answered now as it must be from now on. Raises Failed for another status."""
    answer = ask(server, path, headers)
    if answer.status != status:
        raise Failed(f"{path} answers {answer.status} instead of {status}")
    return Poll(server, path, headers, answer)
