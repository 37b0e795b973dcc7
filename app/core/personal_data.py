"""What the audit trail keeps about people: ids, and the free text of those who acted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select, update

from app.core import audit
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.personal import Basis, Claim, Processing, Section, Swept, entry, sweep
from app.core.settings import settings

AUDIT = Claim(
    "audit_entries",
    personal={
        "at": _l("when"),
        "actor_id": _l("by whom"),
        "action": _l("what"),
        "subject_type": _l("about what"),
        "subject_id": _l("its number"),
        "details": _l("details"),
        "reason": _l("reason"),
    },
    other=("id", "person_id", "group_id", "association_id"),
)

PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="audit",
        title=_l("Audit trail"),
        people=_l("Everyone who changes something, and everyone about whom something is changed"),
        purpose=_l("To find out who did what and when, and to answer for it."),
        basis=Basis.INTEREST,
        recipients=_l("Administrators; coordinators, of their groups; everyone, of what concerns them."),
        kept=lambda: _l(
            "What was done, for as long as the installation runs, by number and without names; reasons in free text, "
            "%(days)d days.", days=settings().reason_kept_days,
        ),
        exported=_l("What you did, and what was done to your data."),
        erased=_l("The numbers stay and lead to no name any more; reasons are deleted."),
        claims=(AUDIT,),
    ),
)  # fmt: skip
IMPERSONAL: tuple[str, ...] = ("addresses", "job_runs")


class Someone(Protocol):
    """A person, of whom the core knows only the number and the table."""

    __tablename__: str
    id: Any


def export(person: Someone) -> list[Section]:
    """What the person did, and what was done to their data."""
    found = db.session.scalars(select(AuditEntry).where(or_(*_about(person))).order_by(AuditEntry.id))
    return [Section("audit", _l("The audit trail"), [entry(AUDIT, item) for item in found])]


def erase(person: Someone) -> None:
    """Blank what they wrote and what was written about them."""
    audit.forget_texts(or_(*_about(person)))


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Reasons that are older than anybody needs."""
    due = AuditEntry.reason.is_not(None) & (AuditEntry.at < now - timedelta(days=settings().reason_kept_days))
    return [sweep(_("Reasons in the audit trail"), "REASON_KEPT_DAYS", AuditEntry, due,
                  update(AuditEntry).values(reason=None), dry_run=dry_run)]  # fmt: skip


def _about(person: Someone) -> list[ColumnElement[bool]]:
    return [
        AuditEntry.actor_id == person.id,
        AuditEntry.person_id == person.id,
        (AuditEntry.subject_type == person.__tablename__) & (AuditEntry.subject_id == person.id),
    ]
