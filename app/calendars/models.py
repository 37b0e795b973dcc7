"""What feeds are assembled from, the assembled feeds, and the secret addresses of those that are for one reader.

Meetings and milestones are the truth; of the first three tables everything but a feed's version can be made again.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.calendars.feeds import FeedKey, FeedKind
from app.core.db import Base, Instant, Json
from app.people.models import Association, Person

_KINDS = ", ".join(f"'{kind}'" for kind in FeedKind)
_PERSONAL = ", ".join(f"'{kind}'" for kind in FeedKind if kind.is_personal)


class CalendarComponent(Base):
    """Something as the VEVENT that feeds carry, in one language and one form; made when it changes or first needed.

    One that is missing, or whose stamp is another, is made again by the next assembly of a feed that needs it.
    """

    __tablename__ = "calendar_components"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    """Of what: the name of a source (`sources.py`)."""
    target_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Its id; no foreign key, as the kinds have tables of their own."""
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    form: Mapped[str] = mapped_column(String(20), primary_key=True)
    """For which feeds: `forms.Form.key`. What holds a join link is apart from what is public."""
    content: Mapped[str] = mapped_column(Text)
    """BEGIN:VEVENT … END:VEVENT, folded, with CRLF."""
    zones: Mapped[list[str]] = mapped_column(Json)
    """The TZIDs it refers to."""
    stamp: Mapped[str] = mapped_column(String(32))
    """Digest of what the bytes depend on besides the thing itself: program, settings, the group's name."""
    stale_at: Mapped[Instant | None]
    """When it must be made again although nothing was written: a cancelled date of a series goes."""


class Feed(Base):
    """A calendar that can be subscribed to, and the version of its content."""

    __tablename__ = "feeds"
    __table_args__ = (
        UniqueConstraint("kind", "target_id"),
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[FeedKind] = mapped_column(String(20))
    target_id: Mapped[int]
    """What or whose calendar it is: see `FeedKind`."""
    version: Mapped[int] = mapped_column(default=0)
    """Raised in every transaction that may change a public feed; 0 until the first. For personal ones see `basis`."""
    changed_at: Mapped[Instant]
    """When it was last raised."""


class StoredFeed(Base):
    """One variant of a feed as bytes, assembled by the first poll after a change."""

    __tablename__ = "stored_feeds"

    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"), primary_key=True)
    variant: Mapped[str] = mapped_column(String(2_500), primary_key=True)
    """The parameters in canonical form: "lang=en"."""
    version: Mapped[int]
    """The feed's version that these bytes show."""
    basis: Mapped[str | None] = mapped_column(Text)
    """Of a personal feed, what it follows from: which groups in which roles, each with the version of its own feed.

    So a change in a group writes nothing for those who follow it, and a membership that ends is seen at once.
    """
    build: Mapped[str] = mapped_column(String(32))
    """Digest of what else the bytes depend on: the program and the settings."""
    stale_at: Mapped[Instant | None]
    """When it must be assembled again although nothing was written: an event leaves the window."""
    changed_at: Mapped[Instant]
    """Since when the bytes are these: Last-Modified."""
    etag: Mapped[str] = mapped_column(String(64))
    """Digest of the body, without quotes."""
    filename: Mapped[str] = mapped_column(String(100))
    """What a program that keeps it as a file calls it."""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    gzip_body: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Compressed when first asked for."""
    used_at: Mapped[Instant]
    """When it was last asked for, to an hour: the variants that nobody asks for go first."""


class FeedSecret(Base):
    """A secret address of a personal feed, one for each device. The secret itself is not kept.

    It ends when its owner or an administrator takes it back, or when nobody has used it for a year: see
    `secret_words.EXPIRY`.
    """

    __tablename__ = "feed_secrets"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_PERSONAL})", name="kind"),
        CheckConstraint("(kind = 'association') = (association_id IS NOT NULL)", name="association"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret, in hexadecimal digits."""
    creation_key: Mapped[str] = mapped_column(String(40), unique=True)
    """From the form that created it: a form sent twice makes one address."""
    kind: Mapped[FeedKind] = mapped_column(String(20))
    association_id: Mapped[int | None] = mapped_column(ForeignKey("associations.id"), index=True)
    """Whose feed, where it is not the owner's."""
    owner_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    """What its owner calls the device or program."""
    choice: Mapped[str] = mapped_column(String(2_500), default="")
    """The query that the address was given with; the reader may ask with another."""
    created_at: Mapped[Instant]
    used_at: Mapped[Instant | None]
    """Last use, to an hour."""
    client: Mapped[str | None] = mapped_column(String(40))
    """What kind of program that was, as far as it says so: "Thunderbird"."""
    ended_at: Mapped[Instant | None]

    owner: Mapped[Person] = relationship()
    association: Mapped[Association | None] = relationship()

    @property
    def key(self) -> FeedKey:
        """The feed it leads to."""
        return FeedKey(FeedKind(self.kind), self.association_id or self.owner_id)
