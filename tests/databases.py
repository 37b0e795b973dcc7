"""A database of its own for each test process: SQLite, or PostgreSQL where TEST_DATABASE_URL names a server."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask_migrate import upgrade
from sqlalchemy.engine import make_url

from app.core.db import Base, db


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
    yield url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    admin.dispose()


def migrate() -> None:
    """The schema, as migrations make it."""
    upgrade()


def empty_all_tables() -> None:
    """Take out every row."""
    db.session.remove()
    tables = list(reversed(Base.metadata.sorted_tables))
    if db.engine.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in tables)
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    else:
        empty(*tables)


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
    triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _statement in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _name, statement in triggers:
        connection.exec_driver_sql(statement)
