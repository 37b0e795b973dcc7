"""Databases of two sizes to measure with, kept in build/bench until what makes them changes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.engine import make_url

import config
from app import create_app
from app.core import clock
from app.core.db import db
from app.demo.generate import invent
from app.demo.plan import Plan
from app.groups import catalogue

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "bench"
POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL", "postgresql:///postgres")
SIZES = {"demo": (150, 150), "large": (5_000, 200_000)}
"""Numbers of people and of meetings."""
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
    folder = FOLDER / f"{engine.lower()}-{size}"
    folder.mkdir(parents=True, exist_ok=True)
    stamp, wanted = folder / "made-from", _digest()
    fresh = not stamp.exists() or stamp.read_text() != wanted
    settings = config.Settings(
        environment="development",
        instance_path=folder,
        secret_key="for measuring only, never anywhere else",
        database_url=_sqlite(folder, fresh) if engine == "SQLite" else _postgresql(f"roundtable_bench_{size}", fresh),
        testing=True,
    )
    app = create_app(settings)
    if fresh:
        print(f"Filling {engine}, {size} …", flush=True)
        with app.app_context():
            upgrade()
            catalogue.load_files()
            people, meetings = SIZES[size]
            invent(Plan(today=(clock.now() - timedelta(hours=1)).date(), people=people, meetings=meetings), PASSWORD)
            if engine == "PostgreSQL":
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("VACUUM ANALYZE")
        stamp.write_text(wanted)
    return app


def _digest() -> str:
    digest = hashlib.sha256(clock.now().date().isoformat().encode())
    for pattern in (
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


def _postgresql(name: str, fresh: bool) -> str:
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if fresh and known:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
        if fresh or not known:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
    url = make_url(POSTGRESQL).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)
