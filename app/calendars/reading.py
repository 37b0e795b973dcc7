"""What the feeds' door reads: from connections of its own, each lent to one thread at a time.

A connection is thrown away when anything fails on it, and never crosses a fork.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Engine

from app.calendars.connections import ERRORS, PATIENCE, Connection, PostgresqlConnection, SqliteConnection, Stored
from app.calendars.heads import Head

T = TypeVar("T")


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

    def head(self, *key: str) -> Head | None:
        """The feed that a kind of address, a variant and what finds it name, be it old; None where there is none."""
        return self._read(Connection.head, key)

    def stored(self, feed_id: int, variant: str, *, packed: bool) -> Stored | None:
        """The bytes of a variant, compressed or not (without a body where they have not been compressed yet)."""
        found: Stored | None = self._read(lambda connection: connection.stored(feed_id, variant, packed=packed))
        return found

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._idle.pop().close()

    def _read(self, read: Callable[..., T], *arguments: object) -> T:
        """One read. A connection that stood idle may have died since: one more try, on a new one."""
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._try(self._open(), read, arguments)
        try:
            return self._try(connection, read, arguments)
        except ERRORS:
            self.close()
            return self._try(self._open(), read, arguments)

    def _try(self, connection: Connection, read: Callable[..., T], arguments: Sequence[object]) -> T:
        try:
            found = read(connection, *arguments)
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return found

    def _after_fork(self) -> None:
        """The parent's connections are not ours to use, nor to close."""
        self._abandoned.extend(self._idle)
        self._idle.clear()
