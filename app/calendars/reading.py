"""The door's own way to the database: one prepared read of what is stored of a feed, over connections of its own.

Through SQLAlchemy, and through what psycopg does for its users, the same read takes several times as long. A
connection serves one thread at a time, is thrown away when anything fails on it, and never crosses a fork.
"""

from __future__ import annotations

import os
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple, Protocol, TypeVar

import psycopg
from psycopg.pq import ExecStatus, Format
from sqlalchemy import Engine

from app.calendars import basis
from app.calendars.feeds import FeedKind
from app.people.models import SPEAKING

T = TypeVar("T")
ERRORS = (sqlite3.Error, psycopg.Error)
MOST_KNOWN = 2_000
"""Feeds of which a connection remembers what it has read."""
PATIENCE = 5
"""Seconds to wait for a database that is being written to, or for a server to accept a connection."""

_STORED = "f.id, f.version, s.version, s.basis, s.build, s.stale_at, s.changed_at, s.etag, s.used_at"
_JOINED = """
LEFT JOIN feeds f ON f.kind = {kind} AND f.target_id = {target}
LEFT JOIN stored_feeds s ON s.feed_id = f.id AND s.variant = ?"""
_PUBLIC = "SELECT {target}, NULL, NULL, " + _STORED + " FROM {table} a" + _JOINED + " WHERE {found}"
_SECRET = (
    "SELECT coalesce(a.association_id, a.owner_id), a.id, a.kind, "
    + _STORED
    + ", {basis}, a.used_at, coalesce(a.used_at, a.created_at) FROM feed_secrets a"
    + _JOINED
    + """
WHERE a.digest = ? AND a.ended_at IS NULL AND (a.kind <> 'association' OR EXISTS (
    SELECT 1 FROM affiliations r WHERE r.person_id = a.owner_id AND r.association_id = a.association_id
    AND r.function IN {speaking} AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?)))"""
)


def heads(dialect: str) -> dict[str, str]:
    """{kind of address: the statement that finds the feed there}; the variant comes first of what it is given."""

    def public(kind: FeedKind, table: str, target: str, found: str) -> str:
        return _PUBLIC.format(kind=f"'{kind}'", table=table, target=target, found=found)

    named = "a.kind = '{kind}' AND a.slug = ?"
    shown = "a.visibility = 'public' AND a.reference = ?"
    some = "(SELECT 0 AS target_id)"
    return {
        FeedKind.ALL: public(FeedKind.ALL, some, "a.target_id", "1 = 1"),
        FeedKind.COMMUNITY: public(FeedKind.COMMUNITY, "addresses", "a.target_id", named.format(kind="community")),
        FeedKind.GROUP: public(FeedKind.GROUP, "addresses", "a.target_id", named.format(kind="group")),
        FeedKind.MEETING: public(FeedKind.MEETING, "meetings", "a.id", shown),
        FeedKind.SERIES: public(FeedKind.SERIES, "meeting_series", "a.id", "a.reference = ?"),
        SECRET: _SECRET.format(
            kind="a.kind",
            speaking=SPEAKING,
            target="coalesce(a.association_id, a.owner_id)",
            basis=basis.expression(dialect, "a.kind", "coalesce(a.association_id, a.owner_id)"),
        ),
    }


SECRET = "secret"  # noqa: S105
BODY = "SELECT CAST(changed_at AS TEXT), etag, filename, body FROM stored_feeds WHERE feed_id = ? AND variant = ?"
PACKED = BODY.replace(" body", " gzip_body")


class Head(NamedTuple):
    """What is known of a feed without its bytes; None from where nothing is stored on."""

    target_id: int
    secret_id: int | None
    kind: str | None
    """Of a personal feed."""
    feed_id: int | None
    version: int | None
    stored_version: int | None
    stored_basis: str | None
    build: str | None
    stale_at: datetime | None
    changed_at: datetime | None
    etag: str | None
    used_at: datetime | None
    """When this variant was noted as used."""
    basis: str | None = None
    secret_used_at: datetime | None = None
    alive_since: datetime | None = None
    """When the secret was last used, or made."""

    def shows(self, build: str, now: datetime) -> bool:
        """Whether the stored bytes are what the feed is now."""
        return (
            self.stored_version is not None
            and self.stored_version == self.version
            and self.build == build
            and (self.secret_id is None or self.stored_basis == (self.basis or ""))
            and (self.stale_at is None or self.stale_at > now)
        )


@dataclass(frozen=True)
class Stored:
    """The bytes of a feed with what belongs to them."""

    changed_at: datetime
    etag: str
    filename: str
    body: bytes | None


class Connection(Protocol):
    """One connection to either database."""

    def head(self, kind: str, values: Sequence[str]) -> Head | None:
        """The feed at an address of that kind; the variant first, then what finds it."""

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

    def head(self, kind: str, *values: str) -> Head | None:
        """The feed at an address of that kind, current or old; None where there is none."""
        return self._read(lambda connection: connection.head(kind, values))

    def stored(self, feed_id: int, variant: str, *, packed: bool) -> Stored | None:
        """The bytes of a variant, compressed or not (without a body where they have not been compressed yet)."""
        return self._read(lambda connection: connection.stored(PACKED if packed else BODY, feed_id, variant))

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
    """Reads from the file, whoever writes.

    `PRAGMA data_version` is another number once anyone else has committed anything. What was read before it changed is
    true still, and asking for it costs a quarter of reading again.
    """

    def __init__(self, path: str) -> None:
        self.driver = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        self.driver.execute("PRAGMA query_only=ON")
        self._version: int | None = None
        self._known: dict[tuple[str, ...], Head | None] = {}
        self._heads = heads("sqlite")

    def head(self, kind: str, values: Sequence[str]) -> Head | None:
        """The feed at an address of that kind."""
        (version,) = self.driver.execute("PRAGMA data_version").fetchone()
        key = (kind, *values)
        if version != self._version or len(self._known) >= MOST_KNOWN:
            self._known.clear()
            self._version = version
        elif key in self._known:
            return self._known[key]
        row = self.driver.execute(self._heads[kind], values).fetchone()
        found = self._known[key] = None if row is None else _head(row)
        return found

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
        self._heads = heads("postgresql")

    def head(self, kind: str, values: Sequence[str]) -> Head | None:
        """The feed at an address of that kind."""
        row = self._row(self._heads[kind], Format.TEXT, *values)
        if row is None:
            return None
        texts: list[Any] = [None if value is None else value.decode() for value in row]
        for number in NUMBERS:
            texts[number] = _number(texts[number])
        return _head(texts)

    def stored(self, statement: str, feed_id: int, variant: str) -> Stored | None:
        """The bytes that a statement finds."""
        row = self._row(statement, Format.BINARY, str(feed_id), variant)
        if row is None:
            return None
        changed_at, etag, filename, body = row
        assert changed_at is not None and etag is not None and filename is not None
        return _stored(changed_at.decode(), etag.decode(), filename.decode(), body)

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


NUMBERS = (0, 1, 3, 4, 5)
INSTANTS = (8, 9, 11, 13, 14)
"""Where numbers and instants stand in a head."""


def _head(row: Sequence[Any]) -> Head:
    values = list(row)
    for number in INSTANTS:
        if number < len(values):
            values[number] = instant(values[number])
    return Head(*values)


def _stored(changed_at: str, etag: str, filename: str, body: bytes | None) -> Stored:
    found = instant(changed_at)
    assert found is not None
    return Stored(found, etag, filename, body)


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


@lru_cache(maxsize=4_096)
def instant(text: str | None) -> datetime | None:
    """An instant as either database writes it in UTC; the same ones come all the time."""
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
