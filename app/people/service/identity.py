"""An e-mail address belongs to one person: whoever gives it to someone takes turns here."""

from __future__ import annotations

from sqlalchemy import select

from app.core.db import lock_name, writing
from app.people.models import Person


def hold_email(email: str) -> Person | None:
    """The person with this normalised address, locked; until the transaction ends nobody else can take the address."""
    lock_name(f"email:{email}")
    found = select(Person).where(Person.email == email).with_for_update().execution_options(populate_existing=True)
    return writing().scalar(found)
