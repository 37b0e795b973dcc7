"""The audit trail only grows."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import audit
from app.core.audit import AuditEntry
from app.core.db import db, write
from tests.factories.people import make_person


@pytest.fixture
def entry(app: Flask) -> AuditEntry:
    person = make_person()
    with write():
        audit.record("person.changed", person, person.id, reason="a private reason", fields=["email"])
    return db.session.scalars(sa.select(AuditEntry)).one()


def test_an_entry_says_who_did_what_to_what(entry: AuditEntry) -> None:
    assert entry.action == "person.changed"
    assert entry.subject_type == "persons"
    assert (entry.subject_id, entry.actor_id) == (entry.actor_id, entry.subject_id)
    assert entry.details == {"fields": ["email"]}
    assert entry.reason == "a private reason"


def test_nothing_is_noted_of_what_rolled_back(app: Flask) -> None:
    person = make_person()
    with pytest.raises(ZeroDivisionError), write():
        audit.record("person.changed", person, None)
        raise ZeroDivisionError
    assert db.session.scalars(sa.select(AuditEntry)).all() == []


def test_a_subject_may_be_new(app: Flask) -> None:
    from app.core import clock
    from app.people.models import Person

    with write() as session:
        person = Person(full_name="New", created_at=clock.now())
        session.add(person)
        audit.record("person.entered", person, None)
    assert db.session.scalars(sa.select(AuditEntry)).one().subject_id == person.id


def test_entries_are_not_changed(entry: AuditEntry) -> None:
    with pytest.raises(RuntimeError, match="append-only"), write() as session:
        session.get_one(AuditEntry, entry.id).action = "something else"
    with pytest.raises(RuntimeError, match="append-only"), write() as session:
        session.execute(sa.update(AuditEntry).values(actor_id=None))
    with pytest.raises(RuntimeError, match="append-only"), write() as session:
        session.execute(sa.update(AuditEntry.__table__).values(action="x", reason=None))  # type: ignore[arg-type]


def test_entries_are_not_deleted(entry: AuditEntry) -> None:
    with pytest.raises(RuntimeError, match="append-only"), write() as session:
        session.delete(session.get_one(AuditEntry, entry.id))
    for statement in (sa.delete(AuditEntry), sa.delete(AuditEntry.__table__)):  # type: ignore[arg-type]
        with pytest.raises(RuntimeError, match="append-only"), write() as session:
            session.execute(statement)


def test_free_text_can_be_erased_by_itself(entry: AuditEntry) -> None:
    with write() as session:
        session.execute(sa.update(AuditEntry).where(AuditEntry.id == entry.id).values(reason=None))
    assert db.session.scalars(sa.select(AuditEntry)).one().reason is None


def test_statements_on_other_tables_pass(entry: AuditEntry) -> None:
    from app.people.models import Person

    with write() as session:
        session.execute(sa.update(Person).values(job_title="x"))
