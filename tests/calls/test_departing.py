"""Who leaves an association, or is erased, stands for it no longer; those concerned are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.calls import queries
from app.calls.models import Candidacy
from app.calls.personal_data import erase
from app.calls.rules import CallState, Standing
from app.calls.service import apply, departing
from app.core.audit import AuditEntry
from app.core.db import db, write
from app.groups.models import WorkingGroup
from app.membership import service
from app.membership.service import departing as memberships
from app.membership.service.departing import Farewell
from app.people.models import Association, Person
from tests.browsing import Visit
from tests.factories.calls import in_days, make_call, make_candidacy
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_affiliation, make_association
from tests.membership.conftest import Mails, addressed

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def now(app: Flask) -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    return make_group("heat", names={"en": "Heat", "fr": "Chaleur"})


@pytest.fixture
def own(app: Flask) -> Association:
    return make_association("OWN")


@pytest.fixture
def focal(own: Association) -> Person:
    return make_account("Fay Focal", email="fay@example.org", association=own, function="focal_point")


@pytest.fixture
def expert(own: Association) -> Person:
    return make_account("Eve Expert", email="eve@example.org", association=own)


def states() -> list[str]:
    db.session.rollback()
    return [str(one.state) for one in db.session.scalars(select(Candidacy).order_by(Candidacy.id))]


def test_what_one_stands_for_ends_with_the_last_day(
    group: WorkingGroup, own: Association, focal: Person, expert: Person, mails: Mails, now: time_machine.Traveller
) -> None:
    call = make_call(group)
    make_candidacy(call, expert, association=own, preference=1)
    make_candidacy(call, make_account("Next"), association=own, preference=2)
    make_candidacy(make_call(make_group(), CallState.DECIDED, reserve_until=in_days(90)), expert, "reserve", own)
    make_candidacy(make_call(make_group(), CallState.DECIDED), expert, Standing.CHOSEN, own)
    other = make_candidacy(make_call(group), expert, association=make_association("OTHER"))
    service.let_go("OWN", expert.id, Farewell(TODAY + timedelta(days=3), None), focal.id)
    assert not departing.depart_due() and not mails()
    now.shift(timedelta(days=4))
    memberships.depart_due()
    assert states() == ["ready", "ready", "reserve", "chosen", "ready"], "who holds no seat is found by the calls' job"
    assert departing.depart_due() and not departing.depart_due()
    assert states() == ["withdrawn", "ready", "withdrawn", "chosen", "ready"]
    places = {one.person.full_name: one.preference for one in queries.candidates_of(call.id, own.id)}
    assert places == {"Eve Expert": None, "Next": 1}
    written = mails()
    assert addressed(written) == {"eve@example.org", "fay@example.org"} and len(written) == 2
    assert all((mail.text or "").count("Heat experts (") == 2 for mail in written)
    said = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "candidacy.depart")).all()
    assert len(said) == 2 and other.id not in [entry.subject_id for entry in said]


def test_at_once_with_the_seats_and_one_may_stand_again(
    group: WorkingGroup, own: Association, focal: Person, expert: Person, mails: Mails
) -> None:
    call = make_call(group)
    made = make_candidacy(call, expert, Standing.TO_ENDORSE, own)
    make_membership(make_group(), expert, association=own)
    first, more = expert.affiliations[0].id, make_affiliation(expert, own, "deputy").id
    service.end_affiliation(first, TODAY - timedelta(days=1), None)
    assert states() == ["to_endorse"], "another function stays"
    mails()
    service.end_affiliation(more, TODAY - timedelta(days=1), focal.id)
    assert states() == ["withdrawn"]
    assert [mail.subject for mail in mails() if "fay@" in mail.recipient] == [], "she did it herself"
    make_affiliation(expert, make_association("NEW"))
    assert apply(expert.id, call.id, "Once more.").id == made.id
    assert states() == ["ready"]


def test_both_pages_say_what_ends(
    visit: Visit, group: WorkingGroup, own: Association, focal: Person, expert: Person
) -> None:
    make_candidacy(make_call(group), expert, association=own)
    make_candidacy(make_call(group, titles={"en": "Withdrawn"}), expert, Standing.WITHDRAWN, own)
    page = visit(focal).open(f"/associations/OWN/colleagues/{expert.id}/leave").text
    assert "stands for OWN in this call" in page and "Heat experts" in page and ">Withdrawn<" not in page
    admin = visit(make_account(administrator=True), "fr")
    page = admin.open(f"/admin/affiliations/{expert.affiliations[0].id}/end").text
    assert "Experts en chaleur" in page and ">Withdrawn<" not in page
    make_affiliation(expert, own, "deputy")
    assert "Experts en chaleur" not in admin.open(f"/admin/affiliations/{expert.affiliations[0].id}/end").text


def test_who_is_erased_leaves_no_gap_and_the_association_hears_of_it(
    group: WorkingGroup, own: Association, focal: Person, expert: Person, mails: Mails
) -> None:
    call = make_call(group)
    make_candidacy(call, expert, association=own, preference=1)
    make_candidacy(call, make_account("Next"), association=own, preference=2)
    make_candidacy(make_call(group, CallState.CANCELLED), expert, Standing.DROPPED, own)
    with write():
        erase(db.session.get_one(Person, expert.id))
    assert states() == ["withdrawn", "ready", "dropped"]
    assert [one.preference for one in queries.candidates_of(call.id, own.id)] == [1, None]
    assert addressed(mails()) == {"fay@example.org"}
    assert not any(one.motivation for one in expert_candidacies(expert))


def expert_candidacies(expert: Person) -> list[Candidacy]:
    return list(db.session.scalars(select(Candidacy).where(Candidacy.person_id == expert.id)))
