"""Changes of meetings through the service, made by a process of its own while feeds are measured."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

from flask import Flask
from sqlalchemy import select

from app import create_app
from app.core import clock
from app.core.db import db
from app.groups.models import WorkingGroup
from app.meetings.models import Meeting, Status
from app.meetings.service import change_meeting, plan_of
from bench.databases import FOLDER, ROOT, environment
from bench.servers import Failed

LOG = FOLDER / "changing.log"


class Changer:
    """The process: changes a meeting of a group whenever it is told to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.made = 0

    def change(self, slug: str) -> str:
        """Change one meeting that lies ahead; its new title, once that is committed."""
        assert self.process.stdin
        print(slug, file=self.process.stdin, flush=True)
        self.made += 1
        return self.said()

    def said(self) -> str:
        """Its next line. Raises Failed where it has ended instead."""
        assert self.process.stdout
        if line := self.process.stdout.readline().strip():
            return line
        raise Failed(f"the process that changes meetings has ended; its last words are in {LOG}")

    @contextmanager
    def every(self, seconds: float, slug: str) -> Iterator[None]:
        """One change after the other, as long as the block takes. Raises Failed where that was not possible."""
        over, errors, before = threading.Event(), list[Failed](), self.made
        began = time.monotonic()

        def work() -> None:
            try:
                for number in count():
                    if over.wait(max(0.0, began + (number + 0.5) * seconds - time.monotonic())):
                        return
                    self.change(slug)
            except Failed as error:
                errors.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
        if errors:
            raise errors[0]
        wanted, made = int((time.monotonic() - began) / seconds), self.made - before
        if made < wanted - 1:
            raise Failed(f"{made} changes were made where {wanted} were wanted")


@contextmanager
def changer(app: Flask) -> Iterator[Changer]:
    """One that works on the same database as this application, and ends with the block."""
    with LOG.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.changing"], cwd=ROOT, env=environment(app), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output,
        )  # fmt: skip
    with process:  # at its end closes what the process reads from, which ends it
        changing = Changer(process)
        changing.said()
        yield changing


def main() -> None:
    """For each group named on standard input change one of its next meetings, and tell the title."""
    with create_app().app_context():
        print("ready", flush=True)
        turns = count(1)
        for line in sys.stdin:
            ahead = select(Meeting).join(WorkingGroup, WorkingGroup.id == Meeting.group_id)
            ahead = ahead.where(WorkingGroup.slug == line.strip(), Meeting.starts_at > clock.now())
            ahead = ahead.where(Meeting.status != Status.CANCELLED).order_by(Meeting.starts_at)
            turn = next(turns)
            meeting = db.session.scalars(ahead.offset(turn % 3).limit(1)).one()
            title = f"{meeting.title.partition(' / ')[0]} / {turn} at {time.time_ns()}"
            plan = replace(plan_of(meeting), title=title)
            change_meeting(meeting.id, plan, version=meeting.version, actor_id=None)
            db.session.remove()
            print(title, flush=True)


if __name__ == "__main__":
    main()
