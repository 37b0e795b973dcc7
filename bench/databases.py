"""Databases of several sizes to measure with, kept in build/bench until what makes them changes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.engine import make_url

import config
from app import create_app
from app.core import clock
from app.core.db import db, write
from app.demo.generate import invent
from app.demo.plan import Plan
from app.groups import catalogue
from bench import probes

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "bench"
POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL", "postgresql:///postgres")


@dataclass(frozen=True)
class Size:
    """What a database is filled with: demo data, and what only feeds are measured with."""

    people: int
    meetings: int
    crowd: tuple[int, int] | None = None
    """Further groups, and meetings in them."""
    probes: tuple[int, ...] = ()
    """How many events the feed of each has, a group of its own."""


SIZES = {
    "demo": Size(people=150, meetings=150),
    "large": Size(people=5_000, meetings=200_000),
    "feeds": Size(people=150, meetings=150, probes=(10, 1_000, 10_000)),
    "few groups": Size(people=150, meetings=400, probes=(100,)),
    "many groups": Size(people=150, meetings=400, crowd=(5_000, 199_500), probes=(100,)),
}
PASSWORD = "measured and never used elsewhere"


def engines() -> Iterator[str]:
    """The databases that this machine can measure."""
    yield "SQLite"
    try:
        psycopg.connect(POSTGRESQL, connect_timeout=3).close()
    except psycopg.Error as error:
        print(f"PostgreSQL is left out: {error}")
    else:
        yield "PostgreSQL"


def application(engine: str, size: str) -> Flask:
    """The application on a filled database."""
    name = size.replace(" ", "-")
    folder = FOLDER / f"{engine.lower()}-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    stamp, wanted = folder / "made-from", _digest(SIZES[size])
    fresh = not stamp.exists() or stamp.read_text() != wanted
    settings = config.Settings(
        environment="development",
        instance_path=folder,
        secret_key="for measuring only, never anywhere else",
        database_url=_sqlite(folder, fresh) if engine == "SQLite" else _postgresql(_database(name), fresh),
        testing=True,
    )
    app = create_app(settings)
    if fresh:
        print(f"Filling {engine}, {size} …", flush=True)
        with app.app_context():
            upgrade()
            catalogue.load_files()
            _fill(SIZES[size])
            if engine == "PostgreSQL":
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("VACUUM ANALYZE")
        stamp.write_text(wanted)
    return app


def environment(app: Flask) -> dict[str, str]:
    """What processes are told that work on the same database, so that their feeds have the same bytes."""
    settings: config.Settings = app.config["ROUNDTABLE"]
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG") or name[:2] == "PG"}
    return kept | {
        "ROUNDTABLE_ENV": settings.environment,
        "INSTANCE_PATH": str(settings.instance_path),
        "SECRET_KEY": settings.secret_key,
        "DATABASE_URL": settings.database_url,
        "BASE_URL": settings.base_url,
    }


def _fill(size: Size) -> None:
    plan = Plan(today=(clock.now() - timedelta(hours=1)).date(), people=size.people, meetings=size.meetings)
    invent(plan, PASSWORD)
    with write() as session:
        if size.crowd:
            groups, meetings = size.crowd
            probes.crowd(session, replace(plan, groups=groups, meetings=meetings, seed=plan.seed + 1))
        for events in size.probes:
            probes.add(session, plan, events)


def _digest(size: Size) -> str:
    digest = hashlib.sha256(f"{clock.now().date()} {size}".encode())
    for pattern in (
        "bench/probes.py",
        "app/demo/*.py",
        "app/calendars/*.py",
        "app/**/models.py",
        "migrations/versions/*.py",
        "app/data/**/*.*",
    ):
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _sqlite(folder: Path, fresh: bool) -> str:
    if fresh:
        for path in folder.glob("bench.sqlite*"):
            path.unlink()
    return f"sqlite:///{folder / 'bench.sqlite'}"


def _database(name: str) -> str:
    """Each working copy has databases of its own: what one makes anew, another may be measuring."""
    return f"roundtable_bench_{name.replace('-', '_')}_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]}"


def _postgresql(name: str, fresh: bool) -> str:
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if fresh and known:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
        if fresh or not known:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
    url = make_url(POSTGRESQL).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)
