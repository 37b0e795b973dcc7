"""What this feature keeps about people: who last changed a milestone."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.db import db
from app.core.personal import Basis, Claim, Fact, Processing, Section, Swept
from app.people.models import Person
from app.programme.models import Milestone

MILESTONE = Claim(
    "milestones",
    personal={"modified_by_id": _l("last changed by"), "modified_at": _l("last changed")},
    other=(
        "id", "reference", "uid", "creation_key", "group_id", "kind", "title", "search_key", "first_day", "last_day",
        "goal_id", "file_reference", "link", "description", "visibility", "state", "drop_reason", "reminded_of",
        "sequence", "created_at", "demo", "version",
    ),
)  # fmt: skip

PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="milestones",
        title=_l("Who changed a work programme"),
        people=_l("Coordinators, chairs and vice-chairs"),
        purpose=_l("To know whom to ask about a milestone or a deadline."),
        basis=Basis.INTEREST,
        recipients=_l("Members of the group."),
        kept=lambda: _l("For as long as the work programme is kept."),
        exported=_l("The milestones that you changed last, with the time."),
        erased=_l("What stays bears a number in place of the name."),
        claims=(MILESTONE,),
    ),
)
IMPERSONAL: tuple[str, ...] = ()


def export(person: Person) -> list[Section]:
    """The milestones that the person was the last to change."""
    found = db.session.scalars(
        select(Milestone).where(Milestone.modified_by_id == person.id).order_by(Milestone.modified_at, Milestone.id)
    )
    entries = [
        [
            Fact("title", _l("milestone"), item.title),
            Fact("last_day", _l("day"), item.last_day),
            Fact("modified_by_id", MILESTONE.personal["modified_by_id"], item.modified_by_id, person.display_name),
            Fact("modified_at", MILESTONE.personal["modified_at"], item.modified_at),
        ]
        for item in found
    ]
    return [Section("milestones", _l("Milestones and deadlines you changed last"), entries)]


def erase(person: Person) -> None:
    """Nothing: the programme is the group's, and the name goes with the person."""


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Nothing: programmes are the group's history."""
    return []
