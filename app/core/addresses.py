"""Short names in addresses (slugs): unique for ever, so that old addresses keep answering after a rename.

How a rename is seen from outside: finders such as `groups.queries.group_at` go through `lookup`, so they find by any
name that ever was in use; `policy.guard` asks `moved` and sends readers on to the present address. A view needs to
do nothing for it but name its finder: `@guard(rule, of=queries.group_at)`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from anyascii import anyascii
from flask import request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, db, lock_name, writing
from app.core.errors import DomainError

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
CODE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*", re.ASCII)
"""What associations have in place of slugs."""
LONGEST = 80
NAMING_PARTS = ("slug", "code", "person_id")
"""The parts of addresses that may name something by a former name, or by the number of a record that was merged into
another; what is found has its present one in an attribute called the same."""


class Address(Base):
    """A short name that leads, or once led, to something. The current one stands on the thing itself too."""

    __tablename__ = "addresses"
    __table_args__ = (CheckConstraint("kind IN ('group', 'community', 'association')", name="kind"),)

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    target_id: Mapped[int] = mapped_column(index=True)
    merged: Mapped[bool] = mapped_column(default=False)
    """Whether it named something else, which was merged into the target: no former name of the target's own."""


def slugify(text: str) -> str:
    """A short name in Latin letters from a name in any script."""
    return re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower()).strip("-")[:LONGEST].strip("-")


def check_slug(slug: str, field: str = "slug") -> None:
    """Refuse what cannot stand in an address. Raises DomainError."""
    if len(slug) > LONGEST or not SLUG.fullmatch(slug):
        raise DomainError(_l("Use small letters a to z, digits and single hyphens between them: night-trains."), field)


def lookup(kind: str, slug: str) -> int | None:
    """The id of what the address leads to, be it current or old."""
    if not slug.isprintable():  # PostgreSQL refuses a NUL even in a question
        return None
    return db.session.scalar(select(Address.target_id).where(Address.kind == kind, Address.slug == slug))


def require_free(kind: str, slug: str, field: str = "slug") -> None:
    """Refuse an address that another has or had, before there is anything to lead to. Raises DomainError."""
    lock_name(f"address:{kind}")
    if writing().get(Address, (kind, slug)) is not None:
        raise _taken(field)


def claim(kind: str, slug: str, target_id: int, field: str = "slug") -> None:
    """Make the address lead to the target. Raises DomainError where another has or had it."""
    lock_name(f"address:{kind}")
    taken = writing().get(Address, (kind, slug))
    if taken is None:
        writing().add(Address(kind=kind, slug=slug, target_id=target_id))
        writing().flush()
    elif taken.target_id != target_id:
        raise _taken(field)


def hand_over(kind: str, from_id: int, to_id: int, *, merged: bool) -> None:
    """Let all addresses of one thing lead to another. `merged`: they are no former names of that one's own."""
    lock_name(f"address:{kind}")
    found = update(Address).where(Address.kind == kind, Address.target_id == from_id)
    writing().execute(found.values(target_id=to_id, merged=True) if merged else found.values(target_id=to_id))


def _taken(field: str) -> DomainError:
    return DomainError(_l("This address is or was in use by another. Choose a different one."), field)


def moved(found: object, parts: Mapping[str, object]) -> str | None:
    """The present address of the page asked for, if it was asked for by an old name of what it shows.

    Only for pages that are read: a form sent to an old address is simply taken.
    """
    if request.method not in ("GET", "HEAD") or request.endpoint is None:
        return None
    present = {name: getattr(found, name, None) for name in NAMING_PARTS if name in parts}
    renamed = {name: value for name, value in present.items() if value is not None and value != parts[name]}
    if not renamed:
        return None
    query = request.query_string.decode("latin-1")
    return url_for(request.endpoint, **{**parts, **renamed}) + (f"?{query}" if query else "")
