"""What tests of imports share: an administrator, files, and the worker's work done at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import pytest
from flask import Flask

from app.core.db import db
from app.core.i18n import force_locale
from app.imports import service
from app.imports.models import Import, ImportRow
from app.imports.rules import ImportKind
from app.people.models import Person
from tests.factories.people import make_account, make_association

Rows = Sequence[Sequence[str]]


@pytest.fixture
def admin(app: Flask) -> Person:
    """An administrator."""
    return make_account("Ada Admin", administrator=True)


@pytest.fixture
def vvsg(app: Flask) -> object:
    """An association."""
    return make_association("VVSG")


def as_csv(heads: str, rows: Rows) -> bytes:
    """A CSV file; the headings with commas between."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads.split(","))
    writer.writerows(rows)
    return text.getvalue().encode()


def work() -> None:
    """Do all that waits for a worker."""
    while service.work_off():
        pass
    db.session.rollback()


def brought(
    kind: ImportKind, heads: str, rows: Rows, actor: Person, group_id: int | None = None, language: str = "en"
) -> Import:
    """An import as the worker has checked it."""
    with force_locale(language):
        item = service.upload(kind, group_id, "list.csv", as_csv(heads, rows), actor_id=actor.id, language=language)
    import_id = item.id
    work()
    return db.session.get_one(Import, import_id)


def row_list(item: Import) -> list[ImportRow]:
    """Its rows in order."""
    return list(db.session.scalars(db.select(ImportRow).filter_by(import_id=item.id).order_by(ImportRow.number)))


Summary = Callable[[Import], list[tuple[str, str | None]]]


def kinds(item: Import) -> list[str]:
    """What its rows are, in order."""
    return [str(row.kind) for row in row_list(item)]
