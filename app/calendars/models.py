"""What feeds are assembled from, and the assembled feeds.

Meetings and milestones are the truth; of these tables everything but a feed's version can be made again from them.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Instant, Json


class CalendarComponent(Base):
    """Something public as the VEVENT that feeds carry, in one language; made when it changes.

    One that is missing, or whose stamp is another, is made again by the next assembly of a feed that needs it.
    """

    __tablename__ = "calendar_components"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    """Of what: the name of a source (`sources.py`)."""
    target_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Its id; no foreign key, as the kinds have tables of their own."""
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """BEGIN:VEVENT … END:VEVENT, folded, with CRLF."""
    zones: Mapped[list[str]] = mapped_column(Json)
    """The TZIDs it refers to."""
    stamp: Mapped[str] = mapped_column(String(32))
    """Digest of what the bytes depend on besides the thing itself: program, settings, the group's name."""


class Feed(Base):
    """A calendar that can be subscribed to, and the version of its content."""

    __tablename__ = "feeds"
    __table_args__ = (
        UniqueConstraint("kind", "target_id"),
        CheckConstraint("kind IN ('group')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    target_id: Mapped[int]
    """What it is the calendar of: a working group's id."""
    version: Mapped[int] = mapped_column(default=0)
    """Raised in every transaction that may change the content; 0 until the first."""
    changed_at: Mapped[Instant]
    """When it was last raised; no two versions share a second, as Last-Modified tells no less."""


class StoredFeed(Base):
    """One variant of a feed as bytes, assembled by the first poll after a change."""

    __tablename__ = "stored_feeds"

    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"), primary_key=True)
    variant: Mapped[str] = mapped_column(String(100), primary_key=True)
    """The parameters in canonical form: "lang=en"."""
    version: Mapped[int]
    """The feed's version that these bytes show."""
    build: Mapped[str] = mapped_column(String(32))
    """Digest of what else the bytes depend on: the program and the settings."""
    stale_at: Mapped[Instant | None]
    """When it must be assembled again although nothing was written: an event leaves the window."""
    changed_at: Mapped[Instant]
    """Since when the bytes are these: Last-Modified."""
    etag: Mapped[str] = mapped_column(String(64))
    """Digest of the body, without quotes."""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    gzip_body: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Compressed when first asked for."""
