"""Readers that are programs of other languages: each is started once, and asked for one feed after the other."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path

from tests.calendars.readers import Instance, within

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
ICAL_JS = ["node", str(HERE / "icaljs.js")]
LIBICAL = [str(ROOT / "build" / "readers" / "libical")]
MISSING = [
    name
    for name, path in (("ical.js", HERE / "node_modules" / "ical.js"), ("libical", Path(LIBICAL[0])))
    if not path.exists()
]
"""What `scripts/install clients` has not installed."""


class Program:
    """A running reader. `folder` is where it finds the feeds."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.feed = folder / "feed.ics"
        self.complaints = (folder / "complaints").open("w+")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.complaints, text=True, encoding="utf-8"
        )

    def __call__(self, body: bytes, first: date, until: date) -> list[Instance]:
        """What it makes of a feed; it must not complain."""
        assert self.process.stdin and self.process.stdout
        self.feed.write_bytes(body)
        print(first, until, self.feed, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        self.complaints.seek(0)
        assert answer and not (said := self.complaints.read()), said
        return within([Instance(*each) for each in json.loads(answer)], first, until)

    def close(self) -> None:
        """End it."""
        self.process.communicate(timeout=20)
        self.complaints.close()
