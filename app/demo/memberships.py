"""Invented coordinators and members, and the requests that wait."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from app.demo.people import Cast
from app.demo.plan import Plan
from app.groups.models import Coordinator, WorkingGroup
from app.groups.rules import JoinPolicy
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import TRANSITIONS, Move, Role, State, Who, seat_number
from app.membership.seating import by_status
from app.membership.service.moving import end_of_term
from app.people import queries as people
from app.people.models import Affiliation, Association, Person

HOME = "climate-and-energy"
"""The group of the demo coordinator and the demo expert; the first one where a catalogue has no such group."""

Path = tuple[tuple[Move, State], ...]
_ASKED = ((Move.REQUEST, State.TO_ENDORSE), (Move.ENDORSE, State.REQUESTED))
PATHS: dict[State, Path] = {
    State.TO_ENDORSE: _ASKED[:1],
    State.REQUESTED: _ASKED,
    State.WAITING: (*_ASKED, (Move.ACCEPT, State.WAITING)),
    State.ACTIVE: (*_ASKED, (Move.ACCEPT, State.ACTIVE)),
    State.DECLINED: (*_ASKED, (Move.DECLINE, State.DECLINED)),
    State.WITHDRAWN: (*_ASKED, (Move.WITHDRAW, State.WITHDRAWN)),
    State.LEFT: (*_ASKED, (Move.ACCEPT, State.ACTIVE), (Move.LEAVE, State.LEFT)),
    State.LAPSED: (*_ASKED, (Move.ACCEPT, State.ACTIVE), (Move.LAPSE, State.LAPSED)),
    State.NOMINATED: ((Move.NOMINATE, State.NOMINATED),),
}
"""How one comes into a state; without a focal point, the first two moves are one."""
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


POLICIES = (
    JoinPolicy.REQUEST, JoinPolicy.REQUEST, JoinPolicy.NOMINATION, JoinPolicy.REQUEST, JoinPolicy.OPEN,
)  # fmt: skip
"""How one comes into the groups, in turn."""


def home_of(groups: Sequence[WorkingGroup]) -> WorkingGroup:
    """The group that the demo sign-ins are about."""
    return next((group for group in groups if group.slug == HOME), groups[0])


def invent_memberships(session: Session, plan: Plan, groups: Sequence[WorkingGroup], cast: Cast) -> None:
    """Give every group but a few a coordinator, and everyone one to three groups."""
    dice, home = plan.dice("memberships"), home_of(groups)
    appointed = plan.ago(580)
    session.add(Coordinator(group_id=home.id, person_id=cast.coordinator.id, appointed_at=appointed))
    for number, group in enumerate(groups):
        group.seats_member = max(group.seats_member, plan.people // 100)
        group.join_policy = POLICIES[number % len(POLICIES)] if group is not home else JoinPolicy.REQUEST
        if group is not home and number % 10 != 7:
            person = cast.secretariat[number % len(cast.secretariat)]
            session.add(Coordinator(group_id=group.id, person_id=person.id, appointed_at=appointed))
    session.flush()
    hall = Hall(plan, cast.secretariat[0], people.speakers_by_association())
    for number, (person, association) in enumerate(cast.experts):
        wanted = [home] if person is cast.expert else dice.sample(groups, min(len(groups), dice.choice((1, 1, 2, 3))))
        if 4 <= number <= 30 and home not in wanted and number % 2 == 0:
            wanted.append(home)
        for group in wanted:
            state = State.ACTIVE if person is cast.expert else _state(dice, group)
            session.add(hall.seat(dice, group, person, association, state, plain=person is cast.expert))
    session.flush()


def _state(dice: random.Random, group: WorkingGroup) -> State:
    states = (State.ACTIVE, State.REQUESTED, State.TO_ENDORSE, State.DECLINED, State.LEFT, State.LAPSED)
    if group.join_policy == JoinPolicy.NOMINATION:
        states = (State.ACTIVE, State.NOMINATED, State.NOMINATED, State.ACTIVE, State.LEFT, State.LAPSED)
    return dice.choices(states, weights=(78, 6, 5, 4, 4, 3))[0]


class Hall:
    """Who sits where so far: seats are given as the rules give them."""

    def __init__(self, plan: Plan, decider: Person, speakers: Mapping[int, Sequence[Affiliation]]) -> None:
        self.plan = plan
        self.decider = decider
        self.speakers = speakers
        self.held: dict[tuple[int, int], set[int]] = defaultdict(set)
        self.leads: set[tuple[int, Role]] = set()

    def seat(
        self, dice: random.Random, group: WorkingGroup, person: Person, association: Association, state: State, *,
        plain: bool,
    ) -> Membership:  # fmt: skip
        """A membership of this person, on the way that leads to the state; in the line where no seat is left."""
        number = None
        if state == State.ACTIVE:
            held = self.held[group.id, association.id]
            number = seat_number(by_status(group, association.status), held)
            state = State.ACTIVE if number else State.WAITING
            held.update([number] if number else [])
        speaker = next((item.person for item in self.speakers.get(association.id, ())), None)
        pending = state in (State.REQUESTED, State.TO_ENDORSE, State.NOMINATED)
        if speaker is None and state in (State.TO_ENDORSE, State.NOMINATED):
            state = State.REQUESTED
        began = self.plan.ago(dice.randrange(1, 25) if pending else dice.randrange(60, 560))
        membership = Membership(
            group_id=group.id, person_id=person.id, association_id=association.id, state=state,
            role=self._role(group, state, plain), seat_number=number, endorsed=speaker is not None,
            motivation=dice.choice(MOTIVATIONS), began_at=began, moved_at=began, version=1,
        )  # fmt: skip
        self._tell(dice, membership, person, speaker)
        if state in (State.TO_ENDORSE, State.NOMINATED):
            membership.endorsed = state == State.NOMINATED
        if state == State.NOMINATED:
            membership.motivation, membership.invited_at = None, began
        if state == State.ACTIVE:
            membership.starts_on = membership.moved_at.date()
            membership.ends_on = end_of_term(membership.starts_on, group.term_months)
            if dice.random() < 0.08:
                membership.ends_on = self.plan.today + timedelta(days=dice.randrange(-20, 50))
        return membership

    def _role(self, group: WorkingGroup, state: State, plain: bool) -> Role:
        """The first members of a group chair it."""
        if state == State.ACTIVE and not plain:
            for role in (Role.CHAIR, Role.VICE_CHAIR):
                if (group.id, role) not in self.leads:
                    self.leads.add((group.id, role))
                    return role
        return Role.MEMBER

    def _tell(self, dice: random.Random, membership: Membership, person: Person, speaker: Person | None) -> None:
        """The history that led there, ending before the plan's day."""
        path = PATHS[State(membership.state)]
        if speaker is None:
            path = ((Move.REQUEST, State.REQUESTED), *path[2:])
        before, at = None, membership.began_at
        latest = self.plan.ago(0.5)
        for number, (move, state) in enumerate(path):
            if number:
                at = min(latest, at + timedelta(days=dice.randrange(1, 20)))
            who = TRANSITIONS[move].by
            actor = {Who.EXPERT: person, Who.FOCAL_POINT: speaker, Who.COORDINATOR: self.decider}
            capacity = next(one for one in Who if one in who)
            acts = actor.get(capacity)
            membership.events.append(
                MembershipEvent(
                    move=move,
                    from_state=before,
                    to_state=state,
                    at=at,
                    actor_id=acts.id if acts else None,
                    capacity=capacity,
                    role=membership.role if move == Move.NOMINATE else None,
                    reason=membership.motivation if move == Move.REQUEST else REASONS.get(move),
                )
            )
            before, membership.moved_at = state, at
