"""The file of a backup: its lines, and the values in them."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, LargeBinary, Table
from sqlalchemy.types import Date

from app.core.db import Base, UTCDateTime, WallClock

FORMAT = 1
LEFT_OUT = frozenset({"attempts", "calendar_components", "job_runs", "stored_feeds"})
"""Tables that make themselves again, or that matter for an hour."""
BATCH = 1000
"""Rows that are put in at once."""


class Unusable(Exception):
    """The file is no backup, or not one for this installation; the text says why and what to do."""


@dataclass(frozen=True)
class Head:
    """What a backup says of itself."""

    format: int
    made_at: str
    version: str
    revision: str


def tables() -> list[Table]:
    """The tables in a backup, those that others refer to first."""
    return [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def encode(value: Any) -> Any:
    """A value of a row for JSON."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, date | datetime) else value


def decode(column: Column[Any], value: Any) -> Any:
    """The same back, as the column's type has it."""
    if value is None:
        return None
    if isinstance(column.type, UTCDateTime | WallClock):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return base64.b64decode(value) if isinstance(column.type, LargeBinary) else value


def lines(path: Path) -> Iterator[Any]:
    """What the lines say. Raises Unusable."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for text in file:
                yield json.loads(text)
    except FileNotFoundError:
        raise Unusable(f"There is no file {path}.") from None
    except (OSError, EOFError, ValueError) as error:
        raise Unusable(f"{path} is no backup, or was damaged: {error}") from None


def check(path: Path, revision: str) -> Head:
    """Read a file from its head to its end before anything is changed. Raises Unusable."""
    read = lines(path)
    head = _head(next(read, None), path)
    if head.revision != revision:
        raise Unusable(
            f"The backup has the schema {head.revision}, this program has {revision}. Restore it with the version of "
            f"the program that wrote it ({head.version}), then upgrade."
        )
    known = {table.name: [column.name for column in table.columns] for table in tables()}
    rows, end = 0, None
    for line in read:
        if end is not None or not isinstance(line, list | dict):
            raise Unusable(f"{path} goes on after its end.")
        if isinstance(line, list):
            rows += 1
        elif "rows" in line:
            end = line["rows"]
        elif known.get(line.get("table", "")) != line.get("columns"):
            raise Unusable(f"The backup has a table that this program does not know: {line.get('table')}.")
    if end != rows:
        raise Unusable(f"{path} is not whole: it was cut off while it was written or copied.")
    return head


def rows(path: Path) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """(table, some of its rows) again and again, in the order of the file."""
    columns: list[Column[Any]] = []
    batch: list[dict[str, Any]] = []
    by_name = {table.name: table for table in tables()}
    table: Table | None = None
    for line in lines(path):
        if isinstance(line, list):
            batch.append({column.name: decode(column, value) for column, value in zip(columns, line, strict=True)})
        if table is not None and batch and (isinstance(line, dict) or len(batch) >= BATCH):
            yield table, batch
            batch = []
        if isinstance(line, dict) and "table" in line:
            table = by_name[line["table"]]
            columns = list(table.columns)


def _head(line: Any, path: Path) -> Head:
    try:
        head = Head(**line)
    except TypeError:
        raise Unusable(f"{path} is no backup.") from None
    if head.format != FORMAT:
        raise Unusable(f"{path} has a form ({head.format}) that this program does not know.")
    return head
