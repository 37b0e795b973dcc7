"""Reads of imports for their pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.core.db import db
from app.core.pagination import Page, paginate
from app.groups.models import WorkingGroup
from app.imports.models import Import, ImportRow
from app.imports.rules import RowKind
from app.people.models import Affiliation, Person

ROWS = 50
"""Rows that a page of the preview shows."""


def import_of(import_id: int) -> Import | None:
    """An import with its importer and its group."""
    return db.session.get(
        Import, import_id, options=[joinedload(Import.importer), joinedload(Import.group)], populate_existing=True
    )


def page_of(importer_id: int | None, number: int) -> Page[Import]:
    """A page of someone's imports, or of all for None; the newest first."""
    return paginate(_brought(importer_id), number)


def brought(importer_id: int | None) -> Sequence[Import]:
    """What the pages of `page_of` show, at once."""
    return db.session.scalars(_brought(importer_id)).all()


def _brought(importer_id: int | None) -> Select[Import]:
    found = (
        select(Import)
        .options(joinedload(Import.importer), joinedload(Import.group).joinedload(WorkingGroup.community))
        .order_by(Import.id.desc())
    )
    return found if importer_id is None else found.where(Import.importer_id == importer_id)


def row_page(import_id: int, kind: RowKind | None, number: int) -> Page[ImportRow]:
    """A page of the rows, all or those of one kind; as doubles count also those that were decided."""
    return paginate(rows(import_id, kind), number, ROWS)


def rows(import_id: int, kind: RowKind | None) -> Select[ImportRow]:
    """The rows in the order of the file."""
    found = select(ImportRow).where(ImportRow.import_id == import_id).order_by(ImportRow.number)
    if kind is None:
        return found
    return found.where(ImportRow.kind == kind)


def decided(import_id: int) -> int:
    """How many possible doubles have been decided."""
    return (
        db.session.scalar(select(func.count()).where(ImportRow.import_id == import_id, ImportRow.choice.is_not(None)))
        or 0
    )


def persons(ids: Collection[int]) -> dict[int, Person]:
    """{id: person} with their affiliations."""
    found = select(Person).where(Person.id.in_(ids))
    with_bodies = selectinload(Person.affiliations).joinedload(Affiliation.association)
    return {person.id: person for person in db.session.scalars(found.options(with_bodies))}


def listed(import_id: int, kind: RowKind | None) -> Sequence[ImportRow]:
    """All rows, or those of one kind."""
    return db.session.scalars(rows(import_id, kind)).all()
