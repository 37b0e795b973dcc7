"""Two workers, and workers that die: an import is done once, wholly or not at all."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError
from app.imports import service
from app.imports.models import Import, ImportRow
from app.imports.rules import ImportKind, ImportState
from app.imports.service import working
from app.imports.service import writing as writing_rows
from app.membership import service as membership
from app.membership.models import Membership
from app.membership.rules import Role
from app.people.models import Person
from app.people.service.persons import NewPerson
from tests.factories.groups import make_group
from tests.factories.people import make_affiliation, make_association, make_person
from tests.imports.conftest import as_csv, brought, work
from tests.queries import counted_queries

HEADS = "Full name,E-mail address"
ROWS = [[f"Person Number{n}", f"p{n}@example.org"] for n in range(1200)]


def state(import_id: int) -> ImportState:
    db.session.rollback()
    return ImportState(db.session.get_one(Import, import_id).state)


def test_two_workers_write_it_once(app: Flask, admin: Person) -> None:
    item = brought(ImportKind.PEOPLE, HEADS, ROWS, admin)
    service.confirm(item.id, leave_out=False, actor_id=admin.id)
    import_id = item.id
    db.session.rollback()
    done = []
    start = threading.Barrier(4)

    def worker() -> None:
        with app.app_context():
            start.wait()
            done.append(service.work_off())
            db.session.remove()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, False, True]
    assert state(import_id) == ImportState.DONE
    assert db.session.scalar(select(func.count(Person.id))) == 1201


def test_the_last_seat_goes_to_one_of_an_import_and_a_form(app: Flask, admin: Person) -> None:
    body = make_association()
    group = make_group(seats_member=1)
    person, other = make_person(association=body, email="a@example.org"), make_person(email="b@example.org")
    make_affiliation(other, body)
    item = brought(ImportKind.MEMBERSHIPS, "Group,E-mail address", [[group.slug, str(person.email)]], admin)
    service.confirm(item.id, leave_out=False, actor_id=admin.id)
    group_id, import_id = group.id, item.id
    new = NewPerson("Other", None, "b@example.org", None, body.id, None)
    db.session.rollback()
    start = threading.Barrier(2)
    refused: list[DomainError] = []

    def by_import() -> None:
        with app.app_context():
            start.wait()
            service.work_off()
            db.session.remove()

    def by_form() -> None:
        with app.app_context():
            start.wait()
            try:
                membership.enter(group_id, new, Role.MEMBER, None)
            except DomainError as error:
                refused.append(error)
            db.session.remove()

    threads = [threading.Thread(target=by_import), threading.Thread(target=by_form)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.session.scalars(select(Membership.seat_number)).all() == [1]
    assert state(import_id) == (ImportState.DONE if refused else ImportState.QUEUED), "or it is checked anew"


def test_what_another_has_claimed_is_left_alone_until_the_lease_ends(
    app: Flask, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = service.upload(ImportKind.PEOPLE, None, "a.csv", as_csv(HEADS, ROWS[:3]), actor_id=admin.id, language="en")
    import_id = item.id
    assert working._claim() is not None
    assert service.work_off() is False
    later = clock.now() + working.LEASE
    monkeypatch.setattr(clock, "now", lambda: later)
    assert service.work_off() is True
    assert state(import_id) == ImportState.PREVIEW


def test_who_lost_the_lease_writes_nothing(app: Flask, admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    item = brought(ImportKind.PEOPLE, HEADS, ROWS[:3], admin)
    service.confirm(item.id, leave_out=False, actor_id=admin.id)
    import_id = item.id
    slow = working._claim()
    assert slow is not None
    later = clock.now() + working.LEASE
    monkeypatch.setattr(clock, "now", lambda: later)
    work()
    assert state(import_id) == ImportState.DONE
    with pytest.raises(working.Lost):
        working._write(slow)
    assert db.session.scalar(select(func.count(Person.id))) == 4


def test_an_error_takes_all_back_and_the_import_is_tried_again(
    app: Flask, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = brought(ImportKind.PEOPLE, HEADS, ROWS[:30], admin)
    service.confirm(item.id, leave_out=False, actor_id=admin.id)
    import_id = item.id
    real = writing_rows.many_persons.write_all

    def fail(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        db.session.flush()
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(writing_rows.many_persons, "write_all", fail)
    assert service.work_off() is True
    assert (state(import_id), db.session.scalar(select(func.count(Person.id)))) == (ImportState.CONFIRMED, 1)
    monkeypatch.setattr(writing_rows.many_persons, "write_all", real)
    now = clock.now() + working.LEASE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: now)
    work()
    assert (state(import_id), db.session.scalar(select(func.count(Person.id)))) == (ImportState.DONE, 31)


def test_who_comes_first_in_the_same_instant_wins(app: Flask, admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the database's constraints refuse what the check allowed, nothing is written and all is checked anew."""
    item = brought(ImportKind.PEOPLE, HEADS, ROWS[:3], admin)
    service.confirm(item.id, leave_out=False, actor_id=admin.id)
    import_id = item.id
    real = writing_rows.many_persons.write_all

    def beaten(*arguments: object) -> None:
        db.session.add(Person(full_name="Quicker", email="p2@example.org", created_at=clock.now()))
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(writing_rows.many_persons, "write_all", beaten)
    assert service.work_off() is True
    assert state(import_id) == ImportState.QUEUED
    work()
    assert state(import_id) == ImportState.PREVIEW
    assert "Something was changed" in (db.session.get_one(Import, import_id).message or "")
    assert db.session.scalar(select(func.count(Person.id))) == 1


