"""What experts and their associations do: apply, nominate, put in order, withdraw."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.calls import mails, rules
from app.calls.models import Call, Candidacy
from app.calls.rules import IN_PLAY, CallState, Standing, Step
from app.calls.service.moving import (
    NotNow,
    in_preference,
    locked,
    locked_candidacy,
    note,
    number,
    place_last,
    reason_missing,
    step,
    unplace,
)
from app.calls.words import NOT_NOW
from app.core import audit, clock
from app.core.db import lock, write, writing
from app.core.errors import DomainError
from app.membership import queries as membership
from app.membership.nominees import Nominee
from app.membership.rules import State, Who
from app.membership.service.moving import association_for
from app.membership.service.nominating import colleague
from app.people import queries as people
from app.people.models import SPEAKING, Association, Person


def apply(person_id: int, call_id: int, motivation: str, association_id: int | None = None) -> Candidacy:
    """Stand for a call, or say something else about it until the deadline. Raises NotNow, DomainError.

    It goes to the focal points of the association first, where there are any. `association_id` is needed only of those
    who belong to several associations.
    """
    with write():
        call = _locked_open(call_id)
        if not motivation.strip():
            raise reason_missing("motivation")
        present = _present(call, person_id)
        if present is not None and present.state in IN_PLAY:
            if present.motivation != motivation:
                present.motivation = motivation
                audit.record("candidacy.changed", present, person_id, call_id=call.id)
            return present
        person = people.person(person_id)
        assert person
        association = association_for(person, association_id)
        _check(call, person, association)
        speakers = [item.person for item in people.speakers_of(association.id)] if association else []
        speaks = _speaks(person, association)
        candidacy = present or _new(call, person, association)
        candidacy.association, candidacy.motivation, candidacy.endorsed = association, motivation, speaks
        candidacy.reason = None
        to = Standing.TO_ENDORSE if speakers and not speaks else Standing.READY
        _move(candidacy, Step.APPLY, Who.EXPERT, person_id, present is None, motivation, to)
        if speaks:
            place_last(candidacy)
        if to == Standing.TO_ENDORSE:
            mails.to_endorse(candidacy, speakers)
        mails.applied(candidacy)
    return candidacy


def nominate(
    call_id: int, association_id: int, nominees: Sequence[Nominee], recommendation: str | None, actor_id: int | None
) -> list[Candidacy]:
    """Let colleagues stand for a call, all or none of them, after those who stand already. Raises NotNow, DomainError.

    Who has applied is endorsed by it; who is nominated already is left as they are.
    """
    made = []
    with write() as session:
        call = _locked_open(call_id)
        association = session.get(Association, association_id)
        assert association, "the view has found it"
        for nominee in nominees:
            person = colleague(nominee, association, actor_id)
            present = _present(call, person.id)
            if present is not None and present.state == Standing.READY and present.association_id == association.id:
                continue
            _check(call, person, association)
            if present is not None and present.association_id != association.id and present.state in IN_PLAY:
                raise DomainError(_("%(name)s stands for another association.", name=person.display_name), "nominees")
            candidacy = present or _new(call, person, association)
            candidacy.association, candidacy.endorsed, candidacy.reason = association, True, None
            candidacy.recommendation, candidacy.nominated_by_id = recommendation, actor_id
            _move(candidacy, Step.NOMINATE, Who.FOCAL_POINT, actor_id, present is None)
            place_last(candidacy)
            mails.nominated(candidacy)
            made.append(candidacy)
    return made


def withdraw(candidacy_id: int, actor_id: int) -> Candidacy:
    """Stand no longer: one's own application, the nomination by the association, the place on the reserve list."""
    with write():
        candidacy = locked_candidacy(candidacy_id)
        if step(candidacy, Step.WITHDRAW, Who.EXPERT, actor_id):
            unplace(candidacy)
            mails.withdrawn(candidacy)
    return candidacy


def take_back(candidacy_id: int, actor_id: int | None) -> Candidacy:
    """Take the association's word back: who was nominated or endorsed stands no longer, and is told. Raises NotNow."""
    with write():
        candidacy = locked_candidacy(candidacy_id)
        if step(candidacy, Step.TAKE_BACK, Who.FOCAL_POINT, actor_id):
            candidacy.endorsed = False
            unplace(candidacy)
            mails.taken_back(candidacy)
    return candidacy


def rank(call_id: int, association_id: int, wanted: dict[int, int | None], actor_id: int | None) -> list[Candidacy]:
    """Put an association's candidates in order of preference, by the numbers given to them. Raises NotNow."""
    with write():
        call = _locked_open(call_id)
        present = {one.id: one for one in in_preference(call.id, association_id)}
        ordered = rules.in_order(wanted, list(present))
        if ordered != list(present):
            number([present[one] for one in ordered])
            audit.record("call.ranked", call, actor_id, association_id=association_id, order=ordered)
        return [present[one] for one in ordered]


def _locked_open(call_id: int) -> Call:
    """A call that is open, locked. Raises NotNow."""
    call = locked(call_id)
    if call.state != CallState.OPEN:
        raise NotNow(call.id, NOT_NOW[CallState(call.state)])
    return call


def _present(call: Call, person_id: int) -> Candidacy | None:
    found = writing().scalar(select(Candidacy.id).where(Candidacy.call_id == call.id, Candidacy.person_id == person_id))
    return lock(Candidacy, found) if found else None


def _new(call: Call, person: Person, association: Association | None) -> Candidacy:
    """Someone who has not stood for this call so far. Raises DomainError where there are too many."""
    own = Candidacy.association_id == (association.id if association else None)
    standing = writing().scalar(select(func.count()).where(Candidacy.call_id == call.id, own)) or 0
    if association is not None and standing >= rules.MOST_CANDIDATES:
        text = _("At most %(number)d people of an association can stand for a call.", number=rules.MOST_CANDIDATES)
        raise DomainError(text)
    return Candidacy(call=call, person=person, association=association, began_at=clock.now(), moved_at=clock.now())


def _move(
    candidacy: Candidacy, what: Step, by: Who, actor_id: int | None, new: bool, reason: str | None = None,
    to: Standing | None = None,
) -> None:  # fmt: skip
    """The first step of someone new, or one more of someone known."""
    if not new:
        step(candidacy, what, by, actor_id, reason, to)
        return
    candidacy.state = rules.next_standing(None, what, by, CallState(candidacy.call.state), reason, to)
    writing().add(candidacy)
    writing().flush()
    note(candidacy, what, actor_id, None)


def _check(call: Call, person: Person, association: Association | None) -> None:
    """Whether a person can stand for the association. Raises DomainError."""
    if not call.is_for(association.id if association else None):
        raise DomainError(_l("This call is for other associations."), "association")
    present = membership.open_membership(person.id, call.group_id)
    if present is not None and present.state == State.ACTIVE:
        raise DomainError(_("%(name)s is in the group already.", name=person.display_name))


def _speaks(person: Person, association: Association | None) -> bool:
    """Whether the person speaks for the association, so that applying says its yes."""
    return association is not None and any(
        item.function in SPEAKING and item.association_id == association.id
        for item in people.current_affiliations(person)
    )
