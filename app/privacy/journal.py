"""The journal of erasures: a file outside the database, so that a restored backup can be told whom to erase again.

One line of JSON for each: the person's number and the time. It names nobody.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from app.core.settings import settings
from app.privacy.rules import Erased

NAME = "erasures.jsonl"


class JournalUnreadable(Exception):
    """A line of the journal is not what this module writes; the text says which."""


def path() -> Path:
    """Where it is."""
    return settings().journal_folder / NAME


def append(erased: Erased) -> None:
    """Write a line and see it on the disk. Raises OSError where that fails: then nobody may be erased."""
    where = path()
    is_new = not where.exists()
    where.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"person": erased.person_id, "at": erased.at.isoformat()}) + "\n"
    handle = os.open(where, os.O_APPEND | os.O_CREAT | os.O_RDWR, 0o600)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":  # a line that was broken off with the machine
            line = "\n" + line
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_new:
        _sync_folder(where.parent)


def read() -> list[Erased]:
    """All lines, the oldest first; none where there is no journal. Raises JournalUnreadable.

    A line that was broken off with the machine is of an erasure that was not done; someone has to look and take it
    out, since nothing here can tell it from one that was damaged later.
    """
    where = path()
    if not where.exists():
        return []
    found = []
    for number, line in enumerate(where.read_text().splitlines(), 1):
        try:
            data = json.loads(line)
            found.append(Erased(int(data["person"]), datetime.fromisoformat(data["at"])))
        except (ValueError, KeyError, TypeError) as error:
            raise JournalUnreadable(f"{where}, line {number}") from error
    return found


def _sync_folder(folder: Path) -> None:
    """So that the file's name is on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
