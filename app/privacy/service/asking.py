"""Asking for erasure, and thinking better of it: one transaction each."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from app.core import audit, clock
from app.core.db import lock, lock_name, violated, write, writing
from app.core.errors import DomainError
from app.core.settings import settings
from app.people import queries as people
from app.people import tokens
from app.people.models import Person
from app.people.service import accounts
from app.privacy import mails, queries
from app.privacy.models import Erasure, ErasureState, Origin
from app.privacy.rules import pause_end


class LastAdministrator(DomainError):
    """Someone has to run the installation."""

    def __init__(self) -> None:
        super().__init__(
            _l("You are the only administrator. Appoint another one first: someone has to run this installation.")
        )


def ask(account_id: int, password: str, address: str) -> Erasure:
    """One's own erasure, asked for with the password; the pending one where there is one.

    Raises LastAdministrator, TooManyAttempts, DomainError.
    """
    proven = accounts.prove(account_id, password, address, field="password")
    try:
        with write():
            account = accounts.still_proven(account_id, proven)
            refuse_last_administrator(account.person_id)
            return begin(account.person, Origin.PERSON, account.person_id)
    except IntegrityError as error:
        return _begun_meanwhile(error, person_id=_person_of(account_id))


def ask_by_letter(person_id: int, actor_id: int | None) -> Erasure:
    """The erasure of someone without an account, who has written to the secretariat. Raises DomainError."""
    try:
        with write():
            person = lock(Person, person_id)
            if person is None or person.erased_at is not None:
                raise DomainError(_l("This person is no longer here."))
            if person.account is not None:
                raise DomainError(_l("This person has an account and asks for erasure there, with the password."))
            return begin(person, Origin.LETTER, actor_id)
    except IntegrityError as error:
        return _begun_meanwhile(error, person_id=person_id)


def withdraw(erasure_id: int, actor_id: int | None) -> bool:
    """Let everything stay; False where it was withdrawn already. Raises DomainError where it is done."""
    with write():
        erasure = lock(Erasure, erasure_id)
        if erasure is None or erasure.state == ErasureState.DONE:
            raise DomainError(_l("It is done already and cannot be taken back."))
        if not erasure.is_pending:
            return False
        let_be(erasure, actor_id)
    return True


def read_link(token: str) -> Erasure:
    """The erasure that a link from a mail is about. Raises LinkIsOver."""
    data = tokens.read(tokens.KEEP, token)
    erasure = queries.erasure(data["id"])
    if erasure is None or tokens.mark(erasure.person.email or "") != data["mark"]:
        raise tokens.LinkIsOver(_l("The data were erased already and cannot be brought back."))
    if not erasure.is_pending:
        raise tokens.LinkIsOver(_l("The erasure was withdrawn already: everything stays as it was."))
    return erasure


def begin(person: Person, origin: Origin, actor_id: int | None) -> Erasure:
    """Begin the pause, within a transaction; the pending erasure where there is one."""
    known = queries.pending_of(person.id)
    if known is not None:
        return known
    now = clock.now()
    erasure = Erasure(
        person=person,
        origin=origin,
        asked_at=now,
        asked_by_id=actor_id,
        due_at=pause_end(now, settings().erasure_pause_days),
    )
    writing().add(erasure)
    writing().flush()
    audit.record("erasure.asked", person, actor_id, origin=origin)
    mails.asked(erasure)
    return erasure


def let_be(erasure: Erasure, actor_id: int | None) -> None:
    """Withdraw a pending erasure, within a transaction."""
    erasure.state, erasure.ended_at = ErasureState.WITHDRAWN, clock.now()
    audit.record("erasure.withdrawn", erasure.person, actor_id)
    mails.withdrawn(erasure)


def refuse_last_administrator(person_id: int) -> None:
    """Raises LastAdministrator where nobody would be left to run the installation; within a transaction."""
    lock_name("administrators")
    if [person.id for person in people.administrators()] == [person_id]:
        raise LastAdministrator


def _begun_meanwhile(error: IntegrityError, person_id: int) -> Erasure:
    """Asked twice in the same instant: the one that was faster counts."""
    pending = queries.pending_of(person_id) if violated(error) == "uq_erasures_pending" else None
    if pending is None:
        raise error
    return pending


def _person_of(account_id: int) -> int:
    account = people.account(account_id)
    assert account
    return account.person_id
