"""The feeds that are measured: each kind is a function that names the path of one with so many events."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from app.calendars import queries
from app.calendars.feeds import FeedKind
from app.calendars.service import secrets
from app.core.db import db
from app.groups.models import WorkingGroup
from app.people.models import Person
from bench import probes
from bench.load import Poll, poll
from bench.servers import Failed, Server
from tests.factories.membership import make_membership
from tests.factories.people import make_account

GZIP = {"Accept-Encoding": "gzip"}


def public(_app: Flask, events: int) -> str:
    """A group's public feed."""
    return f"/groups/{probes.slug(events)}/calendar.ics"


def secret(app: Flask, events: int) -> str:
    """A secret address of someone who is in that group and in no other."""
    with app.app_context():
        group = db.session.scalars(select(WorkingGroup).where(WorkingGroup.slug == probes.slug(events))).one()
        email = f"reader-{events}@bench.example"
        person = db.session.scalar(select(Person).where(Person.email == email))
        if person is None:
            person = make_account("Bench Reader", email=email)
            make_membership(group, person)
        for old in queries.secrets_of(person.id):
            secrets.take_back(old.id, person.id)
        _row, made = secrets.make(person.id, FeedKind.MINE, None, "bench", "", uuid.uuid4().hex)
        db.session.remove()
    return f"/feeds/{made}/calendar.ics"


SUBJECTS: dict[str, Callable[[Flask, int], str]] = {"public": public, "secret": secret}


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
