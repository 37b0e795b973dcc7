"""What this feature keeps about people: which terms they accepted, and when they were asked to."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from app.core.db import db, writing
from app.core.personal import Basis, Claim, Processing, Section, Swept, entry
from app.people.models import Person
from app.terms.models import TermsAcceptance, TermsAsking
from app.terms.words import title

ACCEPTANCE = Claim(
    "terms_acceptances",
    personal={
        "version_id": _l("terms"),
        "accepted_at": _l("accepted"),
        "language": _l("in the language"),
    },
    other=("id", "person_id"),
)
ASKING = Claim("terms_askings", personal={"asked_at": _l("last asked to accept")}, other=("person_id",))

PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="terms",
        title=_l("Acceptance of the terms of participation"),
        people=_l("Members of the groups"),
        purpose=_l("To know that everyone who takes part has agreed to the terms."),
        basis=Basis.CONTRACT,
        recipients=_l("Coordinators and focal points see who has not accepted; administrators see all."),
        kept=lambda: _l("For as long as the person takes part, and until erasure."),
        exported=_l("What you accepted, and when."),
        erased=_l("Deleted."),
        claims=(ACCEPTANCE, ASKING),
    ),
)
IMPERSONAL: tuple[str, ...] = ("terms_versions",)


def export(person: Person) -> list[Section]:
    """What the person accepted, and when they were last asked."""
    accepted = db.session.scalars(
        select(TermsAcceptance)
        .where(TermsAcceptance.person_id == person.id)
        .options(joinedload(TermsAcceptance.version))
        .order_by(TermsAcceptance.accepted_at, TermsAcceptance.id)
    )
    asked = db.session.get(TermsAsking, person.id)
    return [
        Section(
            "terms",
            _l("Terms you accepted"),
            [entry(ACCEPTANCE, item, version_id=title(item.version.kind, item.version.number)) for item in accepted],
        ),
        Section("terms_asked", _l("When you were asked to accept terms"), [entry(ASKING, asked)] if asked else []),
    ]


def erase(person: Person) -> None:
    """Delete it: who no longer takes part is bound by no terms."""
    session = writing()
    session.execute(delete(TermsAcceptance).where(TermsAcceptance.person_id == person.id))
    session.execute(delete(TermsAsking).where(TermsAsking.person_id == person.id))


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Nothing: it ends with the person."""
    return []
