"""Mails to those whom an import has made members, if the importer wants them: a few in each transaction, each once.

They are written after the import, so that its own transaction stays short however many there are.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from app.core.db import any_due, write
from app.imports.models import Import, ImportRow
from app.imports.rules import ImportState, RowKind
from app.membership import mails
from app.membership import queries as membership
from app.membership.rules import State
from app.people.models import Person

AT_ONCE = 25
_TO_TELL = (Import.state == ImportState.DONE) & Import.tell


def tell_next(stopping: Callable[[], bool] = lambda: False) -> bool:
    """Write to the next few; whether there was anything to do."""
    if not any_due(_TO_TELL) or stopping():
        return False
    with write() as session:
        item = session.scalar(
            select(Import).where(_TO_TELL).order_by(Import.id).limit(1).with_for_update(skip_locked=True)
        )
        if item is None:
            return False
        rows = session.execute(
            select(ImportRow.number, ImportRow.target_id)
            .where(ImportRow.import_id == item.id, ImportRow.kind == RowKind.NEW, ImportRow.number > item.told)
            .order_by(ImportRow.number)
            .limit(AT_ONCE)
        ).all()
        if not rows:
            item.tell = False
            return True
        importer = session.get_one(Person, item.importer_id)
        for one in membership.memberships([row.target_id for row in rows if row.target_id is not None]):
            if one.state == State.ACTIVE:
                mails.entered(one, importer)
        item.told = rows[-1].number
    return True
