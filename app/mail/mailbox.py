"""The mails that were written to files, to be read in development."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from app.core.settings import settings

NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")
SHOWN = 100


@dataclass(frozen=True)
class Letter:
    """One mail as it was written."""

    name: str
    written_at: datetime
    recipient: str
    subject: str
    text: str
    headers: Sequence[tuple[str, str]]


def folder() -> Path | None:
    """Where the files are; None where nobody may read them or none are written."""
    config = settings()
    return None if config.production or config.smtp_url else config.mail_folder


def letters(where: Path) -> list[Letter]:
    """The newest mails, newest first."""
    if not where.is_dir():
        return []
    with os.scandir(where) as entries:
        finished = [entry for entry in entries if entry.name.endswith(".eml") and not entry.name.startswith(".")]
    found = [(entry.stat().st_mtime_ns, Path(entry.path)) for entry in finished]
    return [_read(path) for _age, path in sorted(found, reverse=True)[:SHOWN]]


def letter(name: str) -> Letter | None:
    """The mail in the file of that name, if there is one to read."""
    where = folder()
    if where is None or not NAME.fullmatch(name) or name.startswith("."):
        return None
    path = where / f"{name}.eml"
    return _read(path) if path.is_file() else None


def _read(path: Path) -> Letter:
    message = message_from_bytes(path.read_bytes(), EmailMessage, policy=policy.default)
    body = message.get_body(("plain",))
    return Letter(
        name=path.stem,
        written_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        text=str(body.get_content()) if body else "",
        headers=[(key, str(value)) for key, value in message.items()],
    )
