"""The feeds' door: a small WSGI application before the other one, which answers the addresses of feeds.

A feed that has not changed costs one indexed read: its stored bytes, or that the client has them. The first poll
after a change assembles the feed and stores it. Every other address is passed on untouched, so nothing here knows of
sessions or cookies: what public feeds show, everyone may see, and a secret address says itself who asks.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import structlog
from flask import Flask
from prometheus_client import Counter
from sqlalchemy.exc import DBAPIError

from app.calendars import http, secret_words, service
from app.calendars.assembly import assemble
from app.calendars.bodies import Bodies
from app.calendars.build import build
from app.calendars.choice import PERSONAL, Choice, NotOffered, choice_of
from app.calendars.feeds import FeedKey, FeedKind
from app.calendars.reading import ERRORS, SECRET, Head, Reader
from app.calendars.usage import Usage
from app.core import clock, zones
from app.core.addresses import SLUG
from app.core.db import db

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers: TypeAlias = list[tuple[str, str]]

ENDPOINTS = {
    FeedKind.ALL: "calendars.all_calendar",
    FeedKind.COMMUNITY: "calendars.community_calendar",
    FeedKind.GROUP: "calendars.group_calendar",
    FeedKind.MEETING: "calendars.meeting_calendar",
    FeedKind.SERIES: "calendars.series_calendar",
    SECRET: "calendars.personal_calendar",
}
_KINDS = {"communities": FeedKind.COMMUNITY, "groups": FeedKind.GROUP, "series": FeedKind.SERIES, "feeds": SECRET}
_SEVERAL = re.compile(rf"/({'|'.join(_KINDS)})/([^/]+)/calendar\.ics")
_SINGLE = re.compile(r"/meetings/([^/]+)/meeting\.ics")
_REFERENCE = re.compile(r"[a-z0-9]{1,20}", re.ASCII)
_NAME = {
    FeedKind.COMMUNITY: SLUG,
    FeedKind.GROUP: SLUG,
    FeedKind.MEETING: _REFERENCE,
    FeedKind.SERIES: _REFERENCE,
    SECRET: secret_words.SHAPE,
}
"""What can be the name in an address of each kind."""
RETRY_AFTER = "30"

CALENDAR = "text/calendar; charset=utf-8; method=PUBLISH"
PLAIN = "text/plain; charset=utf-8"
SHARED: Headers = [
    ("Cache-Control", "public, max-age=60, stale-while-revalidate=300"),
    ("Vary", "Accept-Encoding"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Content-Disposition"),
]
PRIVATE: Headers = [
    ("Cache-Control", "private, no-cache"),
    ("Vary", "Accept-Encoding"),
    ("X-Robots-Tag", "noindex"),
    ("Referrer-Policy", "no-referrer"),
]
EVERY: Headers = [("X-Content-Type-Options", "nosniff")]

log = structlog.get_logger("request")
answered: Counter = Counter(
    "roundtable_feed_requests", "Polls of feeds answered, by status.", ["status"], registry=None
)


class Refused(Exception):
    """A poll that gets a word instead of a calendar."""

    def __init__(self, status: str, text: str, headers: Headers | None = None) -> None:
        super().__init__(status)
        self.status, self.text, self.headers = status, text, headers or []


class Elsewhere(Exception):
    """Not for everyone: the application knows who asks."""


class Answer(NamedTuple):
    """What goes back to the client."""

    status: str
    headers: Headers
    body: bytes


class Asked(NamedTuple):
    """A feed's address, as far as it can be told from its form."""

    kind: str
    name: str | None
    """None where what stands there cannot be a name."""

    @property
    def is_secret(self) -> bool:
        """Whether the address itself says who asks."""
        return self.kind == SECRET

    @property
    def headers(self) -> Headers:
        """What goes with every calendar of the kind."""
        return PRIVATE if self.kind == SECRET else SHARED


def init_app(app: Flask) -> None:
    """Hang it before the application."""
    door = Door(app, app.wsgi_app)
    app.extensions["roundtable_door"] = door
    app.wsgi_app = door  # type: ignore[method-assign]


def asked_at(path: str) -> Asked | None:
    """The feed asked for; None for an address that is none of a feed."""
    if path == "/calendar.ics":
        return Asked(FeedKind.ALL, "")
    if found := _SEVERAL.fullmatch(path):
        kind, name = _KINDS[found[1]], found[2]
    elif found := _SINGLE.fullmatch(path):
        kind, name = FeedKind.MEETING, found[1]
    else:
        return None
    return Asked(kind, name if _NAME[kind].fullmatch(name) else None)


