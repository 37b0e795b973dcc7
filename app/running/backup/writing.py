"""Writing a backup while the installation runs."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, select

from app.core import clock
from app.core.db import db
from app.core.version import VERSION
from app.running.backup.file import FORMAT, Head, encode, tables
from app.running.backup.revision import current_revision


def write_backup(path: Path) -> int:
    """Write all rows as they are at one moment; how many. The file is there whole, or not at all.

    Raises FileExistsError, or OSError where it cannot be written.
    """
    if path.exists():
        raise FileExistsError(path)
    part = path.with_name(path.name + ".part")
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with connection.begin(), os.fdopen(handle, "wb") as raw:
            with gzip.open(raw, "wt", encoding="utf-8", compresslevel=6) as file:
                number = _write(connection, file)
            raw.flush()
            os.fsync(raw.fileno())
    part.rename(path)
    return number


def _write(connection: Connection, file: IO[str]) -> int:
    head = Head(FORMAT, clock.now().isoformat(), VERSION, current_revision(connection) or "")
    _line(file, asdict(head))
    number = 0
    for table in tables():
        _line(file, {"table": table.name, "columns": [column.name for column in table.columns]})
        found = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=1000)
        for row in connection.execute(found):
            _line(file, [encode(value) for value in row])
            number += 1
    _line(file, {"rows": number})
    return number


def _line(file: IO[str], what: Any) -> None:
    file.write(json.dumps(what, ensure_ascii=False) + "\n")
