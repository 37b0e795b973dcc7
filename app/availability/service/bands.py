"""Marked periods: entered one by one or as a list, changed, removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.availability.models import Band
from app.availability.rules import BandKind, Period, check_period
from app.availability.slots import Wish
from app.core import audit, conflicts, dates
from app.core.db import lock, lock_name, write
from app.core.errors import DomainError
from app.core.i18n import with_others
from app.core.settings import settings


@dataclass(frozen=True)
class Marking:
    """What periods are and for whom: for a group, a community, or everybody."""

    names: Mapping[str, str]
    kind: BandKind
    wish: Wish
    city: str | None = None
    community_id: int | None = None
    group_id: int | None = None


@dataclass(frozen=True)
class BandFacts:
    """All that can be changed about one."""

    names: Mapping[str, str]
    kind: BandKind
    wish: Wish
    city: str | None
    starts_on: date
    ends_on: date

    @classmethod
    def of(cls, band: Band) -> BandFacts:
        """What is known of it now."""
        return cls(dict(band.names), BandKind(band.kind), Wish(band.wish), band.city, band.starts_on, band.ends_on)

    def as_fields(self) -> dict[str, Any]:
        """The same as the form's fields show it."""
        return {**asdict(self), "kind": self.kind.value, "wish": self.wish.value, "names": dict(self.names)}


def mark(periods: Sequence[Period], marking: Marking, *, actor_id: int | None) -> int:
    """Mark periods, all or none, and say how many are new: what is marked the same already stays once. DomainError."""
    _check_names(marking.names)
    for period in periods:
        check_period(period, dates.today(), "periods")
    made = []
    with write() as session:
        lock_name("bands")
        there = session.scalars(
            select(Band).where(
                Band.kind == marking.kind,
                Band.community_id.is_not_distinct_from(marking.community_id),
                Band.group_id.is_not_distinct_from(marking.group_id),
            )
        )
        known = {(band.starts_on, band.ends_on, tuple(sorted(band.names.items()))) for band in there}
        names = with_others(marking.names, {})
        for period in periods:
            if (period.first, period.last, tuple(sorted(names.items()))) not in known:
                band = Band(
                    **{**vars(marking), "names": names, "city": marking.city or None},
                    starts_on=period.first,
                    ends_on=period.last,
                )
                session.add(band)
                made.append(band)
        session.flush()
        audit.record_all("band.entered", [(band, {}) for band in made], actor_id)
    return len(made)


def change_band(band_id: int, wanted: BandFacts, *, version: int, actor_id: int | None) -> Band:
    """Correct a marked period. Raises EditConflict, DomainError."""
    _check_names(wanted.names)
    check_period(Period(wanted.starts_on, wanted.ends_on), dates.today(), "ends_on")
    with write():
        band = lock(Band, band_id)
        if band is None:
            raise DomainError(_l("This marked period is gone."))
        before = BandFacts.of(band)
        wanted = replace(wanted, names=with_others(wanted.names, before.names), city=wanted.city or None)
        changed = conflicts.differences(before, wanted)
        if not changed:
            return band
        conflicts.check_version(band.version, version, before.as_fields())
        for name in changed:
            value = getattr(wanted, name)
            setattr(band, name, dict(value) if name == "names" else value)
        audit.record("band.changed", band, actor_id, fields=changed)
    return band


def remove_band(band_id: int, *, actor_id: int | None) -> None:
    """Take it away; harmless when it is gone already."""
    with write() as session:
        band = lock(Band, band_id)
        if band is not None:
            audit.record("band.removed", band, actor_id)
            session.delete(band)


def _check_names(names: Mapping[str, str]) -> None:
    if not names.get(settings().default_language):
        raise DomainError(_l("Give a name."), "names")
