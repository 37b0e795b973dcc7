"""Reads of calls and candidates for pages, policies and other features."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.calls.models import Call, Candidacy, call_associations
from app.calls.rules import HOPING, IN_PLAY, CallState, Standing
from app.core import clock
from app.core.db import db
from app.core.pagination import Page, paginate
from app.groups.models import WorkingGroup
from app.membership import policy as membership
from app.people import queries as people
from app.people.models import Affiliation, Person
from app.people.viewer import Viewer

_WITH_GROUP = joinedload(Call.group).joinedload(WorkingGroup.community)
_ENTIRE = (
    joinedload(Candidacy.person),
    joinedload(Candidacy.association),
    joinedload(Candidacy.membership),
    joinedload(Candidacy.call).joinedload(Call.group).joinedload(WorkingGroup.community),
)
PAGE = 20
"""Calls on one page of a list."""


def call(call_id: int) -> Call | None:
    """A call with its group, community and the associations it is limited to."""
    return db.session.get(Call, call_id, options=[_WITH_GROUP, selectinload(Call.limited_to)])


def candidacies(ids: Collection[int]) -> Sequence[Candidacy]:
    """Several candidates, who applied first first."""
    found = select(Candidacy).where(Candidacy.id.in_(ids)).options(*_ENTIRE)
    return db.session.scalars(found.order_by(Candidacy.began_at, Candidacy.id)).all()


def candidacy(candidacy_id: int) -> Candidacy | None:
    """A candidate with person, association, membership and call."""
    return db.session.get(Candidacy, candidacy_id, options=_ENTIRE)


def open_now() -> ColumnElement[bool]:
    """The call is open at this instant: what `rules.standing` says, for the database."""
    return and_(Call.state == CallState.OPEN, Call.deadline_at > clock.now())


def past_deadline() -> ColumnElement[bool]:
    """The call waits for the choice of the coordinators."""
    return or_(Call.state == CallState.CLOSED, and_(Call.state == CallState.OPEN, Call.deadline_at <= clock.now()))


def open_page(viewer: Viewer, number: int) -> Page[Call]:
    """A page of the calls that are open, of groups that the viewer finds, those that close soonest first."""
    found = _calls().where(open_now(), membership.sight(viewer, Call.group_id))
    return paginate(found.order_by(Call.deadline_at, Call.id), number, PAGE)


def open_calls(viewer: Viewer, limit: int | None, group_id: int | None = None) -> Sequence[Call]:
    """The calls that are open, of groups that the viewer finds, those that close soonest first; of one, or of all."""
    found = _calls().where(open_now(), membership.sight(viewer, Call.group_id))
    if group_id is not None:
        found = found.where(Call.group_id == group_id)
    return db.session.scalars(found.order_by(Call.deadline_at, Call.id).limit(limit)).all()


def open_for(viewer: Viewer, association_ids: Collection[int], limit: int) -> Sequence[Call]:
    """The open calls that people of one of these associations can stand for, those that close soonest first."""
    limited = exists().where(call_associations.c.call_id == Call.id)
    named = exists().where(
        call_associations.c.call_id == Call.id, call_associations.c.association_id.in_(association_ids)
    )
    found = _calls().where(open_now(), or_(~limited, named), membership.sight(viewer, Call.group_id))
    return db.session.scalars(found.order_by(Call.deadline_at, Call.id).limit(limit)).all()


def of_group(group_id: int, number: int, *, with_drafts: bool) -> Page[Call]:
    """A page of all calls of a group, the newest first; drafts, and what never was more, only where asked for."""
    return paginate(_of_group(group_id, with_drafts), number, PAGE)


def all_of_group(group_id: int, *, with_drafts: bool) -> Sequence[Call]:
    """What the pages of `of_group` show, at once."""
    return db.session.scalars(_of_group(group_id, with_drafts)).all()


def to_choose(group_ids: Collection[int] | None, limit: int) -> Sequence[Call]:
    """The calls of these groups, or of all for None, whose deadline has passed, the oldest deadline first."""
    found = _calls().where(past_deadline())
    if group_ids is not None:
        found = found.where(Call.group_id.in_(group_ids))
    return db.session.scalars(found.order_by(Call.deadline_at, Call.id).limit(limit)).all()


def candidates(call_id: int) -> Sequence[Candidacy]:
    """All who stand or stood for a call: by association and its order of preference, those without one last."""
    return db.session.scalars(_candidates().where(Candidacy.call_id == call_id)).all()


def candidates_of(call_id: int, association_id: int) -> Sequence[Candidacy]:
    """Those of one association, in its order of preference."""
    return db.session.scalars(
        _candidates().where(Candidacy.call_id == call_id, Candidacy.association_id == association_id)
    ).all()


def own(person_id: int, call_id: int) -> Candidacy | None:
    """Where a person stands in a call."""
    found = select(Candidacy).where(Candidacy.person_id == person_id, Candidacy.call_id == call_id)
    return db.session.scalar(found.options(*_ENTIRE))


def of_person(person_id: int, limit: int) -> Sequence[Candidacy]:
    """The calls that a person stands or stood for, the latest move first."""
    return db.session.scalars(
        select(Candidacy)
        .where(Candidacy.person_id == person_id)
        .options(*_ENTIRE)
        .order_by(Candidacy.moved_at.desc(), Candidacy.id.desc())
        .limit(limit)
    ).all()


def hopes_of(person_id: int) -> Sequence[Candidacy]:
    """What someone stands for and may still be chosen for, in the order in which groups are locked."""
    return db.session.scalars(
        select(Candidacy)
        .join(Candidacy.call)
        .where(Candidacy.person_id == person_id, _is_open())
        .options(*_ENTIRE)
        .order_by(Call.group_id, Call.id)
    ).all()


def hopes_for(person_id: int, association_id: int) -> list[Candidacy]:
    """The same, of what they stand for in an association's name."""
    return [one for one in hopes_of(person_id) if one.association_id == association_id]


