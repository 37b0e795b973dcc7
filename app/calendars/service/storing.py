"""Bytes kept for the polls that follow: after the change, never in its way, and only as long as they are right."""

from __future__ import annotations

import gzip
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.calendars import basis
from app.calendars.assembly import Assembly, is_over
from app.calendars.models import CalendarComponent, Feed, StoredFeed
from app.calendars.service.upserts import insert_of, upsert
from app.calendars.sources import SOURCES
from app.core.db import db

log = logging.getLogger(__name__)
PATIENCE = 1.0
"""Seconds that a poll waits for others who write before it goes without storing what it made."""
SECOND = timedelta(seconds=1)
MOST_VARIANTS = 24
"""Variants of one feed that are kept; of more, those that were not asked for longest go."""


def store(assembly: Assembly, now: datetime) -> datetime | None:
    """Keep an assembled feed for the polls that follow; say since when its bytes are what they are.

    An assembly that a change has overtaken is not kept, nor one where others hold the database for too long (None):
    it is right for the poll that asked, and the next poll makes it again.
    """
    try:
        with brief_write() as connection:
            return _store(connection, assembly, now)
    except SQLAlchemyError as error:
        log.info("a feed was not stored: %s", type(error).__name__)
        return None


def compressed(feed_id: int | None, variant: str, etag: str, body: bytes) -> bytes:
    """The body gzipped, and kept for the polls that follow if it can be."""
    packed = gzip.compress(body, compresslevel=6, mtime=0)
    if feed_id is None:
        return packed
    try:
        with brief_write() as connection:
            connection.execute(
                update(StoredFeed)
                .where(StoredFeed.feed_id == feed_id, StoredFeed.variant == variant, StoredFeed.etag == etag)
                .values(gzip_body=packed)
            )
    except SQLAlchemyError as error:
        log.info("a compressed feed was not stored: %s", type(error).__name__)
    return packed


def _store(connection: Connection, assembly: Assembly, now: datetime) -> datetime | None:
    """Locks in the order of those who change a thing, and without waiting, so that nobody ever waits in a circle."""
    made = list(assembly.made)
    for source in SOURCES:
        wanted = sorted(row["target_id"] for row in made if row["kind"] == source.kind)
        if wanted:
            locked = select(source.model.id).where(source.model.id.in_(wanted)).order_by(source.model.id)
            connection.execute(locked.with_for_update(read=True, key_share=True, nowait=True))
    key = assembly.key
    missing = {"kind": key.kind, "target_id": key.target_id, "version": 0, "changed_at": now}
    connection.execute(insert_of(connection)(Feed).values(missing).on_conflict_do_nothing())
    feed = connection.execute(
        select(Feed.id, Feed.version, Feed.changed_at)
        .where(Feed.kind == key.kind, Feed.target_id == key.target_id)
        .with_for_update(nowait=True)
    ).one()
    if feed.version != assembly.version or (key.kind.is_personal and basis.of(connection, key) != assembly.basis):
        return None
    if made:
        connection.execute(upsert(connection, CalendarComponent, ["kind", "target_id", "language", "form"]), made)
    kept = connection.execute(
        select(
            StoredFeed.version,
            StoredFeed.basis,
            StoredFeed.build,
            StoredFeed.stale_at,
            StoredFeed.etag,
            StoredFeed.changed_at,
        ).where(StoredFeed.feed_id == feed.id, StoredFeed.variant == assembly.variant)
    ).one_or_none()
    changed_at: datetime = feed.changed_at
    same = kept is not None and kept.etag == assembly.etag
    if kept is not None:
        shown = (assembly.version, assembly.basis, assembly.build)
        if (kept.version, kept.basis, kept.build) == shown and not is_over(kept.stale_at, now):
            return kept.changed_at if same else None
        if same:
            changed_at = kept.changed_at
        elif key.kind.is_personal or kept.version == assembly.version:  # or without a write: an event left the window
            changed_at = _later(now, kept.changed_at)
        else:
            changed_at = _later(changed_at, kept.changed_at)
    elif key.kind.is_personal:
        changed_at = now
    row = {
        "feed_id": feed.id,
        "variant": assembly.variant,
        "version": assembly.version,
        "basis": assembly.basis,
        "build": assembly.build,
        "stale_at": assembly.stale_at,
        "changed_at": changed_at,
        "etag": assembly.etag,
        "filename": assembly.filename,
        "used_at": now,
        "body": assembly.body,
    }
    if not same:
        row["gzip_body"] = None
    connection.execute(upsert(connection, StoredFeed, ["feed_id", "variant"], list(row)), row)
    if kept is None:
        _bound(connection, feed.id)
    return changed_at


def _bound(connection: Connection, feed_id: int) -> None:
    """Let the variants go that were not asked for longest, where there are too many; never a feed without choices."""
    of_feed = (StoredFeed.feed_id == feed_id) & or_(
        StoredFeed.variant.contains("&", autoescape=True), ~StoredFeed.variant.startswith("lang=", autoescape=True)
    )
    order = (StoredFeed.used_at.desc(), StoredFeed.changed_at.desc(), StoredFeed.variant)
    surplus = connection.scalars(select(StoredFeed.variant).where(of_feed).order_by(*order).offset(MOST_VARIANTS)).all()
    if surplus:
        connection.execute(delete(StoredFeed).where(of_feed, StoredFeed.variant.in_(surplus)))


def _later(now: datetime, before: datetime) -> datetime:
    """A moment in a later second than the one before, since HTTP's dates tell no less."""
    return max(now, before.replace(microsecond=0) + SECOND)


@contextmanager
def brief_write() -> Iterator[Connection]:
    """A transaction for what can be made again: it waits for others a moment only, as a client waits for us, and
    for the disk not at all. A power cut may take it back, but nothing that others commit after it.
    """
    with db.engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        if connection.dialect.name == "postgresql":
            with connection.begin():
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(PATIENCE * 1000)}")
                connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
                yield connection
            return
        before = {name: driver.execute(f"PRAGMA {name}").fetchone()[0] for name in ("busy_timeout", "synchronous")}
        try:
            driver.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")
            driver.execute("PRAGMA synchronous=NORMAL")
            with connection.execution_options(immediate=True).begin():
                yield connection
        finally:
            _restore(connection, driver, before)


def _restore(connection: Connection, driver: Any, settings: dict[str, int]) -> None:
    """Others write by this connection as well: where it cannot be put back, in a broken transaction, it is let go."""
    try:
        for name, value in settings.items():
            driver.execute(f"PRAGMA {name}={value}")
    except sqlite3.Error:
        connection.invalidate()
