"""Any sequence of commands against the database: never outside the rules, never two open memberships at once."""

from __future__ import annotations

from collections import defaultdict

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError
from app.core.outbox import OutboxMessage
from app.groups.models import WorkingGroup
from app.groups.rules import JoinPolicy
from app.membership import seating, service
from app.membership.models import Membership, MembershipEvent
from app.membership.nominees import Nominee
from app.membership.rules import OPEN, TRANSITIONS, Move, Role, State, Who
from app.membership.service.nominating import Nomination
from app.people.models import Association, Person
from app.people.service.persons import NewPerson
from tests.databases import empty
from tests.factories.groups import make_group
from tests.factories.people import make_account, make_association

WHO, WHERE, ACTOR = st.integers(0, 2), st.integers(0, 2), st.integers(0, 1)
COMMANDS = {
    Move.ENDORSE: lambda it, actor: service.endorse(it, actor),
    Move.REFUSE: lambda it, actor: service.refuse(it, actor, "Not now."),
    Move.ACCEPT: lambda it, actor: service.accept(it, actor),
    Move.DECLINE: lambda it, actor: service.decline(it, actor, "No room."),
    Move.ADMIT: lambda it, actor: service.admit(it, Who.COORDINATOR, actor, "It is their turn."),
    Move.WITHDRAW: lambda it, actor: service.withdraw(it, actor),
    Move.TAKE_UP: lambda it, actor: service.take_up(it, actor),
    Move.TURN_DOWN: lambda it, actor: service.turn_down(it, actor, None),
    Move.REVOKE: lambda it, actor: service.revoke(it, actor),
    Move.LEAVE: lambda it, actor: service.leave(it, actor),
    Move.RECALL: lambda it, actor: service.recall(it, actor, "Needed elsewhere."),
    Move.END: lambda it, actor: service.end(it, actor, "It is over."),
    Move.SET_ROLE: lambda it, actor: service.set_role(it, Role.CHAIR, actor),
}


class Memberships(RuleBasedStateMachine):
    """Three people of one association with one seat in each of three groups, and two who decide.

    `expected` is what the rules alone say: where a command may lead, and that no command leads elsewhere.
    """

    association: Association
    people: tuple[Person, ...]
    groups: tuple[WorkingGroup, ...]
    actors: tuple[Person, ...]

    def __init__(self) -> None:
        super().__init__()
        self.expected: dict[int, State] = {}

    @initialize()
    def empty(self) -> None:
        empty(MembershipEvent.__table__, Membership.__table__, OutboxMessage.__table__)

    @rule(who=WHO, where=WHERE)
    def ask(self, who: int, where: int) -> None:
        open_before = self._open(who, where)
        try:
            made = service.request(self.people[who].id, self.groups[where].id, "I know a lot.")
        except DomainError:
            assert open_before is None and self.groups[where].join_policy == JoinPolicy.NOMINATION
        else:
            assert open_before in (None, made.id)
            self._note(made, TRANSITIONS[Move.REQUEST].ends)

    @rule(who=WHO, where=WHERE, actor=ACTOR)
    def nominate(self, who: int, where: int, actor: int) -> None:
        open_before = self._open(who, where)
        what = Nomination(self.groups[where].id, self.association.id)
        try:
            made = service.nominate(what, [Nominee(self.people[who].email or "")], self.actors[actor].id)
        except DomainError:
            return
        assert (open_before is None) == bool(made)
        for one in made:
            self._note(one, (State.NOMINATED,))

    @rule(who=WHO, where=WHERE, actor=ACTOR)
    def enter(self, who: int, where: int, actor: int) -> None:
        open_before = self._open(who, where)
        new = NewPerson("", None, self.people[who].email, None, None, None)
        try:
            made = service.enter(self.groups[where].id, new, Role.MEMBER, self.actors[actor].id)
        except DomainError:
            assert open_before is not None or self._held(where) == 1
        else:
            assert open_before is None
            self._note(made, (State.ACTIVE,))

    @rule(which=st.integers(0, 9), move=st.sampled_from(list(COMMANDS)), actor=ACTOR)
    def move(self, which: int, move: Move, actor: int) -> None:
        if not self.expected:
            return
        membership_id = list(self.expected)[which % len(self.expected)]
        step, events = TRANSITIONS[move], self._events(membership_id)
        before = self.expected[membership_id]
        possible = before in step.starts
        repeated = (events[-1].move, events[-1].actor_id) == (move, self.actors[actor].id)
        try:
            COMMANDS[move](membership_id, self.actors[actor].id)
        except service.AlreadyMoved:
            assert not possible and not repeated
            assert len(self._events(membership_id)) == len(events)
        except DomainError:
            assert move == Move.ADMIT and possible, "only a seat can lack"
        else:
            assert possible or repeated
            after = db.session.get_one(Membership, membership_id).state
            assert after in step.ends if possible else after == before
            self.expected[membership_id] = State(after)

    @invariant()
    def what_is_kept_is_what_the_rules_say(self) -> None:
        db.session.rollback()
        kept = db.session.scalars(select(Membership)).all()
        assert {membership.id: membership.state for membership in kept} == self.expected
        held, seats = defaultdict(int), defaultdict(int)
        for membership in kept:
            held[membership.person_id, membership.group_id] += membership.state in OPEN
            seats[membership.group_id] += membership.state == State.ACTIVE
            before = None
            for event in self._events(membership.id):
                step = TRANSITIONS[Move(event.move)]
                assert event.from_state == before and before in step.starts
                assert event.to_state in step.ends and event.capacity in step.by
                before = event.to_state
            assert before == membership.state
        assert all(number <= 1 for number in held.values())
        assert all(number <= 1 for number in seats.values()), "never more than the one seat that is granted"

    def _note(self, made: Membership, ends: tuple[State, ...]) -> None:
        if made.id not in self.expected:
            assert made.state in ends
            self.expected[made.id] = State(made.state)

    def _held(self, where: int) -> int:
        return len(seating.held(self.groups[where].id, self.association.id))

    def _open(self, who: int, where: int) -> int | None:
        found = select(Membership.id).where(
            Membership.person_id == self.people[who].id,
            Membership.group_id == self.groups[where].id,
            Membership.state.in_(OPEN),
        )
        return db.session.scalars(found).one_or_none()

    def _events(self, membership_id: int) -> list[MembershipEvent]:
        found = select(MembershipEvent).where(MembershipEvent.membership_id == membership_id)
        return list(db.session.scalars(found.order_by(MembershipEvent.id)))


def test_any_sequence_of_commands(app: Flask) -> None:
    home = make_association()
    make_account(association=home, function="focal_point")
    deciders = (make_account(), make_account())

    class Ready(Memberships):
        association = home
        people = tuple(make_account(association=home) for _ in range(3))
        actors = deciders
        groups = tuple(
            make_group(coordinators=deciders[:1], join_policy=policy, seats_member=1)
            for policy in (JoinPolicy.REQUEST, JoinPolicy.NOMINATION, JoinPolicy.OPEN)
        )

    run_state_machine_as_test(
        Ready,
        settings=settings(
            max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
