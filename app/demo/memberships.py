"""Invented coordinators and members, and the requests that wait."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from app.demo.people import Cast
from app.demo.plan import Plan
from app.groups.models import Coordinator, WorkingGroup
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import TRANSITIONS, Move, Role, State
from app.people.models import Association, Person

HOME = "climate-and-energy"
"""The group of the demo coordinator and the demo expert; the first one where a catalogue has no such group."""

PATHS: dict[State, tuple[Move, ...]] = {
    State.REQUESTED: (Move.REQUEST,),
    State.ACTIVE: (Move.REQUEST, Move.ACCEPT),
    State.DECLINED: (Move.REQUEST, Move.DECLINE),
    State.WITHDRAWN: (Move.REQUEST, Move.WITHDRAW),
    State.LEFT: (Move.REQUEST, Move.ACCEPT, Move.LEAVE),
}
MOTIVATIONS = (
    "I advise our members on this subject and would like to bring their experience to the group.",
    "Our association prepares a position on this; I would like to work on it with the others.",
    "J’accompagne nos collectivités sur ce sujet et souhaite partager leurs expériences.",
    "I follow the legislation closely and can report what it means for small municipalities.",
)
REASONS = {
    Move.DECLINE: "All seats of your association are taken at present.",
    Move.LEAVE: "I have taken up other duties.",
}


def home_of(groups: Sequence[WorkingGroup]) -> WorkingGroup:
    """The group that the demo sign-ins are about."""
    return next((group for group in groups if group.slug == HOME), groups[0])


def invent_memberships(session: Session, plan: Plan, groups: Sequence[WorkingGroup], cast: Cast) -> None:
    """Give every group but a few a coordinator, and everyone one to three groups."""
    dice, home = plan.dice("memberships"), home_of(groups)
    appointed = plan.ago(580)
    session.add(Coordinator(group_id=home.id, person_id=cast.coordinator.id, appointed_at=appointed))
    for number, group in enumerate(groups):
        if group is not home and number % 10 != 7:
            person = cast.secretariat[number % len(cast.secretariat)]
            session.add(Coordinator(group_id=group.id, person_id=person.id, appointed_at=appointed))
    leads: dict[tuple[int, Role], bool] = {}
    for number, (person, association) in enumerate(cast.experts):
        wanted = [home] if person is cast.expert else dice.sample(groups, min(len(groups), dice.choice((1, 1, 2, 3))))
        if 4 <= number <= 30 and home not in wanted and number % 2 == 0:
            wanted.append(home)
        for group in wanted:
            state = State.ACTIVE if person is cast.expert else _state(dice)
            role = _role(leads, group, state, person is cast.expert)
            session.add(_membership(plan, dice, group, person, association, state, role, cast.secretariat[0]))
    session.flush()


def _state(dice: random.Random) -> State:
    states = (State.ACTIVE, State.REQUESTED, State.DECLINED, State.LEFT, State.WITHDRAWN)
    return dice.choices(states, weights=(80, 9, 4, 5, 2))[0]


def _role(leads: dict[tuple[int, Role], bool], group: WorkingGroup, state: State, plain: bool) -> Role:
    """The first members of a group chair it."""
    if state == State.ACTIVE and not plain:
        for role in (Role.CHAIR, Role.VICE_CHAIR):
            if (group.id, role) not in leads:
                leads[group.id, role] = True
                return role
    return Role.MEMBER


def _membership(
    plan: Plan, dice: random.Random, group: WorkingGroup, person: Person, association: Association, state: State,
    role: Role, coordinator: Person,
) -> Membership:  # fmt: skip
    began = plan.ago(dice.randrange(1, 25) if state == State.REQUESTED else dice.randrange(60, 560))
    membership = Membership(
        group_id=group.id, person_id=person.id, association_id=association.id, state=state, role=role,
        motivation=dice.choice(MOTIVATIONS), began_at=began, moved_at=began, version=1,
    )  # fmt: skip
    at = None
    for move in PATHS[state]:
        at = began if at is None else at + timedelta(days=dice.randrange(2, 20))
        step = TRANSITIONS[move]
        own = move in (Move.REQUEST, Move.WITHDRAW, Move.LEAVE)
        membership.events.append(
            MembershipEvent(
                move=move,
                from_state=step.start,
                to_state=step.end,
                at=at,
                actor_id=person.id if own else coordinator.id,
                reason=membership.motivation if move == Move.REQUEST else REASONS.get(move),
            )
        )
        membership.moved_at = at
    return membership
