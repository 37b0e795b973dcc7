"""What an association says to those who applied in its name, one at a time or many at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.calls import mails
from app.calls.models import Call, Candidacy
from app.calls.rules import Step
from app.calls.service.moving import NotNow, locked_candidacy, place_last, reason_missing, step
from app.core.db import db, write, writing
from app.core.errors import DomainError
from app.membership.rules import Who


@dataclass
class Answered:
    """What became of one answer to many."""

    done: list[Candidacy] = field(default_factory=list)
    overtaken: list[Candidacy] = field(default_factory=list)
    """Those about whom something else had been decided before."""


def endorse(candidacy_id: int, actor_id: int | None) -> Candidacy:
    """Say the association's yes to someone who applied. Raises NotNow."""
    with write():
        candidacy = locked_candidacy(candidacy_id)
        _answer(candidacy, Step.ENDORSE, actor_id, None)
    return candidacy


def refuse(candidacy_id: int, actor_id: int | None, reason: str) -> Candidacy:
    """Say the association's no, and why. Raises NotNow, or DomainError without a reason."""
    with write():
        candidacy = locked_candidacy(candidacy_id)
        _answer(candidacy, Step.REFUSE, actor_id, reason)
    return candidacy


def answer_many(
    what: Step, candidacy_ids: Collection[int], actor_id: int | None, reason: str | None,
    may: Callable[[Candidacy], bool],
) -> Answered:  # fmt: skip
    """The same answer to many, in one transaction, in the order in which they applied.

    `may` says whether the actor answers one: a list that names another is refused whole. Raises DomainError.
    """
    answered = Answered()
    with write():
        if what == Step.REFUSE and not (reason or "").strip():
            raise reason_missing("reason")
        for candidacy_id in _in_order(candidacy_ids):
            candidacy = locked_candidacy(candidacy_id)
            if not may(candidacy):
                raise DomainError(_l("One of these is not yours to decide. Nothing was changed."))
            try:
                changed = _answer(candidacy, what, actor_id, reason)
            except NotNow:
                changed = False
            (answered.done if changed else answered.overtaken).append(candidacy)
    return answered


def _answer(candidacy: Candidacy, what: Step, actor_id: int | None, reason: str | None) -> bool:
    """Say it to a locked candidate; False for those to whom it was said already. Raises NotNow, DomainError."""
    if not step(candidacy, what, Who.FOCAL_POINT, actor_id, reason):
        return False
    if what == Step.ENDORSE:
        candidacy.endorsed, candidacy.reason = True, None
        place_last(candidacy)
        mails.endorsed(candidacy)
    else:
        candidacy.endorsed, candidacy.reason = False, reason
        mails.refused(candidacy)
    writing().flush()
    return True


def _in_order(candidacy_ids: Collection[int]) -> Sequence[int]:
    """By group and call first, so that locks are always taken in the same order; then as they applied."""
    found = select(Candidacy.id).join(Candidacy.call).where(Candidacy.id.in_(candidacy_ids))
    return db.session.scalars(found.order_by(Call.group_id, Call.id, Candidacy.began_at, Candidacy.id)).all()
