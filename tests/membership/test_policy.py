"""Who may do what with memberships."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from app.core.db import db
from app.membership import policy
from app.membership.rules import LEADING, Move, Role, State
from app.people.models import Account, Affiliation, Person
from app.people.viewer import SignedIn, Visitor
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association


def viewer(person: Person) -> SignedIn:
    return SignedIn(db.session.query(Account).filter_by(person_id=person.id).one())


def focal_point(association_id: int, function: str = "focal_point", ends_on: date | None = None) -> Person:
    person = make_account()
    db.session.add(
        Affiliation(
            person_id=person.id,
            association_id=association_id,
            function=function,
            starts_on=date(2020, 1, 1),
            ends_on=ends_on,
        )
    )
    db.session.commit()
    return person


@pytest.mark.parametrize("role", Role)
def test_members_do_not_decide_whatever_their_role(app: Flask, role: Role) -> None:
    group = make_group()
    person = make_account()
    make_membership(group, person, role=role)
    waiting = make_membership(group, make_account(), State.REQUESTED)
    me = viewer(person)
    assert policy.see_inside(me, group)
    assert policy.runs_meetings(me, group) == (role in LEADING)
    assert policy.use_desk(me) == (role in LEADING)
    assert not policy.decide_on(me, waiting)
    assert not policy.see(me, waiting)
    assert policy.moves(me, waiting) == []


@pytest.mark.parametrize("state", sorted(set(State) - {State.ACTIVE}))
def test_who_is_no_member_has_no_role(app: Flask, state: State) -> None:
    group, person = make_group(), make_account()
    membership = make_membership(group, person, state, role=Role.CHAIR)
    me = viewer(person)
    assert not policy.see_inside(me, group)
    assert not policy.leads(me, group)
    assert not policy.use_desk(me)
    assert policy.see(me, membership)


def test_coordinators_decide_in_their_own_group_alone(app: Flask) -> None:
    anna, other = make_account(), make_account()
    membership = make_membership(make_group(coordinators=(anna,)), make_account(), State.REQUESTED)
    make_group(coordinators=(other,))
    assert policy.decide_on(viewer(anna), membership)
    assert policy.moves(viewer(anna), membership) == [Move.ACCEPT, Move.DECLINE]
    assert not policy.decide_on(viewer(other), membership)
    assert not policy.see(viewer(other), membership)
    assert policy.use_desk(viewer(other))


def test_administrators_stand_in(app: Flask) -> None:
    membership = make_membership(make_group(), make_account())
    admin = viewer(make_account(administrator=True))
    assert policy.see(admin, membership)
    assert policy.moves(admin, membership) == [Move.SET_ROLE, Move.END]


def test_the_person(app: Flask) -> None:
    person = make_account()
    me = viewer(person)
    assert policy.moves(me, make_membership(make_group(), person, State.REQUESTED)) == [Move.WITHDRAW]
    membership = make_membership(make_group(coordinators=(person,)), person)
    assert set(policy.moves(viewer(person), membership)) == {Move.SET_ROLE, Move.END, Move.LEAVE}


@pytest.mark.parametrize("function", ["focal_point", "deputy"])
def test_focal_points_see_what_is_held_for_their_association(app: Flask, function: str) -> None:
    home, other = make_association(), make_association()
    membership = make_membership(make_group(), make_account(), State.REQUESTED, home)
    elsewhere = make_membership(make_group(), make_account(), association=other)
    unaffiliated = make_membership(make_group(), make_account())
    me = viewer(focal_point(home.id, function))
    assert policy.see(me, membership)
    assert policy.see_reasons(me, membership), "what is to be endorsed is read"
    assert not policy.decide_on(me, membership)
    assert policy.moves(me, membership) == []
    unendorsed = make_membership(make_group(), make_account(), State.TO_ENDORSE, home)
    assert policy.moves(me, unendorsed) == [Move.ENDORSE, Move.REFUSE]
    assert not policy.see(me, elsewhere)
    assert not policy.see(me, unaffiliated)
    assert not policy.see_inside(me, membership.group)


def test_no_others_see(app: Flask) -> None:
    home = make_association()
    membership = make_membership(make_group(), make_account(), association=home)
    for person in (focal_point(home.id, "expert"), focal_point(home.id, ends_on=date(2021, 1, 1))):
        assert not policy.see(viewer(person), membership)
    assert not policy.see(Visitor(), membership)
    assert policy.moves(Visitor(), membership) == []
