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
    """A running reader; one that a feed has killed is started again. `folder`: where it finds the feeds."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.command, self.feed, self.said = command, folder / "feed.ics", folder / "said"
        self.process = self._started()

    def _started(self) -> subprocess.Popen[str]:
        with self.said.open("w") as said:
            return subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, encoding="utf-8"
            )

    def __call__(self, body: bytes, first: date, until: date) -> list[Instance]:
        """What it makes of a feed; it must not complain."""
        assert self.process.stdin and self.process.stdout
        self.feed.write_bytes(body)
        print(first, until, self.feed, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        complaint = self.said.read_text()
        if not answer:
            self.close()
            self.process = self._started()
        assert answer and not complaint, complaint
        return within([Instance(*each) for each in json.loads(answer)], first, until)

    def close(self) -> None:
        """End it."""
        self.process.communicate(timeout=20)
