"""Migrations run up and down with data in them, on either database, and lead to what the models say."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade

import config
from app import create_app
from app.core import audit
from app.core.audit import AuditEntry
from app.core.db import Base, db, write
from app.demo.generate import invent
from app.demo.plan import Plan
from app.groups import catalogue
from app.membership.models import Membership
from tests.databases import fresh_database

ROOT = Path(__file__).resolve().parent.parent
PLAN = Plan(today=date(2026, 11, 25), people=70, meetings=40)

REBUILD_EVERYTHING = '''"""Rebuild every table, as a change of a column does on SQLite."""

import sqlalchemy as sa
from alembic import op

revision = "test"
down_revision = "{head}"
branch_labels = None
depends_on = None


def _rebuild():
    if op.get_bind().dialect.name != "sqlite":  # others change tables in place
        return
    for name in sa.inspect(op.get_bind()).get_table_names():
        if name != "alembic_version":
            with op.batch_alter_table(name, recreate="always"):
                pass


upgrade = downgrade = _rebuild
'''


@pytest.fixture
def empty_app(tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without a schema."""
    with fresh_database("roundtable_migrations", tmp_path) as url:
        app = create_app(
            config.Settings(
                environment="development",
                instance_path=tmp_path,
                secret_key="tests only, never anywhere else, thirty-two characters",
                database_url=url,
                testing=True,
            )
        )
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def fill() -> dict[str, int]:
    """Put rows into the tables; how many each holds."""
    catalogue.load_files()
    assert invent(PLAN, "invented for one test only")
    return counts()


def counts() -> dict[str, int]:
    """The number of rows of each table."""
    db.session.remove()
    with db.engine.connect() as connection:
        return {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_models_and_migrations_agree(empty_app: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_down_and_up_again_with_data(empty_app: Flask) -> None:
    upgrade()
    before = fill()
    filled = ("persons", "memberships", "membership_events", "meetings", "milestones", "addresses")
    assert min(before[name] for name in filled) > 10
    db.session.remove()
    downgrade(revision="base")
    assert sa.inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade()
    assert set(counts().values()) == {0}
    assert fill() == before


def test_rebuilding_tables_keeps_their_children(empty_app: Flask, tmp_path: Path) -> None:
    copy = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", copy)
    head = max(path.name.split("_")[0] for path in copy.glob("versions/*.py"))
    (copy / "versions" / "test_rebuild.py").write_text(REBUILD_EVERYTHING.format(head=head))
    upgrade()
    before = fill()
    upgrade(directory=str(copy))
    assert counts() == before
    downgrade(directory=str(copy), revision=head)
    assert counts() == before
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_what_old_entries_of_the_trail_concern_is_found(empty_app: Flask) -> None:
    """0004 adds whom and what an entry concerns; of entries from before it is looked up."""
    upgrade()
    fill()
    membership = db.session.scalars(sa.select(Membership).where(Membership.association_id.is_not(None))).first()
    assert membership
    with write():
        audit.record("membership.accept", membership, None)
        audit.record("person.changed", membership.person, None)
        audit.record("community.edited", membership.group.community, None)
    found = sa.select(AuditEntry.__table__).order_by(AuditEntry.id)
    before = [tuple(row) for row in db.session.execute(found)]
    last = before[-3]
    assert (membership.person_id, membership.group_id, membership.association_id) == tuple(last[6:9])
    db.session.remove()
    downgrade(revision="0003")
    upgrade()
    assert [tuple(row) for row in db.session.execute(found)] == before


def test_what_is_append_only_stays_so_at_the_newest_schema(empty_app: Flask) -> None:
    """A migration that rebuilds a table on SQLite drops its triggers and has to make them anew."""
    upgrade()
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            names = "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' GROUP BY tbl_name"
            expected = {"audit_entries": 3, "membership_events": 3, "terms_versions": 2}
        else:
            counted = "count(DISTINCT event_manipulation)"
            names = f"SELECT event_object_table, {counted} FROM information_schema.triggers GROUP BY 1"
            expected = {"audit_entries": 2, "membership_events": 2, "terms_versions": 2}
        found = dict(connection.exec_driver_sql(names).all())
    assert {table: found.get(table) for table in expected} == expected


def test_what_is_there_before_profiles_is_found_afterwards(empty_app: Flask) -> None:
    """Keys to search by are filled in, and everything private stays private."""
    upgrade(revision="0002")
    rows = (
        "INSERT INTO associations (id, code, country, name, names, status, loaded, version) "
        "VALUES (1, 'KEDE', 'GR', 'Ένωση Δήμων', '{\"en\": \"Union of Towns\"}', 'member', '{}', 1)",
        "INSERT INTO persons (id, full_name, latin_name, email, search_text, demo, created_at, version) "
        "VALUES (1, 'Ελένη', 'Eleni', 'e@example.org', 'eleni', false, '2026-01-01 00:00:00', 1)",
        "INSERT INTO affiliations (id, person_id, association_id, function, starts_on) "
        "VALUES (1, 1, 1, 'expert', '2026-01-01')",
        "INSERT INTO addresses (kind, slug, target_id) VALUES ('association', 'KEDE', 1)",
    )
    with db.engine.begin() as connection:
        for row in rows:
            connection.execute(sa.text(row.replace(":", "\\:")))
    upgrade(revision="0003")
    with db.engine.connect() as connection:
        person = connection.execute(sa.text("SELECT * FROM persons")).mappings().one()
        assert person["name_key"] == " ελενη eleni"
        assert {person[f"{name}_audience"] for name in ("email", "phone", "photo", "biography")} == {"coordinators"}
        key = connection.scalar(sa.text("SELECT name_key FROM associations"))
        assert " ενωση" in key and " enosi" in key and " towns" in key and " kede" in key
        assert connection.scalar(sa.text("SELECT merged FROM addresses")) in (0, False)
    downgrade(revision="0002")
    with db.engine.connect() as connection:
        assert "name_key" not in connection.execute(sa.text("SELECT * FROM persons")).mappings().one()
        assert connection.scalar(sa.text("SELECT count(*) FROM affiliations")) == 1
