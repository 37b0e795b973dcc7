"""Who runs the installation: the first administrator, whom nobody could appoint, and those who follow."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, clock
from app.core.db import lock_name, write, writing
from app.core.errors import DomainError
from app.people import passwords, queries, rules
from app.people.models import Account, Person
from app.people.service.persons import NewPerson, enter_person


class AlreadyRun(DomainError):
    """There are administrators; another is appointed by one of them."""

    def __init__(self) -> None:
        super().__init__("There is an administrator already.")


def first_administrator(new: NewPerson, password: str) -> Person:
    """Make the first administrator, with an account. Raises AlreadyRun, or DomainError for what a rule refuses.

    Someone known by that address becomes administrator; an account that they have already gets the new password.
    """
    if not new.email:
        raise ValueError("an administrator signs in with an address")
    rules.check_password(password, new.email, new.full_name)
    password_hash = passwords.hash_password(password)
    with write() as session:
        lock_name("administrators")
        if queries.administrators():
            raise AlreadyRun
        person = enter_person(new, None)
        account = session.scalar(select(Account).where(Account.person_id == person.id).with_for_update())
        if account is None:
            account = Account(person=person, password_hash=password_hash, created_at=clock.now())
            session.add(account)
        else:
            account.password_hash = password_hash
            account.session_epoch += 1
        account.is_administrator = True
        session.flush()
        audit.record("administrator.appointed", person, None)
    return person


def make_administrator(person_id: int, actor_id: int | None) -> None:
    """Let a person with an account run the installation. Raises DomainError."""
    with write():
        lock_name("administrators")
        _still_administrator(actor_id)
        account = _account(person_id)
        if not account.is_administrator:
            account.is_administrator = True
            audit.record("administrator.appointed", account.person, actor_id)


def dismiss_administrator(person_id: int, actor_id: int | None) -> None:
    """Take the role back; the last administrator stays. Raises DomainError."""
    with write():
        lock_name("administrators")
        _still_administrator(actor_id)
        account = _account(person_id)
        if not account.is_administrator:
            raise DomainError(_l("This person is no administrator."))
        if [person.id for person in queries.administrators()] == [person_id]:
            raise DomainError(_l("Someone has to run this installation: appoint another administrator first."))
        account.is_administrator = False
        audit.record("administrator.dismissed", account.person, actor_id)


def _account(person_id: int) -> Account:
    account = writing().scalar(
        select(Account)
        .where(Account.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if account is None:
        raise DomainError(_l("Only someone who has an account can be an administrator."))
    return account


def _still_administrator(actor_id: int | None) -> None:
    """Whoever decides on administrators must be one now; None is the system."""
    if actor_id is not None and not _account(actor_id).is_administrator:
        raise DomainError(_l("You are no longer an administrator."))
