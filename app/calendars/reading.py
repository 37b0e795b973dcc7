"""The door's own way to the database: one prepared read of what is stored of a feed, over connections of its own.

Through SQLAlchemy, and through what psycopg does for its users, the same read takes several times as long. A
connection serves one thread at a time, is thrown away when anything fails on it, and never crosses a fork.
"""

from __future__ import annotations

import os
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple, Protocol, TypeVar

import psycopg
from psycopg.pq import ExecStatus, Format
from sqlalchemy import Engine

T = TypeVar("T")
ERRORS = (sqlite3.Error, psycopg.Error)
PATIENCE = 5
"""Seconds to wait for a database that is being written to, or for a server to accept a connection."""

HEAD = """
SELECT a.target_id, f.id, f.version, s.version, s.build, s.stale_at, s.changed_at, s.etag
FROM addresses a
LEFT JOIN feeds f ON f.kind = a.kind AND f.target_id = a.target_id
LEFT JOIN stored_feeds s ON s.feed_id = f.id AND s.variant = ?
WHERE a.kind = ? AND a.slug = ?"""
BODY = "SELECT CAST(changed_at AS TEXT), etag, body FROM stored_feeds WHERE feed_id = ? AND variant = ?"
PACKED = BODY.replace("body", "gzip_body")


class Head(NamedTuple):
    """What is known of a feed without its bytes; None from where nothing is stored on."""

    target_id: int
    feed_id: int | None
    version: int | None
    stored_version: int | None
    build: str | None
    stale_at: datetime | None
    changed_at: datetime | None
    etag: str | None

    def shows(self, build: str, now: datetime) -> bool:
        """Whether the stored bytes are what the feed is now."""
        return (
            self.stored_version is not None
            and self.stored_version == self.version
            and self.build == build
            and (self.stale_at is None or self.stale_at > now)
        )


@dataclass(frozen=True)
class Stored:
    """The bytes of a feed with what belongs to them."""

    changed_at: datetime
    etag: str
    body: bytes | None


class Connection(Protocol):
    """One connection to either database."""

    def head(self, kind: str, slug: str, variant: str) -> Head | None:
        """The feed at an address."""

    def stored(self, statement: str, feed_id: int, variant: str) -> Stored | None:
        """The bytes that a statement finds."""

    def close(self) -> None:
        """Let it go."""


class Reader:
    """Reads of stored feeds for one process."""

    def __init__(self, engine: Engine) -> None:
        self._idle: deque[Connection] = deque()
        self._abandoned: list[Connection] = []
        self._open: Callable[[], Connection]
        if engine.dialect.name == "postgresql":
            _arguments, options = engine.dialect.create_connect_args(engine.url)
            self._open = lambda: PostgresqlConnection({"connect_timeout": PATIENCE, **options})
        else:
            self._open = lambda: SqliteConnection(engine.url.database or ":memory:")
        os.register_at_fork(after_in_child=self._after_fork)

    def head(self, kind: str, slug: str, variant: str) -> Head | None:
        """The feed at an address, current or old; None where there is none."""
        return self._read(lambda connection: connection.head(kind, slug, variant))

    def stored(self, feed_id: int, variant: str, *, packed: bool) -> Stored:
        """The bytes of a variant that is stored, compressed or not (None where they have not been compressed yet)."""
        found = self._read(lambda connection: connection.stored(PACKED if packed else BODY, feed_id, variant))
        assert found is not None
        return found

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._idle.pop().close()

    def _read(self, read: Callable[[Connection], T]) -> T:
        """One read. A connection that stood idle may have died since: one more try, on a new one."""
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._try(self._open(), read)
        try:
            return self._try(connection, read)
        except ERRORS:
            self.close()
            return self._try(self._open(), read)

    def _try(self, connection: Connection, read: Callable[[Connection], T]) -> T:
        try:
            found = read(connection)
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return found

    def _after_fork(self) -> None:
        """The parent's connections are not ours to use, nor to close."""
        self._abandoned.extend(self._idle)
        self._idle.clear()


class SqliteConnection:
    """Reads from the file, whoever writes."""

    def __init__(self, path: str) -> None:
        self.driver = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        self.driver.execute("PRAGMA query_only=ON")

    def head(self, kind: str, slug: str, variant: str) -> Head | None:
        """The feed at an address."""
        row = self.driver.execute(HEAD, (variant, kind, slug)).fetchone()
        if row is None:
            return None
        target_id, feed_id, version, stored, build, stale_at, changed_at, etag = row
        return Head(target_id, feed_id, version, stored, build, instant(stale_at), instant(changed_at), etag)

    def stored(self, statement: str, feed_id: int, variant: str) -> Stored | None:
        """The bytes that a statement finds."""
        row = self.driver.execute(statement, (feed_id, variant)).fetchone()
        return None if row is None else _stored(*row)

    def close(self) -> None:
        """Let it go."""
        self.driver.close()


class PostgresqlConnection:
    """Reads by prepared statements through libpq, with nothing between."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.driver = psycopg.connect(autocommit=True, **options)
        self.driver.execute("SET TIME ZONE 'UTC'")
        self.driver.execute("SET datestyle TO ISO")
        self._names: dict[str, bytes] = {}

    def head(self, kind: str, slug: str, variant: str) -> Head | None:
        """The feed at an address."""
        row = self._row(HEAD, Format.TEXT, variant, kind, slug)
        if row is None:
            return None
        target_id, feed_id, version, stored, build, stale_at, changed_at, etag = (
            None if value is None else value.decode() for value in row
        )
        return Head(
            target_id=int(target_id or 0),
            feed_id=_number(feed_id),
            version=_number(version),
            stored_version=_number(stored),
            build=build,
            stale_at=instant(stale_at),
            changed_at=instant(changed_at),
            etag=etag,
        )

    def stored(self, statement: str, feed_id: int, variant: str) -> Stored | None:
        """The bytes that a statement finds."""
        row = self._row(statement, Format.BINARY, str(feed_id), variant)
        if row is None:
            return None
        changed_at, etag, body = row
        assert changed_at is not None and etag is not None
        return _stored(changed_at.decode(), etag.decode(), body)

    def close(self) -> None:
        """Let it go."""
        self.driver.close()

    def _row(self, statement: str, format_: Format, *values: str) -> list[bytes | None] | None:
        server = self.driver.pgconn
        name = self._names.get(statement)
        if name is None:
            name = f"feed{len(self._names)}".encode()
            numbers = count(1)
            numbered = "".join(f"${next(numbers)}" if letter == "?" else letter for letter in statement)
            self._checked(server.prepare(name, numbered.encode()), ExecStatus.COMMAND_OK)
            self._names[statement] = name
        result = server.exec_prepared(name, [value.encode() for value in values], result_format=format_)
        self._checked(result, ExecStatus.TUPLES_OK)
        return [result.get_value(0, column) for column in range(result.nfields)] if result.ntuples else None

    @staticmethod
    def _checked(result: psycopg.pq.abc.PGresult, wanted: ExecStatus) -> None:
        if result.status != wanted:
            raise psycopg.OperationalError(result.error_message.decode(errors="replace"))


def _stored(changed_at: str, etag: str, body: bytes | None) -> Stored:
    found = instant(changed_at)
    assert found is not None
    return Stored(found, etag, body)


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


@lru_cache(maxsize=4_096)
def instant(text: str | None) -> datetime | None:
    """An instant as either database writes it in UTC; the same ones come all the time."""
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
