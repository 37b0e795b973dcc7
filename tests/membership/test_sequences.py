"""Any sequence of commands against the database: never outside the rules, never two open memberships at once."""

from __future__ import annotations

from collections import defaultdict

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from app.core.db import db
from app.core.errors import DomainError
from app.core.outbox import OutboxMessage
from app.groups.models import WorkingGroup
from app.membership import service
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import OPEN, TRANSITIONS, Move, Role, State
from app.people.models import Person
from app.people.service.persons import NewPerson
from tests.factories.groups import make_group
from tests.factories.people import make_account

WHO, WHERE, ACTOR = st.integers(0, 1), st.integers(0, 1), st.integers(0, 1)
COMMANDS = {
    Move.ACCEPT: lambda it, actor: service.accept(it, actor),
    Move.DECLINE: lambda it, actor: service.decline(it, actor, "No room."),
    Move.WITHDRAW: lambda it, actor: service.withdraw(it, actor),
    Move.LEAVE: lambda it, actor: service.leave(it, actor),
    Move.END: lambda it, actor: service.end(it, actor, "It is over."),
    Move.SET_ROLE: lambda it, actor: service.set_role(it, Role.CHAIR, actor),
}


class Memberships(RuleBasedStateMachine):
    """Two people, two groups, two who decide; `expected` is what the rules alone say."""

    people: tuple[Person, ...]
    groups: tuple[WorkingGroup, ...]
    actors: tuple[Person, ...]

    def __init__(self) -> None:
        super().__init__()
        self.expected: dict[int, State] = {}

    @initialize()
    def empty(self) -> None:
        db.session.rollback()
        for model in (MembershipEvent, Membership, OutboxMessage):
            db.session.execute(delete(model))
        db.session.commit()

    @rule(who=WHO, where=WHERE)
    def ask(self, who: int, where: int) -> None:
        open_before = self._open(who, where)
        made = service.request(self.people[who].id, self.groups[where].id, "I know a lot.")
        assert open_before in (None, made.id)
        self.expected.setdefault(made.id, State.REQUESTED)

    @rule(who=WHO, where=WHERE, actor=ACTOR)
    def enter(self, who: int, where: int, actor: int) -> None:
        open_before = self._open(who, where)
        new = NewPerson("", None, self.people[who].email, None, None, None)
        try:
            made = service.enter(self.groups[where].id, new, Role.MEMBER, self.actors[actor].id)
        except DomainError:
            assert open_before is not None
        else:
            assert open_before is None
            self.expected[made.id] = State.ACTIVE

    @rule(which=st.integers(0, 7), move=st.sampled_from(list(COMMANDS)), actor=ACTOR)
    def move(self, which: int, move: Move, actor: int) -> None:
        if not self.expected:
            return
        membership_id = list(self.expected)[which % len(self.expected)]
        step, events = TRANSITIONS[move], self._events(membership_id)
        possible = step.start == self.expected[membership_id]
        repeated = (events[-1].move, events[-1].actor_id) == (move, self.actors[actor].id)
        try:
            COMMANDS[move](membership_id, self.actors[actor].id)
        except service.AlreadyMoved:
            assert not possible and not repeated
            assert len(self._events(membership_id)) == len(events)
        else:
            assert possible or repeated
            if possible:
                self.expected[membership_id] = step.end

    @invariant()
    def what_is_kept_is_what_the_rules_say(self) -> None:
        db.session.rollback()
        kept = db.session.scalars(select(Membership)).all()
        assert {membership.id: membership.state for membership in kept} == self.expected
        held = defaultdict(int)
        for membership in kept:
            held[membership.person_id, membership.group_id] += membership.state in OPEN
            before = None
            for event in self._events(membership.id):
                assert (event.from_state, event.to_state) == (before, TRANSITIONS[Move(event.move)].end)
                assert TRANSITIONS[Move(event.move)].start == before
                before = event.to_state
            assert before == membership.state
        assert all(number <= 1 for number in held.values())

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
    class Ready(Memberships):
        people = (make_account(), make_account())
        actors = (make_account(), make_account())
        groups = (make_group(coordinators=actors[:1]), make_group())

    run_state_machine_as_test(
        Ready,
        settings=settings(
            max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
