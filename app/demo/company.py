"""Invented meetings by who meets: several groups jointly, agreed and asked; chairs alone; a task force; a speaker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.meetings import row_of, working_day
from app.demo.plan import MARK, Plan
from app.groups.models import WorkingGroup
from app.meetings.models import (
    Guest,
    JointGroup,
    Meeting,
    MeetingPerson,
    MeetingTaskForce,
    Status,
    TaskForce,
    TaskForcePerson,
    Visibility,
)
from app.meetings.rules.company import Consent
from app.membership.models import Membership
from app.membership.rules import State

FIRST = "climate-and-energy"
"""The group that the demo coordinator runs and the demo expert is a member of."""


def invent_company(session: Session, plan: Plan, groups: Sequence[WorkingGroup]) -> None:
    """Add them to the first group and its neighbours."""
    host = next((group for group in groups if group.slug == FIRST), groups[0])
    others = [group for group in groups if group is not host][:2]
    if len(others) < 2:
        return
    dice = plan.dice("company")

    def meeting(group: WorkingGroup, ahead: int, title: str, visibility: Visibility) -> Meeting:
        values = row_of(plan, dice, group, _day(plan, ahead), 0) | {
            "title": f"{title} {MARK}", "visibility": visibility, "status": Status.CONFIRMED, "sequence": 0,
            "cancellation_reason": None,
        }  # fmt: skip
        values.pop("version")
        made = Meeting(**values)
        session.add(made)
        return made

    joint = meeting(host, 33, "Joint meeting: heat in cities", Visibility.PUBLIC)
    joint.joint_groups = [
        JointGroup(group=others[0], consent=Consent.AGREED, asked_at=plan.ago(20), decided_at=plan.ago(18))
    ]
    joint.guests = [
        Guest(name=f"Mira Beispiel {MARK}", email="speaker@guest.example", speaks=True),
        Guest(name=f"Paul Exemple {MARK}", email="guest@guest.example", language="fr"),
    ]
    asked = meeting(others[1], 47, "Joint meeting: money for adaptation", Visibility.MEMBERS)
    asked.joint_groups = [JointGroup(group=host, consent=Consent.ASKED, asked_at=plan.ago(3))]
    meeting(host, 12, "Chairs: preparing the spring", Visibility.CHAIRS)
    people = session.scalars(
        select(Membership.person_id)
        .where(Membership.group_id == host.id, Membership.state == State.ACTIVE)
        .order_by(Membership.person_id)
        .limit(4)
    ).all()
    if people:
        drafting = TaskForce(
            group_id=host.id,
            name=f"Drafting {MARK}",
            demo=True,
            people=[TaskForcePerson(person_id=person_id) for person_id in people],
        )
        session.add(drafting)
        few = meeting(host, 19, "Task force: drafting our position", Visibility.NAMED)
        few.people = [MeetingPerson(person_id=person_id) for person_id in people]
        few.task_forces = [MeetingTaskForce(task_force=drafting)]
    session.flush()


def _day(plan: Plan, ahead: int) -> date:
    return working_day(plan.today + timedelta(days=ahead))
