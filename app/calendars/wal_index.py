"""Whether anything was committed to an SQLite database, seen in its WAL index without asking SQLite.

In WAL mode all processes map one file, `<database>-shm`, and a commit is one exactly when its header there has changed
(https://www.sqlite.org/walformat.html, "WAL-Index Header": two copies of 48 bytes, the first written last). Reading
them is a copy of memory; asking SQLite for `PRAGMA data_version` takes two file locks, lets go of the interpreter's
lock, and costs nearly as much as reading a row.
"""

from __future__ import annotations

import mmap
import os
import threading
from pathlib import Path

_HEADER = 48
_mapped: dict[tuple[int, int], mmap.mmap] = {}
"""{(device, inode): the file's memory}. Closing a descriptor of a file gives up all POSIX locks of the process on it,
SQLite's too, so none is closed while it runs (https://www.sqlite.org/howtocorrupt.html, 2.2)."""
_lock = threading.Lock()


class WalIndex:
    """The header of one database, for as long as the connection stays open that was there before."""

    def __init__(self, database: str) -> None:
        """Of a database in WAL mode that has been read, by the path that SQLite tells, without links. Raises OSError or
        ValueError where the file cannot be mapped.
        """
        path = Path(f"{database}-shm")
        with _lock:
            found = path.stat()
            file = (found.st_dev, found.st_ino)
            if file not in _mapped:
                _mapped[file] = mmap.mmap(os.open(path, os.O_RDONLY), mmap.PAGESIZE, prot=mmap.PROT_READ)
            self._memory = _mapped[file]

    def header(self) -> bytes:
        """48 bytes, others after each commit by whomever."""
        return self._memory[:_HEADER]
