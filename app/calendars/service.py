"""What keeps feeds true: components and versions within the transaction that changes a thing, bytes after it."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.calendars.assembly import Assembly, component_row
from app.calendars.components import stamp
from app.calendars.models import CalendarComponent, Feed, StoredFeed
from app.calendars.sources import SOURCES, Source
from app.core import clock
from app.core.db import db, writing
from app.core.settings import settings

log = logging.getLogger(__name__)
PATIENCE = 1.0
"""Seconds that a poll waits for others who write before it goes without storing what it made."""
SECOND = timedelta(seconds=1)


def keep_components(source: Source, item: Any) -> None:
    """Store what feeds show of one thing, in the present transaction; of one for members only, nothing."""
    forget_components(source, [item.id])
    if item.is_public:
        groups = source.groups_of(item)
        rows = [
            component_row(source, item.id, language, source.component_of(item, language), stamp(groups, language))
            for language in settings().languages
        ]
        writing().execute(insert(CalendarComponent), rows)


def forget_components(source: Source, ids: Collection[int] | Select[int]) -> None:
    """Let the next assembly make these anew, within the present transaction; after the versions were raised."""
    writing().execute(
        delete(CalendarComponent)
        .where(CalendarComponent.kind == source.kind, CalendarComponent.target_id.in_(ids))
        .execution_options(synchronize_session=False)
    )


def raise_versions(group_ids: Iterable[int]) -> None:
    """The same of several groups; always in one order, so that nobody waits in a circle."""
    for group_id in sorted(set(group_ids)):
        raise_version(group_id)


def raise_version(group_id: int) -> None:
    """Let every poll from the commit on see that a group's feed may have changed.

    Whoever writes meetings or milestones past the services (invented data, a restored backup) calls it for their
    groups; components that are missing make themselves.
    """
    session = writing()
    now = clock.now()
    session.execute(_missing_feed(session, group_id, now - SECOND))
    feed = session.scalars(_feed_of(group_id).with_for_update().execution_options(populate_existing=True)).one()
    feed.version += 1
    feed.changed_at = _later(now, feed.changed_at)
    session.flush()


def store(assembly: Assembly, now: datetime) -> datetime | None:
    """Keep an assembled feed for the polls that follow; say since when its bytes are what they are.

    An assembly that a change has overtaken is not kept, nor one where others hold the database for too long (None):
    it is right for the poll that asked, and the next poll makes it again.
    """
    try:
        with _brief_write() as connection:
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
        with _brief_write() as connection:
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
    connection.execute(_missing_feed(connection, assembly.target_id, now))
    feed = connection.execute(
        select(Feed.id, Feed.version, Feed.changed_at)
        .where(Feed.kind == "group", Feed.target_id == assembly.target_id)
        .with_for_update(nowait=True)
    ).one()
    if feed.version != assembly.version:
        return None
    if made:
        connection.execute(_upsert(connection, CalendarComponent, ["kind", "target_id", "language"]), made)
    kept = connection.execute(
        select(StoredFeed.version, StoredFeed.build, StoredFeed.stale_at, StoredFeed.etag, StoredFeed.changed_at).where(
            StoredFeed.feed_id == feed.id, StoredFeed.variant == assembly.variant
        )
    ).one_or_none()
    changed_at: datetime = feed.changed_at
    same = kept is not None and kept.etag == assembly.etag
    if kept is not None:
        if (kept.version, kept.build) == (assembly.version, assembly.build) and not _is_stale(kept.stale_at, now):
            return kept.changed_at if same else None
        if same:
            changed_at = kept.changed_at
        elif kept.version == assembly.version:  # without a write: an event left the window, a new program came
            changed_at = _later(now, kept.changed_at)
        else:
            changed_at = max(changed_at, kept.changed_at.replace(microsecond=0) + SECOND)
    row = {
        "feed_id": feed.id,
        "variant": assembly.variant,
        "version": assembly.version,
        "build": assembly.build,
        "stale_at": assembly.stale_at,
        "changed_at": changed_at,
        "etag": assembly.etag,
        "body": assembly.body,
    }
    if not same:
        row["gzip_body"] = None
    connection.execute(_upsert(connection, StoredFeed, ["feed_id", "variant"], list(row)), row)
    return changed_at


def _is_stale(stale_at: datetime | None, now: datetime) -> bool:
    return stale_at is not None and stale_at <= now


def _later(now: datetime, before: datetime) -> datetime:
    """A moment in a later second than the one before, since HTTP's dates tell no less."""
    return max(now, before.replace(microsecond=0) + SECOND)


def _feed_of(group_id: int) -> Select[Feed]:
    return select(Feed).where(Feed.kind == "group", Feed.target_id == group_id)


def _missing_feed(connection: Connection | Session, group_id: int, now: datetime) -> Any:
    """A feed's row where it has none yet; nothing for who comes second."""
    row = {"kind": "group", "target_id": group_id, "version": 0, "changed_at": now}
    return _insert(connection)(Feed).values(row).on_conflict_do_nothing()


def _upsert(connection: Connection | Session, model: type, key: list[str], columns: list[str] | None = None) -> Any:
    statement = _insert(connection)(model)
    names = columns or [column.name for column in model.__table__.columns]  # type: ignore[attr-defined]
    new = {name: statement.excluded[name] for name in names if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=new)


def _insert(connection: Connection | Session) -> Any:
    engine = connection if isinstance(connection, Connection) else connection.get_bind()
    assert isinstance(engine, Connection | Engine)
    return postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert


@contextmanager
def _brief_write() -> Iterator[Connection]:
    """A transaction for what can be made again: it waits for others a moment only, since a client waits for us."""
    with db.engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        if connection.dialect.name == "postgresql":
            with connection.begin():
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(PATIENCE * 1000)}")
                yield connection
            return
        before = driver.execute("PRAGMA busy_timeout").fetchone()[0]
        driver.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")
        try:
            with connection.execution_options(immediate=True).begin():
                yield connection
        finally:
            driver.execute(f"PRAGMA busy_timeout={before}")