def test_the_check_asks_the_same_few_questions_however_many_rows(app: Flask, admin: Person) -> None:
    counts = []
    for number in (3, 400):
        item = service.upload(
            ImportKind.PEOPLE, None, "a.csv", as_csv(HEADS, ROWS[:number]), actor_id=admin.id, language="en"
        )
        assert item
        with counted_queries() as statements:
            work()
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_after_some_attempts_it_is_given_up(app: Flask, admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    item = brought(ImportKind.PEOPLE, HEADS, ROWS[:3], admin)
    service.confirm(item.id, leave_out=False, actor_id=admin.id)
    import_id = item.id

    def fail(*_arguments: object) -> None:
        raise RuntimeError("always")

    monkeypatch.setattr(writing_rows.many_persons, "write_all", fail)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    for _attempt in range(working.MOST_ATTEMPTS):
        assert service.work_off() is True
        now += working.LEASE
    assert service.work_off() is False
    assert state(import_id) == ImportState.REFUSED
    assert "Nothing was written" in (db.session.get_one(Import, import_id).message or "")
    assert db.session.scalar(select(func.count(ImportRow.id))) == 0


KILLED = """
import os, signal, sys
import config
from app import create_app
from app.core import audit
from app.imports import service
from app.imports.service import {module}

settings = config.Settings(environment="development", instance_path=__import__("pathlib").Path(sys.argv[1]),
                           secret_key="tests only, never anywhere else, thirty-two characters",
                           database_url=sys.argv[2], testing=True)
real = {module}.{name}

def last(*arguments, **named):
    real(*arguments, **named)
    from app.core.db import db
    db.session.flush()
    os.kill(os.getpid(), signal.SIGKILL)

{module}.{name} = last
with create_app(settings).app_context():
    service.work_off()
"""


def killed(app: Flask, module: str, name: str) -> int:
    """Run a worker of its own that is killed with SIGKILL once it has done that; its exit code."""
    program = KILLED.format(module=module, name=name)
    url = str(app.config["SQLALCHEMY_DATABASE_URI"])
    return subprocess.run(
        [sys.executable, "-c", program, str(app.instance_path), url], cwd=Path.cwd(), check=False
    ).returncode


@pytest.mark.parametrize(
    ("module", "name", "before", "after"),
    [
        ("rows", "put_down", None, ImportState.PREVIEW),
        ("rows", "note", None, ImportState.PREVIEW),
        ("writing", "write_rows", "confirm", ImportState.DONE),
    ],
)
def test_killed_at_any_point_the_next_worker_goes_on(
    app: Flask, admin: Person, monkeypatch: pytest.MonkeyPatch, module: str, name: str, before: str | None,
    after: ImportState,
) -> None:  # fmt: skip
    if before is None:
        item = service.upload(ImportKind.PEOPLE, None, "a.csv", as_csv(HEADS, ROWS), actor_id=admin.id, language="en")
    else:
        item = brought(ImportKind.PEOPLE, HEADS, ROWS, admin)
        service.confirm(item.id, leave_out=False, actor_id=admin.id)
        name, module = "write_rows", "working"
    import_id = item.id
    db.session.rollback()
    assert killed(app, module, name) == -signal.SIGKILL
    assert db.session.scalar(select(func.count(Person.id))) == 1, "nothing is written"
    now = clock.now() + working.LEASE
    monkeypatch.setattr(clock, "now", lambda: now)
    assert service.work_off() is True
    assert state(import_id) == after
    assert db.session.scalar(select(func.count(ImportRow.id))) == 1200
    assert db.session.scalar(select(func.count(Person.id))) == (1201 if after is ImportState.DONE else 1)
