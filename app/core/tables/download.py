"""A list as a file: `?format=csv` or `?format=xlsx` at the list's own address, so with its rule and its filters."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, cast
from urllib.parse import urlencode

from flask import Response, request, send_file

from app.core import clock
from app.core.addresses import slugify
from app.core.security import private_page
from app.core.tables.model import FORMATS, Table
from app.core.tables.writing import WRITERS

IN_MEMORY = 1024 * 1024
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Link:
    """One way to take a list away."""

    label: str
    url: str


def asked() -> str | None:
    """The format in which this request wants its list; None for the page."""
    wanted = request.args.get("format")
    return wanted if wanted in FORMATS else None


def links() -> list[Link]:
    """This page's list in each format, with the filters of the page; all of it, so without the page's number."""
    kept = [(key, value) for key, value in request.args.items(multi=True) if key not in ("page", "format", "lang")]
    return links_to(request.path, kept)


def links_to(path: str, kept: Mapping[str, str] | Sequence[tuple[str, str]]) -> list[Link]:
    """The list at an address in each format, narrowed by these parts of its query."""
    asked_for = list(kept.items()) if isinstance(kept, Mapping) else list(kept)
    return [
        Link(name, f"{path}?{urlencode([*asked_for, ('format', code)])}")
        for code, name in (("csv", "CSV"), ("xlsx", "Excel"))
    ]


def send(table: Table, wanted: str, name: str) -> tuple[Response, int]:
    """The table as a file called after `name` and the day, and how many rows it has.

    It is written whole before the answer begins: what fails on the way is an error page, not half a file.
    """
    private_page()
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with the answer
    rows = WRITERS[wanted](table, cast(IO[bytes], file))
    file.seek(0)
    called = f"{slugify(name) or 'list'}-{clock.now():%Y-%m-%d}.{wanted}"
    answer = send_file(
        cast(IO[bytes], file), mimetype=TYPES[wanted], as_attachment=True, download_name=called, max_age=None
    )
    answer.call_on_close(file.close)
    return answer, rows
