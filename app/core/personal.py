"""The form in which features declare the personal data they keep, and what they offer to do with it.

A feature with personal data has a module `personal_data.py` that satisfies `PersonalData`. What stands above the
features calls each by name from one list (`app/privacy/features.py`): pages, exports, erasure, retention and the
register of processing all come from these declarations.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Delete, Update, func, select

from app.core.db import Base, db, write
from app.core.errors import Text

P_contra = TypeVar("P_contra", contravariant=True)


class Basis(StrEnum):
    """Why the law allows it: Article 6(1) of the GDPR, by letter."""

    CONSENT = "a"
    CONTRACT = "b"
    OBLIGATION = "c"
    INTEREST = "f"


@dataclass(frozen=True)
class Claim:
    """The columns of one table that a feature answers for; all of them, so that a new one is missed at once."""

    table: str
    personal: Mapping[str, Text]
    """{column: what it says about a person, in words}."""
    other: tuple[str, ...] = ()
    """Columns that say nothing about a person: keys, versions, what concerns a meeting or a group."""
    withheld: tuple[str, ...] = ()
    """Personal columns that no export gives away, since they are secrets."""

    @property
    def columns(self) -> frozenset[str]:
        """All that is claimed."""
        return frozenset(self.personal) | frozenset(self.other)


@dataclass(frozen=True, kw_only=True)
class Processing:
    """One thing done with personal data, as Article 30 of the GDPR wants it recorded."""

    key: str
    title: Text
    people: Text
    """Whose data."""
    purpose: Text
    basis: Basis
    recipients: Text
    """Who gets to see them."""
    kept: Callable[[], Text]
    """How long, with the settings in force."""
    exported: Text
    """What a person gets of it."""
    erased: Text
    """What erasure does with it."""
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Fact:
    """One value kept about a person; `shown` is what people read in place of an id or a code."""

    key: str
    label: Text
    value: Any
    shown: Text | None = None


@dataclass(frozen=True)
class Section:
    """What is kept of one kind: any number of entries, each of some facts."""

    key: str
    title: Text
    entries: list[list[Fact]] = field(default_factory=list)


@dataclass(frozen=True)
class Swept:
    """What retention did, or would do, of one kind, and the setting that says so."""

    what: Text
    setting: str
    number: int


class PersonalData(Protocol[P_contra]):
    """What a feature's `personal_data.py` holds; `P_contra` is the person, since the core knows no people."""

    PROCESSING: tuple[Processing, ...]
    IMPERSONAL: tuple[str, ...]
    """The feature's tables without personal data."""

    def export(self, person: P_contra) -> list[Section]:
        """All that the feature keeps about the person."""

    def erase(self, person: P_contra) -> None:
        """Delete or anonymise it, within the present transaction; harmless when done twice."""

    def retain(self, now: datetime, *, dry_run: bool) -> list[Swept]:
        """Delete what has been kept for as long as the settings allow, or only count it."""


def entry(claim: Claim, row: object, **shown: Text | None) -> list[Fact]:
    """What a claim says of one row, in the order of its columns; `shown` as in `Fact`, by column."""
    return [
        Fact(name, label, getattr(row, name), shown.get(name))
        for name, label in claim.personal.items()
        if name not in claim.withheld
    ]


def plain(value: Any) -> Any:
    """A value as JSON has it: days and instants as ISO 8601, bytes as Base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, date | datetime) else value


def sweep(
    what: Text, setting: str, model: type[Base], due: ColumnElement[bool], change: Delete | Update, *, dry_run: bool
) -> Swept:
    """Count the rows that are due and, unless it is a dry run, change or delete them: one transaction."""
    counted = select(func.count()).select_from(model).where(due)
    number = db.session.scalar(counted) or 0
    if number and not dry_run:
        with write() as session:
            number = session.scalar(counted) or 0
            session.execute(change.where(due).execution_options(synchronize_session=False))
    return Swept(what, setting, number)
