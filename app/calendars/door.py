"""The feeds' door: a small WSGI application before the other one, which answers the addresses of feeds.

A feed that has not changed costs one indexed read or less: its stored bytes, or that the client has them. The first
poll after a change assembles the feed and stores it. Every other address is passed on untouched, so nothing here knows
of sessions or cookies: what public feeds show, everyone may see, and a secret address says itself who asks.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.calendars import http, secret_words, service
from app.calendars.answers import Answer, Answers, Refused, Version
from app.calendars.assembly import assemble
from app.calendars.bodies import Bodies
from app.calendars.build import build
from app.calendars.choice import PERSONAL, Choice, NotOffered, choice_of
from app.calendars.connections import ERRORS
from app.calendars.feeds import FeedKey, FeedKind
from app.calendars.heads import SECRET, Head
from app.calendars.reading import Reader
from app.calendars.tally import Tally
from app.calendars.turns import Turns
from app.calendars.usage import Usage
from app.core import clock, zones
from app.core.addresses import SLUG
from app.core.db import db

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ENDPOINTS = {
    FeedKind.ALL: "calendars.all_calendar",
    FeedKind.COMMUNITY: "calendars.community_calendar",
    FeedKind.GROUP: "calendars.group_calendar",
    FeedKind.MEETING: "calendars.meeting_calendar",
    FeedKind.SERIES: "calendars.series_calendar",
    SECRET: "calendars.personal_calendar",
}
_KINDS = {
    ("communities", "calendar.ics"): FeedKind.COMMUNITY,
    ("groups", "calendar.ics"): FeedKind.GROUP,
    ("series", "calendar.ics"): FeedKind.SERIES,
    ("meetings", "meeting.ics"): FeedKind.MEETING,
}
"""{(what an address begins with, what it ends with): the kind of feed that it names between them}."""
_FOR_ONE = "/feeds/"
LONGEST = 200
"""Characters of a path that is worth remembering what it means; no feed's is longer."""
_REFERENCE = re.compile(r"[a-z0-9]{1,20}", re.ASCII)
_NAME = {
    FeedKind.COMMUNITY: SLUG,
    FeedKind.GROUP: SLUG,
    FeedKind.MEETING: _REFERENCE,
    FeedKind.SERIES: _REFERENCE,
}
"""What can be the name in an address of each kind."""
RETRY_AFTER = "30"
QUARTER = timedelta(minutes=15)

log = structlog.get_logger("request")


class Elsewhere(Exception):
    """Not for everyone: the application knows who asks."""


class Asked(NamedTuple):
    """A feed's address, as far as it can be told from its form."""

    kind: str
    name: str | None
    """None where what stands there cannot be a name."""

    @property
    def is_secret(self) -> bool:
        """Whether the address itself says who asks."""
        return self.kind == SECRET


def init_app(app: Flask) -> None:
    """Hang it before the application."""
    door = Door(app, app.wsgi_app)
    app.extensions["roundtable_door"] = door
    app.wsgi_app = door  # type: ignore[method-assign]


def asked_at(path: str) -> Asked | None:
    """The feed asked for; None for an address that is none of a feed."""
    if path.startswith(_FOR_ONE):
        return _asked_by_secret(path)  # which is not remembered
    return _known_at(path) if len(path) <= LONGEST else _asked_at(path)


def _asked_by_secret(path: str) -> Asked | None:
    name, _slash, last = path[len(_FOR_ONE) :].partition("/")
    if last != "calendar.ics" or not name:
        return None
    return Asked(SECRET, name if secret_words.SHAPE.fullmatch(name) else None)


def _asked_at(path: str) -> Asked | None:
    if path == "/calendar.ics":
        return Asked(FeedKind.ALL, "")
    before, *parts = path.split("/")
    if before or len(parts) != 3:
        return None
    first, name, last = parts
    kind = _KINDS.get((first, last))
    if kind is None or not name:
        return None
    return Asked(kind, name if _NAME[kind].fullmatch(name) else None)


_known_at = lru_cache(maxsize=4_096)(_asked_at)


