"""How Alembic reaches the application's database."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import JSON, text
from sqlalchemy.engine import Connection

from app.core.db import Base, UTCDateTime, WallClock, db


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Write our column types as the plain types that they are in the database."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, WallClock):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, JSON):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run() -> None:
    """Migrate in one transaction. On SQLite foreign keys rest meanwhile and are checked before it commits.

    Rebuilding a table there drops the old one, which with foreign keys on would delete the rows that refer to it.
    """
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                _migrate(connection)
                if sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
                    raise RuntimeError(f"the migration broke foreign keys: {broken[:5]}")
        finally:
            if sqlite:
                connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        transaction_per_migration=False,
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
