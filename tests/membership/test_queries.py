"""Reads of memberships."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.membership import queries
from app.membership.models import Membership
from app.membership.rules import Role, State
from tests.factories.groups import make_community, make_group
from tests.factories.membership import make_membership
from tests.factories.people import LONG_AGO, make_account, make_association, make_person
from tests.queries import counted_queries


def test_members_come_chairs_first_then_by_latin_name(app: Flask) -> None:
    group = make_group()
    for name, latin, role, state in (
        ("Zoe", None, Role.MEMBER, State.ACTIVE),
        ("Άννα", "Anna", Role.MEMBER, State.ACTIVE),
        ("Vera", None, Role.VICE_CHAIR, State.ACTIVE),
        ("Yves", None, Role.CHAIR, State.ACTIVE),
        ("Bea", None, Role.CHAIR, State.ACTIVE),
        ("Waiting", None, Role.MEMBER, State.REQUESTED),
        ("Gone", None, Role.CHAIR, State.LEFT),
    ):
        make_membership(group, make_person(name, latin_name=latin), state, role=role)
    make_membership(make_group(), make_person("Elsewhere"))
    names = [membership.person.full_name for membership in queries.members(group.id)]
    assert names == ["Bea", "Yves", "Vera", "Άννα", "Zoe"]
    assert [person.full_name for person in queries.chairs(group.id)] == ["Bea", "Yves"]
    page = queries.member_page(group.id, 1)
    assert ([membership.person.full_name for membership in page.items], page.total) == (names, 5)
    assert (queries.member_count(group.id), queries.member_counts()[group.id]) == (5, 5)


def test_waiting_oldest_first(app: Flask) -> None:
    one, other, third = make_group(), make_group(), make_group()
    for days, group in ((1, one), (3, other), (2, one), (9, third)):
        make_membership(group, make_account(f"{days} days"), State.REQUESTED, began_at=LONG_AGO - timedelta(days=days))
    make_membership(one, make_account(), State.ACTIVE)

    def names(found: object) -> list[str]:
        return [membership.person.full_name for membership in found]  # type: ignore[attr-defined]

    assert names(queries.waiting([one.id, other.id])) == ["3 days", "2 days", "1 days"]
    assert names(queries.waiting(None, limit=2)) == ["9 days", "3 days"]
    assert queries.waiting([]) == []
    assert [queries.waiting_count(ids) for ids in (None, [one.id], [])] == [4, 2, 0]
    assert queries.waiting_counts() == {one.id: 2, other.id: 1, third.id: 1}


def test_what_a_person_is_and_was(app: Flask) -> None:
    person = make_account()
    old, new, waiting, gone = (make_group() for _ in range(4))
    make_membership(gone, person, State.LEFT, moved_at=LONG_AGO + timedelta(days=9))
    make_membership(old, person, moved_at=LONG_AGO)
    make_membership(new, person, moved_at=LONG_AGO + timedelta(days=2))
    make_membership(waiting, person, State.REQUESTED, moved_at=LONG_AGO + timedelta(days=1))
    make_membership(new, make_account())
    assert [membership.group_id for membership in queries.of_person(person.id)] == [
        new.id, waiting.id, old.id, gone.id,
    ]  # fmt: skip
    assert queries.open_membership(person.id, gone.id) is None
    found = queries.open_membership(person.id, waiting.id)
    assert found and found.state == State.REQUESTED
    left = queries.latest(person.id, gone.id)
    assert left and left.state == State.LEFT


def test_what_associations_hold(app: Flask) -> None:
    portugal, austria, none = (make_association(country=country) for country in ("PT", "AT", "BE"))
    community = make_community()
    one, other = (make_group(position=place, community=community) for place in (1, 2))
    anna, ben = make_person("Anna"), make_person("Ben")
    make_membership(other, anna, association=portugal)
    make_membership(one, ben, association=portugal)
    make_membership(one, anna, association=portugal)
    make_membership(one, make_person(), association=austria)
    make_membership(one, make_person(), State.REQUESTED, association=none)
    make_membership(one, make_person())
    assert [item.id for item in queries.associations_in(one.id)] == [austria.id, portugal.id]
    assert queries.seats_by_association() == {portugal.id: 3, austria.id: 1}
    assert queries.seats_by_association(Membership.group_id == other.id) == {portugal.id: 1}
    found = queries.seats_by_community(portugal.id, sa.true())
    assert [(item.id, number) for item, number in found] == [(community.id, 3)]
    assert queries.seats_by_community(portugal.id, sa.false()) == []
    assert [(item.person.full_name, item.group_id) for item in queries.members_of_associations([portugal.id])] == [
        ("Anna", one.id), ("Anna", other.id), ("Ben", one.id),
    ]  # fmt: skip


def test_lists_need_one_statement_each(app: Flask) -> None:
    association = make_association()
    groups = [make_group() for _ in range(3)]
    person_id = make_account().id
    for group in groups:
        for state in (State.ACTIVE, State.REQUESTED):
            make_membership(group, make_account(), state, association)
    group_id, association_id = groups[0].id, association.id
    for read in (
        lambda: [(it.person.full_name, it.association) for it in queries.members(group_id)],
        lambda: [(it.group.community.slug, it.person.full_name, it.association) for it in queries.waiting(None)],
        lambda: [it.group.community.slug for it in queries.of_person(person_id)],
        lambda: [(it.person.full_name, it.group.slug) for it in queries.members_of_associations([association_id])],
        lambda: queries.associations_in(group_id),
    ):
        db.session.remove()
        with counted_queries() as statements:
            read()
        assert len(statements) == 1, statements
