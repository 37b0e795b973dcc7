"""The feeds that are measured: each kind is a function that names the path of one with so many events."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from bench import probes
from bench.load import Poll, poll
from bench.servers import Failed, Server

GZIP = {"Accept-Encoding": "gzip"}


def public(_app: Flask, events: int) -> str:
    """A group's public feed."""
    return f"/groups/{probes.slug(events)}/calendar.ics"


SUBJECTS: dict[str, Callable[[Flask, int], str]] = {"public": public}


@dataclass(frozen=True)
class Feed:
    """One of them on a server, and the ways to poll it."""

    server: Server
    path: str
    events: int

    def plain(self) -> Poll:
        """The whole calendar. Raises Failed where it has not as many events as it must."""
        asked = poll(self.server, self.path, 200, {})
        if (found := asked.answer.body.count(b"\r\nBEGIN:VEVENT\r\n")) != self.events:
            raise Failed(f"{self.path} has {found} events instead of {self.events}")
        return asked

    def packed(self) -> Poll:
        """The same, compressed. Raises Failed where it is another calendar than the plain one."""
        asked = poll(self.server, self.path, 200, GZIP)
        if gzip.decompress(asked.answer.body) != self.plain().answer.body:
            raise Failed(f"{self.path} is another calendar when compressed")
        return asked

    def unchanged(self) -> Poll:
        """That the client has it, which takes it compressed as nearly all do."""
        return poll(self.server, self.path, 304, {**GZIP, "If-None-Match": self.packed().answer.etag or ""})
