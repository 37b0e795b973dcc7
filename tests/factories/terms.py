"""Terms for tests."""

from __future__ import annotations

from datetime import date

from app.core.db import db
from app.people.models import Person
from app.terms.models import TermsAcceptance, TermsVersion
from app.terms.rules import Kind
from tests.factories.people import LONG_AGO


def make_terms(
    kind: Kind = Kind.CONDUCT,
    number: int = 1,
    *,
    again: bool = True,
    valid_from: date | None = date(2026, 1, 5),
    **values: object,
) -> TermsVersion:
    """A published version, in force since long ago; a draft with `valid_from=None`."""
    texts = {"en": f"{kind} {number} in English", "fr": f"{kind} {number} en français"}
    version = TermsVersion(
        kind=kind, number=number, again=again, valid_from=valid_from, created_at=LONG_AGO,
        published_at=LONG_AGO if valid_from else None, **{"texts": texts, **values},
    )  # fmt: skip
    db.session.add(version)
    db.session.commit()
    return version


def make_acceptance(person: Person, *versions: TermsVersion) -> None:
    """That a person has accepted these."""
    for version in versions:
        db.session.add(TermsAcceptance(person_id=person.id, version_id=version.id, accepted_at=LONG_AGO, language="en"))
    db.session.commit()
