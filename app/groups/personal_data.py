"""What this feature keeps about people: who coordinates a group, from when to when."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import audit, clock
from app.core.db import db, writing
from app.core.i18n import translated
from app.core.personal import Basis, Claim, Processing, Section, Swept, entry
from app.groups.models import Coordinator
from app.people.models import Person

COORDINATOR = Claim(
    "coordinators",
    personal={
        "group_id": _l("group"),
        "appointed_at": _l("coordinator since"),
        "ended_at": _l("coordinator until"),
    },
    other=("id", "person_id"),
)

PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="coordinators",
        title=_l("Who coordinates a group"),
        people=_l("Coordinators"),
        purpose=_l("To know who decides on members and meetings of a group, now and in the past."),
        basis=Basis.INTEREST,
        recipients=_l("Everybody: the names of those who coordinate a group now stand on its page."),
        kept=lambda: _l("For as long as the group’s history is kept."),
        exported=_l("Everything."),
        erased=_l("Ended; what stays bears a number in place of the name."),
        claims=(COORDINATOR,),
    ),
)
IMPERSONAL: tuple[str, ...] = ("communities", "working_groups")


def export(person: Person) -> list[Section]:
    """The groups that the person coordinates or once did."""
    found = (
        select(Coordinator)
        .where(Coordinator.person_id == person.id)
        .options(joinedload(Coordinator.group))
        .order_by(Coordinator.appointed_at, Coordinator.id)
    )
    entries = [entry(COORDINATOR, item, group_id=translated(item.group.names)) for item in db.session.scalars(found)]
    return [Section("coordinators", _l("Groups you coordinate or once did"), entries)]


def erase(person: Person) -> None:
    """End what is not over."""
    open_ones = select(Coordinator).where(Coordinator.person_id == person.id, Coordinator.ended_at.is_(None))
    for item in writing().scalars(open_ones.with_for_update()).all():
        item.ended_at = clock.now()
        audit.record("coordinator.dismissed", item, None)


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Nothing: it belongs to the group's history."""
    return []
