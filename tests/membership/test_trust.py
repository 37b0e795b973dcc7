"""What people could take for themselves by claiming to belong, by adding others, or by a function they hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.core.db import db
from app.core.errors import DomainError
from app.groups.rules import JoinPolicy, Visibility
from app.membership import directory, service
from app.membership.directory import Wanted
from app.membership.models import Membership
from app.membership.nominees import Nominee, read
from app.membership.rules import State, Who
from app.membership.service import mandates
from app.membership.service.departing import Farewell
from app.membership.service.nominating import Nomination
from app.people import queries as people
from app.people.models import Person
from app.people.service.persons import NewPerson
from app.people.viewer import SignedIn, Viewer
from tests.browsing import Browser, Visit
from tests.factories.groups import make_community, make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person


def viewer_of(person: Person) -> Viewer:
    account = db.session.get_one(Person, person.id).account
    assert account
    return SignedIn(account)


def test_claiming_an_association_gives_no_seat_of_it(app: Flask) -> None:
    association = make_association()
    make_account(association=association, function="focal_point")
    group = make_group(join_policy=JoinPolicy.OPEN)
    stranger = make_account(association=association)
    made = service.request(stranger.id, group.id, "Let me in.")
    assert made.state == State.TO_ENDORSE
    assert not directory.takes_part(viewer_of(stranger))
    service.endorse(made.id, None)
    assert made.state == State.ACTIVE, "the association has vouched, and nobody else is asked"
    other = make_group(join_policy=JoinPolicy.OPEN)
    assert service.request(stranger.id, other.id, "Here too.").state == State.ACTIVE


def test_where_nobody_vouches_the_coordinators_of_an_open_group_decide(app: Flask) -> None:
    expert = make_account(association=make_association())
    assert service.request(expert.id, make_group(join_policy=JoinPolicy.OPEN).id, "Hello.").state == State.REQUESTED


def test_adding_somebody_opens_nothing_of_theirs(app: Flask, visit: Visit) -> None:
    paula = make_account("Paula Private", email="paula@example.org", phone="+32 2 555", association=make_association())
    coordinator = make_account()
    group = make_group("climate", coordinators=(coordinator,))
    new = NewPerson("", None, "paula@example.org", None, None, None)
    service.enter(group.id, new, "observer", coordinator.id)  # type: ignore[arg-type]
    assert "+32 2 555" not in visit(coordinator).open(f"/people/{paula.id}").text
    asked = make_membership(make_group("labour", coordinators=(coordinator,)), paula, State.REQUESTED)
    assert asked.events[0].actor_id == paula.id
    assert "+32 2 555" in visit(coordinator).open(f"/people/{paula.id}").text


def test_a_nomination_makes_nobody_belong(app: Flask) -> None:
    fred, association = make_account(email="fred@free.example"), make_association()
    group = make_group(join_policy=JoinPolicy.NOMINATION)
    made = service.nominate(Nomination(group.id, association.id), [Nominee("fred@free.example")], None)[0]
    assert people.belongs_to(fred.id) == frozenset()
    service.revoke(made.id, None)
    again = service.nominate(Nomination(group.id, association.id), [Nominee("fred@free.example")], None)[0]
    service.take_up(again.id, fred.id)
    assert people.belongs_to(fred.id) == {association.id}


def test_a_deputy_lets_no_other_speaker_go_and_nobody_in_the_past(app: Flask) -> None:
    association = make_association("VVSG")
    focal = make_account(association=association, function="focal_point")
    deputy = make_account(association=association, function="deputy")
    expert = make_account(association=association)
    today = datetime.now(UTC).date()
    for person, day in ((focal, today), (expert, today - timedelta(days=30))):
        with pytest.raises(DomainError):
            service.let_go("VVSG", person.id, Farewell(day, None), deputy.id, as_administrator=False)
    service.let_go("VVSG", deputy.id, Farewell(today, None), deputy.id, as_administrator=False)
    service.let_go("VVSG", focal.id, Farewell(today - timedelta(days=30), None), None)


def test_the_only_speaker_renews_their_own_seat_with_one_yes(app: Flask) -> None:
    association = make_association()
    focal = make_account(association=association, function="focal_point")
    with time_machine.travel(datetime(2027, 1, 4, 9, tzinfo=UTC), tick=False):
        seat = make_membership(make_group(term_months=12), focal, association=association, ends_on=date(2027, 2, 1))
        mandates.answer(seat.id, Who.EXPERT, True, focal.id)
    assert db.session.get_one(Membership, seat.id).ends_on == date(2028, 2, 1)


def test_filters_do_not_tell_who_sits_in_hidden_groups(app: Flask) -> None:
    community = make_community("alpha")
    hidden = make_group(community=community, visibility=Visibility.MEMBERS)
    victoria, spy = make_person("Victoria Hidden"), make_account("Spy")
    make_membership(hidden, victoria)
    make_membership(make_group(), spy)
    names = [
        person.full_name
        for wanted in (Wanted(community_id=community.id), Wanted(group_id=hidden.id), Wanted(role="member"))
        for person in directory.page_of(viewer_of(spy), wanted, 1).items
    ]
    assert "Victoria Hidden" not in names
    association = make_association("VVSG")
    make_membership(hidden, make_person(association=association), association=association)
    assert "ALPHA" not in Browser(app).open("/associations/VVSG").text


def test_visitors_learn_of_public_people_what_these_chose_alone(app: Flask) -> None:
    anna = make_person("Anna Public", email="anna@example.org", association=make_association(name="Home of Anna"),
                       email_audience="public")  # fmt: skip
    page = Browser(app).open("/people")
    assert "Anna Public" in page.text and "anna@example.org" in page.text
    assert "Home of Anna" not in page.text
    assert "Home of Anna" not in Browser(app).open(f"/people/{anna.id}").text


def test_a_line_of_brackets_is_a_fault_of_that_line() -> None:
    from flask import Flask as Bare
    from flask_babel import Babel

    bare = Bare("bare")
    Babel(bare)
    with bare.test_request_context(), pytest.raises(DomainError) as refusal:
        read("(" * 5000 + "<a@b.example")
    assert refusal.value.field == "nominees"
