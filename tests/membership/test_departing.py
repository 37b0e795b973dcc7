"""Who leaves an association leaves its seats; a successor may take them over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.core.db import db
from app.core.errors import DomainError
from app.groups.rules import JoinPolicy
from app.membership import queries, service
from app.membership.colleagues import held_for
from app.membership.models import Membership
from app.membership.nominees import Nominee
from app.membership.rules import Move, Role, State
from app.membership.service.departing import Farewell, depart_due
from app.people.models import Affiliation, Person
from tests.browsing import Browser, Visit
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_affiliation, make_association, make_person
from tests.membership.conftest import Mails, addressed
from tests.people.helpers import at_once, link_in

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = NOON.date()
NORA = Nominee("nora@example.org", "Nora Newcomer", None)


@pytest.fixture(autouse=True)
def noon() -> object:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def states(person: Person) -> list[str]:
    db.session.rollback()
    found = db.session.query(Membership).filter_by(person_id=person.id).order_by(Membership.id)
    return [item.state for item in found]


def colleague() -> Person:
    """Someone with two seats, one as the chair, and a request on its way."""
    association = make_association("VVSG", names={"en": "Flemish towns"})
    person = make_account("Lea Leaver", email="lea@example.org", association=association)
    make_membership(make_group("climate", names={"en": "Climate", "fr": "Climat"}, join_policy=JoinPolicy.NOMINATION),
                    person, association=association)  # fmt: skip
    make_membership(make_group("labour", names={"en": "Labour", "fr": "Travail"}), person, association=association,
                    role=Role.CHAIR)  # fmt: skip
    make_membership(make_group(), person, State.REQUESTED, association)
    return person


def test_all_ends_after_the_last_day_and_not_before(app: Flask, mails: Mails, noon: time_machine.Traveller) -> None:
    person = colleague()
    service.let_go("VVSG", person.id, Farewell(TODAY + timedelta(days=5), None), None)
    depart_due()
    assert states(person) == ["active", "active", "requested"]
    noon.move_to(NOON + timedelta(days=5))
    depart_due()
    assert states(person) == ["active", "active", "requested"], "the last day counts"
    mails()
    noon.move_to(NOON + timedelta(days=6))
    assert depart_due()
    assert states(person) == ["ended"] * 3
    told = [mail for mail in mails() if "lea@" in mail.recipient]
    assert len(told) == 1, "one mail about all of it"
    assert "Climate" in (told[0].text or "") and "Labour" in (told[0].text or "")
    assert not depart_due()


def test_a_successor_takes_all_over_and_the_rest_becomes_vacant(app: Flask, noon: time_machine.Traveller) -> None:
    person = colleague()
    climate, labour, _request = db.session.query(Membership).order_by(Membership.id)
    made = service.let_go("VVSG", person.id, Farewell(TODAY, NORA, [climate.id, labour.id]), None)
    assert [(item.state, item.predecessor_id) for item in made] == [
        ("nominated", climate.id), ("nominated", labour.id)
    ]  # fmt: skip
    service.take_up(made[0].id, made[0].person_id)
    assert states(person) == ["ended", "active", "requested"]
    assert made[0].seat_number == 1 and made[0].predecessor and made[0].predecessor.person_id == person.id
    noon.move_to(NOON + timedelta(days=1))
    depart_due()
    assert states(person) == ["ended"] * 3
    service.take_up(made[1].id, made[1].person_id)
    assert states(made[1].person) == ["active", "requested"], "the second group decides on nominations too"
    service.accept(made[1].id, None)
    assert (made[1].state, made[1].seat_number) == ("active", 1)


def test_handing_over_without_leaving(app: Flask) -> None:
    person = colleague()
    climate = db.session.query(Membership).order_by(Membership.id).first()
    assert climate
    service.let_go("VVSG", person.id, Farewell(None, NORA, [climate.id]), None)
    again = service.let_go("VVSG", person.id, Farewell(None, NORA, [climate.id]), None)
    assert len(again) == 1, "sent twice, done once"
    assert db.session.query(Membership).filter_by(predecessor_id=climate.id).count() == 1
    assert db.session.query(Affiliation).filter_by(person_id=person.id).one().ends_on is None


def test_another_function_there_keeps_the_seats(app: Flask, noon: time_machine.Traveller) -> None:
    person = colleague()
    association = person.affiliations[0].association
    assert association
    kept = make_affiliation(person, association, "focal_point")
    first = next(item.id for item in person.affiliations if item.function == "expert")
    service.end_affiliation(first, TODAY - timedelta(days=1), None)
    assert states(person) == ["active", "active", "requested"]
    service.end_affiliation(kept.id, TODAY - timedelta(days=1), None)
    assert states(person) == ["ended"] * 3


def test_it_is_all_or_nothing(app: Flask, mails: Mails) -> None:
    person = colleague()
    climate, labour, _request = db.session.query(Membership).order_by(Membership.id)
    other = make_person("Nora Newcomer", email="nora@example.org", association=climate.association)
    make_membership(labour.group, other, State.REQUESTED, climate.association)
    with pytest.raises(DomainError) as refusal:
        service.let_go("VVSG", person.id, Farewell(TODAY, NORA, [climate.id, labour.id]), None)
    assert refusal.value.field == "email" and "Labour" in str(refusal.value.message)
    assert mails() == []
    assert states(other) == ["requested"]
    assert all(item.ends_on is None for item in person.affiliations)


@pytest.mark.parametrize(
    ("farewell", "field"),
    [
        (Farewell(None, None), "last_day"),
        (Farewell(TODAY, NORA, []), "handed_over"),
        (Farewell(date(1800, 1, 1), None), "ends_on"),
        (Farewell(None, NORA, [987]), "handed_over"),
    ],
)
def test_what_is_refused(app: Flask, farewell: Farewell, field: str) -> None:
    person = colleague()
    with pytest.raises(DomainError) as refusal:
        service.let_go("VVSG", person.id, farewell, None)
    assert refusal.value.field == field
    assert states(person) == ["active", "active", "requested"]


def test_leaving_while_the_coordinator_decides(app: Flask) -> None:
    person = colleague()
    request = db.session.query(Membership).filter_by(state=State.REQUESTED).one()
    person_id, request_id = person.id, request.id
    gone = Farewell(TODAY - timedelta(days=1), None)
    outcomes = at_once(
        app, lambda: service.let_go("VVSG", person_id, gone, None), lambda: service.accept(request_id, None)
    )
    assert not isinstance(outcomes[0], Exception), outcomes
    db.session.rollback()
    depart_due()
    assert states(person) == ["ended"] * 3


class TestPage:
    """/associations/<code>/colleagues/<person>/leave"""

    def test_from_the_associations_desk(self, browser: Browser, visit: Visit, mails: Mails) -> None:
        person = colleague()
        focal = make_account(association=person.affiliations[0].association, function="focal_point")
        page = visit(focal).open("/associations/VVSG/desk")
        assert f"/associations/VVSG/colleagues/{person.id}/leave" in page.text
        page.open(f"/associations/VVSG/colleagues/{person.id}/leave")
        assert "Climate" in page.text and "Labour" in page.text and "requested" not in page.text
        mails()
        page.send(having="last_day", last_day="2026-11-30", email="nora@example.org", full_name="Nora Newcomer",
                  handed_over=[str(seat.id) for seat in held_for(person.id, focal.affiliations[0].association_id or 0)
                               if seat.state == State.ACTIVE])  # fmt: skip
        assert page.path == "/associations/VVSG/desk"
        assert "30 November 2026" in page.text
        written = mails()
        assert addressed(written) == {"nora@example.org"} and len(written) == 2
        for mail in written:
            browser.open(link_in(mail)).send(answer="yes")
        nora = db.session.query(Person).filter_by(email="nora@example.org").one()
        assert states(nora) == ["active", "requested"], "the second group decides on nominations too"
        assert states(person) == ["ended", "active", "requested"]

    def test_errors_stand_beside_their_fields_and_keep_what_was_typed(self, visit: Visit) -> None:
        person = colleague()
        page = visit(make_account(administrator=True)).open(f"/associations/VVSG/colleagues/{person.id}/leave")
        page.send(having="last_day", last_day="", email="", full_name="Nora Newcomer")
        assert page.status == 422 and 'id="email-error"' in page.text and "Nora Newcomer" in page.text
        page.send(having="last_day", last_day="", email="", full_name="")
        assert page.status == 422 and 'id="last_day-error"' in page.text
        page.send(having="last_day", last_day="1800-01-01")
        assert page.status == 422 and 'id="last_day-error"' in page.text
        page.send(having="last_day", last_day="", email="nora@example.org", full_name="")
        assert page.status == 422 and 'id="full_name-error"' in page.text
        assert states(person) == ["active", "active", "requested"]

    def test_the_administration_lists_what_ends(self, visit: Visit) -> None:
        person = colleague()
        admin = visit(make_account(administrator=True))
        admin.open(f"/admin/affiliations/{person.affiliations[0].id}/end")
        assert "Climate" in admin.text and "Labour" in admin.text
        admin.send(having="ends_on", ends_on="2026-11-24")
        assert admin.path == f"/admin/people/{person.id}"
        assert states(person) == ["ended"] * 3
        made = queries.with_history(1)
        assert made and made.events[-1].move == Move.DEPART

    def test_who_belongs_nowhere_near_is_not_found(self, visit: Visit) -> None:
        colleague()
        page = visit(make_account(administrator=True)).open(f"/associations/VVSG/colleagues/{make_person().id}/leave")
        assert page.status == 404
