"""What the feeds' door answers, header by header (RFC 9110)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias

from app.calendars import http

Headers: TypeAlias = tuple[tuple[str, str], ...]

CALENDAR = "text/calendar; charset=utf-8; method=PUBLISH"
PLAIN = "text/plain; charset=utf-8"
SHARED: Headers = (
    ("Cache-Control", "public, max-age=60, stale-while-revalidate=300"),
    ("Vary", "Accept-Encoding"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Content-Disposition"),
)
UNLISTED: Headers = (("X-Robots-Tag", "noindex"), ("Referrer-Policy", "no-referrer"))
PRIVATE: Headers = (("Cache-Control", "private, no-cache"), ("Vary", "Accept-Encoding"), *UNLISTED)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client."""

    status: str
    headers: Headers
    body: bytes = b""
    etag: str = ""
    """As it stands in the header."""


class Version(NamedTuple):
    """Which bytes of a feed, as clients are told and ask: compressed or not, each has an ETag of its own."""

    digest: str
    """Of the bytes before compression."""
    changed_at: datetime | None
    packed: bool

    @property
    def etag(self) -> str:
        """The header's value."""
        return f'"{self.digest}-gzip"' if self.packed else f'"{self.digest}"'

    def headers(self, now: datetime) -> Headers:
        """ETag and Last-Modified, which is left out where it is unknown, and while it lies ahead, as after several
        changes a second (RFC 9110 §8.8.2.1).
        """
        etag = ("ETag", self.etag)
        if self.changed_at is None or self.changed_at > now:
            return (etag,)
        return etag, ("Last-Modified", http.date(self.changed_at))


class Refused(Exception):
    """A poll that gets a word instead of a calendar."""

    def __init__(self, status: str, text: str, *headers: tuple[str, str]) -> None:
        super().__init__(status)
        self.status, self.text, self.headers = status, text, headers


class Answers:
    """All that can be answered, with the headers that every answer of this instance has."""

    def __init__(self, *, over_https: bool) -> None:
        self._every: Headers = (("X-Content-Type-Options", "nosniff"),)
        if over_https:
            self._every += (("Strict-Transport-Security", "max-age=31536000"),)
        self._of_kind = {False: SHARED + self._every, True: PRIVATE + self._every}

    def unchanged(self, version: Version, now: datetime, *, secret: bool) -> Answer:
        """That the client has it."""
        return Answer("304 Not Modified", version.headers(now) + self._of_kind[secret], etag=version.etag)

    def calendar(self, version: Version, filename: str, body: bytes, now: datetime, *, secret: bool) -> Answer:
        """The calendar itself."""
        headers = (
            ("Content-Type", CALENDAR),
            ("Content-Length", str(len(body))),
            ("Content-Disposition", f'inline; filename="{filename}.ics"'),
            *version.headers(now),
            *self._of_kind[secret],
            *((("Content-Encoding", "gzip"),) if version.packed else ()),
        )
        return Answer("200 OK", headers, body, version.etag)

    def word(self, refused: Refused, *, secret: bool) -> Answer:
        """Why there is no calendar."""
        body = f"{refused.text}\n".encode()
        headers = (
            ("Content-Type", PLAIN),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            *(UNLISTED if secret else (("Access-Control-Allow-Origin", "*"),)),
            *refused.headers,
            *self._every,
        )
        return Answer(refused.status, headers, body)

    def preflight(self) -> Answer:
        """To a script of another site, which asks whether it may send conditions along."""
        headers = (
            ("Allow", "GET, HEAD, OPTIONS"),
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
            ("Access-Control-Allow-Headers", "If-None-Match, If-Modified-Since"),
            ("Access-Control-Max-Age", "86400"),
        )
        return Answer("204 No Content", headers + self._every)
