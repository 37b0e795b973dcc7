"""Invented data for an empty database, all in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.calendars.service import raise_all_versions
from app.core import addresses
from app.core.db import write
from app.core.errors import DomainError
from app.demo.availability import invent_availability
from app.demo.calls import invent_calls, invent_review
from app.demo.company import invent_company
from app.demo.meetings import invent_meetings
from app.demo.memberships import invent_memberships
from app.demo.people import invent_people
from app.demo.places import invent_places
from app.demo.plan import DOMAIN, MARK, Plan
from app.demo.polls import invent_polls
from app.demo.profiles import invent_profiles
from app.demo.programme import invent_programmes
from app.demo.representation import invent_representation
from app.demo.responses import invent_responses
from app.demo.series import invent_series
from app.demo.terms import invent_terms
from app.demo.trail import invent_trail
from app.groups import queries as groups
from app.groups.models import Community, WorkingGroup
from app.people import passwords
from app.people.models import Association, Person

SIGN_INS = tuple(f"{name}@{DOMAIN}" for name in ("admin", "coordinator", "focal", "expert"))


def invent(plan: Plan, password: str) -> bool:
    """Fill a database that has a catalogue and nobody in it; False where there is somebody already."""
    password_hash = passwords.hash_password(password)
    with write() as session:
        if session.scalar(select(Person.id).limit(1)) is not None:
            return False
        associations = session.scalars(select(Association).order_by(Association.id)).all()
        if not associations or not groups.groups():
            raise DomainError("The catalogue is empty: run flask catalogue load first.")
        _invent_groups(session, plan)
        all_groups = groups.groups()
        cast = invent_people(session, plan, associations, password_hash)
        invent_profiles(session, plan, cast)
        invent_memberships(session, plan, all_groups, cast)
        invent_calls(session, plan, all_groups, cast)
        invent_review(session, plan, associations)
        invent_terms(session, plan)
        invent_trail(session)
        invent_representation(session, plan)
        invent_meetings(session, plan, all_groups)
        invent_places(session, plan)
        invent_series(session, plan, all_groups)
        invent_company(session, plan, all_groups)
        invent_programmes(session, plan, all_groups)
        invent_polls(session, plan, all_groups, cast)
        invent_responses(session, plan, all_groups)
        invent_availability(session, plan, all_groups)
        raise_all_versions()
    return True


def set_password(password: str) -> None:
    """Let the demo sign-ins use this password from now on."""
    with write() as session:
        people = session.scalars(select(Person).where(Person.email.in_(SIGN_INS), Person.demo)).all()
        for person in people:
            if person.account and not passwords.verify(person.account.password_hash, password):
                person.account.password_hash = passwords.hash_password(password)
                person.account.session_epoch += 1


def _invent_groups(session: Session, plan: Plan) -> Sequence[WorkingGroup]:
    communities = session.scalars(select(Community).order_by(Community.position)).all()
    made = []
    for number in range(1, plan.groups + 1):
        group = WorkingGroup(
            slug=f"demo-group-{number}",
            community_id=communities[number % len(communities)].id,
            position=1_000 + number,
            names={"en": f"Invented group {number} {MARK}", "fr": f"Groupe inventé {number} {MARK}"},
            topics={"en": ["invented topics"], "fr": ["sujets inventés"]},
            mandate={},
        )
        session.add(group)
        made.append(group)
    session.flush()
    for group in made:
        addresses.claim("group", group.slug, group.id)
    return made
