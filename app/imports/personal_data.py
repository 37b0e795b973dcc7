"""What this feature keeps about people: who brought a file, and for some days what stands in it."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from app.core.db import db, write, writing
from app.core.personal import Basis, Claim, Processing, Section, Swept, entry
from app.core.settings import settings
from app.imports.models import Import, ImportRow
from app.imports.rules import ImportKind
from app.imports.service import rows
from app.imports.words import KINDS, STATES
from app.membership.models import Membership
from app.people.models import Person

IMPORT = Claim(
    "imports",
    personal={
        "kind": _l("what was imported"),
        "filename": _l("file"),
        "state": _l("state"),
        "created_at": _l("brought"),
        "moved_at": _l("in this state since"),
        "content": _l("what stands in the file"),
    },
    other=(
        "id", "importer_id", "group_id", "language", "lease_until", "attempts", "done", "total", "unread", "counts",
        "leave_out", "tell", "told", "message",
    ),
    withheld=("content",),
)  # fmt: skip
ROW = Claim(
    "import_rows",
    personal={"cells": _l("what stands in the row"), "changes": _l("what it would change")},
    withheld=("cells", "changes"),
    other=("id", "import_id", "number", "surplus", "kind", "reason", "candidates", "target_id", "choice"),
)

PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="imports",
        title=_l("Files that are imported"),
        people=_l("Those who import, and those who stand in the files"),
        purpose=_l("To enter many people or memberships at once, checked row by row before anything is written."),
        basis=Basis.INTEREST,
        recipients=_l("Who brought the file, and administrators."),
        kept=lambda: _l("Files and rows, %(days)d days.", days=settings().import_kept_days),
        exported=_l("The imports that you brought, without what stands in them about others."),
        erased=_l("Imports that the person brought are deleted, and rows about the person in those of others."),
        claims=(IMPORT, ROW),
    ),
)
IMPERSONAL: tuple[str, ...] = ()


def export(person: Person) -> list[Section]:
    """The files that the person brought."""
    found = db.session.scalars(select(Import).where(Import.importer_id == person.id).order_by(Import.id))
    entries = [entry(IMPORT, item, kind=KINDS[item.kind], state=STATES[item.state][0]) for item in found]
    return [Section("imports", _l("Files you brought to import"), entries)]


def erase(person: Person) -> None:
    """Delete what the person brought, and the rows about the person in what others brought."""
    session = writing()
    rows.forget(session.scalars(select(Import.id).where(Import.importer_id == person.id)).all())
    people = select(Import.id).where(Import.kind == ImportKind.PEOPLE)
    held = select(Membership.id).where(Membership.person_id == person.id)
    about = (ImportRow.import_id.in_(people) & (ImportRow.target_id == person.id)) | (
        ImportRow.import_id.not_in(people) & ImportRow.target_id.in_(held)
    )
    if person.email:
        about |= func.lower(ImportRow.cells["email"].as_string()) == person.email
    session.execute(delete(ImportRow).where(about).execution_options(synchronize_session=False))


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Files and rows of long ago."""
    due = Import.moved_at < now - timedelta(days=settings().import_kept_days)
    number = db.session.scalar(select(func.count()).select_from(Import).where(due)) or 0
    if number and not dry_run:
        with write() as session:
            ids = session.scalars(select(Import.id).where(due)).all()
            rows.forget(ids)
            number = len(ids)
    return [Swept(_("Imported files and their rows"), "IMPORT_KEPT_DAYS", number)]
