"""Handing out lists as files: how often, and that it is noted who took personal data away."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.core import audit
from app.core.db import write
from app.core.policy import current_viewer
from app.core.security import client_network
from app.core.tables import download
from app.core.tables.model import Table
from app.extensions import limiter
from app.people.models import Person


def _reader() -> str:
    return str(current_viewer().person_id or client_network())


downloads = limiter.shared_limit(
    "60 per hour", scope="downloads", key_func=_reader, exempt_when=lambda: download.asked() is None
)
"""For views that also hand their list out: each file is written anew, and holds all that the page shows in parts."""


def hand_out(table: Table, wanted: str, name: str, *, noted: str | None = None, **details: Any) -> Response:
    """The list as a file. `noted`: what it is called in the audit trail; lists with personal data are noted there."""
    answer, rows = download.send(table, wanted, name)
    person_id = current_viewer().person_id
    if noted is not None and person_id is not None:
        with write() as session:
            reader = session.get_one(Person, person_id)
            audit.record("list.exported", reader, person_id, list=noted, format=wanted, rows=rows, **details)
    return answer
