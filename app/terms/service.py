"""Commands of terms: writing, publishing, accepting."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.core import audit, clock, conflicts, dates, i18n
from app.core.db import lock_name, write, writing
from app.core.errors import DomainError
from app.core.i18n import with_others
from app.core.settings import settings
from app.people.models import Person
from app.terms import queries
from app.terms.models import TermsAcceptance, TermsAsking, TermsVersion
from app.terms.rules import LONGEST, Kind


class NotAccepted(DomainError):
    """Something that is in force has to be accepted first."""

    def __init__(self) -> None:
        super().__init__(_l("Read the terms of participation and accept them: a seat comes with them."), "accepts")


def save_draft(
    kind: Kind, texts: Mapping[str, str], *, again: bool, version: int, actor_id: int | None
) -> TermsVersion:
    """Write the next version of a text, or change what is written of it. `version` is 0 where there was no draft.

    Raises EditConflict, DomainError.
    """
    if not any(texts.values()):
        raise DomainError(_l("Write the text in one language at least."), "texts")
    if any(len(text) > LONGEST for text in texts.values()):
        raise DomainError(_l("This text is too long."), "texts")
    with write() as session:
        lock_name(f"terms:{kind}")
        draft = queries.draft(kind)
        if draft is None:
            draft = TermsVersion(
                kind=kind, number=_next_number(kind), texts=with_others(texts, {}), again=again, created_at=clock.now()
            )
            session.add(draft)
            audit.record("terms.drafted", draft, actor_id, kind=kind, number=draft.number)
            return draft
        before = {"texts": dict(draft.texts), "again": draft.again}
        after = {"texts": with_others(texts, draft.texts), "again": again}
        changed = [name for name, value in after.items() if before[name] != value]
        if changed:
            conflicts.check_version(draft.version, version, before)
            draft.texts, draft.again = dict(after["texts"]), again  # type: ignore[call-overload]
            audit.record("terms.edited", draft, actor_id, kind=kind, number=draft.number, fields=changed)
    return draft


def discard_draft(kind: Kind, actor_id: int | None) -> None:
    """Throw away what is written of a text's next version; nothing where there is nothing."""
    with write() as session:
        lock_name(f"terms:{kind}")
        draft = queries.draft(kind)
        if draft is not None:
            audit.record("terms.discarded", draft, actor_id, kind=kind, number=draft.number)
            session.delete(draft)


def publish(kind: Kind, valid_from: date, *, version: int, actor_id: int | None) -> TermsVersion:
    """Let the draft of a text be in force from a day on; nothing of it changes any more. Raises DomainError."""
    with write():
        lock_name(f"terms:{kind}")
        draft = queries.draft(kind)
        if draft is None:
            raise DomainError(_l("There is no draft of this text any more."))
        if draft.version != version:
            raise DomainError(
                _l("Someone changed the draft after you opened this page. Read it again, then publish it.")
            )
        if any(not (draft.texts.get(code) or "").strip() for code in settings().languages):
            raise DomainError(_l("The text is not there in every language yet."))
        if valid_from < dates.today():
            raise DomainError(_l("Choose today or a day that comes."), "valid_from")
        latest = _latest_beginning(kind)
        if latest is not None and valid_from < latest:
            text = _l("A version is published that begins on %(day)s. Choose that day or a later one.",
                      day=dates.day(latest))  # fmt: skip
            raise DomainError(text, "valid_from")
        draft.valid_from, draft.published_at = valid_from, clock.now()
        audit.record("terms.published", draft, actor_id, kind=kind, number=draft.number, again=draft.again,
                     valid_from=str(valid_from))  # fmt: skip
    return draft


def accept(person_id: int, version_ids: Collection[int]) -> None:
    """Accept these versions. Raises DomainError where they are not all that has to be accepted."""
    with write():
        note_accepted(person_id, version_ids)
        require(person_id)


def require(person_id: int) -> None:
    """Within a transaction: refuse what needs the terms in force to have been accepted. Raises NotAccepted."""
    if queries.due_ids(person_id):
        raise NotAccepted


def note_accepted(person_id: int, version_ids: Collection[int]) -> None:
    """Within a transaction: put down what a person accepts now, of what they have to accept."""
    take_turns(person_id)  # who asks to join two groups in the same instant accepts once
    due = [version_id for version_id in queries.due_ids(person_id) if version_id in version_ids]
    if not due:
        return
    now, language = clock.now(), i18n.language()
    session = writing()
    session.add_all(
        TermsAcceptance(person_id=person_id, version_id=version_id, accepted_at=now, language=language)
        for version_id in due
    )
    person = session.get_one(Person, person_id)
    audit.record("terms.accepted", person, person_id, versions=due)
    session.flush()


def take_turns(person_id: int) -> None:
    """Within a transaction: let what concerns the terms of one person happen one after the other."""
    lock_name(f"terms of:{person_id}")


def note_asked(person_id: int) -> None:
    """Within a transaction: a person is being written to about terms."""
    take_turns(person_id)
    session = writing()
    asking = session.get(TermsAsking, person_id)
    if asking is None:
        session.add(TermsAsking(person_id=person_id, asked_at=clock.now()))
    else:
        asking.asked_at = clock.now()


def _next_number(kind: Kind) -> int:
    last = writing().scalar(select(func.max(TermsVersion.number)).where(TermsVersion.kind == kind))
    return (last or 0) + 1


def _latest_beginning(kind: Kind) -> date | None:
    return writing().scalar(select(func.max(TermsVersion.valid_from)).where(TermsVersion.kind == kind))
