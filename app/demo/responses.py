"""Invented answers to meetings, for the group that the demo sign-ins are about."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.memberships import home_of
from app.demo.plan import Plan
from app.groups.models import WorkingGroup
from app.meetings.models import Meeting
from app.meetings.policy import OF_FEW
from app.meetings.rules import Precision, Status
from app.membership.models import Membership
from app.membership.rules import State
from app.people.models import Person
from app.proceedings.models import Response
from app.proceedings.rules import Partstat

AHEAD = 6
"""How many of the next meetings were answered."""
EXPERT = (Partstat.ACCEPTED, None, Partstat.DECLINED, Partstat.TENTATIVE)
"""What the demo expert said to the first of them, so that each kind of answer is there to see."""


def invent_responses(session: Session, plan: Plan, groups: Sequence[WorkingGroup]) -> None:
    """Add them to the session."""
    home, dice = home_of(groups), plan.dice("responses")
    people = session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == home.id, Membership.state == State.ACTIVE)
        .order_by(Membership.id)
    ).all()
    meetings = session.scalars(
        select(Meeting)
        .where(Meeting.group_id == home.id, Meeting.starts_at > plan.ago(0), Meeting.status != Status.CANCELLED)
        .where(Meeting.visibility.not_in(OF_FEW), Meeting.precision != Precision.MONTH)
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(AHEAD)
    ).all()
    for number, meeting in enumerate(meetings):
        for person in people:
            said = dice.choices([*Partstat, None], weights=(5, 1, 2, 3))[0]
            if person.email == "expert@demo.example":
                said = EXPERT[number] if number < len(EXPERT) else None
            if said is not None:
                answered_at = plan.ago(dice.randrange(1, 9))
                made = Response(meeting_id=meeting.id, person_id=person.id, answered_at=answered_at)
                made.say(said, meeting)
                session.add(made)
