"""Associations nominate; the nominated answer by a link without a password; successors follow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.core.db import db
from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus, JoinPolicy
from app.membership import queries, service
from app.membership.models import Membership
from app.membership.nominees import Nominee
from app.membership.rules import Role, State
from app.membership.service.nominating import Nomination, expire_invitations
from app.people.models import Account, Association, Person
from tests.browsing import PASSWORD, Browser, Visit
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person
from tests.membership.conftest import Mails, addressed
from tests.people.helpers import at_once, link_in

NORA = Nominee("nora@example.org", "Nora Newcomer", None)
PAUL = Nominee("paul@example.org", "Paul Proposed", None)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def association(app: Flask) -> Association:
    return make_association("VVSG", names={"en": "Flemish towns"})


@pytest.fixture
def focal_point(association: Association) -> Person:
    return make_account("Fay Focal", email="fay@example.org", association=association, function="focal_point")


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    """Filled by nominations, two seats each."""
    return make_group("climate", names={"en": "Climate", "fr": "Climat"}, join_policy=JoinPolicy.NOMINATION,
                      seats_member=2)  # fmt: skip


def membership_of(email: str) -> Membership:
    db.session.rollback()
    return db.session.query(Membership).join(Membership.person).filter(Person.email == email).one()


def test_a_list_is_pasted_and_each_is_written_to(
    group: WorkingGroup, focal_point: Person, visit: Visit, mails: Mails
) -> None:
    page = visit(focal_point).open("/associations/VVSG/desk")
    assert "/groups/climate/nominate" in page.text
    page.open("/groups/climate/nominate?association=VVSG")
    page.send(nominees="Nora Newcomer <nora@example.org>\nPaul Proposed <paul@example.org>")
    assert page.path == "/associations/VVSG/desk" and "2 people were nominated" in page.text
    assert addressed(mails()) == {"nora@example.org", "paul@example.org"}
    assert membership_of("nora@example.org").state == State.NOMINATED
    page.open("/groups/climate/nominate?association=VVSG").send(nominees="Quentin <quentin@example.org>")
    assert page.status == 422 and "no vacant seat" in page.text and "quentin@example.org" in page.text


def test_accepting_by_the_link_without_a_password_and_making_an_account(
    group: WorkingGroup, association: Association, focal_point: Person, browser: Browser, mails: Mails
) -> None:
    service.nominate(Nomination(group.id, association.id), [NORA], focal_point.id)
    link = link_in(mails()[0])
    page = browser.open(link)
    assert page.status == 200 and "Nora Newcomer" in page.text
    assert page.page and page.page.headers["Cache-Control"] == "private, no-store"
    page.send(answer="yes")
    assert page.status == 200 and membership_of("nora@example.org").state == State.ACTIVE
    assert membership_of("nora@example.org").seat_number == 1
    assert "fay@example.org" in addressed(mails()), "the association hears of it"
    page.open(link)
    assert "answer" not in str(page.forms()), "there is nothing left to answer"
    page.open(link + "/account").send(having="password", password="short", password_again="short")
    assert (
        page.status == 422
        and db.session.query(Account).filter(Account.person.has(email="nora@example.org")).count() == 0
    )
    page.send(having="password", password=PASSWORD, password_again=PASSWORD)
    assert page.path == "/me" and "Nora Newcomer" in page.text
    other = Browser(browser.client.application)
    assert other.open(link + "/account").path.startswith("/sign-in"), "an account is made once"
    assert other.sign_in("nora@example.org").path == "/me"


def test_turning_down_frees_the_seat_for_another(group: WorkingGroup, association: Association, mails: Mails,
                                                 focal_point: Person, browser: Browser) -> None:  # fmt: skip
    group.seats_member = 1
    db.session.commit()
    what = Nomination(group.id, association.id)
    service.nominate(what, [NORA], focal_point.id)
    link = link_in(mails()[0])
    with pytest.raises(DomainError):
        service.nominate(what, [PAUL], focal_point.id)
    page = browser.open(link)
    no = next(form for form in page.forms() if "reason" in form["fields"])
    page.client.post(no["action"], data={**no["fields"], "answer": "no", "reason": "No time."})
    assert membership_of("nora@example.org").state == State.DECLINED
    told = mails()
    assert addressed(told) == {"fay@example.org"} and "No time." in (told[0].text or "")
    assert service.nominate(what, [PAUL], focal_point.id)


def test_sent_twice_is_done_once(group: WorkingGroup, association: Association, mails: Mails) -> None:
    what = Nomination(group.id, association.id)
    service.nominate(what, [NORA, PAUL], None)
    assert service.nominate(what, [NORA, PAUL], None) == []
    assert len(mails()) == 2


def test_two_focal_points_nominate_for_the_last_seat(app: Flask, group: WorkingGroup, association: Association) -> None:
    group.seats_member = 1
    db.session.commit()
    what = Nomination(group.id, association.id)
    outcomes = at_once(app, lambda: service.nominate(what, [NORA], None), lambda: service.nominate(what, [PAUL], None))
    assert sum(isinstance(outcome, DomainError) for outcome in outcomes) == 1, outcomes
    db.session.rollback()
    assert db.session.query(Membership).count() == 1


def test_resent_revoked_and_expired(
    group: WorkingGroup, association: Association, focal_point: Person, browser: Browser, visit: Visit, mails: Mails
) -> None:
    with time_machine.travel(NOON, tick=False) as now:
        made = service.nominate(Nomination(group.id, association.id), [NORA, PAUL], focal_point.id)
        nora, paul = (item.id for item in made)
        mails()
        desk = visit(focal_point)
        desk.open(f"/memberships/{nora}?back=association").send(f"/memberships/{nora}/resend")
        assert mails() == [], "not twice within a minute"
        now.shift(timedelta(minutes=2))
        desk.open(f"/memberships/{nora}?back=association").send(f"/memberships/{nora}/resend")
        link = link_in(mails()[0])
        desk.open(f"/memberships/{paul}/revoke?back=association").send()
        assert desk.path == "/associations/VVSG/desk"
        assert addressed(mails()) == {"paul@example.org"}
        now.shift(timedelta(days=20))
        assert not expire_invitations()
        now.shift(timedelta(days=20))
        assert expire_invitations() and not expire_invitations()
        assert membership_of("nora@example.org").state == State.WITHDRAWN
        assert "fay@example.org" in addressed(mails())
        assert browser.open(link).status == 410


def test_a_link_is_over_once_the_address_is_anothers(
    group: WorkingGroup, association: Association, browser: Browser, mails: Mails
) -> None:
    made = service.nominate(Nomination(group.id, association.id), [NORA], None)[0]
    link = link_in(mails()[0])
    made.person.email = "another@example.org"
    db.session.commit()
    assert browser.open(link).status == 410
    assert browser.open(link[:-3] + "xyz").status == 410


@pytest.mark.parametrize(
    ("status", "policy", "limit", "why"),
    [
        (GroupStatus.CLOSED, JoinPolicy.NOMINATION, 2, "ended"),
        (GroupStatus.DORMANT, JoinPolicy.NOMINATION, 2, "dormant"),
        (GroupStatus.ACTIVE, JoinPolicy.CLOSED, 2, "closed"),
        (GroupStatus.ACTIVE, JoinPolicy.NOMINATION, 0, "invit"),
    ],
)
def test_what_bars_nominations(
    group: WorkingGroup, association: Association, status: GroupStatus, policy: JoinPolicy, limit: int, why: str
) -> None:
    group.status, group.join_policy, group.seats_member = status, policy, limit
    db.session.commit()
    with pytest.raises(DomainError):
        service.nominate(Nomination(group.id, association.id), [NORA], None)
    assert db.session.query(Membership).count() == 0, why


def test_someone_of_another_association_is_not_taken_over(group: WorkingGroup, association: Association) -> None:
    make_person("Nora Newcomer", email="nora@example.org", association=make_association())
    with pytest.raises(DomainError) as refusal:
        service.nominate(Nomination(group.id, association.id), [NORA], None)
    assert refusal.value.field == "email"


class TestSuccessors:
    """/memberships/<id>/replace"""

    def test_the_holder_goes_when_the_successor_accepts(
        self, group: WorkingGroup, association: Association, focal_point: Person, visit: Visit, browser: Browser,
        mails: Mails,
    ) -> None:  # fmt: skip
        holder = make_person("Henk Holder", email="henk@example.org", association=association)
        held = make_membership(group, holder, association=association, seat_number=2)
        page = visit(focal_point).open(f"/memberships/{held.id}/replace?back=association")
        page.send(having="email", email="nora@example.org", full_name="Nora Newcomer")
        assert page.path == "/associations/VVSG/desk"
        assert membership_of("henk@example.org").state == State.ACTIVE
        browser.open(link_in(mails()[0])).send(answer="yes")
        assert membership_of("henk@example.org").state == State.ENDED
        nora = membership_of("nora@example.org")
        assert (nora.state, nora.seat_number, nora.predecessor_id) == (State.ACTIVE, 2, held.id)
        assert "henk@example.org" in addressed(mails())
        history = visit(focal_point).open(f"/memberships/{nora.id}")
        assert "Henk Holder" in history.text, "who sat there before is kept"

    def test_at_once_keeps_the_seat_for_the_successor(
        self, group: WorkingGroup, association: Association, focal_point: Person
    ) -> None:
        group.seats_member = 1
        db.session.commit()
        held = make_membership(group, make_person(association=association), association=association)
        waiting = make_membership(group, make_person(association=association), State.WAITING, association)
        made = service.replace(held.id, NORA, focal_point.id, at_once=True)
        assert held.state == State.ENDED
        with pytest.raises(DomainError):
            service.admit(waiting.id, "focal_point", focal_point.id)  # type: ignore[arg-type]
        service.take_up(made.id, made.person_id)
        assert made.state == State.ACTIVE

    def test_an_alternate_shares_the_seat(self, group: WorkingGroup, association: Association) -> None:
        held = make_membership(group, make_person(association=association), association=association)
        what = Nomination(group.id, association.id, Role.ALTERNATE, held.id)
        made = service.nominate(what, [NORA], None)[0]
        service.take_up(made.id, made.person_id)
        assert (made.role, made.seat_number) == (Role.ALTERNATE, held.seat_number)
        with pytest.raises(DomainError):
            service.nominate(what, [PAUL], None)
        assert queries.member_count(group.id) == 2
