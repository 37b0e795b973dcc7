"""What this feature keeps about people: mails to them, and their names in mails to others."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import escape
from sqlalchemy import ColumnElement, delete, false, func, or_, select

from app.core.db import db, writing
from app.core.outbox import FAILED, QUEUED, SENT, OutboxMessage
from app.core.personal import Basis, Claim, Processing, Section, Swept, entry, sweep
from app.core.settings import settings
from app.people.models import Person

MAIL = Claim(
    "outbox_messages",
    personal={
        "recipient": _l("recipient"),
        "subject": _l("subject"),
        "language": _l("language"),
        "state": _l("state"),
        "created_at": _l("written on"),
        "sent_at": _l("sent on"),
        "text": _l("text, until it is sent"),
        "html": _l("the same as HTML"),
        "last_error": _l("what the mail server said"),
    },
    other=("id", "message_id", "next_attempt_at", "lease_until", "attempts"),
    withheld=("html",),
)
STATES = {QUEUED: _l("Waiting"), SENT: _l("Sent"), FAILED: _l("Failed")}

PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="mails",
        title=_l("Mails"),
        people=_l("Everyone with an e-mail address here"),
        purpose=_l("To deliver mails, and to find out why one did not arrive."),
        basis=Basis.INTEREST,
        recipients=_l("The mail server that delivers them. Administrators see to whom a mail went and its subject."),
        kept=lambda: _l(
            "The text until it is sent; recipient and subject %(days)d days longer.", days=settings().mail_kept_days
        ),
        exported=_l("To you: recipient, subject, times, and the text of what was not yet sent."),
        erased=_l("Mails to you are deleted; your name in mails to others is replaced by a number."),
        claims=(MAIL,),
    ),
)
IMPERSONAL: tuple[str, ...] = ()


def export(person: Person) -> list[Section]:
    """The mails to the person that are still on record."""
    found = db.session.scalars(select(OutboxMessage).where(_to(person)).order_by(OutboxMessage.id))
    return [Section("mails", _l("Mails to you"), [entry(MAIL, item, state=STATES[item.state]) for item in found])]


def erase(person: Person) -> None:
    """Drop the mails to the person; take the name out of those to others."""
    session = writing()
    session.flush()
    session.execute(delete(OutboxMessage).where(_to(person)))
    if person.erased_at is not None:
        return
    names = [name for name in (person.stored_name, person.latin_name, person.email) if name]
    for message in session.scalars(select(OutboxMessage).where(_mentions(names)).with_for_update()):
        with force_locale(message.language):
            number = str(_("Erased person %(number)s", number=person.id))
        message.recipient = _without(names, number, message.recipient)
        message.subject = _without(names, number, message.subject)
        message.text = message.text and _without(names, number, message.text)
        message.html = message.html and _without([str(escape(name)) for name in names], number, message.html)


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Mails that were sent or given up long ago."""
    due = OutboxMessage.state.in_((SENT, FAILED)) & (
        OutboxMessage.next_attempt_at < now - timedelta(days=settings().mail_kept_days)
    )
    return [sweep(_("Mails sent or given up"), "MAIL_KEPT_DAYS", OutboxMessage, due, delete(OutboxMessage),
                  dry_run=dry_run)]  # fmt: skip


def _to(person: Person) -> ColumnElement[bool]:
    """The mails to the person's address, be it alone or after a name."""
    if not person.email:
        return false()
    recipient = func.lower(OutboxMessage.recipient)
    return or_(recipient == person.email, recipient.endswith(f"<{person.email}>", autoescape=True))


def _mentions(names: list[str]) -> ColumnElement[bool]:
    columns = (OutboxMessage.recipient, OutboxMessage.subject, OutboxMessage.text, OutboxMessage.html)
    written = {*names, *(str(escape(name)) for name in names)}
    return or_(*(column.contains(name, autoescape=True) for column in columns for name in written))


def _without(names: list[str], number: str, text: str) -> str:
    """A text in which a number stands for each name; only where the name stands as words of its own."""
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", number, text)
    return text.replace(f"{number} ({number})", number)
