"""What the door remembers of the database, and what makes it look again."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from app.calendars import connections
from app.calendars.connections import Connection, PostgresqlConnection, SqliteConnection
from app.calendars.wal_index import WalIndex
from app.core.db import db
from tests.databases import driver_url

Execute = Callable[[str], object]
FEED = "INSERT INTO feeds (kind, target_id, version, changed_at) VALUES ('{}', {}, {}, '2026-11-20 09:00:00')"


@pytest.fixture
def connection(app: Flask) -> Iterator[Connection]:
    """One of the door's own, on the application's database."""
    found: Connection = app.extensions["roundtable_door"].reader._open()
    yield found
    found.close()


@pytest.fixture
def other(app: Flask) -> Iterator[Execute]:
    """Another program's connection, which commits each statement."""
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        lite = sqlite3.connect(url.database or "", isolation_level=None, timeout=30)
        yield lite.execute
        lite.close()
    else:
        with psycopg.connect(driver_url(), autocommit=True) as server:
            yield lambda statement: server.execute(statement.encode())


class TestState:
    """Of the database, as a connection tells it."""

    def test_stays_while_nobody_commits(self, connection: Connection, other: Execute) -> None:
        """As far as a test can say beside others, which a PostgreSQL server counts along: now and then at least."""

        def stays() -> bool:
            before = connection.state()
            other("SELECT count(*) FROM feeds")
            with db.engine.connect() as reading:
                reading.execute(text("SELECT count(*) FROM feeds"))
            return before is not None and connection.state() == before

        assert any(stays() for _ in range(100))

    def test_is_another_after_each_commit(self, connection: Connection, other: Execute) -> None:
        seen = [connection.state()]
        for number in range(20):
            other(FEED.format("series", 9_000 + number, 1))
            seen.append(connection.state())
        for _number in range(20):
            other("UPDATE feeds SET version = version + 1 WHERE kind = 'series'")
            seen.append(connection.state())
        other("DELETE FROM feeds WHERE kind = 'series'")
        seen.append(connection.state())
        assert len(set(seen)) == len(seen)

    def test_is_the_same_for_all_connections(self, app: Flask, connection: Connection, other: Execute) -> None:
        second: Connection = app.extensions["roundtable_door"].reader._open()
        try:
            before = connection.state()
            other(FEED.format("series", 9_000, 1))
            assert any(second.state() == connection.state() != before for _ in range(100))
        finally:
            second.close()

    def test_is_another_once_an_open_transaction_commits(self, connection: Connection, other: Execute) -> None:
        """Also where a later one has committed before it."""
        other(FEED.format("series", 9_000, 1))
        other(FEED.format("series", 9_001, 1))
        with db.engine.connect() as slow:
            slow.execute(text("UPDATE feeds SET version = 2 WHERE target_id = 9000"))
            seen = {connection.state()}
            if isinstance(connection, PostgresqlConnection):  # SQLite has one writer at a time
                other("UPDATE feeds SET version = 2 WHERE target_id = 9001")
                seen.add(connection.state())
                assert len(seen) == 2
            slow.commit()
        assert connection.state() not in seen