class Poll(NamedTuple):
    """What is asked of a feed that was found."""

    asked: Asked
    head: Head
    choice: Choice
    packed: bool
    """Whether the client takes it compressed."""
    now: datetime
    environ: WSGIEnvironment

    def has(self, version: Version) -> bool:
        """What If-None-Match says; only without it, what If-Modified-Since says."""
        etags = self.environ.get("HTTP_IF_NONE_MATCH")
        if etags is not None:
            return http.matches(etags, version.etag)
        since, changed_at = self.environ.get("HTTP_IF_MODIFIED_SINCE"), version.changed_at
        return since is not None and changed_at is not None and http.unchanged_since(since, changed_at)


class Door:
    """The WSGI application."""

    def __init__(self, app: Flask, inner: WSGIApplication) -> None:
        self.app, self.inner = app, inner
        self.config = app.config["ROUNDTABLE"]
        self.choice = lru_cache(maxsize=4_096)(self._choice)
        self.answers = Answers(over_https=app.config["SESSION_COOKIE_SECURE"])
        self.tally = Tally()
        self.usage = Usage(app)
        self.bodies = Bodies()
        self.turns = Turns()
        self._day = (datetime.min.replace(tzinfo=UTC), "")
        with app.app_context():
            self.reader = Reader(db.engine)
            self.build = build()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a feed's address; pass on any other."""
        path = environ.get("PATH_INFO", "")
        asked = asked_at(path) if path.endswith(".ics") else None
        if asked is None:
            return self.inner(environ, start_response)
        began = time.perf_counter()
        method = environ["REQUEST_METHOD"]
        try:
            answer = self.answer(environ, asked, method)
        except Elsewhere:
            return self.inner(environ, start_response)
        start_response(answer.status, list(answer.headers))
        self.tally.note(ENDPOINTS[asked.kind], method, answer.status, began)
        return [b""] if method == "HEAD" else [answer.body]

    def answer(self, environ: WSGIEnvironment, asked: Asked, method: str) -> Answer:
        """The feed, that the client has it, or why not. Raises Elsewhere."""
        try:
            if method == "OPTIONS" and not asked.is_secret:
                return self.answers.preflight()
            if method not in ("GET", "HEAD"):
                allowed = "GET, HEAD" if asked.is_secret else "GET, HEAD, OPTIONS"
                raise Refused("405 Method Not Allowed", "A calendar can only be read.", ("Allow", allowed))
            return self._calendar(environ, asked)
        except Elsewhere:
            raise
        except Refused as refused:
            return self.answers.word(refused, secret=asked.is_secret)
        except (*ERRORS, DBAPIError) as error:
            log.error("feed unavailable", endpoint=ENDPOINTS[asked.kind], error=type(error).__name__)
            text = "The calendar cannot be read just now. Please ask again in half a minute."
            later = Refused("503 Service Unavailable", text, ("Retry-After", RETRY_AFTER))
            return self.answers.word(later, secret=asked.is_secret)
        except Exception:
            log.exception("feed broken", endpoint=ENDPOINTS[asked.kind])
            text = "Something broke on our side. Please ask again later."
            return self.answers.word(Refused("500 Internal Server Error", text), secret=asked.is_secret)

    def _choice(self, kind: str, query: str) -> Choice:
        """What the query asks for. Raises NotOffered."""
        offer = PERSONAL if kind == SECRET else FeedKind(kind).offer
        return choice_of(query, offer, self.config.languages, self.config.default_language)

    def _today(self, now: datetime) -> str:
        """The day at home; the same for a quarter of an hour, within which no zone's midnight lies."""
        begins, day = self._day
        if not begins <= now < begins + QUARTER:
            begins = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
            day = zones.to_local(now, self.config.default_time_zone).date().isoformat()
            self._day = begins, day
        return day

    def _calendar(self, environ: WSGIEnvironment, asked: Asked) -> Answer:
        now = clock.now()
        try:
            choice = self.choice(asked.kind, environ.get("QUERY_STRING", ""))
        except NotOffered as refused:
            if asked.is_secret and self._head(asked, "", now) is None:
                raise _unknown() from None
            raise Refused("400 Bad Request", str(refused)) from None
        head = self._known_head(asked, choice.variant, now)
        packed = http.wants_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        told = head.unchanged.get(packed)
        if told is not None and told.etag == environ.get("HTTP_IF_NONE_MATCH") and head.is_calm(self.build, now):
            return told  # as nearly always
        try:
            return self._answer(Poll(asked, head, choice, packed, now, environ))
        finally:
            self.usage.note(head, choice.variant, environ.get("HTTP_USER_AGENT", ""), now)

    def _answer(self, poll: Poll) -> Answer:
        if poll.head.shows(self.build, poll.now) and (answer := self._kept(poll)):
            return answer
        with self.turns.of((poll.head.kind or poll.asked.kind, poll.head.target_id, poll.choice.variant)):
            now = clock.now()
            poll = poll._replace(now=now, head=self._known_head(poll.asked, poll.choice.variant, now))
            if poll.head.shows(self.build, now) and (answer := self._kept(poll)):
                return answer  # which another thread has made meanwhile
            return self._assembled(poll)

    def _kept(self, poll: Poll) -> Answer | None:
        """From what is stored; None where it has changed meanwhile, or went, having been asked for less than others."""
        head, packed = poll.head, poll.packed
        assert head.etag is not None and head.changed_at is not None and head.feed_id is not None
        version = Version(head.etag, head.changed_at, packed)
        if poll.has(version):
            answer = self.answers.unchanged(version, poll.now, secret=poll.asked.is_secret)
            if head.changed_at <= poll.now:
                head.unchanged[packed] = answer
            return answer
        name = (head.feed_id, poll.choice.variant, head.etag, packed)
        found = self.bodies.get(name)
        if found is None:
            found = self._stored(head.feed_id, poll.choice.variant, head.etag, packed)
            if found is None:
                return None
            self.bodies.put(name, *found)
        filename, body = found
        return self.answers.calendar(version, filename, body, poll.now, secret=poll.asked.is_secret)

    def _stored(self, feed_id: int, variant: str, etag: str, packed: bool) -> tuple[str, bytes] | None:
        """(file name, body) from the database; compressed now if it has not been."""
        stored = self.reader.stored(feed_id, variant, packed=packed)
        if stored is not None and stored.body is None:
            stored = self.reader.stored(feed_id, variant, packed=False)
            if stored is not None and stored.body is not None and stored.etag == etag:
                with self.app.app_context():
                    return stored.filename, service.compressed(feed_id, variant, etag, stored.body)
        if stored is None or stored.body is None or stored.etag != etag:
            return None
        return stored.filename, stored.body

    def _known_head(self, asked: Asked, variant: str, now: datetime) -> Head:
        """Raises Refused for an unknown address; Elsewhere for that of a meeting, which may not be for everyone."""
        head = self._head(asked, variant, now)
        if head is None:
            raise _missing(asked)
        return head

    def _head(self, asked: Asked, variant: str, now: datetime) -> Head | None:
        if asked.name is None:
            return None
        if asked.kind == FeedKind.ALL:
            return self.reader.head(asked.kind, variant)
        if not asked.is_secret:
            return self.reader.head(asked.kind, variant, asked.name)
        day = self._today(now)
        head = self.reader.head(SECRET, variant, secret_words.digest(asked.name), day, day)
        if head is None or head.expires_at < now:
            return None
        return head

    def _assembled(self, poll: Poll) -> Answer:
        """The first poll after a change makes the bytes for all that follow."""
        asked, head = poll.asked, poll.head
        with self.app.app_context():
            try:
                assembly = assemble(FeedKey(FeedKind(head.kind or asked.kind), head.target_id), poll.choice, poll.now)
            except NotOffered as refused:
                raise Refused("400 Bad Request", str(refused)) from None
            if assembly is None:
                raise _missing(asked)
            version = Version(assembly.etag, service.store(assembly, poll.now), poll.packed)
            if poll.has(version):
                return self.answers.unchanged(version, poll.now, secret=asked.is_secret)
            body = assembly.body
            if poll.packed:
                body = service.compressed(head.feed_id, assembly.variant, assembly.etag, body)
            return self.answers.calendar(version, assembly.filename, body, poll.now, secret=asked.is_secret)


def _missing(asked: Asked) -> Elsewhere | Refused:
    return Elsewhere() if asked.kind == FeedKind.MEETING else _unknown()


def _unknown() -> Refused:
    return Refused("404 Not Found", "There is no calendar at this address.")
