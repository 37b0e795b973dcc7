"""What this feature itself keeps about people: that they asked for erasure."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.personal import Basis, Claim, Processing, Section, Swept, entry
from app.people.models import Person
from app.privacy.models import Erasure
from app.privacy.words import ORIGINS, STATES

ERASURE = Claim(
    "erasures",
    personal={
        "origin": _l("who asked"),
        "asked_at": _l("asked on"),
        "asked_by_id": _l("by whom"),
        "due_at": _l("end of the pause"),
        "state": _l("state"),
        "ended_at": _l("withdrawn or done"),
    },
    other=("id", "person_id"),
)

PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="erasures",
        title=_l("Requests for erasure"),
        people=_l("Those who asked for erasure"),
        purpose=_l("To do what was asked, to be able to show that it was done, and to do it again after a backup was "
                   "restored."),
        basis=Basis.OBLIGATION,
        recipients=_l("Administrators."),
        kept=lambda: _l("For as long as the installation runs: number and time, without a name."),
        exported=_l("Everything."),
        erased=_l("Stays: number and time, without a name."),
        claims=(ERASURE,),
    ),
)  # fmt: skip
IMPERSONAL: tuple[str, ...] = ()


def export(person: Person) -> list[Section]:
    """The erasures that were asked for, of the person and by them."""
    found = db.session.scalars(
        select(Erasure)
        .where(or_(Erasure.person_id == person.id, Erasure.asked_by_id == person.id))
        .options(joinedload(Erasure.asked_by))
        .order_by(Erasure.asked_at, Erasure.id)
    )
    entries = [
        entry(
            ERASURE,
            item,
            origin=ORIGINS[item.origin],
            state=STATES[item.state][0],
            asked_by_id=item.asked_by.display_name if item.asked_by else None,
        )
        for item in found
    ]
    return [Section("erasures", _l("Requests for erasure"), entries)]


def erase(person: Person) -> None:
    """Nothing: what is kept names nobody."""


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Nothing: it shows that the duty was done."""
    return []
