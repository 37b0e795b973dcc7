"""Filling a database from a backup, in one transaction: afterwards it is as the backup, or as it was before.

Whom the journal of erasures names is erased again in the same transaction, so that no moment brings them back.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, text, update

from app.calendars.models import FeedSecret
from app.calendars.service import raise_all_versions
from app.calendars.service.secrets import keep_ended
from app.core.db import Base, db, write
from app.core.outbox import FAILED, QUEUED, OutboxMessage
from app.meetings import service as meetings
from app.people.service import accounts
from app.privacy import journal
from app.privacy.service import erasing
from app.programme import service as programme
from app.representation.models import GenderDeclaration
from app.running.backup import file
from app.running.backup.revision import current_revision, program_revision

HELD = "From a restored backup: it may have been sent before the restoration."


class NotEmpty(Exception):
    """There is something in the database that would be lost."""


@dataclass(frozen=True)
class Restored:
    """What came of it."""

    made_at: str
    rows: int
    erased_again: int
    mails_held: int


def restore(path: Path, *, replace: bool = False) -> Restored:
    """Fill the database. Raises Unusable, NotEmpty, JournalUnreadable; then nothing was changed."""
    head = file.check(path, program_revision())
    lines = journal.read()
    _prepare_schema()
    with write() as session:
        connection = session.connection()
        full = [table.name for table in Base.metadata.sorted_tables if _has_rows(connection, table)]
        if full and not replace:
            raise NotEmpty
        ended = session.scalars(select(FeedSecret.digest).where(FeedSecret.ended_at.is_not(None))).all()
        triggers = _begin(connection)
        if full:
            _empty(connection)
        rows = _fill(connection, path)
        _end(connection, triggers)
        session.expire_all()
        accounts.end_every_session()
        erased = erasing.erase_again(lines)
        session.execute(delete(GenderDeclaration))  # whoever has withdrawn the answer since must not find it again
        held = session.execute(
            update(OutboxMessage).where(OutboxMessage.state == QUEUED).values(state=FAILED, last_error=HELD)
        )
        meetings.leap_sequences()
        programme.leap_sequences()
        raise_all_versions()
        keep_ended(ended)
        erasing.begin_pauses_anew()
    return Restored(head.made_at, rows, erased, int(getattr(held, "rowcount", 0)))


def _prepare_schema() -> None:
    """An empty database gets the schema; one of another version is refused. Raises Unusable."""
    db.session.rollback()
    with db.engine.connect() as connection:
        present = current_revision(connection)
    if present is None:
        upgrade()
    elif present != program_revision():
        raise file.Unusable(
            f"The database has the schema {present}, this program has {program_revision()}: run flask db upgrade first."
        )


def _has_rows(connection: Connection, table: Table) -> bool:
    return connection.execute(select(text("1")).select_from(table).limit(1)).first() is not None


def _begin(connection: Connection) -> list[str]:
    """Let rows come in any order and without what guards them in use; returns the triggers to put back on SQLite."""
    if connection.dialect.name != "sqlite":
        return []
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _sql in found:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    return [sql for _name, sql in found]


def _empty(connection: Connection) -> None:
    """Take out every row. On PostgreSQL TRUNCATE, which the triggers that guard single rows do not stop."""
    tables = list(reversed(Base.metadata.sorted_tables))
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("TRUNCATE " + ", ".join(f'"{table.name}"' for table in tables))
        return
    for table in tables:
        connection.execute(table.delete())


def _fill(connection: Connection, path: Path) -> int:
    """Put the rows in; those that refer to rows of their own table are told so when all are there."""
    number = 0
    later: list[tuple[Table, dict[str, Any]]] = []
    for table, batch in file.rows(path):
        own = [column.name for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
        for row in batch if own else ():
            kept = {name: row[name] for name in own if row[name] is not None}
            if kept:
                later.append((table, {"b_id": row["id"], **{f"b_{name}": row[name] for name in own}}))
                row.update(dict.fromkeys(own))
        connection.execute(insert(table), batch)
        number += len(batch)
    for table, values in later:
        names = [name.removeprefix("b_") for name in values if name != "b_id"]
        connection.execute(
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values({name: bindparam(f"b_{name}") for name in names}),
            values,
        )
    return number


def _end(connection: Connection, triggers: list[str]) -> None:
    """Put the triggers back; on PostgreSQL let numbers go on after the highest that is there."""
    for sql in triggers:
        connection.exec_driver_sql(sql)
    if connection.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        if "id" in table.columns:
            sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
            highest = connection.scalar(select(func.max(table.c.id)))
            if sequence and highest:
                connection.execute(select(func.setval(sequence, highest)))
