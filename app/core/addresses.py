"""Short names in addresses (slugs): unique for ever, so that old addresses keep answering after a rename."""

from __future__ import annotations

import re

from anyascii import anyascii
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, db, writing
from app.core.errors import DomainError

SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


class Address(Base):
    """A short name that leads, or once led, to something. The current one stands on the thing itself too."""

    __tablename__ = "addresses"
    __table_args__ = (CheckConstraint("kind IN ('group', 'community', 'association')", name="kind"),)

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    target_id: Mapped[int] = mapped_column(index=True)


def slugify(text: str) -> str:
    """A short name in Latin letters from a name in any script."""
    return re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower()).strip("-")[:80].strip("-")


def lookup(kind: str, slug: str) -> int | None:
    """The id of what the address leads to, be it current or old."""
    return db.session.scalar(select(Address.target_id).where(Address.kind == kind, Address.slug == slug))


def claim(kind: str, slug: str, target_id: int, field: str = "slug") -> None:
    """Make the address lead to the target. Raises DomainError where another has or had it."""
    taken = writing().get(Address, (kind, slug))
    if taken is None:
        writing().add(Address(kind=kind, slug=slug, target_id=target_id))
    elif taken.target_id != target_id:
        raise DomainError(_l("This address is or was in use by another. Choose a different one."), field)
