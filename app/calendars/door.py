"""The feeds' door: a small WSGI application before the other one, which answers the addresses of feeds.

A feed that has not changed costs one indexed read: its stored bytes, or that the client has them. The first poll
after a change assembles the feed and stores it. Every other address is passed on untouched, so nothing here knows of
sessions, cookies or who asks: what public feeds show, everyone may see.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from urllib.parse import parse_qsl

import structlog
from flask import Flask
from prometheus_client import Counter
from sqlalchemy.exc import DBAPIError

from app.calendars import http, service
from app.calendars.assembly import group_feed, variant_of
from app.calendars.build import build
from app.calendars.reading import ERRORS, Head, Reader
from app.core import clock
from app.core.db import db

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers: TypeAlias = list[tuple[str, str]]

ENDPOINT = "calendars.group_calendar"
PATH = re.compile(r"/groups/(?:([a-z0-9]+(?:-[a-z0-9]+)*)|[^/]+)/calendar\.ics")
"""With the group's short name, if what stands there can be one."""
RETRY_AFTER = "30"

CALENDAR = "text/calendar; charset=utf-8; method=PUBLISH"
PLAIN = "text/plain; charset=utf-8"
SHARED: Headers = [
    ("Cache-Control", "public, max-age=60, stale-while-revalidate=300"),
    ("Vary", "Accept-Encoding"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Content-Disposition"),
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


class Answer(NamedTuple):
    """What goes back to the client."""

    status: str
    headers: Headers
    body: bytes


def init_app(app: Flask) -> None:
    """Hang it before the application."""
    door = Door(app, app.wsgi_app)
    app.extensions["roundtable_door"] = door
    app.wsgi_app = door  # type: ignore[method-assign]


class Door:
    """The WSGI application."""

    def __init__(self, app: Flask, inner: WSGIApplication) -> None:
        self.app, self.inner = app, inner
        config = app.config["ROUNDTABLE"]
        self.languages: tuple[str, ...] = config.languages
        self.queries = {"": config.default_language} | {variant_of(lang): lang for lang in config.languages}
        self.notes = Notes()
        self.every = list(EVERY)
        if app.config["SESSION_COOKIE_SECURE"]:
            self.every.append(("Strict-Transport-Security", "max-age=31536000"))
        with app.app_context():
            self.reader = Reader(db.engine)
            self.build = build()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a feed's address; pass on any other."""
        path = environ.get("PATH_INFO", "")
        if not path.endswith("/calendar.ics"):
            return self.inner(environ, start_response)
        found = PATH.fullmatch(path)
        if found is None:
            return self.inner(environ, start_response)
        began = time.perf_counter()
        answer = self.answer(environ, found[1])
        start_response(answer.status, [*answer.headers, *self.every])
        self.notes.note(environ["REQUEST_METHOD"], answer.status[:3], began)
        return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]

    def answer(self, environ: WSGIEnvironment, slug: str | None) -> Answer:
        """The feed, that the client has it, or why not."""
        try:
            method = environ["REQUEST_METHOD"]
            if method == "OPTIONS":
                return _preflight()
            if method not in ("GET", "HEAD"):
                allowed = ("Allow", "GET, HEAD, OPTIONS")
                raise Refused("405 Method Not Allowed", "A calendar can only be read.", [allowed])
            return self._calendar(environ, slug, self._language(environ.get("QUERY_STRING", "")))
        except Refused as refused:
            return _plain(refused)
        except (*ERRORS, DBAPIError) as error:
            log.error("feed unavailable", endpoint=ENDPOINT, error=type(error).__name__)
            text = "The calendar cannot be read just now. Please ask again in half a minute."
            return _plain(Refused("503 Service Unavailable", text, [("Retry-After", RETRY_AFTER)]))
        except Exception:
            log.exception("feed broken", endpoint=ENDPOINT)
            return _plain(Refused("500 Internal Server Error", "Something broke on our side. Please ask again later."))

    def _language(self, query: str) -> str:
        """The language asked for. Raises Refused for anything else in the query."""
        language: str | None = self.queries.get(query)
        if language is not None:
            return language
        choice = " or ".join(f"lang={code}" for code in self.languages)
        try:
            asked = parse_qsl(query, keep_blank_values=True, max_num_fields=10)
        except ValueError:
            asked = [("", "")]
        for name, _value in asked:
            if name != "lang":
                raise Refused("400 Bad Request", f"A calendar's address takes {choice}, not {name[:40]!a}.")
        if len(asked) > 1:
            raise Refused("400 Bad Request", f"A calendar's address takes {choice} once.")
        if asked and asked[0][1] not in self.languages:
            raise Refused("400 Bad Request", f"A calendar's address takes {choice}, not {asked[0][1][:40]!a}.")
        return asked[0][1] if asked else self.queries[""]

    def _calendar(self, environ: WSGIEnvironment, slug: str | None, language: str) -> Answer:
        variant = variant_of(language)
        head = self.reader.head("group", slug, variant) if slug else None
        if head is None or slug is None:
            raise Refused("404 Not Found", "There is no calendar at this address.")
        now = clock.now()
        packed = http.wants_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if not head.shows(self.build, now):
            return self._assembled(environ, slug, head, language, now, packed)
        assert head.etag is not None and head.changed_at is not None and head.feed_id is not None
        if _client_has_it(environ, _tag(head.etag, packed), head.changed_at):
            return _not_modified(_tag(head.etag, packed), head.changed_at, now)
        stored = self.reader.stored(head.feed_id, variant, packed=packed)
        body = stored.body
        if body is None:  # not compressed yet
            stored = self.reader.stored(head.feed_id, variant, packed=False)
            with self.app.app_context():
                body = service.compressed(head.feed_id, variant, stored.etag, stored.body or b"")
        return _whole(slug, _tag(stored.etag, packed), stored.changed_at, now, body, packed)

    def _assembled(
        self, environ: WSGIEnvironment, slug: str, head: Head, language: str, now: datetime, packed: bool
    ) -> Answer:
        """The first poll after a change makes the bytes for all that follow."""
        with self.app.app_context():
            assembly = group_feed(head.target_id, language, now)
            if assembly is None:
                raise Refused("404 Not Found", "There is no calendar at this address.")
            changed_at = service.store(assembly, now)
            tag = _tag(assembly.etag, packed)
            if _client_has_it(environ, tag, changed_at):
                return _not_modified(tag, changed_at, now)
            body = assembly.body
            if packed:
                body = service.compressed(head.feed_id, assembly.variant, assembly.etag, body)
            return _whole(slug, tag, changed_at, now, body, packed)


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

    def note(self, method: str, status: str, began: float) -> None:
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
        log.info("request", method=method, endpoint=ENDPOINT, status=int(status), ms=ms, **more)


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


def _not_modified(tag: str, changed_at: datetime | None, now: datetime) -> Answer:
    return Answer("304 Not Modified", [("ETag", f'"{tag}"'), *_last_modified(changed_at, now), *SHARED], b"")


def _whole(slug: str, tag: str, changed_at: datetime | None, now: datetime, body: bytes, packed: bool) -> Answer:
    headers = [
        ("Content-Type", CALENDAR),
        ("Content-Length", str(len(body))),
        ("Content-Disposition", f'inline; filename="{slug}.ics"'),
        ("ETag", f'"{tag}"'),
        *_last_modified(changed_at, now),
        *SHARED,
    ]
    if packed:
        headers.append(("Content-Encoding", "gzip"))
    return Answer("200 OK", headers, body)


def _last_modified(changed_at: datetime | None, now: datetime) -> Headers:
    """Left out while it lies ahead, as after several changes within a second (RFC 9110 §8.8.2.1)."""
    return [] if changed_at is None or changed_at > now else [("Last-Modified", http.date(changed_at))]


def _plain(refused: Refused) -> Answer:
    body = f"{refused.text}\n".encode()
    headers = [
        ("Content-Type", PLAIN),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Access-Control-Allow-Origin", "*"),
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
