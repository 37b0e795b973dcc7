"""`flask backup` and `flask restore`, on whichever database the tests run."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

import config
from app import create_app
from app.calendars.feeds import FeedKind
from app.calendars.service import secrets
from app.core import clock
from app.core.db import db
from app.core.outbox import FAILED, QUEUED
from app.demo.generate import invent
from app.demo.plan import Plan
from app.groups import catalogue
from app.meetings.models import Meeting
from app.membership import service as membership
from app.membership.models import Membership
from app.membership.rules import State
from app.people.models import Account, Person
from app.privacy import journal
from app.privacy.models import Erasure, ErasureState
from app.privacy.service import asking, erasing
from app.running.backup import file
from tests.browsing import Visit
from tests.databases import empty_all_tables, fresh_database
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person
from tests.factories.privacy import make_erasure
from tests.people.helpers import mails

Rows = dict[str, list[tuple[object, ...]]]


def run(app: Flask, *arguments: object) -> tuple[int, str]:
    """(exit code, all that was said)."""
    db.session.rollback()
    done = app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    db.session.rollback()
    db.session.expire_all()
    return done.exit_code, done.output


def backup(app: Flask, tmp_path: Path) -> Path:
    path = tmp_path / "yesterday.gz"
    code, said = run(app, "backup", path)
    assert code == 0, said
    return path


def restore(app: Flask, path: Path, *options: str) -> str:
    code, said = run(app, "restore", path, *options)
    assert code == 0, said
    return said


def all_rows() -> Rows:
    """{table: its rows in order}, of the tables that a backup has."""
    return {
        table.name: [tuple(row) for row in db.session.execute(sa.select(table).order_by(*table.primary_key.columns))]
        for table in file.tables()
    }


def some_data() -> None:
    catalogue.load_files()
    assert invent(Plan(today=clock.now().date(), people=70, meetings=40), "invented for one test only")
    heir, group = make_account(), make_group()
    earlier = make_membership(group, make_person("Ελένη Δοκιμή", latin_name="Eleni Dokimi"), State.LEFT)
    make_membership(group, heir, State.NOMINATED, predecessor_id=earlier.id)
    make_erasure(make_person("Ada – “quoted” \u2028 \U0001f600"), state=ErasureState.WITHDRAWN)
    db.session.rollback()


CHANGED_ON_PURPOSE = {
    "accounts": {"session_epoch"}, "meetings": {"sequence", "modified_at", "version"},
    "series_parts": {"sequence", "modified_at"},
    "milestones": {"sequence", "modified_at", "version"},
    "feeds": {"version", "changed_at"}, "outbox_messages": {"state", "last_error"},
}  # fmt: skip


def same_but_for_purpose(
    before: dict[str, list[tuple[object, ...]]], after: dict[str, list[tuple[object, ...]]]
) -> None:
    for table in file.tables():
        ignored = CHANGED_ON_PURPOSE.get(table.name, set())
        kept = [number for number, column in enumerate(table.columns) if column.name not in ignored]
        left = [[row[number] for number in kept] for row in before[table.name]]
        if table.name == "gender_declarations":
            assert after[table.name] == [], "nobody finds an answer again that they have taken back"
            continue
        right = [[row[number] for number in kept] for row in after[table.name]]
        if table.name == "feeds":
            assert [row[1:] for row in left] == [row[1:] for row in right][: len(left)]
        else:
            assert left == right, table.name


def test_everything_comes_back_as_it_was(app: Flask, tmp_path: Path, journal_file: Path) -> None:
    some_data()
    before = all_rows()
    assert min(len(before[name]) for name in ("persons", "memberships", "meetings", "accounts")) > 3
    path = backup(app, tmp_path)
    assert path.stat().st_mode & 0o077 == 0
    empty_all_tables()
    said = restore(app, path)
    assert f"{sum(map(len, before.values()))} rows of" in said
    same_but_for_purpose(before, all_rows())


def test_numbers_go_on_after_the_highest(app: Flask, tmp_path: Path, journal_file: Path) -> None:
    highest = [make_person() for _ in range(3)][-1].id
    path = backup(app, tmp_path)
    empty_all_tables()
    restore(app, path)
    assert make_person().id == highest + 1


def test_the_erased_stay_erased_when_yesterdays_backup_is_restored(
    app: Flask, tmp_path: Path, journal_file: Path, visit: Visit
) -> None:
    association, admin = make_association(), make_account(administrator=True)
    anna = make_account("Anna Example", email="anna@example.org", association=association, job_title="Adviser")
    other = make_account("Ben Sample", email="ben@example.org")
    make_membership(make_group(), anna, association=association, motivation="I know a lot about heat.")
    path = backup(app, tmp_path)
    anna_id, other_id, admin_id = anna.id, other.id, admin.id
    asking.ask(anna.account.id, "correct horse battery staple", "127.0.0.1")
    with time_machine.travel(clock.now() + timedelta(days=15)):
        assert erasing.erase_due() == 1
        said = restore(app, path, "--replace")
    assert "1 people were erased again" in said
    found = "\n".join(str(rows) for rows in all_rows().values())
    for trace in ("Anna", "anna@example.org", "Adviser", "a lot about heat"):
        assert trace not in found, trace
    assert db.session.get_one(Person, anna_id).full_name == f"Erased person {anna_id}"
    assert db.session.get_one(Person, other_id).full_name == "Ben Sample"
    assert db.session.scalars(sa.select(Membership.state)).one() == State.LEFT
    browser = visit(db.session.get_one(Person, admin_id))
    assert f"Erased person {anna_id}" in browser.open(f"/admin/people/{anna_id}").text


def test_restoring_twice_erases_twice(app: Flask, tmp_path: Path, journal_file: Path) -> None:
    anna = make_account("Anna Example")
    path = backup(app, tmp_path)
    make_erasure(anna)
    assert erasing.erase_due() == 1
    for _ in range(2):
        assert "1 people were erased again" in restore(app, path, "--replace")
        assert db.session.scalars(sa.select(Person.full_name)).one().startswith("Erased person")
    assert len(journal.read()) == 1


def test_another_person_with_an_old_number_is_left_alone(app: Flask, tmp_path: Path, journal_file: Path) -> None:
    """A database that was begun anew gives the numbers of the journal again."""
    person = make_person("Nina New")
    person.created_at = clock.now()
    db.session.commit()
    journal.append(journal.Erased(person.id, clock.now() - timedelta(days=30)))
    path = backup(app, tmp_path)
    assert "0 people were erased again" in restore(app, path, "--replace")
    assert db.session.scalars(sa.select(Person.full_name)).one() == "Nina New"


def test_without_a_readable_journal_nothing_is_restored(app: Flask, tmp_path: Path, journal_file: Path) -> None:
    make_person("Anna Example")
    path = backup(app, tmp_path)
    empty_all_tables()
    journal_file.parent.mkdir(parents=True, exist_ok=True)
    journal_file.write_text("what is this\n")
    code, said = run(app, "restore", path)
    assert code == 1 and "line 1" in said and "the erased would come back" in said
    assert db.session.scalars(sa.select(Person)).all() == []


def test_whoever_withdrew_after_the_backup_is_not_erased_unasked(
    app: Flask, tmp_path: Path, journal_file: Path
) -> None:
    anna = make_account("Anna Example", email="anna@example.org")
    erasure = make_erasure(anna, due_at=clock.now() + timedelta(days=14))
    path = backup(app, tmp_path)
    asking.withdraw(erasure.id, anna.id)
    with time_machine.travel(clock.now() + timedelta(days=20)):
        restore(app, path, "--replace")
        assert erasing.erase_due() == 0
        (pending,) = db.session.scalars(sa.select(Erasure)).all()
        assert pending.is_pending and pending.due_at > clock.now() + timedelta(days=13)
    assert mails("anna@example.org")[-1].state == QUEUED


def test_calendars_see_a_higher_sequence(app: Flask, tmp_path: Path, journal_file: Path) -> None:
    group = make_group("heat")
    meeting = make_meeting(group)
    client = app.test_client()
    first = client.get("/groups/heat/calendar.ics")
    path = backup(app, tmp_path)
    before, feed = meeting.sequence, first.get_data(as_text=True)
    assert f"SEQUENCE:{before}\r\n" in feed
    restore(app, path, "--replace")
    after = db.session.scalars(sa.select(Meeting.sequence)).one()
    assert after >= before + 1000
    again = client.get("/groups/heat/calendar.ics", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200 and f"SEQUENCE:{after}\r\n" in again.get_data(as_text=True)
    meeting_file = client.get(f"/meetings/{db.session.scalars(sa.select(Meeting.reference)).one()}/meeting.ics")
    assert f"SEQUENCE:{after}\r\n" in meeting_file.get_data(as_text=True)


def test_addresses_taken_back_since_stay_so(app: Flask, tmp_path: Path, journal_file: Path) -> None:
    person = make_account()
    _one, kept = secrets.make(person.id, FeedKind.MINE, None, "phone", "", "one")
    other, ended = secrets.make(person.id, FeedKind.MINE, None, "laptop", "", "two")
    path = backup(app, tmp_path)
    secrets.take_back(other.id, person.id)
    restore(app, path, "--replace")
    client = app.test_client()
    answers = [client.get(f"/feeds/{secret}/calendar.ics").status_code for secret in (kept, ended)]
    assert answers == [200, 404]


def test_sessions_end_and_waiting_mails_are_held_back(
    app: Flask, tmp_path: Path, journal_file: Path, visit: Visit
) -> None:
    person, group = make_account(email="anna@example.org"), make_group()
    browser = visit(person)
    assert browser.open("/me").path == "/me"
    membership.enter(group.id, _new("ben@example.org"), "member", None)
    path = backup(app, tmp_path)
    assert [mail.state for mail in mails()] == [QUEUED]
    said = restore(app, path, "--replace")
    assert "1 waiting mails were held back" in said
    (held,) = mails()
    assert held.state == FAILED and "restored backup" in (held.last_error or "")
    assert browser.open("/me").path.startswith("/sign-in")
    assert db.session.scalars(sa.select(Account)).one().password_hash


def test_a_full_database_is_not_overwritten_by_accident(app: Flask, tmp_path: Path, journal_file: Path) -> None:
    make_person("In the backup")
    path = backup(app, tmp_path)
    make_person("Since then")
    code, said = run(app, "restore", path)
    assert code == 1 and "--replace" in said
    assert len(db.session.scalars(sa.select(Person)).all()) == 2
    restore(app, path, "--replace")
    assert db.session.scalars(sa.select(Person.full_name)).all() == ["In the backup"]


def test_a_failed_restoration_leaves_everything_as_it_was(
    app: Flask, tmp_path: Path, journal_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_person("In the backup")
    path = backup(app, tmp_path)
    make_person("Since then")

    def broken(_lines: object) -> int:
        raise RuntimeError("in the middle of it")

    monkeypatch.setattr(erasing, "erase_again", broken)
    with pytest.raises(RuntimeError):
        app.test_cli_runner().invoke(args=["restore", str(path), "--replace"], catch_exceptions=False)
    db.session.rollback()
    assert len(db.session.scalars(sa.select(Person)).all()) == 2


def test_triggers_that_guard_rows_do_not_hinder_it_and_are_there_afterwards(
    app: Flask, tmp_path: Path, journal_file: Path
) -> None:
    make_person("In the backup")
    path = backup(app, tmp_path)
    guard, unguard = _guard(db.engine.dialect.name)
    with db.engine.begin() as connection:
        for statement in guard:
            connection.exec_driver_sql(statement)
    try:
        restore(app, path, "--replace")
        with pytest.raises(sa.exc.DBAPIError, match="guarded"), db.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM persons")
    finally:
        with db.engine.begin() as connection:
            for statement in unguard:
                connection.exec_driver_sql(statement)


def _guard(dialect: str) -> tuple[list[str], list[str]]:
    if dialect == "sqlite":
        return (
            ["CREATE TRIGGER guarded BEFORE DELETE ON persons BEGIN SELECT RAISE(ABORT, 'guarded'); END"],
            ["DROP TRIGGER guarded"],
        )
    return (
        [
            "CREATE FUNCTION guarded() RETURNS trigger AS $$ BEGIN RAISE 'guarded'; END $$ LANGUAGE plpgsql",
            "CREATE TRIGGER guarded BEFORE DELETE ON persons FOR EACH ROW EXECUTE FUNCTION guarded()",
        ],
        ["DROP TRIGGER guarded ON persons", "DROP FUNCTION guarded"],
    )


def test_what_is_no_backup_or_was_damaged_is_refused(app: Flask, tmp_path: Path, journal_file: Path) -> None:
    make_person("In the backup")
    path = backup(app, tmp_path)
    content = gzip.decompress(path.read_bytes())
    bad = {
        "missing": None,
        "not gzip": b"hello",
        "not json": gzip.compress(b"hello\n"),
        "empty": gzip.compress(b""),
        "other json": gzip.compress(b'{"a": 1}\n'),
        "half the file": path.read_bytes()[: path.stat().st_size // 2],
        "without its end": gzip.compress(b"\n".join(content.splitlines()[:-1]) + b"\n"),
        "a row less": gzip.compress(b"\n".join(content.splitlines()[:-2] + content.splitlines()[-1:])),
    }
    bad.pop("a row less")  # the last table may be empty; a row less is made below
    rows = content.splitlines()
    first_row = next(number for number, line in enumerate(rows) if line.startswith(b"["))
    bad["a row less"] = gzip.compress(b"\n".join(rows[:first_row] + rows[first_row + 1 :]))
    for name, data in bad.items():
        target = tmp_path / name
        if data is not None:
            target.write_bytes(data)
        code, said = run(app, "restore", target, "--replace")
        assert code == 1 and "Error: " in said, name
        assert db.session.scalars(sa.select(Person.full_name)).all() == ["In the backup"], name


def test_a_backup_of_another_schema_is_refused_by_name(app: Flask, tmp_path: Path, journal_file: Path) -> None:
    make_person()
    path = backup(app, tmp_path)
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    head = json.loads(lines[0])
    lines[0] = json.dumps({**head, "revision": "0001"})
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    code, said = run(app, "restore", path, "--replace")
    assert code == 1 and "The backup has the schema 0001, this program has" in said
    assert len(db.session.scalars(sa.select(Person)).all()) == 1


def test_a_backup_overwrites_no_file(app: Flask, tmp_path: Path) -> None:
    path = backup(app, tmp_path)
    code, said = run(app, "backup", path)
    assert code == 1 and "is there already" in said
    code, said = run(app, "backup", tmp_path / "no" / "such" / "folder.gz")
    assert code == 1 and "cannot be written" in said
    assert [item.name for item in tmp_path.iterdir()] == ["yesterday.gz"]


@pytest.fixture
def other_app(tmp_path: Path) -> Iterator[Flask]:
    """An installation on the other kind of database where there is one, else on the same kind; without a schema."""
    with fresh_database("roundtable_restored", tmp_path) as url:
        if db.engine.dialect.name == "postgresql":
            url = f"sqlite:///{tmp_path / 'other.sqlite'}"
        yield create_app(
            config.Settings(
                environment="development", instance_path=tmp_path, database_url=url, testing=True,
                secret_key="tests only, never anywhere else, thirty-two characters",
            )
        )  # fmt: skip


def test_from_one_kind_of_database_to_the_other_and_back(
    app: Flask, other_app: Flask, tmp_path: Path, journal_file: Path
) -> None:
    some_data()
    before = all_rows()
    path, back = backup(app, tmp_path), tmp_path / "back.gz"
    with other_app.app_context():
        restore(other_app, path)
        same_but_for_purpose(before, all_rows())
        assert run(other_app, "backup", back)[0] == 0
        db.session.remove()
        db.engine.dispose()
    restore(app, back, "--replace")
    same_but_for_purpose(before, all_rows())
    assert make_person().id > max(row[0] for row in before["persons"])  # type: ignore[type-var]


def _new(email: str) -> object:
    from app.people.service.persons import NewPerson

    return NewPerson("Ben Sample", None, email, None, None, "A ministry")
