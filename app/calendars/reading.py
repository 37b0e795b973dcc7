"""The door's own way to the database: one prepared read of what is stored of a feed, over connections of its own.

Through SQLAlchemy the same read takes several times as long. A connection serves one thread at a time, is thrown away
when anything fails on it, and never crosses a fork.
"""

from __future__ import annotations

import os
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias, cast

import psycopg
from sqlalchemy import Engine

Driver: TypeAlias = sqlite3.Connection | psycopg.Connection[tuple[Any, ...]]
ERRORS = (sqlite3.Error, psycopg.Error)
PATIENCE = 5
"""Seconds to wait for a database that is being written to, or for a server to accept a connection."""

HEAD = """
SELECT a.target_id, f.id, f.version, s.version, s.build, s.stale_at, s.changed_at, s.etag
FROM addresses a
LEFT JOIN feeds f ON f.kind = a.kind AND f.target_id = a.target_id
LEFT JOIN stored_feeds s ON s.feed_id = f.id AND s.variant = ?
WHERE a.kind = ? AND a.slug = ?"""
BODY = "SELECT changed_at, etag, body FROM stored_feeds WHERE feed_id = ? AND variant = ?"
PACKED = "SELECT changed_at, etag, gzip_body FROM stored_feeds WHERE feed_id = ? AND variant = ?"


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


class Reader:
    """Reads of stored feeds for one process."""

    def __init__(self, engine: Engine) -> None:
        self._idle: deque[Driver] = deque()
        self._abandoned: list[Driver] = []
        postgresql = engine.dialect.name == "postgresql"
        self._open = _postgresql(engine) if postgresql else _sqlite(engine)
        self._head, self._body, self._packed = (
            statement.replace("?", "%s") if postgresql else statement for statement in (HEAD, BODY, PACKED)
        )
        os.register_at_fork(after_in_child=self._after_fork)

    def head(self, kind: str, slug: str, variant: str) -> Head | None:
        """The feed at an address, current or old; None where there is none."""
        row = self._one(self._head, (variant, kind, slug))
        if row is None:
            return None
        target_id, feed_id, version, stored, build, stale_at, changed_at, etag = row
        return Head(target_id, feed_id, version, stored, build, _instant(stale_at), _instant(changed_at), etag)

    def stored(self, feed_id: int, variant: str, *, packed: bool) -> Stored:
        """The bytes of a variant that is stored, compressed or not (None where they have not been compressed yet)."""
        row = self._one(self._packed if packed else self._body, (feed_id, variant))
        assert row is not None
        changed_at, etag, body = row
        return Stored(cast(datetime, _instant(changed_at)), etag, None if body is None else bytes(body))

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._idle.pop().close()

    def _one(self, statement: str, values: tuple[object, ...]) -> tuple[Any, ...] | None:
        """One row. A connection that stood idle may have died since: one more try, on a new one."""
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._read(self._open(), statement, values)
        try:
            return self._read(connection, statement, values)
        except ERRORS:
            self.close()
            return self._read(self._open(), statement, values)

    def _read(self, connection: Driver, statement: str, values: tuple[object, ...]) -> tuple[Any, ...] | None:
        try:
            row = cast("tuple[Any, ...] | None", connection.execute(statement, values).fetchone())
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return row

    def _after_fork(self) -> None:
        """The parent's connections are not ours to use, nor to close."""
        self._abandoned.extend(self._idle)
        self._idle.clear()


def _sqlite(engine: Engine) -> Callable[[], Driver]:
    path = engine.url.database or ":memory:"

    def open_() -> Driver:
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA query_only=ON")
        return connection

    return open_


def _postgresql(engine: Engine) -> Callable[[], Driver]:
    _arguments, options = engine.dialect.create_connect_args(engine.url)
    options.setdefault("connect_timeout", PATIENCE)

    def open_() -> Driver:
        return psycopg.connect(autocommit=True, **options)

    return open_


@lru_cache(maxsize=4_096)
def _instant(value: datetime | str | None) -> datetime | None:
    """SQLite keeps instants as text in UTC, PostgreSQL gives them in the session's zone. The same come all the time."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value
