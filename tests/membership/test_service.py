"""Commands on memberships, their history and their refusals."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import DomainError
from app.membership import queries, service
from app.membership.models import Membership
from app.membership.rules import Move, Role, State
from app.people.models import Person
from app.people.service.persons import NewPerson
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import LONG_AGO, make_account, make_affiliation, make_association, make_expert, make_person
from tests.membership.conftest import Mails

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def new_person(**values: object) -> NewPerson:
    fields = dict.fromkeys(("latin_name", "email", "job_title", "association_id", "organisation")) | values
    return NewPerson(**{"full_name": "Nora Newcomer", **fields})  # type: ignore[arg-type]


def history(membership_id: int) -> list[tuple[str, str | None, str, int | None, str | None]]:
    membership = queries.with_history(membership_id)
    assert membership
    return [(e.move, e.from_state, e.to_state, e.actor_id, e.reason) for e in membership.events]


def test_from_request_to_leaving(app: Flask) -> None:
    association = make_association()
    expert, coordinator = make_account(association=association), make_account()
    group = make_group(coordinators=(coordinator,))
    with time_machine.travel(NOW, tick=False):
        made = service.request(expert.id, group.id, "I know a lot.")
    assert (made.state, made.role, made.association_id) == (State.REQUESTED, Role.MEMBER, association.id)
    assert made.began_at == made.moved_at == NOW
    with time_machine.travel(NOW.replace(day=27), tick=False):
        service.accept(made.id, coordinator.id)
    assert (made.state, made.began_at, made.moved_at) == (State.ACTIVE, NOW, NOW.replace(day=27))
    assert queries.active_roles(expert.id) == {group.id: Role.MEMBER}
    service.leave(made.id, expert.id)
    assert queries.active_roles(expert.id) == {}
    assert history(made.id) == [
        ("request", None, "requested", expert.id, "I know a lot."),
        ("accept", "requested", "active", coordinator.id, None),
        ("leave", "active", "left", expert.id, None),
    ]
    trail = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.actor_id, entry.details) for entry in trail] == [
        ("membership.request", expert.id, {"to": "requested", "as": "expert"}),
        ("membership.accept", coordinator.id,
         {"from": "requested", "to": "active", "as": "coordinator", "seat": 1, "until": "2029-11-26"}),
        ("membership.leave", expert.id, {"from": "active", "to": "left", "as": "expert"}),
    ]  # fmt: skip
    assert {(entry.subject_type, entry.subject_id) for entry in trail} == {("memberships", made.id)}
    assert "I know a lot." not in str([(entry.details, entry.reason) for entry in trail])


def test_who_left_may_ask_again(app: Flask) -> None:
    expert, group = make_expert(), make_group()
    before = make_membership(group, expert, State.DECLINED)
    made = service.request(expert.id, group.id, "Now I know more.")
    assert made.id != before.id
    latest = queries.latest(expert.id, group.id)
    assert latest and latest.id == made.id


def test_asking_twice_makes_one_request_and_one_set_of_mails(app: Flask, mails: Mails) -> None:
    expert, group = make_expert(), make_group(coordinators=(make_account(),))
    first = service.request(expert.id, group.id, "Let me in.")
    assert len(mails()) == 2
    again = service.request(expert.id, group.id, "Let me in.")
    assert again.id == first.id
    assert mails() == []
    assert db.session.scalar(select(func.count()).select_from(Membership)) == 1


@pytest.mark.parametrize("motivation", ["", "   "])
def test_a_request_needs_a_motivation(app: Flask, motivation: str) -> None:
    with pytest.raises(DomainError) as refusal:
        service.request(make_account().id, make_group().id, motivation)
    assert refusal.value.field == "motivation"
    assert db.session.scalar(select(func.count()).select_from(Membership)) == 0


def test_declining_and_ending_need_a_reason(app: Flask) -> None:
    group, actor = make_group(), make_account()
    waiting = make_membership(group, make_account(), State.REQUESTED)
    member = make_membership(group, make_account())
    for command, membership in ((service.decline, waiting), (service.end, member)):
        with pytest.raises(DomainError) as refusal:
            command(membership.id, actor.id, "  ")
        assert refusal.value.field == "reason"
        assert membership.state in (State.REQUESTED, State.ACTIVE)


class TestAssociation:
    """For which association one joins."""

    def test_the_only_current_one(self, app: Flask) -> None:
        past, present = make_association(), make_association()
        expert = make_account(association=present)
        make_affiliation(expert, past, ends_on=date(2026, 1, 31))
        make_affiliation(expert, present, "focal_point")
        made = service.request(expert.id, make_group().id, "Hello.")
        assert made.association_id == present.id
        assert (made.state, made.endorsed) == (State.REQUESTED, True), "who speaks for it needs no other's word"

    def test_someone_from_elsewhere_is_invited_or_not_in(self, app: Flask) -> None:
        person, group = make_account(email="guest@example.org"), make_group()
        with pytest.raises(DomainError) as refusal:
            service.request(person.id, group.id, "Hello.")
        assert "by invitation" in str(refusal.value.message)
        made = service.enter(group.id, new_person(full_name="", email="guest@example.org"), Role.MEMBER, None)
        assert (made.state, made.association_id, made.seat_number) == (State.ACTIVE, None, None)

    def test_one_of_several_must_be_chosen(self, app: Flask) -> None:
        one, other, strange = make_association(), make_association(), make_association()
        expert, group = make_account(association=one), make_group()
        make_affiliation(expert, other)
        for wrong in (None, strange.id):
            with pytest.raises(DomainError) as refusal:
                service.request(expert.id, group.id, "Hello.", wrong)
            assert refusal.value.field == "association"
        assert service.request(expert.id, group.id, "Hello.", other.id).association_id == other.id


class TestSecond:
    """Whoever comes second is told what happened, unless it is the same person doing the same."""

    def test_two_coordinators(self, app: Flask) -> None:
        anna, ben = make_account("Anna Example"), make_account("Ben Sample")
        membership = make_membership(make_group(coordinators=(anna, ben)), make_account(), State.REQUESTED)
        with time_machine.travel(NOW, tick=False):
            service.accept(membership.id, anna.id)
        with pytest.raises(service.AlreadyMoved) as refusal:
            service.decline(membership.id, ben.id, "No room.")
        assert (
            str(refusal.value.message) == "Already accepted by Anna Example on Wed 25 November 2026, 10:00 (Brussels)."
        )
        assert membership.state == State.ACTIVE
        assert [move for move, *_ in history(membership.id)] == ["request", "accept"]

    def test_a_change_of_role_does_not_hide_who_accepted(self, app: Flask) -> None:
        anna = make_account("Anna Example")
        membership = make_membership(make_group(), make_account(), State.REQUESTED)
        service.accept(membership.id, anna.id)
        service.set_role(membership.id, Role.CHAIR, make_account("Carl").id)
        with pytest.raises(service.AlreadyMoved) as refusal:
            service.accept(membership.id, make_account().id)
        assert "Already accepted by Anna Example" in str(refusal.value.message)

    def test_the_same_button_twice(self, app: Flask, mails: Mails) -> None:
        anna = make_account()
        membership = make_membership(make_group(), make_account(), State.REQUESTED)
        service.accept(membership.id, anna.id)
        assert len(mails()) == 1
        service.accept(membership.id, anna.id)
        assert mails() == []
        assert [move for move, *_ in history(membership.id)] == ["request", "accept"]

    def test_withdrawing_what_was_accepted(self, app: Flask) -> None:
        expert = make_account()
        membership = make_membership(make_group(), expert, decided_by=make_account("Anna Example"))
        with pytest.raises(service.AlreadyMoved) as refusal:
            service.withdraw(membership.id, expert.id)
        assert "Already accepted by Anna Example" in str(refusal.value.message)

    def test_a_member_no_more_gets_no_role(self, app: Flask) -> None:
        membership = make_membership(make_group(), make_account("Eve Expert"), State.LEFT)
        with pytest.raises(service.AlreadyMoved) as refusal:
            service.set_role(membership.id, Role.CHAIR, make_account().id)
        assert "Eve Expert left the group" in str(refusal.value.message)
        assert membership.role == Role.MEMBER


class TestRoles:
    """Several may chair; a role that is the same is no change."""

    def test_change(self, app: Flask, mails: Mails) -> None:
        group, actor = make_group(), make_account()
        members = [make_membership(group, make_account(f"{name} Chair")) for name in "BA"]
        for membership in members:
            service.set_role(membership.id, Role.CHAIR, actor.id)
        assert [person.full_name for person in queries.chairs(group.id)] == ["A Chair", "B Chair"]
        assert members[0].moved_at == LONG_AGO, "a member since as long as before"
        event = members[0].events[-1]
        assert (event.move, event.from_state, event.to_state, event.role) == (
            Move.SET_ROLE, State.ACTIVE, State.ACTIVE, Role.CHAIR,
        )  # fmt: skip
        assert len(mails()) == 2
        service.set_role(members[0].id, Role.CHAIR, actor.id)
        assert mails() == []
        assert members[0].events[-1].id == event.id


class TestEntering:
    """Members that coordinators add."""

    def test_someone_new(self, app: Flask) -> None:
        association, group, actor = make_association(), make_group(), make_account()
        made = service.enter(
            group.id,
            new_person(email="Nora@Example.org", association_id=association.id, job_title="Adviser"),
            Role.VICE_CHAIR,
            actor.id,
        )
        person = made.person
        assert (person.full_name, person.email, person.job_title) == ("Nora Newcomer", "nora@example.org", "Adviser")
        assert (made.state, made.role, made.association_id) == (State.ACTIVE, Role.VICE_CHAIR, association.id)
        assert made.motivation is None
        assert history(made.id) == [("enter", None, "active", actor.id, None)]
        assert made.events[0].role == Role.VICE_CHAIR

    def test_someone_known_needs_the_address_only(self, app: Flask) -> None:
        association, group = make_association(), make_group()
        known = make_person("Kim Known", email="kim@example.org", association=association)
        made = service.enter(group.id, new_person(full_name="", email=" KIM@example.org "), Role.MEMBER, None)
        assert (made.person_id, made.association_id) == (known.id, association.id)
        assert db.session.scalar(select(func.count()).select_from(Person)) == 1

    def test_someone_from_elsewhere(self, app: Flask) -> None:
        made = service.enter(make_group().id, new_person(organisation="A university"), Role.MEMBER, None)
        assert made.association_id is None
        assert made.person.affiliations[0].organisation == "A university"

    def test_an_unknown_address_needs_a_name(self, app: Flask) -> None:
        with pytest.raises(DomainError) as refusal:
            service.enter(make_group().id, new_person(full_name="", email="who@example.org"), Role.MEMBER, None)
        assert refusal.value.field == "full_name"
        assert db.session.scalar(select(func.count()).select_from(Person)) == 0

    def test_another_script_needs_a_latin_name(self, app: Flask) -> None:
        group = make_group()
        with pytest.raises(DomainError) as refusal:
            service.enter(group.id, new_person(full_name="Νίκος Παπαδόπουλος"), Role.MEMBER, None)
        assert refusal.value.field == "latin_name"
        made = service.enter(
            group.id, new_person(full_name="Νίκος Παπαδόπουλος", latin_name="Nikos Papadopoulos"), Role.MEMBER, None
        )
        assert made.person.latin_name == "Nikos Papadopoulos"

    @pytest.mark.parametrize(("state", "says"), [(State.ACTIVE, "in the group already"), (State.REQUESTED, "Accept")])
    def test_who_is_there_is_not_added_again(self, app: Flask, state: State, says: str) -> None:
        group, known = make_group(), make_account(email="kim@example.org")
        make_membership(group, known, state)
        with pytest.raises(DomainError) as refusal:
            service.enter(group.id, new_person(email="kim@example.org"), Role.MEMBER, None)
        assert refusal.value.field == "email"
        assert says in str(refusal.value.message)

    def test_a_form_without_address_sent_twice_adds_one_person(self, app: Flask) -> None:
        group = make_group()
        service.enter(group.id, new_person(), Role.MEMBER, None)
        with pytest.raises(DomainError) as refusal:
            service.enter(group.id, new_person(), Role.MEMBER, None)
        assert refusal.value.field == "full_name"
        assert db.session.scalar(select(func.count()).select_from(Person)) == 1
        service.enter(group.id, new_person(email="another.nora@example.org"), Role.MEMBER, None)
        service.enter(make_group().id, new_person(), Role.MEMBER, None)

    def test_a_wrong_association_of_someone_known(self, app: Flask) -> None:
        make_person("Kim Known", email="kim@example.org", association=make_association())
        with pytest.raises(DomainError) as refusal:
            service.enter(
                make_group().id, new_person(email="kim@example.org", association_id=make_association().id),
                Role.MEMBER, None,
            )  # fmt: skip
        assert refusal.value.field == "association"
        assert "Kim Known" in str(refusal.value.message)