class Door:
    """The WSGI application."""

    def __init__(self, app: Flask, inner: WSGIApplication) -> None:
        self.app, self.inner = app, inner
        self.config = app.config["ROUNDTABLE"]
        self.choice = lru_cache(maxsize=4_096)(self._choice)
        self.today = lru_cache(maxsize=4)(self._today)
        self.notes = Notes()
        self.usage = Usage(app)
        self.bodies = Bodies()
        self.every = list(EVERY)
        if app.config["SESSION_COOKIE_SECURE"]:
            self.every.append(("Strict-Transport-Security", "max-age=31536000"))
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
        try:
            answer = self.answer(environ, asked)
        except Elsewhere:
            return self.inner(environ, start_response)
        start_response(answer.status, [*answer.headers, *self.every])
        self.notes.note(ENDPOINTS[asked.kind], environ["REQUEST_METHOD"], answer.status[:3], began)
        return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def answer(self, environ: WSGIEnvironment, asked: Asked) -> Answer:
        """The feed, that the client has it, or why not. Raises Elsewhere."""
        try:
            method = environ["REQUEST_METHOD"]
            if method == "OPTIONS" and not asked.is_secret:
                return _preflight()
            if method not in ("GET", "HEAD"):
                allowed = ("Allow", "GET, HEAD" if asked.is_secret else "GET, HEAD, OPTIONS")
                raise Refused("405 Method Not Allowed", "A calendar can only be read.", [allowed])
            return self._calendar(environ, asked)
        except Elsewhere:
            raise
        except Refused as refused:
            return _plain(refused, asked)
        except (*ERRORS, DBAPIError) as error:
            log.error("feed unavailable", endpoint=ENDPOINTS[asked.kind], error=type(error).__name__)
            text = "The calendar cannot be read just now. Please ask again in half a minute."
            return _plain(Refused("503 Service Unavailable", text, [("Retry-After", RETRY_AFTER)]), asked)
        except Exception:
            log.exception("feed broken", endpoint=ENDPOINTS[asked.kind])
            text = "Something broke on our side. Please ask again later."
            return _plain(Refused("500 Internal Server Error", text), asked)

    def _choice(self, kind: str, query: str) -> Choice:
        """What the query asks for. Raises NotOffered."""
        offer = PERSONAL if kind == SECRET else FeedKind(kind).offer
        return choice_of(query, offer, self.config.languages, self.config.default_language)

    def _today(self, quarter: int) -> str:
        """The day at home in a quarter of an hour since 1970: no zone's midnight lies within one."""
        moment = datetime.fromtimestamp(quarter * 900, UTC)
        return zones.to_local(moment, self.config.default_time_zone).date().isoformat()

    def _calendar(self, environ: WSGIEnvironment, asked: Asked) -> Answer:
        now = clock.now()
        try:
            choice = self.choice(asked.kind, environ.get("QUERY_STRING", ""))
        except NotOffered as refused:
            if asked.is_secret and self._head(asked, "", now) is None:
                raise _unknown() from None
            raise Refused("400 Bad Request", str(refused)) from None
        head = self._head(asked, choice.variant, now)
        if head is None:
            raise Elsewhere if asked.kind == FeedKind.MEETING else _unknown()
        packed = http.wants_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        try:
            return self._answer(environ, asked, head, choice, now, packed)
        finally:
            self.usage.note(head, choice.variant, environ.get("HTTP_USER_AGENT", ""), now)

    def _answer(
        self, environ: WSGIEnvironment, asked: Asked, head: Head, choice: Choice, now: datetime, packed: bool
    ) -> Answer:
        if not head.shows(self.build, now):
            return self._assembled(environ, asked, head, choice, now, packed)
        assert head.etag is not None and head.changed_at is not None and head.feed_id is not None
        if _client_has_it(environ, _tag(head.etag, packed), head.changed_at):
            return _not_modified(asked, _tag(head.etag, packed), head.changed_at, now)
        name = (head.feed_id, choice.variant, head.etag, packed)
        found = self.bodies.get(name)
        if found is None:
            found = self._stored(head.feed_id, choice.variant, head.etag, packed)
            if found is not None:
                self.bodies.put(name, *found)
        if found is None:  # it has changed meanwhile, or went, having been asked for less than others
            return self._assembled(environ, asked, head, choice, now, packed)
        filename, body = found
        return _whole(asked, filename, _tag(head.etag, packed), head.changed_at, now, body, packed)

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

    def _head(self, asked: Asked, variant: str, now: datetime) -> Head | None:
        if asked.name is None:
            return None
        if asked.kind == FeedKind.ALL:
            return self.reader.head(asked.kind, variant)
        if not asked.is_secret:
            return self.reader.head(asked.kind, variant, asked.name)
        day = self.today(int(now.timestamp()) // 900)
        head = self.reader.head(SECRET, variant, secret_words.digest(asked.name), day, day)
        if head is None or head.alive_since is None or head.alive_since + secret_words.EXPIRY < now:
            return None
        return head

    def _assembled(
        self, environ: WSGIEnvironment, asked: Asked, head: Head, choice: Choice, now: datetime, packed: bool
    ) -> Answer:
        """The first poll after a change makes the bytes for all that follow."""
        with self.app.app_context():
            try:
                assembly = assemble(FeedKey(FeedKind(head.kind or asked.kind), head.target_id), choice, now)
            except NotOffered as refused:
                raise Refused("400 Bad Request", str(refused)) from None
            if assembly is None:
                raise Elsewhere if asked.kind == FeedKind.MEETING else _unknown()
            changed_at = service.store(assembly, now)
            tag = _tag(assembly.etag, packed)
            if _client_has_it(environ, tag, changed_at):
                return _not_modified(asked, tag, changed_at, now)
            body = assembly.body
            if packed:
                body = service.compressed(head.feed_id, assembly.variant, assembly.etag, body)
            return _whole(asked, assembly.filename, tag, changed_at, now, body, packed)


def _unknown() -> Refused:
    return Refused("404 Not Found", "There is no calendar at this address.")


class Notes:
    """Polls in figures and in the log, as other requests are: the view's name, never an address.

    Clients poll day and night: what goes well is logged at most once a second and status, the line telling how many
    times. What is refused or broken has a line each.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counters: dict[str, Counter] = {}
        self._untold: dict[str, int] = {}
        self._next_line: dict[str, float] = {}

    def note(self, endpoint: str, method: str, status: str, began: float) -> None:
        """One poll answered."""
        now = time.perf_counter()
        counter = self._counters.get(status)
        if counter is None:
            counter = self._counters[status] = answered.labels(status)
        counter.inc()
        with self._lock:
            times = self._untold.pop(status, 0) + 1
            if status < "400" and now < self._next_line.get(status, 0.0):
                self._untold[status] = times
                return
            self._next_line[status] = now + 1
        structlog.contextvars.clear_contextvars()
        more = {"times": times} if times > 1 else {}
        ms = round((now - began) * 1000)
        log.info("request", method=method, endpoint=endpoint, status=int(status), ms=ms, **more)


def _tag(etag: str, packed: bool) -> str:
    """Each representation has an ETag of its own."""
    return f"{etag}-gzip" if packed else etag


def _client_has_it(environ: WSGIEnvironment, tag: str, changed_at: datetime | None) -> bool:
    """What If-None-Match says; only without it, what If-Modified-Since says."""
    etags = environ.get("HTTP_IF_NONE_MATCH")
    if etags is not None:
        return http.matches(etags, tag)
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    return since is not None and changed_at is not None and http.unchanged_since(since, changed_at)


def _not_modified(asked: Asked, tag: str, changed_at: datetime | None, now: datetime) -> Answer:
    return Answer("304 Not Modified", [("ETag", f'"{tag}"'), *_last_modified(changed_at, now), *asked.headers], b"")


def _whole(
    asked: Asked, filename: str, tag: str, changed_at: datetime | None, now: datetime, body: bytes, packed: bool
) -> Answer:
    headers = [
        ("Content-Type", CALENDAR),
        ("Content-Length", str(len(body))),
        ("Content-Disposition", f'inline; filename="{filename}.ics"'),
        ("ETag", f'"{tag}"'),
        *_last_modified(changed_at, now),
        *asked.headers,
    ]
    if packed:
        headers.append(("Content-Encoding", "gzip"))
    return Answer("200 OK", headers, body)


def _last_modified(changed_at: datetime | None, now: datetime) -> Headers:
    """Left out while it lies ahead, as after several changes within a second (RFC 9110 §8.8.2.1)."""
    return [] if changed_at is None or changed_at > now else [("Last-Modified", http.date(changed_at))]


def _plain(refused: Refused, asked: Asked) -> Answer:
    body = f"{refused.text}\n".encode()
    headers = [
        ("Content-Type", PLAIN),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        *(PRIVATE[2:] if asked.is_secret else [("Access-Control-Allow-Origin", "*")]),
        *refused.headers,
    ]
    return Answer(refused.status, headers, body)


def _preflight() -> Answer:
    """A script of another site asks whether it may send conditions along."""
    headers = [
        ("Allow", "GET, HEAD, OPTIONS"),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
        ("Access-Control-Allow-Headers", "If-None-Match, If-Modified-Since"),
        ("Access-Control-Max-Age", "86400"),
    ]
    return Answer("204 No Content", headers, b"")
