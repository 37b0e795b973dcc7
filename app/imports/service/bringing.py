"""What the importer does: brings a file, decides about possible doubles, confirms or gives up."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from app.core import audit, clock, jobs
from app.core.db import after_commit, lock, lock_name, write, writing
from app.core.errors import DomainError, Text
from app.core.forms import clean_line
from app.core.settings import settings
from app.core.tables import reading
from app.core.tables.incoming import Limits
from app.imports.models import Import, ImportRow
from app.imports.rules import NEW, SKIP, Hindrance, ImportKind, ImportState, RowKind, hindrance, same_as
from app.imports.service.rows import forget

MOST_OPEN = 5
"""Imports that one person may have before they are written or given up."""
HINDRANCES: dict[Hindrance, Text] = {
    Hindrance.UNDECIDED: _l("Decide about every possible double first."),
    Hindrance.FAULTY: _l("There are faulty rows. Mend the file and bring it again, or say that they are left out."),
    Hindrance.NOTHING: _l("There is nothing to write: no row is new, and none changes anything."),
}


def limits() -> Limits:
    """How much is taken in."""
    config = settings()
    return Limits(config.import_max_bytes, config.import_max_rows)


def upload(
    kind: ImportKind, group_id: int | None, filename: str, data: bytes, *, actor_id: int, language: str
) -> Import:
    """Keep a file to be checked by a worker. Raises TableError, DomainError."""
    filename = (clean_line(PurePosixPath(filename.replace("\\", "/")).name) or "")[-200:]
    reading.look(data, filename, limits())
    now = clock.now()
    with write() as session:
        lock_name(f"imports:{actor_id}")
        waiting = session.scalar(
            select(func.count()).where(
                Import.importer_id == actor_id, Import.state.not_in((ImportState.DONE, ImportState.REFUSED))
            )
        )
        if (waiting or 0) >= MOST_OPEN:
            raise DomainError(
                _l("You have %(number)s imports that are not finished. Finish or give up one first.", number=MOST_OPEN)
            )
        item = Import(
            kind=kind, group_id=group_id, importer_id=actor_id, language=language, filename=filename, content=data,
            created_at=now, moved_at=now,
        )  # fmt: skip
        session.add(item)
        audit.record("import.brought", item, actor_id, kind=kind, group_id=group_id)
        after_commit(jobs.wake)
    return item


def choose(import_id: int, choices: Mapping[int, str], others: str | None = None) -> None:
    """Decide about possible doubles, {row id: choice}, and `others` for all that are undecided. Raises DomainError.

    The whole file is checked again: who is new and who is known decides about seats.
    """
    with write() as session:
        item = _locked(import_id, ImportState.PREVIEW)
        known = {
            row.id: row
            for row in session.scalars(
                select(ImportRow).where(ImportRow.import_id == item.id, ImportRow.id.in_(choices.keys()))
            )
        }
        for row_id, choice in choices.items():
            row = known.get(row_id)
            if row is None or not (choice in (NEW, SKIP) or same_as(choice) in row.candidates):
                raise DomainError(_l("Choose one of the answers of the list."))
            row.choice = choice
        session.flush()
        if others in (NEW, SKIP):
            session.execute(
                update(ImportRow)
                .where(ImportRow.import_id == item.id, ImportRow.kind == RowKind.DOUBLE, ImportRow.choice.is_(None))
                .values(choice=others)
            )
        _move(item, ImportState.QUEUED)
        item.message = None


def confirm(import_id: int, *, leave_out: bool, actor_id: int, tell: bool = False) -> None:
    """Have it written; `tell`: with a mail to each new member. Raises DomainError for what stands in the way."""
    with write():
        item = _locked(import_id, ImportState.PREVIEW)
        obstacle = hindrance(item.counts, leave_out=leave_out)
        if obstacle is not None:
            raise DomainError(HINDRANCES[obstacle], "leave_out" if obstacle is Hindrance.FAULTY else None)
        item.leave_out, item.message = leave_out, None
        item.tell = tell and item.kind == ImportKind.MEMBERSHIPS
        _move(item, ImportState.CONFIRMED)
        audit.record("import.confirmed", item, actor_id, counts=item.counts)


def cancel(import_id: int, actor_id: int) -> None:
    """Give it up: the file and its rows are deleted. Raises DomainError once it is written."""
    with write() as session:
        item = lock(Import, import_id)
        if item is None:
            return
        if item.state == ImportState.DONE:
            raise DomainError(_l("This import is written already."))
        audit.record("import.cancelled", item, actor_id)
        session.flush()
        forget([item.id])


def _locked(import_id: int, state: ImportState) -> Import:
    item = lock(Import, import_id)
    if item is None or item.state != state:
        raise DomainError(_l("Something else happened to this import meanwhile. Look at it again."))
    return item


def _move(item: Import, state: ImportState) -> None:
    """On to a state in which a worker has something to do."""
    item.state, item.moved_at = state, clock.now()
    item.attempts = item.done = item.total = 0
    item.lease_until = None
    writing().flush()
    after_commit(jobs.wake)
