"""What the worker does with imports: reads and checks them in short steps, writes them in one.

The row of the import is claimed with a lease. Killed while reading or checking: the next worker begins anew when the
lease has passed. Killed while writing: the database takes everything back, and the next worker writes it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import undefer

from app.core import audit, clock
from app.core.db import any_due, db, lock, write
from app.core.settings import settings
from app.core.tables import reading
from app.core.tables.incoming import TableError
from app.imports import columns
from app.imports.models import Import
from app.imports.rules import AT_WORK, ImportKind, ImportState
from app.imports.service import rows
from app.imports.service.bringing import limits
from app.imports.service.writing import Changed, write_rows

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 4
STEP = 500
"""Rows that are put down or noted in one transaction, after which the progress bar moves."""


class Lost(Exception):
    """The import is no longer this worker's: given up, or taken over after the lease ended."""


@dataclass(frozen=True)
class Claim:
    """An import that this worker alone works on until its lease ends."""

    id: int
    state: ImportState
    language: str
    attempts: int


def work_off(stopping: Callable[[], bool] = lambda: False) -> bool:
    """Check or write the next import that waits; whether there was one."""
    if stopping() or not any_due(_due()):
        return False
    claim = _claim()
    if claim is None:
        return False
    try:
        with _speaking(claim.language):
            _take_up(claim)
    except Lost:
        log.info("import is no longer ours", extra={"import": claim.id})
    except Exception:
        db.session.rollback()
        log.exception("import failed", extra={"import": claim.id, "attempt": claim.attempts})
        _give_up(claim)
    return True


def forget_old() -> None:
    """Delete the files and rows of imports of long ago, written or not."""
    until = clock.now() - timedelta(days=settings().import_kept_days)
    with write() as session:
        ids = session.scalars(select(Import.id).where(Import.moved_at < until)).all()
        rows.forget(ids)


def _take_up(claim: Claim) -> None:
    if claim.attempts > MOST_ATTEMPTS:
        _refuse(claim, _("Every worker that took this import up has died. Nothing was written."))
    elif claim.state == ImportState.CONFIRMED:
        _write(claim)
    else:
        try:
            _read(claim)
            _check(claim)
        except TableError as error:
            _refuse(claim, str(error.message))


def _due() -> ColumnElement[bool]:
    free = or_(Import.lease_until.is_(None), Import.lease_until <= clock.now())
    return Import.state.in_(AT_WORK) & free


def _claim() -> Claim | None:
    with write() as session:
        item = session.scalar(
            select(Import).where(_due()).order_by(Import.moved_at).limit(1).with_for_update(skip_locked=True)
        )
        if item is None:
            return None
        item.attempts += 1
        item.lease_until = clock.now() + LEASE
        return Claim(item.id, ImportState(item.state), item.language, item.attempts)


def _ours(claim: Claim) -> Import:
    """The import, locked, with its lease begun anew. Raises Lost."""
    item = lock(Import, claim.id)
    if item is None or (item.state, item.attempts) != (claim.state, claim.attempts) or item.lease_until is None:
        raise Lost
    item.lease_until = clock.now() + LEASE
    return item


def _read(claim: Claim) -> None:
    """Turn the file into rows, once; then the file itself is deleted."""
    item = db.session.get(Import, claim.id, options=[undefer(Import.content)], populate_existing=True)
    if item is None or item.content is None:
        return
    kind, filename, group_id = ImportKind(item.kind), item.filename, item.group_id
    sheet = reading.read(item.content, filename, limits())
    needs_group = kind == ImportKind.MEMBERSHIPS and group_id is None
    matched = columns.match(sheet.headings, kind, needs_group=needs_group)
    found = columns.cells_of(sheet, matched)
    with write():
        _ours(claim).total = 2 * len(found)
        rows.clear(claim.id)
    for start in range(0, len(found), STEP):
        with write():
            item = _ours(claim)
            rows.put_down(claim.id, found[start : start + STEP])
            item.done = min(start + STEP, len(found))
    with write():
        item = _ours(claim)
        item.content, item.unread = None, [heading[:200] for heading in matched.unread]


def _check(claim: Claim) -> None:
    """Say of each row what writing it would do."""
    item = db.session.get(Import, claim.id)
    if item is None:
        raise Lost
    staged = rows.staged(claim.id)
    verdicts = list(zip((one.id for one in staged), rows.judged(item, staged), strict=True))
    for start in range(0, len(verdicts), STEP):
        with write():
            item = _ours(claim)
            rows.note(verdicts[start : start + STEP])
            item.total = 2 * len(verdicts)
            item.done = len(verdicts) + min(start + STEP, len(verdicts))
    with write():
        item = _ours(claim)
        _move(item, ImportState.PREVIEW)
        item.counts = dict(Counter(str(verdict.kind) for _id, verdict in verdicts))


def _write(claim: Claim) -> None:
    try:
        with write():
            item = _ours(claim)
            write_rows(item)
            _move(item, ImportState.DONE)
            audit.record("import.written", item, item.importer_id, counts=item.counts)
    except (Changed, IntegrityError):  # the latter: another took a seat or an address in the same instant
        with write():
            item = _ours(claim)
            _move(item, ImportState.QUEUED)
            item.message = _something_changed()


def _something_changed() -> str:
    return str(
        _(
            "Something was changed since you looked at this import, so nothing was written. Look at it again: what is "
            "shown now is what would be written now."
        )
    )


def _refuse(claim: Claim, why: str) -> None:
    with write():
        item = _ours(claim)
        rows.clear(item.id)
        item.content, item.message = None, why
        _move(item, ImportState.REFUSED)


def _give_up(claim: Claim) -> None:
    """After an error of ours: the next attempt comes with the end of the lease, and there are only so many."""
    if claim.attempts >= MOST_ATTEMPTS:
        with _speaking(claim.language):
            _refuse(claim, _("Something broke on our side. Nothing was written. Please tell the secretariat."))


def _move(item: Import, state: ImportState) -> None:
    item.state, item.moved_at = state, clock.now()
    item.lease_until, item.attempts = None, 0


def _speaking(language: str) -> AbstractContextManager[None]:
    return cast(AbstractContextManager[None], force_locale(language))
