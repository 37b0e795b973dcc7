"""No seat by one's own act without the terms in force; whoever others let in is asked afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import DomainError
from app.core.outbox import OutboxMessage
from app.groups.models import WorkingGroup
from app.groups.rules import JoinPolicy
from app.membership import queries, service
from app.membership.models import Membership
from app.membership.rules import BY_ONESELF, TRANSITIONS, Role, State, Who
from app.membership.service import accepting
from app.people import tokens
from app.people.models import Person
from app.people.service.persons import NewPerson
from app.terms import queries as terms
from app.terms.service import NotAccepted
from tests.browsing import Browser, Visit
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_expert, make_person
from tests.factories.terms import make_acceptance, make_terms
from tests.queries import counted_queries

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(app: Flask) -> Person:
    return make_account("Anna Coordinator", email="anna@example.org")


@pytest.fixture
def group(anna: Person) -> WorkingGroup:
    return make_group("climate", coordinators=(anna,))


def mails() -> list[tuple[str, str]]:
    found = db.session.execute(sa.select(OutboxMessage.recipient, OutboxMessage.subject).order_by(OutboxMessage.id))
    return [tuple(row) for row in found]


def test_what_experts_do_to_come_in_needs_the_terms() -> None:
    """Whatever leads towards a seat and is made by the person; should such a move be added, it belongs there too."""
    leads_in = {
        move for move, step in TRANSITIONS.items()
        if Who.EXPERT in step.by and {State.ACTIVE, State.WAITING, State.REQUESTED} & set(step.ends)
    }  # fmt: skip
    assert leads_in == BY_ONESELF


@pytest.mark.parametrize("policy", [JoinPolicy.REQUEST, JoinPolicy.OPEN])
def test_asking_needs_what_is_in_force(group: WorkingGroup, policy: JoinPolicy) -> None:
    group.join_policy = policy
    db.session.commit()
    expert, conduct, mandate = make_expert(), make_terms(), make_terms(terms.Kind.MANDATE)
    make_terms(number=2, valid_from=date(2026, 12, 1))
    for accepts in ([], [conduct.id]):
        with pytest.raises(NotAccepted):
            service.request(expert.id, group.id, "I know a lot.", accepts=accepts)
        assert db.session.scalars(sa.select(Membership)).all() == []
        assert terms.acceptances(expert.id) == []
    made = service.request(expert.id, group.id, "I know a lot.", accepts=[conduct.id, mandate.id])
    assert made.state == State.REQUESTED
    assert {one.version_id for one in terms.acceptances(expert.id)} == {conduct.id, mandate.id}
    elsewhere = service.request(expert.id, make_group().id, "Here too.")
    assert elsewhere.state == State.REQUESTED


def test_taking_up_a_nomination_needs_them_too(group: WorkingGroup) -> None:
    home = make_association()
    person, conduct = make_person(association=home), make_terms()
    nominated = make_membership(group, person, State.NOMINATED, home)
    with pytest.raises(NotAccepted):
        service.take_up(nominated.id, person.id)
    assert db.session.get_one(Membership, nominated.id).state == State.NOMINATED
    service.take_up(nominated.id, person.id, accepts=[conduct.id])
    assert db.session.get_one(Membership, nominated.id).state == State.REQUESTED
    assert [one.version_id for one in terms.acceptances(person.id)] == [conduct.id]


def test_whom_others_let_in_takes_the_seat_and_is_asked(group: WorkingGroup, anna: Person) -> None:
    early = make_expert("Early Expert", email="early@example.org")
    make_acceptance(early, make_terms())
    made = service.request(early.id, group.id, "I know a lot.")
    make_terms(number=2)
    service.accept(made.id, anna.id)
    new = NewPerson("New Member", None, "new@example.org", None, None, None)
    entered = service.enter(group.id, new, Role.MEMBER, anna.id)
    assert {queries.open_membership(one, group.id).state for one in (early.id, entered.person_id)} == {State.ACTIVE}
    assert queries.without_terms_counts([group.id]) == {group.id: 2}
    before = len(mails())
    assert accepting.ask_outstanding()
    asked = mails()[before:]
    assert sorted(asked) == [
        ("Early Expert <early@example.org>", "Please accept the terms of participation"),
        ("New Member <new@example.org>", "Please accept the terms of participation"),
    ]
    assert not accepting.ask_outstanding()
    assert len(mails()) == before + 2


def test_all_are_asked_again_on_the_day_a_new_version_comes(group: WorkingGroup) -> None:
    first = make_terms()
    for number in range(3):
        person = make_person(email=f"p{number}@example.org")
        make_membership(group, person)
        make_acceptance(person, first)
    make_membership(group, make_person())  # no address
    make_membership(group, make_account(), State.REQUESTED)
    make_terms(number=2, valid_from=date(2026, 11, 28))
    assert not accepting.ask_outstanding()
    with time_machine.travel(NOW + timedelta(days=2)):
        assert accepting.ask_outstanding()
        assert [to for to, _subject in mails()] == [f"p{number}@example.org" for number in range(3)] or len(
            mails()
        ) == 3
        assert not accepting.ask_outstanding()
        make_terms(number=3, again=False, valid_from=date(2026, 11, 28))
        assert len(mails()) == 3


def test_many_are_asked_in_portions(group: WorkingGroup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "AT_ONCE", 2)
    make_terms()
    for number in range(5):
        make_membership(group, make_person(email=f"p{number}@example.org"))
    assert accepting.ask_outstanding()
    assert len(mails()) == 5


def test_a_reminder_comes_once_a_week_at_most(group: WorkingGroup, anna: Person) -> None:
    make_terms()
    person = make_person("Mia Member", email="mia@example.org")
    seat, other = make_membership(group, person), make_membership(make_group(), person)
    accepting.remind(seat.id, anna.id)
    for membership in (seat, other):
        with pytest.raises(DomainError) as refused:
            accepting.remind(membership.id, anna.id)
        assert "less than a week ago" in str(refused.value.message) and "3 December" in str(refused.value.message)
    assert len(mails()) == 1
    with time_machine.travel(NOW + timedelta(days=7)):
        accepting.remind(other.id, anna.id)
    assert len(mails()) == 2
    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "terms.reminded")).all()
    assert [(one.person_id, one.group_id) for one in entries] == [(person.id, group.id), (person.id, other.group_id)]


def test_who_has_accepted_or_has_no_address_is_not_reminded(group: WorkingGroup, anna: Person) -> None:
    version = make_terms()
    done, silent = make_person("Done", email="done@example.org"), make_person("Silent")
    make_acceptance(done, version)
    for person, words in ((done, "meanwhile"), (silent, "no e-mail address")):
        with pytest.raises(DomainError) as refused:
            accepting.remind(make_membership(group, person).id, anna.id)
        assert words in str(refused.value.message)
    waits = make_membership(group, make_person(), State.REQUESTED)
    with pytest.raises(service.AlreadyMoved):
        accepting.remind(waits.id, anna.id)
    assert mails() == []


class TestPages:
    """The texts stand where one asks, answers a nomination, or looks after a group."""

    def test_the_request_form(self, visit: Visit, group: WorkingGroup) -> None:
        make_terms()
        expert = make_expert()
        page = visit(expert).open("/groups/climate/join")
        assert "conduct 1 in English" in page.text
        page.send(having="motivation", motivation="I know a lot.")
        assert page.status == 422
        assert 'href="#accepts"' in page.text and "I know a lot." in page.text
        page.send(having="motivation", accepts="y")
        assert "Your request was sent." in page.text
        assert terms.due_ids(expert.id) == []
        visit(expert).open(f"/groups/{make_group('water').slug}/join")
        assert 'name="accepts"' not in visit(expert).open("/groups/water/join").text

    def test_a_nomination_by_link(self, browser: Browser, group: WorkingGroup) -> None:
        make_terms()
        home = make_association()
        person = make_person(email="nora@example.org", association=home)
        membership = make_membership(group, person, State.NOMINATED, home)
        token = tokens.make(tokens.INVITATION, id=membership.id, mark=tokens.mark("nora@example.org"))
        browser.open(f"/invitations/{token}")
        assert "conduct 1 in English" in browser.text
        assert browser.send(having="accepts", answer="yes").status == 422
        assert db.session.get_one(Membership, membership.id).state == State.NOMINATED
        browser.send(having="accepts", answer="yes", accepts="y")
        assert "You have accepted." in browser.text
        assert terms.due_ids(person.id) == []

    def test_a_nomination_is_turned_down_without_them(self, browser: Browser, group: WorkingGroup) -> None:
        make_terms()
        person = make_person(email="nora@example.org")
        membership = make_membership(group, person, State.NOMINATED, make_association())
        token = tokens.make(tokens.INVITATION, id=membership.id, mark=tokens.mark("nora@example.org"))
        browser.open(f"/invitations/{token}").send(having="reason", answer="no", reason="No time.")
        assert db.session.get_one(Membership, membership.id).state == State.DECLINED
        assert terms.acceptances(person.id) == []

    def test_a_nomination_in_ones_account(self, visit: Visit, group: WorkingGroup) -> None:
        make_terms()
        home = make_association()
        person = make_account(association=home)
        membership = make_membership(group, person, State.NOMINATED, home)
        page = visit(person).open(f"/memberships/{membership.id}")
        assert f"/memberships/{membership.id}/take_up" in page.text
        page.open(f"/memberships/{membership.id}/take_up").send(having="accepts")
        assert page.status == 422
        page.send(having="accepts", accepts="y")
        assert "You have accepted." in page.text
        assert db.session.get_one(Membership, membership.id).state == State.REQUESTED
        assert page.open(f"/memberships/{membership.id}/take_up").status == 409

    def test_coordinators_see_who_has_not_accepted_and_remind(
        self, visit: Visit, group: WorkingGroup, anna: Person
    ) -> None:
        version = make_terms()
        done, late = (
            make_person("Done Member", email="d@example.org"),
            make_person("Late Member", email="l@example.org"),
        )
        make_acceptance(done, version)
        make_membership(group, done)
        make_membership(group, late)
        page = visit(anna)
        assert "1 has not accepted the terms" in page.open("/desk").text
        assert page.open("/groups/climate/members").text.count("terms not accepted") == 1
        page.open("/groups/climate/members?terms=open")
        assert "Late Member" in page.text and "Done Member" not in page.text
        page.send(action="/remind-terms")
        assert "Late Member was reminded of the terms." in page.text
        assert "written to on Thu 26 November 2026" in page.text
        assert "/remind-terms" not in page.text
        assert mails()[-1][0] == "Late Member <l@example.org>"
        make_acceptance(late, version)
        assert "Everybody has accepted" in page.open("/groups/climate/members?terms=open").text
        assert "have not accepted" not in page.open("/desk").text

    def test_members_do_not_see_it(self, visit: Visit, group: WorkingGroup) -> None:
        make_terms()
        member = make_account("Mia Member")
        make_membership(group, member)
        make_membership(group, make_person("Late Member"))
        text = visit(member).open("/groups/climate/members?terms=open").text
        assert "Late Member" in text and "Mia Member" in text
        assert "terms not accepted" not in text.lower()

    def test_focal_points_see_it_at_the_desk_of_their_association(self, visit: Visit, group: WorkingGroup) -> None:
        make_terms()
        home = make_association("HOME")
        focal = make_account(association=home, function="focal_point")
        make_membership(group, make_person("Late Member", email="l@example.org"), association=home)
        page = visit(focal).open("/associations/HOME/desk")
        assert page.text.count("terms not accepted") == 1
        page.send(action="/remind-terms")
        assert page.path == "/associations/HOME/desk"
        assert mails()[-1][0] == "Late Member <l@example.org>"

    def test_queries_do_not_grow(self, visit: Visit, group: WorkingGroup, anna: Person) -> None:
        make_terms()
        home = make_association("HOME")
        pages, numbers = (visit(anna), visit(make_account(association=home, function="focal_point"))), []
        for more in (2, 8):
            for _ in range(more):
                make_membership(group, make_person(email=f"p{len(numbers)}{_}@example.org"), association=home)
            for page, path in zip(pages * 2, ("/groups/climate/members", "/associations/HOME/desk",
                                              "/desk", "/desk"), strict=True):  # fmt: skip
                with counted_queries() as statements:
                    assert page.open(path).status == 200
                numbers.append(len(statements))
        assert numbers[:4] == numbers[4:]
