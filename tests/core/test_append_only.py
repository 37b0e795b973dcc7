"""The database itself refuses to change or delete what happened; only free text can be emptied."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.core import audit
from app.core.audit import AuditEntry
from app.core.db import db, write
from app.membership.models import MembershipEvent
from app.membership.rules import State
from app.people.models import Person
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_person

GUARDED = (AuditEntry.__table__, MembershipEvent.__table__)
FOLLOWS = MembershipEvent.__table__.c.actor_id
"""Leads to the one record when two of a person are merged."""
COLUMNS = [(table, column) for table in GUARDED for column in table.columns if column is not FOLLOWS]


@pytest.fixture
def filled(app: Flask) -> None:
    person = make_person()
    make_membership(make_group(), person, State.DECLINED, decided_by=person)
    with write():
        audit.record("person.changed", person, person.id, reason="a private reason", group_id=1, association_id=1)


def other(column: sa.Column[object]) -> object:
    """A value that is not the one there."""
    if column.name == "at":
        return datetime(2030, 1, 1, tzinfo=UTC)
    if column.name == "details":
        return {"other": True}
    return 4711 if isinstance(column.type, sa.Integer | sa.BigInteger) else "other"


def attempt(statement: sa.sql.Executable) -> None:
    """Past all that the application itself says about it."""
    with db.engine.begin() as connection:
        connection.execute(statement)


def rows() -> list[list[tuple[object, ...]]]:
    with db.engine.connect() as connection:
        return [[tuple(row) for row in connection.execute(sa.select(table).order_by("id"))] for table in GUARDED]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[f"{t.name}.{c.name}" for t, c in COLUMNS])
def test_no_column_can_be_changed(filled: None, table: sa.Table, column: sa.Column[object]) -> None:
    before = rows()
    with pytest.raises(IntegrityError, match="append-only"):
        attempt(sa.update(table).values({column: other(column)}))
    if column.name != "reason":
        with pytest.raises(IntegrityError, match="append-only"):
            attempt(sa.update(table).values({column: other(column), table.c.reason: None}))
    assert rows() == before


@pytest.mark.parametrize("table", GUARDED, ids=lambda table: table.name)
def test_no_row_can_be_deleted(filled: None, table: sa.Table) -> None:
    before = rows()
    with pytest.raises(IntegrityError, match="append-only"):
        attempt(sa.delete(table))
    assert rows() == before and all(before)


@pytest.mark.parametrize("table", GUARDED, ids=lambda table: table.name)
def test_free_text_can_be_emptied(filled: None, table: sa.Table) -> None:
    attempt(sa.update(table).values(reason=None))
    with db.engine.connect() as connection:
        assert set(connection.scalars(sa.select(table.c.reason))) == {None}


def test_what_is_guarded_still_grows(filled: None) -> None:
    number = len(rows()[0])
    with write():
        audit.record("person.changed", db.session.scalars(sa.select(Person)).one(), None)
    assert len(rows()[0]) == number + 1
