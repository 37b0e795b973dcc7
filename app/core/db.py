"""The database: base class, column types, and the one way to write.

Reading needs nothing special: use `db.session`. Every write goes through `write()`, one transaction each.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    ColumnElement,
    DateTime,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    UniqueConstraint,
    event,
    func,
    inspect,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

T = TypeVar("T")


class UTCDateTime(TypeDecorator[datetime]):
    """What happened: an aware instant, kept in UTC (SQLite stores no offset)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; a missing zone is a wrong hour waiting to happen."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WallClock(TypeDecorator[datetime]):
    """What people plan: a wall-clock time, whose IANA zone stands in a column beside it."""

    impl = DateTime(timezone=False)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse aware times: the zone belongs in its own column."""
        if value is not None and value.tzinfo is not None:
            raise ValueError("a wall-clock time carries no zone of its own")
        return value


Json = JSON().with_variant(JSONB(), "postgresql")
Instant = Annotated[datetime, mapped_column(UTCDateTime())]
WallTime = Annotated[datetime, mapped_column(WallClock())]
Translations = Annotated[dict[str, str], mapped_column(Json)]
"""A text in several languages: {"en": …, "fr": …}."""


class Base(DeclarativeBase):
    """The base of every model."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Bind the database to the application and teach SQLite to keep what concurrent writers write."""
    url = str(app.config["SQLALCHEMY_DATABASE_URI"])
    options: dict[str, Any] = {"hide_parameters": True}  # an error in the log shows the statement, not the values
    if url.startswith("sqlite"):
        options["connect_args"] = {"timeout": 30, "isolation_level": None}
    else:
        options["pool_pre_ping"] = True
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            prepare_sqlite(db.engine)


def prepare_sqlite(engine: Engine) -> None:
    """Explicit BEGIN, foreign keys and a write-ahead log on every connection.

    The driver's own transaction handling begins too late: two who read and then write overwrite each other.
    """

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def write() -> Iterator[Session]:
    """One writing transaction: commits at the end, rolls back on any exception.

    Whatever the request has read before is forgotten first, so that decisions rest on what is true now. On SQLite
    the transaction holds the write lock from its start; on PostgreSQL, `lock()` the row a decision rests on.
    Callables given to `after_commit` run once the commit is done.
    """
    session: Session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("write() within write(): a command is one transaction")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside write()")
    session.rollback()
    session.info["writing"] = True
    session.info["after_commit"] = []
    try:
        session.connection(execution_options={"immediate": True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("writing")
        waiting: list[Callable[[], None]] = session.info.pop("after_commit")
    for call in waiting:
        try:
            call()
        except Exception:  # the write is done: a failing wake-up must not look like a failed write
            log.exception("after commit")


def any_due(condition: ColumnElement[bool]) -> bool:
    """Whether some row meets it. Workers ask before they claim: a read, so that idle ones hold no write lock."""
    found = db.session.scalar(select(literal(1)).where(condition).limit(1))
    db.session.rollback()
    return found is not None


def writing() -> Session:
    """The session of the write() one is in. Raises RuntimeError outside of one."""
    session: Session = db.session()
    if not session.info.get("writing"):
        raise RuntimeError("only within write()")
    return session


def after_commit(call: Callable[[], None]) -> None:
    """Run `call` once the present write() has committed; never if it rolls back. The same callable runs once."""
    waiting: list[Callable[[], None]] = writing().info["after_commit"]
    if call not in waiting:
        waiting.append(call)


def lock(model: type[T], key: object) -> T | None:
    """The row, freshly read and locked until the transaction ends; None where there is none.

    Locked first, then read: in one, SQLAlchemy compares the version of what was read before and refuses a newer one.
    """
    session = writing()
    if session.get_bind().dialect.name == "postgresql":
        columns = inspect(model).primary_key
        values = key if isinstance(key, tuple) else (key,)
        same = [column == value for column, value in zip(columns, values, strict=True)]
        session.execute(select(*columns).where(*same).with_for_update())
    return session.get(model, key, populate_existing=True)


def lock_name(name: str) -> None:
    """Let one transaction at a time pass for this name, where there is no row yet to lock."""
    session = writing()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def lock_table(model: type[Base]) -> None:
    """Let nobody else lock or change any row of a table until the transaction ends; reading goes on.

    For commands that decide on more rows than can be locked one by one. Lock what it is about, a group, before.
    """
    session = writing()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f'LOCK TABLE "{model.__tablename__}" IN EXCLUSIVE MODE'))


def violated(error: IntegrityError) -> str | None:
    """The name of the constraint or unique index that refused a write, on either database.

    None for what SQLite does not name: foreign keys and NOT NULL.
    """
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if name:
        return str(name)
    kind, _, what = str(error.orig).partition(" constraint failed: ")
    if kind == "CHECK":
        return what
    if kind != "UNIQUE":
        return None
    if what.startswith("index "):
        return what.removeprefix("index ").strip("'")
    columns = [part.strip().partition(".") for part in what.split(",")]
    wanted = [column for _table, _dot, column in columns]
    table = Base.metadata.tables[columns[0][0]]
    keys = [item for item in table.constraints if isinstance(item, UniqueConstraint | PrimaryKeyConstraint)]
    for item in [*(index for index in table.indexes if index.unique), *keys]:
        if [column.name for column in item.columns] == wanted:
            return str(item.name)
    return None
