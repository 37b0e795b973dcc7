"""The one way to write, and what the database says when it refuses."""

from __future__ import annotations

import dataclasses
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, StatementError

from app import create_app
from app.core import clock
from app.core.addresses import Address
from app.core.db import after_commit, db, lock, violated, write, writing
from app.core.jobs import JobRun
from app.core.outbox import OutboxMessage
from app.people.models import Affiliation, Association, Person
from tests.factories.people import make_association, make_person


def test_write_commits_at_the_end_and_rolls_back_on_any_exception(app: Flask) -> None:
    with write() as session:
        session.add(Person(full_name="Anna", created_at=clock.now()))
    with pytest.raises(KeyboardInterrupt), write() as session:
        session.add(Person(full_name="Bert", created_at=clock.now()))
        session.flush()
        raise KeyboardInterrupt
    assert [person.full_name for person in db.session.scalars(sa.select(Person))] == ["Anna"]


def test_write_within_write_is_refused_and_the_outer_one_rolls_back(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="one transaction"), write() as session:
        session.add(Person(full_name="Anna", created_at=clock.now()))
        with write():
            pass
    assert db.session.scalars(sa.select(Person)).all() == []
    with write() as session:
        session.add(Person(full_name="Bert", created_at=clock.now()))
    assert len(db.session.scalars(sa.select(Person)).all()) == 1


def test_changes_made_outside_are_refused_not_saved_along(app: Flask) -> None:
    person = make_person("Anna")
    person.full_name = "Changed by the way"
    with pytest.raises(RuntimeError, match="outside"), write():
        pass
    db.session.rollback()


def test_only_within_write(app: Flask) -> None:
    person = make_person()
    for call in (writing, lambda: after_commit(print), lambda: lock(Person, person.id)):
        with pytest.raises(RuntimeError, match="only within"):
            call()  # type: ignore[operator]


def test_what_was_read_before_is_read_again(app: Flask) -> None:
    person = make_person("Anna")
    assert db.session.get_one(Person, person.id).full_name == "Anna"
    with db.engine.begin() as other:
        other.execute(sa.update(Person.__table__).values(full_name="Berta"))  # type: ignore[arg-type]
    with write():
        locked = lock(Person, person.id)
        assert locked is not None
        assert locked.full_name == "Berta"
    assert lock_outside_is_none(999)


def lock_outside_is_none(person_id: int) -> bool:
    with write():
        return lock(Person, person_id) is None


def test_calls_after_the_commit_run_in_order_once_each_and_never_after_a_rollback(app: Flask) -> None:
    called: list[str] = []

    def first() -> None:
        assert not db.session.info.get("writing")
        called.append("first")

    def broken() -> None:
        called.append("broken")
        raise ZeroDivisionError

    def last() -> None:
        with db.engine.connect() as other:
            assert other.scalar(sa.select(sa.func.count()).select_from(Person)) == 1
        called.append("last")

    with write() as session:
        session.add(Person(full_name="Anna", created_at=clock.now()))
        for call in (first, broken, first, last):
            after_commit(call)
        assert called == []
    assert called == ["first", "broken", "last"], "a wake-up that fails does not undo or hide the commit"

    with pytest.raises(ZeroDivisionError), write():
        after_commit(first)
        raise ZeroDivisionError
    with write():
        pass
    assert called == ["first", "broken", "last"]


def test_a_commit_that_fails_calls_nothing(app: Flask) -> None:
    make_person(email="anna@example.org")
    called: list[int] = []
    with pytest.raises(IntegrityError), write() as session:
        after_commit(lambda: called.append(1))
        session.add(Person(full_name="Other", email="anna@example.org", created_at=clock.now()))
    assert called == []


def test_two_who_read_and_then_write_take_turns(app: Flask) -> None:
    """In threads here; tests/processes has the same with processes."""
    person = make_person(job_title="0")
    person_id = person.id
    db.session.remove()

    def work() -> None:
        with app.app_context():
            for _ in range(20):
                with write():
                    found = lock(Person, person_id)
                    assert found is not None
                    found.job_title = str(int(found.job_title or 0) + 1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.session.get_one(Person, person_id).job_title == "80"


def refusal(*things: object) -> IntegrityError:
    with pytest.raises(IntegrityError) as caught, write() as session:
        session.add_all(things)
    return caught.value


def test_violated_names_the_constraint_on_both_databases(app: Flask) -> None:
    now = clock.now()
    person = make_person(email="anna@example.org")
    association = make_association("VVSG")
    person_id, association_id = person.id, association.id

    def affiliation() -> Affiliation:
        return Affiliation(person_id=person_id, association_id=association_id, function="expert", starts_on=now.date())

    unique = refusal(Person(full_name="x", email="anna@example.org", created_at=now))
    assert violated(unique) == "uq_persons_email"
    assert violated(refusal(affiliation(), affiliation())) == "uq_affiliations_open", "a partial unique index"
    check = refusal(Person(full_name="x", email="UPPER@example.org", created_at=now))
    assert violated(check) == "ck_persons_email_lower"
    key = refusal(Address(kind="association", slug="VVSG", target_id=7))
    assert violated(key) == "pk_addresses", "a primary key of two columns"
    nothing = refusal(Person(full_name=None, created_at=now))
    assert violated(nothing) is None
    foreign = refusal(Affiliation(person_id=10**6, organisation="x", function="expert", starts_on=now.date()))
    assert violated(foreign) in (None, "fk_affiliations_person_id"), "SQLite does not name foreign keys"


def test_every_constraint_has_a_name() -> None:
    from app.core.db import Base

    for table in Base.metadata.sorted_tables:
        for item in [*table.constraints, *table.indexes]:
            assert item.name, f"{table.name}: {item}"


def test_errors_do_not_show_values(app: Flask) -> None:
    error = refusal(Person(full_name="Secret Name", email="NOT@lower.example", created_at=clock.now()))
    assert "Secret Name" not in str(error).partition("DETAIL")[0]
    assert "parameters hidden" in str(error)


def test_instants_have_a_zone_and_wall_clocks_have_none(app: Flask) -> None:
    with pytest.raises(StatementError, match="needs a zone"), write() as session:
        session.add(JobRun(job="x", due_at=datetime(2027, 1, 1), lease_until=clock.now()))
    from app.core.zones import zone

    due = datetime(2027, 7, 1, 12, tzinfo=zone("Europe/Brussels"))
    with write() as session:
        session.add(JobRun(job="x", due_at=due, lease_until=due))
    found = db.session.scalars(sa.select(JobRun)).one()
    assert found.due_at == due
    assert found.due_at.utcoffset() == timedelta(0)


def test_sqlite_is_set_up_to_keep_what_is_written(app: Flask, tmp_path: Path) -> None:
    """In an application of its own: that of the tests does not wait for the disk."""
    settings = dataclasses.replace(app.config["ROUNDTABLE"], database_url=f"sqlite:///{tmp_path / 'own.sqlite'}")
    wanted = {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 2, "busy_timeout": 30000}
    with create_app(settings).app_context(), db.engine.connect() as connection:
        assert {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted


def test_models_are_where_they_are_expected() -> None:
    """So that the tests above speak of real tables."""
    assert OutboxMessage.__tablename__ == "outbox_messages"
    assert Association.__tablename__ == "associations"