class TestHead:
    """What is remembered under a state."""

    def test_is_read_once_until_somebody_commits(
        self, connection: Connection, other: Execute, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reads: list[object] = []
        states = [b"one"]
        once = connection._row
        monkeypatch.setattr(connection, "_row", lambda *given: reads.append(given) or once(*given))
        monkeypatch.setattr(connection, "state", lambda: states[-1])
        first = connection.head(("all", "lang=en"))
        assert connection.head(("all", "lang=en")) is first
        assert len(reads) == 1
        other(FEED.format("all", 0, 7))
        states.append(b"two")
        second = connection.head(("all", "lang=en"))
        assert second is not None
        assert second.version == 7
        assert connection.head(("all", "lang=en")) is second
        assert len(reads) == 2

    def test_what_is_not_there_is_remembered_as_well(self, connection: Connection, other: Execute) -> None:
        assert connection.head(("group", "lang=en", "new")) is None
        assert connection.head(("group", "lang=en", "new")) is None
        other("INSERT INTO addresses (kind, slug, target_id, merged) VALUES ('group', 'new', 9000, false)")
        assert connection.head(("group", "lang=en", "new")) is not None

    def test_no_more_is_remembered_than_a_bound(self, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connections, "MOST_KNOWN", 3)
        monkeypatch.setattr(connection, "state", lambda: b"one")
        for number in range(10):
            connection.head(("group", "lang=en", f"group-{number}"))
            assert len(connection._known) <= 3

    def test_of_a_commit_between_looking_and_reading_is_looked_for_again(
        self, connection: Connection, other: Execute, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is read may be newer than the state it is remembered under, never older."""
        once = connection._row

        def overtaken(*given: object) -> object:
            other("UPDATE feeds SET version = version + 1 WHERE kind = 'all'")
            return once(*given)  # type: ignore[arg-type]

        other(FEED.format("all", 0, 1))
        monkeypatch.setattr(connection, "_row", overtaken)
        versions = [getattr(connection.head(("all", "lang=en")), "version", None) for _ in range(3)]
        assert versions == [2, 3, 4]

    def test_no_commit_of_another_thread_is_missed(self, app: Flask, connection: Connection, other: Execute) -> None:
        """Whoever is told that a change is done finds it."""
        other(FEED.format("all", 0, 0))
        done = [0]

        def change() -> None:
            with app.app_context(), db.engine.connect() as writing:
                for number in range(1, 200):
                    writing.execute(text("UPDATE feeds SET version = :v WHERE kind = 'all'"), {"v": number})
                    writing.commit()
                    done[0] = number

        thread = threading.Thread(target=change)
        thread.start()
        looks = 0
        while thread.is_alive() or not looks:
            least = done[0]
            found = connection.head(("all", "lang=en"))
            assert found is not None
            assert found.version is not None
            assert found.version >= least
            looks += 1
        thread.join()
        last = connection.head(("all", "lang=en"))
        assert last is not None
        assert last.version == 199


class TestWalIndex:
    """The file that SQLite keeps beside the database."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> str:
        """A database of its own."""
        path = str(tmp_path / "own.sqlite")
        with sqlite3.connect(path, isolation_level=None) as driver:
            driver.execute("PRAGMA journal_mode=WAL")
            driver.execute("CREATE TABLE feeds (version)")
        driver.close()
        return path

    def test_sees_commits_of_another_process(self, path: str) -> None:
        reading = SqliteConnection(path)
        seen = {reading.state()}
        for number in range(3):
            code = (
                f"import sqlite3; c = sqlite3.connect({path!r}); c.execute('INSERT INTO feeds VALUES (1)'); c.commit()"
            )
            subprocess.run([sys.executable, "-c", code], check=True)
            seen.add(reading.state())
            assert len(seen) == number + 2
        reading.close()

    def test_does_not_take_locks_away(self, path: str) -> None:
        """Closing a descriptor of the file would, and another process could write between."""
        writing = sqlite3.connect(path, isolation_level=None)
        writing.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            reading = SqliteConnection(path)
            assert reading.state() is not None
            reading.close()
        code = (
            f"import sqlite3; sqlite3.connect({path!r}, timeout=0.1, isolation_level=None).execute('BEGIN IMMEDIATE')"
        )
        tried = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert "database is locked" in tried.stderr
        writing.close()

    def test_a_new_file_is_mapped_anew(self, path: str) -> None:
        first = SqliteConnection(path)
        first.close()  # the last one takes the file along
        assert not Path(f"{path}-shm").exists()
        second, writing = SqliteConnection(path), sqlite3.connect(path, isolation_level=None)
        before = second.state()
        writing.execute("INSERT INTO feeds VALUES (1)")
        assert second.state() != before
        second.close()
        writing.close()

    def test_a_checkpoint_hides_nothing(self, path: str) -> None:
        reading, writing = SqliteConnection(path), sqlite3.connect(path, isolation_level=None)
        seen = []
        for _ in range(3):
            writing.execute("INSERT INTO feeds VALUES (1)")
            seen.append(reading.state())
            writing.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            writing.execute("INSERT INTO feeds VALUES (1)")
            seen.append(reading.state())
        assert len(set(seen)) == 6
        reading.close()
        writing.close()

    def test_without_one_nothing_is_remembered(self, tmp_path: Path) -> None:
        """Also where a file of that name was left behind."""
        path = tmp_path / "plain.sqlite"
        sqlite3.connect(path).close()
        with pytest.raises(FileNotFoundError):
            WalIndex(str(path))
        Path(f"{path}-shm").touch()
        reading = SqliteConnection(str(path))
        assert reading.state() is None
        reading.close()

    def test_it_is_beside_the_file_that_a_link_leads_to(self, path: str, tmp_path: Path) -> None:
        """One beside the link may be left from before the database was moved."""
        link = tmp_path / "link.sqlite"
        link.symlink_to(path)
        Path(f"{link}-shm").write_bytes(bytes(32_768))
        reading, writing = SqliteConnection(str(link)), sqlite3.connect(path, isolation_level=None)
        before = reading.state()
        writing.execute("INSERT INTO feeds VALUES (1)")
        assert reading.state() != before
        reading.close()
        writing.close()


@pytest.mark.database
def test_each_database_has_its_way(app: Flask, connection: Connection) -> None:
    kind = SqliteConnection if db.engine.dialect.name == "sqlite" else PostgresqlConnection
    assert isinstance(connection, kind)
