"""What the feeds' door answers, header by header (RFC 9110)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

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

    def unchanged(self, *, secret: bool, etag: str, changed_at: datetime | None, now: datetime) -> Answer:
        """That the client has it."""
        headers = (("ETag", etag), *_last_modified(changed_at, now), *self._of_kind[secret])
        return Answer("304 Not Modified", headers, etag=etag)

    def calendar(
        self,
        body: bytes,
        filename: str,
        *,
        secret: bool,
        etag: str,
        changed_at: datetime | None,
        now: datetime,
        packed: bool,
    ) -> Answer:
        """The calendar itself."""
        headers = (
            ("Content-Type", CALENDAR),
            ("Content-Length", str(len(body))),
            ("Content-Disposition", f'inline; filename="{filename}.ics"'),
            ("ETag", etag),
            *_last_modified(changed_at, now),
            *self._of_kind[secret],
            *((("Content-Encoding", "gzip"),) if packed else ()),
        )
        return Answer("200 OK", headers, body, etag)

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


def etag_of(etag: str, *, packed: bool) -> str:
    """The header's value: each representation has an ETag of its own."""
    return f'"{etag}-gzip"' if packed else f'"{etag}"'


def _last_modified(changed_at: datetime | None, now: datetime) -> Headers:
    """Left out where it is unknown, and while it lies ahead, as after several changes a second (RFC 9110 §8.8.2.1)."""
    return () if changed_at is None or changed_at > now else (("Last-Modified", http.date(changed_at)),)
