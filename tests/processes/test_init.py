"""`flask init`: from nothing to an installation that serves, without a question where everything is given."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core.audit import AuditEntry
from app.core.db import db
from app.groups.models import WorkingGroup
from app.people import passwords, queries
from tests.browsing import PASSWORD
from tests.processes.installation import ROOT, Installation

pytestmark = pytest.mark.processes
ADA = ("--name", "Ada Admin", "--email", "Ada@Example.org")


@pytest.fixture
def empty(running: Installation) -> Installation:
    """Settings of production, and a database without a table."""
    running.more |= {"ROUNDTABLE_ENV": "production", "BASE_URL": "https://groups.example.org"}
    with running.app_context(), db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        else:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            for table in sa.inspect(connection).get_table_names():
                connection.exec_driver_sql(f'DROP TABLE "{table}"')
    return running


def init(running: Installation, *arguments: str, password: str | None = PASSWORD) -> tuple[int, str]:
    """(exit code, all that was said)."""
    more = {"ROUNDTABLE_ADMIN_PASSWORD": password} if password else {}
    done = running.run("init", *arguments, **more)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.mark.database
def test_from_nothing_and_once_more(empty: Installation) -> None:
    code, said = init(empty, *ADA)
    assert code == 0, said
    assert "Ada Admin is the first administrator." in said
    with empty.app_context():
        assert len(db.session.scalars(sa.select(WorkingGroup)).all()) == 21
        (ada,) = queries.administrators()
        assert ada.email == "ada@example.org"
        assert ada.account is not None
        assert passwords.verify(ada.account.password_hash, PASSWORD)
        assert "administrator.appointed" in db.session.scalars(sa.select(AuditEntry.action)).all()
    code, said = init(empty, "--name", "Eve", "--email", "eve@example.org")
    assert code == 0
    assert "There is a catalogue already." in said
    assert "There are administrators already: Ada Admin <ada@example.org>." in said
    with empty.app_context():
        assert len(queries.administrators()) == 1
        assert queries.person_of("eve@example.org") is None


def test_a_catalogue_of_ones_own(empty: Installation) -> None:
    data = ROOT / "tests" / "data"
    files = ["--catalogue", str(data / "other_catalogue.yaml"), "--catalogue", str(data / "other_associations.csv")]
    code, said = init(empty, *files, *ADA)
    assert code == 0, said
    init(empty)
    with empty.app_context():
        slugs = set(db.session.scalars(sa.select(WorkingGroup.slug)))
    assert slugs
    assert "climate-and-energy" not in slugs, "the one that comes along is not added to it"


def test_a_malformed_catalogue_is_refused(empty: Installation) -> None:
    code, said = init(empty, "--catalogue", str(ROOT / "tests" / "data" / "broken" / "not_yaml.yaml"), *ADA)
    assert code == 1
    assert "the catalogue was not loaded" in said
    assert "not_yaml.yaml" in said
    with empty.app_context():
        assert queries.administrators() == []


def test_settings_that_cannot_be_used_are_said_plainly(running: Installation) -> None:
    running.more |= {"ROUNDTABLE_ENV": "production", "BASE_URL": "https://groups.example.org", "SECRET_KEY": "changeme"}
    done = running.run("init", *ADA)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: SECRET_KEY is a default or too short: make one")
    assert "Traceback" not in done.stderr
