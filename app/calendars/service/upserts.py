"""INSERT … ON CONFLICT of either database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_of(connection: Connection | Session) -> Any:
    """The database's own INSERT."""
    engine = connection if isinstance(connection, Connection) else connection.get_bind()
    assert isinstance(engine, Connection | Engine)
    return postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert


def upsert(connection: Connection | Session, model: type, key: list[str], columns: list[str] | None = None) -> Any:
    """Insert rows, or write over the given columns (all without) of those that are there."""
    statement = insert_of(connection)(model)
    names = columns or [column.name for column in model.__table__.columns]  # type: ignore[attr-defined]
    new = {name: statement.excluded[name] for name in names if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=new)
