"""What every move goes through: the locks, the deadline that may have passed meanwhile, the rules, the audit."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.calls import audience, mails
from app.calls.models import Call, Candidacy
from app.calls.rules import (
    CallMove,
    CallState,
    ReasonMissing,
    Refused,
    Standing,
    Step,
    next_call_state,
    next_standing,
)
from app.calls.words import NOT_NOW, STANDINGS
from app.core import audit, clock
from app.core.db import db, lock, writing
from app.core.errors import DomainError, Text
from app.membership.rules import Who
from app.membership.service.moving import lock_group


class NotNow(DomainError):
    """What was wanted cannot be done as things stand: says how they stand."""

    def __init__(self, call_id: int, message: Text) -> None:
        super().__init__(message)
        self.call_id = call_id


def locked(call_id: int) -> Call:
    """A call, locked after its group, as it stands now: one whose deadline has passed is closed."""
    group_id = db.session.scalar(select(Call.group_id).where(Call.id == call_id))
    assert group_id, "the view has found it"
    lock_group(group_id)
    call = lock(Call, call_id)
    assert call
    if call.now == CallState.CLOSED and call.state == CallState.OPEN:
        move(call, CallMove.CLOSE, Who.SYSTEM, None)
        mails.closed(call, audience.choosers(call))
    return call


def locked_candidacy(candidacy_id: int) -> Candidacy:
    """Someone who stands, locked after the call."""
    call_id = db.session.scalar(select(Candidacy.call_id).where(Candidacy.id == candidacy_id))
    assert call_id, "the view has found it"
    locked(call_id)
    candidacy = lock(Candidacy, candidacy_id)
    assert candidacy
    return candidacy


def move(call: Call, what: CallMove, by: Who, actor_id: int | None, reason: str | None = None) -> None:
    """Move a locked call. Raises NotNow, or DomainError without a needed reason."""
    before = CallState(call.state)
    try:
        call.state = next_call_state(before, what, by, reason)
    except ReasonMissing:
        raise reason_missing("reason") from None
    except Refused:
        raise NotNow(call.id, NOT_NOW[before]) from None
    call.moved_by_id = actor_id
    audit.record(f"call.{what}", call, actor_id, reason=reason)


def step(
    candidacy: Candidacy, what: Step, by: Who, actor_id: int | None, reason: str | None = None,
    to: Standing | None = None,
) -> bool:  # fmt: skip
    """Take a locked candidate a step further; False for those who stand there already. Raises NotNow, DomainError."""
    before, call = Standing(candidacy.state), candidacy.call
    try:
        candidacy.state = next_standing(before, what, by, CallState(call.state), reason, to)
    except ReasonMissing:
        raise reason_missing("reason") from None
    except Refused:
        if before == _leads_to(what):
            return False
        raise NotNow(call.id, _why_not(candidacy)) from None
    candidacy.moved_at = clock.now()
    note(candidacy, what, actor_id, before)
    return True


def note(candidacy: Candidacy, what: Step, actor_id: int | None, before: Standing | None) -> None:
    """Put a step into the audit trail; what people wrote stays with the candidacy."""
    details = {"from": before, "to": candidacy.state}
    audit.record(f"candidacy.{what}", candidacy, actor_id, call_id=candidacy.call_id,
                 **{key: value for key, value in details.items() if value})  # fmt: skip


def in_preference(call_id: int, association_id: int) -> list[Candidacy]:
    """The candidates of an association that have a place in its order of preference, in that order."""
    return list(
        writing().scalars(
            select(Candidacy)
            .where(
                Candidacy.call_id == call_id,
                Candidacy.association_id == association_id,
                Candidacy.preference.is_not(None),
            )
            .order_by(Candidacy.preference)
        )
    )


def number(ordered: list[Candidacy]) -> None:
    """Give places from 1 on; first all are taken away, as no two may have the same for an instant."""
    for one in ordered:
        one.preference = None
    writing().flush()
    for place, one in enumerate(ordered, 1):
        one.preference = place
    writing().flush()


def place_last(candidacy: Candidacy) -> None:
    """Give an endorsed candidate the last place in the association's order of preference."""
    if candidacy.association_id is not None and candidacy.preference is None:
        writing().flush()
        candidacy.preference = len(in_preference(candidacy.call_id, candidacy.association_id)) + 1


def unplace(candidacy: Candidacy) -> None:
    """Take a candidate out of the order of preference; who comes after moves up."""
    if candidacy.association_id is None or candidacy.preference is None:
        return
    others = [one for one in in_preference(candidacy.call_id, candidacy.association_id) if one.id != candidacy.id]
    candidacy.preference = None
    number(others)


def reason_missing(field: str) -> DomainError:
    """A reason is needed, beside its field."""
    return DomainError(_l("This is needed."), field)


def _leads_to(what: Step) -> Standing | None:
    return {
        Step.ENDORSE: Standing.READY,
        Step.REFUSE: Standing.REFUSED,
        Step.WITHDRAW: Standing.WITHDRAWN,
        Step.TAKE_BACK: Standing.WITHDRAWN,
        Step.TAKE: Standing.CHOSEN,
    }.get(what)


def _why_not(candidacy: Candidacy) -> Text:
    """How things stand: with the call, where that is what hinders, else with the candidate."""
    state = CallState(candidacy.call.state)
    if state != CallState.OPEN:
        return NOT_NOW[state]
    text = _("It stands like this now: %(state)s.", state=STANDINGS[Standing(candidacy.state)][0])
    return str(text)
