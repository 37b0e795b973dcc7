"""What this feature keeps about people: the gender they declared, and in which figures they were counted."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from app.core.db import db, writing
from app.core.personal import Basis, Claim, Processing, Section, Swept, entry
from app.people.models import Person
from app.representation.models import BalanceCount, GenderDeclaration
from app.representation.words import ANSWERS

DECLARATION = Claim(
    "gender_declarations",
    personal={"answer": _l("gender, as declared"), "answered_at": _l("declared")},
    other=("person_id",),
)
COUNT = Claim(
    "balance_counts",
    personal={"figure_id": _l("number of the figure"), "alone": _l("in no other figure")},
    other=("person_id",),
)

PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="gender",
        title=_l("Gender, for statistics"),
        people=_l("Members of the groups who declared it of their own accord"),
        purpose=_l("To show how balanced groups and communities are, never where fewer than five people could be "
                   "made out."),
        basis=Basis.CONSENT,
        recipients=_l("Nobody sees the answers. Figures are shown to members of the groups and administrators."),
        kept=lambda: _l("Until you withdraw it, or until erasure. That you were counted in a figure, not as what, is "
                        "kept for as long as the figure."),
        exported=_l("Your answer, and in which figures you were counted."),
        erased=_l("The answer is deleted. That someone was counted stays with a number, so that figures of different "
                  "dates betray nobody."),
        claims=(DECLARATION, COUNT),
    ),
)  # fmt: skip
IMPERSONAL: tuple[str, ...] = ("balance_figures", "coverage_snapshots", "coverage_counts")


def export(person: Person) -> list[Section]:
    """The answer, and the figures it went into."""
    declared = db.session.get(GenderDeclaration, person.id)
    counted = db.session.scalars(
        select(BalanceCount).where(BalanceCount.person_id == person.id).order_by(BalanceCount.figure_id)
    )
    return [
        Section("gender", _l("Your gender, for statistics"),
                [entry(DECLARATION, declared, answer=ANSWERS[declared.answer])] if declared else []),
        Section("counted", _l("Figures in which you were counted"), [entry(COUNT, item) for item in counted]),
    ]  # fmt: skip


def erase(person: Person) -> None:
    """Delete the answer. Who was counted in which figure decides what later figures may show, so it stays."""
    writing().execute(delete(GenderDeclaration).where(GenderDeclaration.person_id == person.id))


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Nothing: an answer counts until it is withdrawn."""
    return []
