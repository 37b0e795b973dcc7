"""What coordinators decide: who of those who stand gets a seat, now or later from the reserve list."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.calls import audience, mails, rules
from app.calls.models import Call, Candidacy
from app.calls.rules import IN_PLAY, CallMove, CallState, Standing, Step
from app.calls.service.moving import NotNow, locked, locked_candidacy, move, step
from app.calls.words import NOT_NOW
from app.core import clock, dates
from app.core.db import write, writing
from app.core.errors import DomainError
from app.membership import service as membership
from app.membership.rules import OPEN, Who
from app.people import queries as people


def decide(call_id: int, chosen: Collection[int], actor_id: int | None) -> Call:
    """Choose among those who stand, once and for all of them; everyone is told. Raises NotNow, DomainError.

    The chosen get a seat, or an invitation where they have no account; the others stay on the reserve list, where the
    call keeps one. What is decided already and said once more by the same person changes nothing.
    """
    with write():
        call = locked(call_id)
        if call.state == CallState.DECIDED and call.moved_by_id == actor_id and _chosen_ids(call) >= set(chosen):
            return call
        if call.state != CallState.CLOSED:
            raise NotNow(call.id, NOT_NOW[CallState(call.state)])
        standing = _in_play(call)
        wanted = [one for one in standing if one.id in chosen]
        _check(call, wanted, chosen)
        move(call, CallMove.DECIDE, Who.COORDINATOR, actor_id)
        call.decided_at = clock.now()
        for one in wanted:
            step(one, Step.CHOOSE, Who.COORDINATOR, actor_id)
            _seat(one, actor_id)
        rest = rules.not_chosen(call.reserve_until, dates.today())
        for one in standing:
            if one not in wanted:
                step(one, rest, Who.COORDINATOR, actor_id)
                mails.not_chosen(one)
        _tell_associations(call, standing)
    return call


def take(candidacy_id: int, actor_id: int | None) -> Candidacy:
    """Give someone of the reserve list a seat. Raises NotNow, DomainError."""
    with write():
        candidacy = locked_candidacy(candidacy_id)
        call = candidacy.call
        if candidacy.state == Standing.RESERVE and not rules.reserve_holds(call.reserve_until, dates.today()):
            raise NotNow(call.id, _l("The reserve list is over."))
        if candidacy.state == Standing.RESERVE and call.one_per_association and _sits_for(candidacy):
            raise DomainError(_l("Someone of the same association sits there through this call already."))
        if step(candidacy, Step.TAKE, Who.COORDINATOR, actor_id):
            _seat(candidacy, actor_id)
            _tell_associations(call, [candidacy])
    return candidacy


def _check(call: Call, wanted: list[Candidacy], chosen: Collection[int]) -> None:
    """Whether these can be chosen together. Raises DomainError."""
    if len(wanted) < len(set(chosen)):
        raise DomainError(_l("Some of those whom you chose no longer stand. Look at the list once more."), "chosen")
    if not wanted:
        raise DomainError(_l("Choose at least one. If nobody suits, cancel the call and say why."), "chosen")
    if len(wanted) > call.seats:
        text = ngettext("This call is about %(num)d seat; you have chosen more people.",
                        "This call is about %(num)d seats; you have chosen more people.", call.seats)  # fmt: skip
        raise DomainError(text, "chosen")
    if call.one_per_association and rules.twice_there(one.association_id for one in wanted):
        raise DomainError(_l("This call takes one person of each association at most."), "chosen")


def _seat(candidacy: Candidacy, actor_id: int | None) -> None:
    """Take the chosen into the group; who is not invited by that is written to here. Raises DomainError."""
    if candidacy.association_id is not None and candidacy.association_id not in people.belongs_to(candidacy.person_id):
        text = _("%(name)s does not belong to this association.", name=candidacy.person.display_name)
        raise DomainError(text, "chosen")
    try:
        candidacy.membership = membership.take_in(
            candidacy.call.group, candidacy.person, candidacy.association, actor_id, endorsed=candidacy.endorsed
        )
    except DomainError as error:
        text = _("%(name)s: %(what)s", name=candidacy.person.display_name, what=error.message)
        raise DomainError(text, "chosen") from None
    writing().flush()
    mails.chosen(candidacy)


def _sits_for(candidacy: Candidacy) -> bool:
    """Whether another of the same association was chosen and is, or comes, into the group."""
    if candidacy.association_id is None:
        return False
    others = writing().scalars(
        select(Candidacy)
        .where(
            Candidacy.call_id == candidacy.call_id,
            Candidacy.association_id == candidacy.association_id,
            Candidacy.state == Standing.CHOSEN,
        )
        .options(joinedload(Candidacy.membership))
    )
    return any(one.membership is not None and one.membership.state in OPEN for one in others)


def _in_play(call: Call) -> list[Candidacy]:
    """Those who stand, locked, in the associations' order of preference."""
    return list(
        writing().scalars(
            select(Candidacy)
            .where(Candidacy.call_id == call.id, Candidacy.state.in_(IN_PLAY))
            .order_by(Candidacy.association_id, Candidacy.preference, Candidacy.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _chosen_ids(call: Call) -> set[int]:
    found = select(Candidacy.id).where(Candidacy.call_id == call.id, Candidacy.state == Standing.CHOSEN)
    return set(writing().scalars(found))


def _tell_associations(call: Call, decided: list[Candidacy]) -> None:
    """One mail to each association about its own candidates."""
    for association_id, speakers in audience.speakers_by_association(call).items():
        own = [one for one in decided if one.association_id == association_id]
        if own:
            mails.outcome(call, own, [item.person for item in speakers])
