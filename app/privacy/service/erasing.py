"""Doing what was asked, once the pause is over; and doing it again after a backup was restored."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from sqlalchemy import select, update

from app.core import audit, clock
from app.core.db import lock, write, writing
from app.core.settings import settings
from app.people import queries as people
from app.people.models import Person
from app.privacy import journal, mails, queries
from app.privacy.features import FEATURES
from app.privacy.models import Erasure, ErasureState, Origin
from app.privacy.rules import Erased, pause_end, to_erase_again
from app.privacy.service.asking import LastAdministrator, let_be, refuse_last_administrator

log = logging.getLogger(__name__)


def erase_due() -> int:
    """Erase everyone whose pause is over, one transaction each; how many. Several workers may do it at once.

    Raises what has stopped one of them, once all have been tried.
    """
    done, failure = 0, None
    for erasure_id in queries.due(clock.now()):
        try:
            done += _erase_if_due(erasure_id)
        except LastAdministrator:
            log.warning("the last administrator cannot be erased", extra={"erasure_id": erasure_id})
        except Exception as error:  # whatever holds up one must not hold up the others
            log.exception("an erasure failed", extra={"erasure_id": erasure_id})
            failure = error
    if failure is not None:
        raise failure
    return done


def erase_again(lines: Iterable[Erased]) -> int:
    """Erase those whom a restored backup has brought back, within its transaction; how many."""
    session = writing()
    known = {person.id: person.created_at for person in session.execute(select(Person.id, Person.created_at))}
    number = 0
    for line in to_erase_again(lines, known):
        person = session.get_one(Person, line.person_id, populate_existing=True)
        if person.erased_at is None:
            _erase(person, line)
            number += 1
    return number


def begin_pauses_anew() -> int:
    """After a backup was restored, within its transaction: all pending erasures wait once more; how many.

    Someone may have withdrawn after the backup was made, and would be erased against their will.
    """
    session = writing()
    pending = session.scalars(select(Erasure).where(Erasure.state == ErasureState.PENDING)).all()
    for erasure in pending:
        erasure.due_at = pause_end(clock.now(), settings().erasure_pause_days)
        mails.asked(erasure)
    return len(pending)


def _erase_if_due(erasure_id: int) -> bool:
    with write():
        erasure = lock(Erasure, erasure_id)
        if erasure is None or not erasure.is_pending or erasure.due_at > clock.now():
            return False
        person = erasure.person
        if _was_seen(erasure):
            let_be(erasure, None)
            return False
        refuse_last_administrator(person.id)
        line = Erased(person.id, clock.now())
        former = people.former_ids(person.id)  # records that were merged: an older backup has them by themselves
        _erase(person, line)
        for person_id in (line.person_id, *former):  # before the commit: no restored backup brings back who is erased
            journal.append(Erased(person_id, line.at))
    log.info("erased", extra={"person_id": line.person_id})
    return True


def _was_seen(erasure: Erasure) -> bool:
    """Whether someone thought lost has signed in meanwhile."""
    account = erasure.person.account
    seen = account.last_sign_in_at if account else None
    return erasure.origin == Origin.RETENTION and seen is not None and seen > erasure.asked_at


def _erase(person: Person, line: Erased) -> None:
    """Let each feature erase what it keeps, in the present transaction."""
    session = writing()
    for feature in FEATURES:
        feature.erase(person)
    person.erased_at = line.at
    session.execute(
        update(Erasure)
        .where(Erasure.person_id == person.id, Erasure.state == ErasureState.PENDING)
        .values(state=ErasureState.DONE, ended_at=line.at)
    )
    audit.record("person.erased", person, None)
    session.flush()
