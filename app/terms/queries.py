"""Reads of terms: what is in force, what someone has to accept, who has not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, load_only

from app.core import dates, zones
from app.core.db import db
from app.core.settings import settings
from app.terms import rules
from app.terms.models import TermsAcceptance, TermsAsking, TermsVersion
from app.terms.rules import Kind

_IS_PUBLISHED = TermsVersion.published_at.is_not(None)


def versions() -> Sequence[TermsVersion]:
    """All versions of all texts, drafts too, the newest of each kind first."""
    return db.session.scalars(select(TermsVersion).order_by(TermsVersion.kind, TermsVersion.number.desc())).all()


def in_force() -> list[TermsVersion]:
    """The texts in force today, in the order of their kinds."""
    return rules.in_force(db.session.scalars(select(TermsVersion).where(_IS_PUBLISHED)), dates.today())


def published_version(kind: str, number: int) -> TermsVersion | None:
    """A published version by its kind and number."""
    found = select(TermsVersion).where(_IS_PUBLISHED, TermsVersion.kind == kind, TermsVersion.number == number)
    return db.session.scalar(found)


def draft(kind: Kind) -> TermsVersion | None:
    """What is being written of a kind."""
    return db.session.scalar(select(TermsVersion).where(TermsVersion.kind == kind, ~_IS_PUBLISHED))


def due_ids(person_id: int) -> list[int]:
    """The ids of the versions that a person has to accept now, in one statement without the texts."""
    rows = db.session.execute(
        select(
            TermsVersion.id, TermsVersion.kind, TermsVersion.number, TermsVersion.valid_from, TermsVersion.again,
            TermsAcceptance.id.label("accepted"),
        )
        .outerjoin(
            TermsAcceptance,
            and_(TermsAcceptance.version_id == TermsVersion.id, TermsAcceptance.person_id == person_id),
        )
        .where(_IS_PUBLISHED)
        .order_by(TermsVersion.number)
    ).all()  # fmt: skip
    accepted = {Kind(row.kind): row.number for row in rows if row.accepted is not None}
    return [row.id for row in rules.due(rows, accepted, dates.today())]


def due(person_id: int) -> list[TermsVersion]:
    """The same with their texts, in the order of their kinds."""
    ids = due_ids(person_id)
    if not ids:
        return []
    found = db.session.scalars(select(TermsVersion).where(TermsVersion.id.in_(ids))).all()
    return sorted(found, key=lambda one: list(Kind).index(Kind(one.kind)))


def acceptances(person_id: int) -> Sequence[TermsAcceptance]:
    """What a person has accepted, the latest first."""
    return db.session.scalars(
        select(TermsAcceptance)
        .where(TermsAcceptance.person_id == person_id)
        .options(joinedload(TermsAcceptance.version))
        .order_by(TermsAcceptance.accepted_at.desc(), TermsAcceptance.id.desc())
    ).all()


def lacks_acceptance(person_id: InstrumentedAttribute[int]) -> ColumnElement[bool] | None:
    """For the WHERE of a query on people: that this person has not accepted all that is in force. None: nothing is.

    Asks the database once which versions count.
    """
    known = _published()
    counts = rules.accepted_from(known, dates.today())
    if not counts:
        return None
    return ~and_(
        *(
            exists().where(
                TermsAcceptance.person_id == person_id,
                TermsAcceptance.version_id.in_(
                    [one.id for one in known if one.kind == kind and one.number >= lowest]
                ),
            )
            for kind, lowest in counts.items()
        )
    )  # fmt: skip


def not_accepted_by(person_ids: Collection[int]) -> frozenset[int]:
    """Those of these people who have not accepted all that is in force, in two statements."""
    known = _published()
    counts = rules.accepted_from(known, dates.today())
    if not counts or not person_ids:
        return frozenset()
    rows = db.session.execute(
        select(TermsAcceptance.person_id, TermsVersion.kind, func.max(TermsVersion.number))
        .join(TermsAcceptance.version)
        .where(TermsAcceptance.person_id.in_(person_ids))
        .group_by(TermsAcceptance.person_id, TermsVersion.kind)
    )
    highest = {(person_id, Kind(kind)): number for person_id, kind, number in rows}
    return frozenset(
        person_id
        for person_id in person_ids
        if any(highest.get((person_id, kind), 0) < lowest for kind, lowest in counts.items())
    )


def not_asked_yet(person_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """For the WHERE of a query on people: that this person was not written to since the texts in force are so."""
    begun = [_begun_at(one) for one in rules.in_force(_published(), dates.today())]
    return ~exists().where(TermsAsking.person_id == person_id, TermsAsking.asked_at >= max(begun))


def asked_at(person_ids: Collection[int]) -> dict[int, datetime]:
    """{person id: when they were last written to about terms}; those who never were are left out."""
    if not person_ids:
        return {}
    found = select(TermsAsking.person_id, TermsAsking.asked_at).where(TermsAsking.person_id.in_(person_ids))
    return dict(db.session.execute(found).all())


def is_any() -> bool:
    """Whether there is any version, be it a draft."""
    return db.session.scalar(select(TermsVersion.id).limit(1)) is not None


def drafts_without_version() -> int:
    """How many texts have a draft and nothing in force: they wait for someone to publish them."""
    return len({one.kind for one in versions() if one.published_at is None} - {one.kind for one in in_force()})


def _begun_at(version: TermsVersion) -> datetime:
    """Since when a version is in force: the beginning of its first day, or its publication on that day."""
    assert version.valid_from and version.published_at
    midnight = datetime.combine(version.valid_from, time())
    return max(version.published_at, zones.to_utc(midnight, settings().default_time_zone))


def _published() -> Sequence[TermsVersion]:
    """All published versions, without their texts."""
    columns = (TermsVersion.kind, TermsVersion.number, TermsVersion.valid_from, TermsVersion.again,
               TermsVersion.published_at)  # fmt: skip
    return db.session.scalars(select(TermsVersion).where(_IS_PUBLISHED).options(load_only(*columns))).all()
