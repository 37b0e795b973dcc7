"""Processes that change meetings and poll feeds: `python -m tests.processes.following ADDRESS SECRET SECONDS IDS`.

Each changes one meeting by the service, again and again, and after each change polls every feed it stands in over HTTP.
What they saw is printed as JSON: {"changes", "polls", "not_modified", "wrong": […], "bytes": {ETag: digest}}.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import multiprocessing
import re
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import replace
from multiprocessing.queues import Queue
from typing import Any

from app import create_app
from app.core.db import db
from app.meetings import service
from app.meetings.models import Meeting

SHOWN = re.compile(r"SUMMARY:(?:[^\r\n]*: )?Meeting (\d+) as of (\d+)\r\n")


class Follower:
    """One process: its meeting, and what each feed showed last."""

    def __init__(self, address: str, feeds: list[str], meeting_id: int) -> None:
        self.address, self.feeds, self.meeting_id = address, feeds, meeting_id
        self.app = create_app()
        self.tags: dict[tuple[str, bool], str] = {}
        self.seen: dict[str, dict[int, int]] = {feed: {} for feed in feeds}
        self.shown: dict[str, dict[int, int]] = {}
        self.bytes: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []

    def run(self, seconds: float) -> dict[str, Any]:
        """Change and poll until the time is over."""
        number, until = 0, time.monotonic() + seconds
        while time.monotonic() < until:
            number += 1
            self.change(number)
            for feed in self.feeds:
                self.poll(feed, number, packed=number % 2 == 0)
        return {**self.counts, "wrong": self.wrong, "bytes": self.bytes}

    def change(self, number: int) -> None:
        """Let the meeting say which change this was; done once the service has come back."""
        with self.app.app_context():
            meeting = db.session.get_one(Meeting, self.meeting_id)
            title = f"Meeting {self.meeting_id} as of {number}"
            plan = replace(service.plan_of(meeting), title=title)
            service.change_meeting(meeting.id, plan, version=meeting.version, actor_id=None)
            db.session.remove()
        self.counts["changes"] += 1

    def poll(self, feed: str, number: int, *, packed: bool) -> None:
        """Ask for a feed with the tag known of it, and compare."""
        headers = {"Accept-Encoding": "gzip"} if packed else {}
        known = self.tags.get((feed, packed))
        if known:
            headers["If-None-Match"] = known
        request = urllib.request.Request(self.address + feed, headers=headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self.counts["polls"] += 1
        try:
            with opener.open(request, timeout=30) as answer:
                tag, body = str(answer.headers["ETag"]), answer.read()
        except urllib.error.HTTPError as error:
            error.close()
            if error.code != 304 or known is None:
                self.wrong.append(f"{feed}: {error.code}")
                return
            self.counts["not_modified"] += 1
            tag = known
        else:
            body = gzip.decompress(body) if packed else body
            before = self.bytes.setdefault(tag, hashlib.sha256(body).hexdigest())
            if before != hashlib.sha256(body).hexdigest():
                self.wrong.append(f"{feed}: two bodies of one ETag")
            text = body.decode().replace("\r\n ", "")
            self.shown[tag] = {int(one): int(of) for one, of in SHOWN.findall(text)}
            self.tags[feed, packed] = tag
        for meeting_id, state in self.shown[tag].items():
            least = number if meeting_id == self.meeting_id else self.seen[feed].get(meeting_id, 0)
            if state < least:
                self.wrong.append(f"{feed}: meeting {meeting_id} as of {state} after {least}")
            self.seen[feed][meeting_id] = max(state, least)
        if self.meeting_id not in self.shown[tag]:
            self.wrong.append(f"{feed}: meeting {self.meeting_id} is missing")


def _work(address: str, feeds: list[str], meeting_id: int, seconds: float, results: Queue[Any]) -> None:
    try:
        results.put(Follower(address, feeds, meeting_id).run(seconds))
    except BaseException as error:
        results.put({"wrong": [repr(error)], "bytes": {}})
        raise


def main(address: str, secret: str, seconds: float, meeting_ids: list[int]) -> int:
    """All at once, the code loaded once."""
    logging.disable(logging.INFO)
    feeds = ["/groups/heat/calendar.ics", "/calendar.ics", f"/feeds/{secret}/calendar.ics"]
    forking = multiprocessing.get_context("fork")
    results: Queue[Any] = forking.Queue()
    started = [
        forking.Process(target=_work, args=(address, feeds, meeting_id, seconds, results)) for meeting_id in meeting_ids
    ]
    for process in started:
        process.start()
    sys.stdout.write(json.dumps([results.get() for _process in started]) + "\n")
    for process in started:
        process.join()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), [int(one) for one in sys.argv[4].split(",")]))
