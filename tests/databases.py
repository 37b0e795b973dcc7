"""A database of its own for each test process: SQLite, or PostgreSQL where TEST_DATABASE_URL names a server."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask_migrate import upgrade
from sqlalchemy import event
from sqlalchemy.engine import make_url

from app.core.db import Base, db

LARGE = 500_000
"""From how many bytes on a table's file is made anew."""


@contextmanager
def fresh_database(name: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database, dropped afterwards."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        yield f"sqlite:///{folder / (name + '.sqlite')}"
        return
    name = f"{name}_{os.getpid()}"
    url = make_url(server.replace("postgresql://", "postgresql+psycopg://"))
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET jit = off')  # not worth it for so few rows
    yield url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    admin.dispose()


def driver_url() -> str:
    """The address of the application's PostgreSQL database as its driver takes it, for connections past SQLAlchemy."""
    return db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def hurry() -> None:
    """Do without what guards against failures that these tests do not bring about.

    SQLite does not wait for the disk (nor does PostgreSQL, see `synchronous_commit` above), and PostgreSQL is not asked
    before every transaction whether it is still there.
    """
    if db.engine.dialect.name == "sqlite":
        db.engine.dispose()
        event.listen(db.engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous = OFF"))
    else:
        db.engine.pool._pre_ping = False


def migrate() -> None:
    """The schema, as migrations make it."""
    upgrade()
    if db.engine.dialect.name == "postgresql":  # rows stay in the order in which they came, as after TRUNCATE
        with db.engine.begin() as connection:
            for table in Base.metadata.sorted_tables:
                connection.exec_driver_sql(f'ALTER TABLE "{table.name}" SET (autovacuum_enabled = false)')


def empty_all_tables() -> None:
    """Take out every row. Most tests fill few tables, and what is empty already costs nothing."""
    db.session.remove()
    tables = list(reversed(Base.metadata.sorted_tables))
    with db.engine.begin() as connection:
        known = _filled(connection, tables)
        filled = [table for table in tables if table.name in known]
        if connection.dialect.name == "postgresql":
            _empty_postgresql(connection, filled)
            return
    if filled:
        empty(*filled)


def _empty_postgresql(connection: sa.Connection, tables: Sequence[sa.Table]) -> None:
    """Deleting few rows takes a tenth of what TRUNCATE takes, which makes new files; numbers begin at 1 again.

    But what is deleted stays in the file and is read on and on: once a file has grown, all are made anew.
    """
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # no triggers, no checks of keys
    if tables:
        sizes = (f"pg_table_size('{table.name}')" for table in tables)
        if connection.exec_driver_sql(f"SELECT greatest({', '.join(sizes)})").scalar_one() > LARGE:
            names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
            connection.exec_driver_sql(f"TRUNCATE {names}")
        else:
            connection.exec_driver_sql("; ".join(f'DELETE FROM "{table.name}"' for table in tables))
    connection.exec_driver_sql(
        "SELECT setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL"
    )


def _filled(connection: sa.Connection, tables: Sequence[sa.Table]) -> set[str]:
    """The names of the tables that hold something, in one statement."""
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables)
    return set(connection.exec_driver_sql(asked).scalars())


def empty(*tables: sa.FromClause) -> None:
    """Take out the rows of these tables in this order, also where triggers refuse that, as they should."""
    db.session.rollback()
    with db.engine.begin() as connection, _without_triggers(connection, tables):
        for table in tables:
            connection.execute(sa.delete(table))  # type: ignore[arg-type]


@contextmanager
def _without_triggers(connection: sa.Connection, tables: Sequence[sa.FromClause]) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    names = ", ".join(f"'{table}'" for table in tables)
    found = f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({names})"
    triggers = connection.exec_driver_sql(found).all()
    for name, _statement in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _name, statement in triggers:
        connection.exec_driver_sql(statement)
