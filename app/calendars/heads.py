"""What is known of a stored feed without its bytes, and the one statement that finds it: all that most polls need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from app.calendars import basis
from app.calendars.answers import Answer
from app.calendars.feeds import FeedKind
from app.calendars.secret_words import EXPIRY
from app.people.models import SPEAKING

SECRET = "secret"  # noqa: S105
"""Of addresses that say themselves who asks; the other kinds are those of feeds."""
NOTED_FOR = timedelta(hours=1)
"""How long a use that was noted stands for those after it."""
_NEVER = datetime.min.replace(tzinfo=UTC)
_ALWAYS = datetime.max.replace(tzinfo=UTC)

_STORED = "f.id, f.version, s.version, s.basis, s.build, s.stale_at, s.changed_at, s.etag, s.used_at"
_JOINED = """
LEFT JOIN feeds f ON f.kind = {kind} AND f.target_id = {target}
LEFT JOIN stored_feeds s ON s.feed_id = f.id AND s.variant = ?"""
_PUBLIC = "SELECT {target}, NULL, NULL, " + _STORED + " FROM {table} a" + _JOINED + " WHERE {found}"
_PERSONAL = (
    "SELECT coalesce(a.association_id, a.owner_id), a.id, a.kind, "
    + _STORED
    + ", {basis}, a.used_at, coalesce(a.used_at, a.created_at) FROM feed_secrets a"
    + _JOINED
    + """
WHERE a.digest = ? AND a.ended_at IS NULL AND (a.kind <> 'association' OR EXISTS (
    SELECT 1 FROM affiliations r WHERE r.person_id = a.owner_id AND r.association_id = a.association_id
    AND r.function IN {speaking} AND r.starts_on <= ? AND (r.ends_on IS NULL OR r.ends_on >= ?)))"""
)


def heads(dialect: str) -> dict[str, str]:
    """{kind of address: the statement that finds the feed there}; the variant comes first of what it is given."""

    def public(kind: FeedKind, table: str, target: str, found: str) -> str:
        return _PUBLIC.format(kind=f"'{kind}'", table=table, target=target, found=found)

    named = "a.kind = '{kind}' AND a.slug = ?"
    shown = "a.visibility = 'public' AND a.reference = ?"
    some = "(SELECT 0 AS target_id)"
    return {
        FeedKind.ALL: public(FeedKind.ALL, some, "a.target_id", "1 = 1"),
        FeedKind.COMMUNITY: public(FeedKind.COMMUNITY, "addresses", "a.target_id", named.format(kind="community")),
        FeedKind.GROUP: public(FeedKind.GROUP, "addresses", "a.target_id", named.format(kind="group")),
        FeedKind.MEETING: public(FeedKind.MEETING, "meetings", "a.id", shown),
        FeedKind.SERIES: public(FeedKind.SERIES, "meeting_series", "a.id", "a.reference = ?"),
        SECRET: _PERSONAL.format(
            kind="a.kind",
            speaking=SPEAKING,
            target="coalesce(a.association_id, a.owner_id)",
            basis=basis.expression(dialect, "a.kind", "coalesce(a.association_id, a.owner_id)"),
        ),
    }


@dataclass(slots=True)
class Head:
    """What is known of a feed without its bytes; None from where nothing is stored on."""

    target_id: int
    secret_id: int | None
    kind: str | None
    """Of a personal feed."""
    feed_id: int | None
    version: int | None
    stored_version: int | None
    stored_basis: str | None
    build: str | None
    stale_at: datetime | None
    changed_at: datetime | None
    etag: str | None
    used_at: datetime | None
    """When this variant was noted as used."""
    basis: str | None = None
    secret_used_at: datetime | None = None
    alive_since: datetime | None = None
    """When the secret was last used, or made."""
    noted_until: datetime = field(init=False)
    """Until then its use needs no note."""
    calm_until: datetime = field(init=False)
    """Until then what is stored is shown and its use needs no note, if the same program made it."""
    expires_at: datetime = field(init=False)
    """When a secret stops that is not used until then."""
    unchanged: dict[bool, Answer] = field(default_factory=dict)
    """What clients are told that have it, compressed or not; kept here as heads are remembered."""

    def __post_init__(self) -> None:
        self.expires_at = self.alive_since + EXPIRY if self.alive_since else _NEVER
        noted = [_ALWAYS if self.used_at is None else self.used_at + NOTED_FOR]
        if self.secret_id is not None:
            noted.append(self.secret_used_at + NOTED_FOR if self.secret_used_at else _NEVER)
        self.noted_until = min(noted)
        self.calm_until = min(self.noted_until, self.stale_at or _ALWAYS) if self._is_stored else _NEVER

    @property
    def _is_stored(self) -> bool:
        """Whether the bytes are of the feed's present version, however old they have become."""
        return (
            self.stored_version is not None
            and self.stored_version == self.version
            and (self.secret_id is None or self.stored_basis == (self.basis or ""))
        )

    def is_calm(self, build: str, now: datetime) -> bool:
        """Whether there is nothing to make and nothing to note."""
        return self.calm_until > now and self.build == build

    def shows(self, build: str, now: datetime) -> bool:
        """Whether the stored bytes are what the feed is now."""
        return self._is_stored and self.build == build and (self.stale_at is None or self.stale_at > now)


_NUMBERS = (0, 1, 3, 4, 5)
_INSTANTS = (8, 9, 11, 13, 14)
"""Where numbers and instants stand in a row."""


def head_of(row: Sequence[Any]) -> Head:
    """A row of the statement, with numbers and instants as either database writes them."""
    values = list(row)
    for place in _NUMBERS:
        if values[place] is not None:
            values[place] = int(values[place])
    for place in _INSTANTS:
        if place < len(values):
            values[place] = instant(values[place])
    return Head(*values)


@lru_cache(maxsize=4_096)
def instant(text: str | None) -> datetime | None:
    """An instant as either database writes it in UTC; the same ones come all the time."""
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
