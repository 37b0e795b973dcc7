"""Connections of the feeds' door to either database: prepared reads with nothing between.

Through SQLAlchemy, and through what psycopg does for its users, the same read takes several times as long.

A connection remembers the heads it has read for as long as nobody has committed anything, which either database tells
for less than another read costs.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple

import psycopg
from psycopg.pq import ExecStatus, Format

from app.calendars.heads import Head, head_of, heads
from app.calendars.wal_index import WalIndex

ERRORS = (sqlite3.Error, psycopg.Error)
MOST_KNOWN = 2_000
"""Heads that a connection remembers: of an address, a variant and, where the address is secret, a day."""
PATIENCE = 5
"""Seconds to wait for a database that is being written to, or for a server to accept a connection."""
BODY = "SELECT etag, filename, body FROM stored_feeds WHERE feed_id = ? AND variant = ?"
PACKED = BODY.replace(" body", " gzip_body")


class Stored(NamedTuple):
    """The bytes of a feed with what belongs to them."""

    etag: str
    filename: str
    body: bytes | None


class Connection(ABC):
    """One connection, for one thread at a time."""

    def __init__(self, dialect: str) -> None:
        self._heads = heads(dialect)
        self._state: bytes | None = None
        self._known: dict[tuple[str, ...], Head | None] = {}

    def head(self, key: tuple[str, ...]) -> Head | None:
        """The feed that a kind of address, a variant and what finds it name."""
        state = self.state()
        if state is not None and state == self._state and key in self._known:
            return self._known[key]
        row = self._row(self._heads[key[0]], key[1:])
        found = None if row is None else head_of(row)
        if state != self._state or len(self._known) >= MOST_KNOWN:
            self._known.clear()
            self._state = state
        self._known[key] = found
        return found

    @abstractmethod
    def state(self) -> bytes | None:
        """Another after each commit, by whatever program; None where that cannot be told."""

    @abstractmethod
    def _row(self, statement: str, values: Sequence[str]) -> Sequence[Any] | None:
        """The row that a statement finds."""

    @abstractmethod
    def stored(self, feed_id: int, variant: str, *, packed: bool) -> Stored | None:
        """The bytes of a variant, compressed or not."""

    @abstractmethod
    def close(self) -> None:
        """Let it go."""


class SqliteConnection(Connection):
    """Reads from the file, whoever writes."""

    def __init__(self, path: str) -> None:
        super().__init__("sqlite")
        self.driver = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        self.driver.execute("PRAGMA query_only=ON")
        self._index = self._wal_index()

    def _wal_index(self) -> WalIndex | None:
        """None where there is none, or none to be had: then nothing is remembered."""
        self.driver.execute("SELECT 1 FROM sqlite_master").fetchone()  # makes the file where there was none
        (mode,) = self.driver.execute("PRAGMA journal_mode").fetchone()
        (_number, _name, path) = self.driver.execute("PRAGMA database_list").fetchone()
        if mode == "wal":
            with suppress(OSError, ValueError):
                return WalIndex(path)
        return None

    def state(self) -> bytes | None:
        """The header of the WAL index."""
        return self._index.header() if self._index else None

    def _row(self, statement: str, values: Sequence[str]) -> Sequence[Any] | None:
        row: Sequence[Any] | None = self.driver.execute(statement, values).fetchone()
        return row

    def stored(self, feed_id: int, variant: str, *, packed: bool) -> Stored | None:
        """The bytes of a variant, compressed or not."""
        row = self.driver.execute(PACKED if packed else BODY, (feed_id, variant)).fetchone()
        return None if row is None else Stored(*row)

    def close(self) -> None:
        """Let it go."""
        self.driver.close()


class PostgresqlConnection(Connection):
    """Reads by prepared statements through libpq."""

    STATE = "SELECT pg_current_snapshot()"

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__("postgresql")
        self.driver = psycopg.connect(autocommit=True, **options)
        self.driver.execute("SET TIME ZONE 'UTC'")
        self.driver.execute("SET datestyle TO ISO")
        self._names: dict[str, bytes] = {}

    def state(self) -> bytes | None:
        """Which transactions can be seen: all below a number but for those listed, whatever database they wrote to
        (https://www.postgresql.org/docs/current/functions-info.html, pg_snapshot). Only a primary server lists them
        all, as is one that can be written to.
        """
        (snapshot,) = self._values(self.STATE, Format.TEXT) or [None]
        return snapshot

    def _row(self, statement: str, values: Sequence[str]) -> Sequence[Any] | None:
        row = self._values(statement, Format.TEXT, *values)
        return None if row is None else [None if value is None else value.decode() for value in row]

    def stored(self, feed_id: int, variant: str, *, packed: bool) -> Stored | None:
        """The bytes of a variant, compressed or not."""
        row = self._values(PACKED if packed else BODY, Format.BINARY, str(feed_id), variant)
        if row is None:
            return None
        etag, filename, body = row
        assert etag is not None and filename is not None
        return Stored(etag.decode(), filename.decode(), body)

    def close(self) -> None:
        """Let it go."""
        self.driver.close()

    def _values(self, statement: str, format_: Format, *values: str) -> list[bytes | None] | None:
        server = self.driver.pgconn
        name = self._names.get(statement)
        if name is None:
            name = f"feed{len(self._names)}".encode()
            numbers = count(1)
            numbered = "".join(f"${next(numbers)}" if letter == "?" else letter for letter in statement)
            _check(server.prepare(name, numbered.encode()), ExecStatus.COMMAND_OK)
            self._names[statement] = name
        result = server.exec_prepared(name, [value.encode() for value in values], result_format=format_)
        _check(result, ExecStatus.TUPLES_OK)
        return [result.get_value(0, column) for column in range(result.nfields)] if result.ntuples else None


def _check(result: psycopg.pq.abc.PGresult, wanted: ExecStatus) -> None:
    if result.status != wanted:
        raise psycopg.OperationalError(result.error_message.decode(errors="replace"))
