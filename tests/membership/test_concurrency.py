"""Two people at the same instant: one wins, the other is told so, nothing is there twice."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from app.core.db import db
from app.core.outbox import OutboxMessage
from app.membership import queries, service
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import Role, State
from app.people.models import Person
from app.people.service.persons import NewPerson
from app.terms.models import TermsAcceptance
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_expert
from tests.factories.terms import make_terms
from tests.people.helpers import at_once

ROUNDS = 5


def test_two_coordinators_decide_at_once(app: Flask) -> None:
    anna, ben = make_account("Anna Example"), make_account("Ben Sample")
    group = make_group(coordinators=(anna, ben))
    ids = [make_membership(group, make_account(), State.REQUESTED).id for _ in range(ROUNDS)]
    anna_id, ben_id = anna.id, ben.id
    for membership_id in ids:
        outcomes = at_once(
            app,
            lambda it=membership_id: service.accept(it, anna_id),
            lambda it=membership_id: service.decline(it, ben_id, "No room."),
        )
        membership = queries.with_history(membership_id)
        assert membership
        refused = [error for error in outcomes if isinstance(error, Exception)]
        assert len(refused) == 1, outcomes
        assert isinstance(refused[0], service.AlreadyMoved)
        accepted = not isinstance(outcomes[0], Exception)
        assert membership.state == (State.ACTIVE if accepted else State.DECLINED)
        assert str(refused[0].message).startswith(
            "Already accepted by Anna Example on" if accepted else "Already declined by Ben Sample on"
        )
        assert len(membership.events) == 2
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == ROUNDS


def test_accepted_while_it_is_withdrawn(app: Flask) -> None:
    expert, anna = make_account(), make_account()
    membership_id = make_membership(make_group(), expert, State.REQUESTED).id
    expert_id, anna_id = expert.id, anna.id
    outcomes = at_once(
        app, lambda: service.accept(membership_id, anna_id), lambda: service.withdraw(membership_id, expert_id)
    )
    assert [type(outcome) for outcome in outcomes].count(service.AlreadyMoved) == 1


def test_a_request_sent_twice_at_once(app: Flask) -> None:
    expert, group = make_expert(), make_group(coordinators=(make_account(),))
    expert_id, group_id = expert.id, group.id
    made = at_once(app, *[lambda: service.request(expert_id, group_id, "Let me in.").id] * 4)
    assert len(set(made)) == 1, made
    assert db.session.scalar(select(func.count()).select_from(Membership)) == 1
    assert db.session.scalar(select(func.count()).select_from(MembershipEvent)) == 1
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 2


def test_added_while_asking(app: Flask) -> None:
    expert, group = make_expert(email="kim@example.org"), make_group()
    expert_id, group_id = expert.id, group.id
    new = NewPerson("", None, "kim@example.org", None, None, None)
    at_once(
        app,
        lambda: service.request(expert_id, group_id, "Let me in.").id,
        lambda: service.enter(group_id, new, Role.MEMBER, None).id,
    )
    assert db.session.scalar(select(func.count()).select_from(Membership)) == 1


def test_a_new_person_added_twice_at_once(app: Flask) -> None:
    group_id = make_group().id
    for address in (None, "nora@example.org"):
        new = NewPerson("Nora Newcomer", None, address, None, None, None)
        before = db.session.scalar(select(func.count()).select_from(Person)) or 0
        outcomes = at_once(app, *[lambda new=new: service.enter(group_id, new, Role.MEMBER, None).id] * 2)
        assert sum(isinstance(outcome, int) for outcome in outcomes) == 1, outcomes
        assert db.session.scalar(select(func.count()).select_from(Person)) == before + 1


def test_asking_for_two_groups_at_once_accepts_the_terms_once(app: Flask) -> None:
    expert_id, version_id = make_expert().id, make_terms().id
    groups = [make_group(coordinators=(make_account(),)).id for _ in range(3)]
    made = at_once(
        app, *[lambda one=one: service.request(expert_id, one, "Hello.", accepts=[version_id]).id for one in groups]
    )
    assert all(isinstance(one, int) for one in made), made
    assert db.session.scalar(select(func.count()).select_from(TermsAcceptance)) == 1
