"""What feeds are assembled from, and the assembled feeds."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Instant, Json


class MeetingComponent(Base):
    """A meeting as the VEVENT that public feeds carry, in one language; made when the meeting changes."""

    __tablename__ = "meeting_components"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """BEGIN:VEVENT … END:VEVENT, folded, with CRLF."""
    zones: Mapped[list[str]] = mapped_column(Json)
    """The TZIDs it refers to."""
    ends_at: Mapped[Instant] = mapped_column(index=True)


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
    version: Mapped[int] = mapped_column(default=1)
    """Raised in every transaction that changes the content."""
    changed_at: Mapped[Instant]
    """When it was last raised: Last-Modified."""


class StoredFeed(Base):
    """One variant of a feed as bytes, assembled by the first poll after a change."""

    __tablename__ = "stored_feeds"

    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"), primary_key=True)
    variant: Mapped[str] = mapped_column(String(100), primary_key=True)
    """The parameters in canonical form: "lang=en"."""
    version: Mapped[int]
    """The feed's version that these bytes show."""
    build: Mapped[str] = mapped_column(String(64))
    """Digest of what else the bytes depend on: the program's version and settings."""
    stale_at: Mapped[Instant | None]
    """When it must be assembled again although nothing was written: an event leaves the window."""
    etag: Mapped[str] = mapped_column(String(80))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    gzip_body: Mapped[bytes | None] = mapped_column(LargeBinary)
