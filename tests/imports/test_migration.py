"""Revision 0006 goes down and up again with imports in it, and leaves everything else alone."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from app.core import clock
from app.core.db import db
from app.imports.models import Import, ImportRow
from app.people.models import Person
from tests.factories.groups import make_group
from tests.factories.people import make_person
from tests.test_migrations import empty_app

__all__ = ["empty_app"]


def test_down_and_up_with_imports(empty_app: Flask) -> None:
    upgrade()
    item = Import(
        kind="memberships", group_id=make_group().id, importer_id=make_person().id, language="en",
        filename="list.csv", content=b"x", created_at=clock.now(), moved_at=clock.now(),
    )  # fmt: skip
    db.session.add(item)
    db.session.flush()
    db.session.add(ImportRow(import_id=item.id, number=2, cells={"full_name": "Anna"}))
    db.session.commit()
    db.session.remove()
    downgrade(revision="0005")
    assert not {"imports", "import_rows"} & set(sa.inspect(db.engine).get_table_names())
    upgrade()
    assert db.session.scalar(sa.select(sa.func.count(Import.id))) == 0
    assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 1
