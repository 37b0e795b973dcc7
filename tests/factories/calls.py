"""Calls and candidates for tests; what the services would do, without their mails."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.calls.models import Call, Candidacy
from app.calls.rules import CallState, Standing
from app.core import clock, zones
from app.core.db import db
from app.groups.models import WorkingGroup
from app.people import queries as people
from app.people.models import Association, Person
from tests.factories.people import LONG_AGO, make_affiliation

ZONE = "Europe/Brussels"


def make_call(
    group: WorkingGroup,
    state: CallState = CallState.OPEN,
    *,
    deadline: datetime | None = None,
    limited_to: tuple[Association, ...] = (),
    **values: object,
) -> Call:
    """A call in any state. `deadline` is a wall-clock time in Brussels: in ten days, or two days ago once it passed."""
    days = -2 if state in (CallState.CLOSED, CallState.DECIDED) else 10
    fields = {
        "titles": {"en": "Heat experts", "fr": "Experts en chaleur"},
        "profiles": {"en": "Someone who **knows** heat.", "fr": "Quelqu’un qui connaît la chaleur."},
        "texts": {"en": "Two meetings a year.", "fr": "Deux réunions par an."},
        "seats": 2,
        "created_at": LONG_AGO,
        "opened_at": None if state == CallState.DRAFT else LONG_AGO,
        "reason": "No money." if state == CallState.CANCELLED else None,
        "decided_at": LONG_AGO if state == CallState.DECIDED else None,
        **values,
    }
    call = Call(group_id=group.id, state=state, **fields)
    call.close_at(deadline or zones.to_local(clock.now() + timedelta(days=days), ZONE).replace(microsecond=0), ZONE)
    call.limited_to = list(limited_to)
    db.session.add(call)
    db.session.commit()
    return call


def make_candidacy(
    call: Call,
    person: Person,
    state: Standing = Standing.READY,
    association: Association | None = None,
    **values: object,
) -> Candidacy:
    """Someone who stands or stood for a call, and belongs to the association."""
    if association is not None and association.id not in people.belongs_to(person.id):
        make_affiliation(person, association)
    fields = {"motivation": "I know heat.", "began_at": LONG_AGO, "moved_at": LONG_AGO, **values}
    candidacy = Candidacy(
        call_id=call.id,
        person_id=person.id,
        association_id=association.id if association else None,
        state=state,
        **fields,
    )
    db.session.add(candidacy)
    db.session.commit()
    return candidacy


def in_days(number: int) -> date:
    """A day before or after today."""
    return clock.now().date() + timedelta(days=number)