def groups_of_hopes(person_id: int, association_id: int) -> list[int]:
    """The groups of those calls, in the order in which every command locks them."""
    return sorted({one.call.group_id for one in hopes_for(person_id, association_id)})


def left_behind() -> Sequence[tuple[int, int]]:
    """(person id, association id) of those who stand for an association that they no longer belong to."""
    over = select(Affiliation.id).where(
        Affiliation.person_id == Candidacy.person_id, Affiliation.association_id == Candidacy.association_id
    )
    found = (
        select(Candidacy.person_id, Candidacy.association_id)
        .join(Candidacy.call)
        .where(_is_open(), over.exists(), ~over.where(people.not_over()).exists())
        .distinct()
    )
    return [(person_id, association_id) for person_id, association_id in db.session.execute(found) if association_id]


def to_endorse(association_ids: Collection[int], limit: int | None) -> Sequence[Candidacy]:
    """Who has applied and waits for the word of these associations, while a call is not decided; the oldest first.

    All of them where there is no limit.
    """
    return db.session.scalars(
        select(Candidacy)
        .join(Candidacy.call)
        .where(_waits_for_endorsement(association_ids))
        .options(
            joinedload(Candidacy.person),
            joinedload(Candidacy.association),
            contains_eager(Candidacy.call).joinedload(Call.group).joinedload(WorkingGroup.community),
        )
        .order_by(Candidacy.began_at, Candidacy.id)
        .limit(limit)
    ).all()


def to_endorse_count(association_ids: Collection[int]) -> int:
    """How many have applied and wait for the word of these associations."""
    found = select(func.count()).select_from(Candidacy).join(Candidacy.call)
    return db.session.scalar(found.where(_waits_for_endorsement(association_ids))) or 0


def numbers(call_ids: Collection[int], association_id: int | None = None) -> dict[int, int]:
    """{call id: how many are in the running}; of one association, or of all for None."""
    found = select(Candidacy.call_id, func.count()).where(Candidacy.call_id.in_(call_ids), Candidacy.state.in_(IN_PLAY))
    if association_id is not None:
        found = found.where(Candidacy.association_id == association_id)
    return dict(db.session.execute(found.group_by(Candidacy.call_id)).all())


def _is_open() -> ColumnElement[bool]:
    """Whoever stands may still be chosen, now or from the reserve list."""
    return and_(Candidacy.state.in_(HOPING), Call.state.in_((CallState.OPEN, CallState.CLOSED, CallState.DECIDED)))


def _waits_for_endorsement(association_ids: Collection[int]) -> ColumnElement[bool]:
    return and_(
        Candidacy.association_id.in_(association_ids),
        Candidacy.state == Standing.TO_ENDORSE,
        Call.state.in_((CallState.OPEN, CallState.CLOSED)),
    )


def _calls() -> Select[Call]:
    return select(Call).options(_WITH_GROUP)


def _of_group(group_id: int, with_drafts: bool) -> Select[Call]:
    found = _calls().where(Call.group_id == group_id)
    if not with_drafts:
        found = found.where(Call.opened_at.is_not(None))
    return found.order_by(Call.created_at.desc(), Call.id.desc())


def _candidates() -> Select[Candidacy]:
    return (
        select(Candidacy)
        .join(Candidacy.person)
        .options(
            contains_eager(Candidacy.person),
            joinedload(Candidacy.association),
            joinedload(Candidacy.membership),
            joinedload(Candidacy.nominated_by),
        )
        .order_by(
            Candidacy.association_id.is_(None),
            Candidacy.association_id,
            Candidacy.preference.is_(None),
            Candidacy.preference,
            Person.search_text,
            Candidacy.id,
        )
    )
