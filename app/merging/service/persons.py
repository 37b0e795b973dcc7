"""Two records of one person become one, with all that hangs on them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from app.core import audit, clock
from app.core.db import lock, lock_name, write, writing
from app.core.errors import DomainError
from app.membership.service.merging import lock_groups
from app.merging.references import PERSON_JOINED, PERSON_MOVED, move_all
from app.people import mails, passwords
from app.people.models import PRIVATE, Account, DistinctPersons, Person, Photo
from app.people.rules import stricter
from app.people.service.identity import hold_email

FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("full_name", "latin_name"),
    "email": ("email",),
    "job_title": ("job_title",),
    "phone": ("phone",),
    "biography": ("biography",),
    "photo": (),
    "language": ("language",),
    "time_zone": ("time_zone",),
}
"""What is chosen from one record or the other, and the columns that hold it."""


def merge_persons(one_id: int, other_id: int, chosen: Mapping[str, int], actor_id: int | None) -> Person:
    """Make one record of two; the number of the other leads to it from then on. Raises DomainError.

    `chosen`: {name of FIELDS: id of the record whose value stays}. The higher number is kept whichever is chosen:
    SQLite gives the highest one again once it is free, and the audit trail and sessions must never mean another.
    Of what is private, the smaller of both audiences counts. Where both have an account, one is left; it signs in
    with the address that stays, and its password; the address of an account that counts no more is told.
    """
    if one_id == other_id:
        raise DomainError(_l("These are one record already."))
    gone_id, kept_id = sorted((one_id, other_id))
    with write() as session:
        lock_name("administrators")
        lock_groups(person_ids=(kept_id, gone_id))
        addresses = session.scalars(select(Person.email).where(Person.id.in_((kept_id, gone_id)))).all()
        for email in sorted(filter(None, addresses)):
            hold_email(email)
        records = {person_id: lock(Person, person_id) for person_id in (gone_id, kept_id)}
        if None in records.values():
            raise DomainError(_l("One of these records is no longer here. Someone may have merged them already."))
        if any(record is not None and record.erased_at is not None for record in records.values()):
            raise DomainError(_l("One of these people was erased. What is left of the record names nobody."))
        values = _values(records, chosen)  # type: ignore[arg-type]
        former = [record.recipient for record in records.values() if record and record.account]
        _choose_account(kept_id, gone_id, chosen.get("email", kept_id), values["email"])
        _choose_photo(kept_id, gone_id, chosen.get("photo", kept_id))
        session.flush()
        move_all(PERSON_JOINED, PERSON_MOVED, kept_id, gone_id, actor_id)
        session.execute(delete(Person).where(Person.id == gone_id))
        kept = session.get_one(Person, kept_id)
        for name, value in values.items():
            setattr(kept, name, value)
        for recipient in former:
            if recipient is not None and recipient.address != kept.email:
                mails.address_changed(recipient)
        audit.record("person.merged", kept, kept_id if actor_id == gone_id else actor_id, former_id=gone_id)
    return kept


def keep_apart(one_id: int, other_id: int, actor_id: int | None) -> None:
    """Remember that these are two people. Raises DomainError."""
    first_id, second_id = sorted((one_id, other_id))
    with write() as session:
        first, second = lock(Person, first_id), lock(Person, second_id)
        if first is None or second is None or first_id == second_id:
            raise DomainError(_l("One of these records is no longer here. Someone may have merged them already."))
        if session.get(DistinctPersons, (first_id, second_id)) is None:
            session.add(DistinctPersons(first_id=first_id, second_id=second_id, said_at=clock.now()))
            audit.record("person.kept_apart", first, actor_id, other_id=second_id)


def _values(records: Mapping[int, Person], chosen: Mapping[str, int]) -> dict[str, Any]:
    """What the one record will hold."""
    latest = max(records)
    values: dict[str, Any] = {}
    for name, columns in FIELDS.items():
        source = records.get(chosen.get(name, latest))
        if source is None:
            raise DomainError(_l("Choose from one of the two records."), name)
        values |= {column: getattr(source, column) for column in columns}
    one, other = records.values()
    for name in PRIVATE:
        column = f"{name}_audience"
        values[column] = stricter(getattr(one, column), getattr(other, column))
    values["created_at"] = min(one.created_at, other.created_at)
    values["demo"] = one.demo and other.demo
    return values


def _choose_account(kept_id: int, gone_id: int, chosen_id: int, email: str | None) -> None:
    """Where both have an account, both get the password of the one that stays; one of them goes later."""
    accounts = {
        account.person_id: account
        for account in writing().scalars(
            select(Account)
            .where(Account.person_id.in_((kept_id, gone_id)))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    if accounts and email is None:
        raise DomainError(_l("This person signs in with the address, so there has to be one."), "email")
    chosen = accounts.get(chosen_id)
    for account in accounts.values():
        account.pending_email = None
        if chosen is not None:
            account.password_hash = chosen.password_hash
        else:  # whoever made the double must not sign in as the one whose address stays
            account.password_hash = passwords.hash_password(secrets.token_urlsafe(32))


def _choose_photo(kept_id: int, gone_id: int, chosen_id: int) -> None:
    """The picture that is not chosen goes; one that is chosen where there is none means that neither stays."""
    other_id = gone_id if chosen_id == kept_id else kept_id
    writing().execute(delete(Photo).where(Photo.person_id == other_id))
