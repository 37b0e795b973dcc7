"""Reminders of what waits, escalation, the pause; deputies; associations that nobody speaks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.core.db import db
from app.groups.models import WorkingGroup
from app.membership import patience, queries, service
from app.membership.models import Membership
from app.membership.rules import State
from app.membership.service import deciding, reminding
from app.people.models import Association, Person
from app.people.service.affiliations import add_affiliation
from tests.browsing import Visit
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_expert
from tests.membership.conftest import Mails, addressed

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
AUGUST = ("08-01", "08-31")


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def association(app: Flask) -> Association:
    return make_association("VVSG", names={"en": "Flemish towns"})


@pytest.fixture
def focal_point(association: Association) -> Person:
    return make_account("Fay Focal", email="fay@example.org", association=association, function="focal_point")


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    return make_group("climate", names={"en": "Climate", "fr": "Climat"},
                      coordinators=(make_account("Anna Example", email="anna@example.org"),))  # fmt: skip


@pytest.fixture
def admin(app: Flask) -> Person:
    return make_account("Ada Admin", email="ada@example.org", administrator=True)


def asked(group: WorkingGroup, association: Association, state: State, days_ago: int) -> Membership:
    then = NOON - timedelta(days=days_ago)
    person = make_account(association=association)
    return make_membership(group, person, state, association, began_at=then, moved_at=then)


def test_who_decides_is_reminded_then_administrators_are_told(
    group: WorkingGroup, association: Association, focal_point: Person, admin: Person, mails: Mails,
    now: time_machine.Traveller,
) -> None:  # fmt: skip
    asked(group, association, State.TO_ENDORSE, 0), asked(group, association, State.REQUESTED, 0)
    now.shift(timedelta(days=6))
    assert not reminding.remind()
    now.shift(timedelta(days=1))
    assert reminding.remind() and not reminding.remind()
    assert addressed(mails()) == {"fay@example.org", "anna@example.org"}
    now.shift(timedelta(days=7))
    reminding.remind()
    assert addressed(mails()) == {"fay@example.org", "anna@example.org"}
    now.shift(timedelta(days=7))
    reminding.remind()
    assert "ada@example.org" in addressed(mails())
    assert queries.pending_count(reminding.late_since()) == 2
    now.shift(timedelta(days=7))
    reminding.remind()
    assert "ada@example.org" not in addressed(mails()), "once about each"


def test_several_requests_are_one_mail(group: WorkingGroup, association: Association, mails: Mails) -> None:
    for _ in range(5):
        asked(group, association, State.REQUESTED, 10)
    reminding.remind()
    assert len(mails()) == 1


def test_august_does_not_count(
    group: WorkingGroup, association: Association, mails: Mails, now: time_machine.Traveller
) -> None:
    now.move_to(datetime(2027, 7, 29, 12, tzinfo=UTC))
    made = asked(group, association, State.REQUESTED, 0)
    made.moved_at = made.began_at = datetime(2027, 7, 29, 12, tzinfo=UTC)
    db.session.commit()
    for day in (datetime(2027, 8, 20, 12, tzinfo=UTC), datetime(2027, 9, 4, 12, tzinfo=UTC)):
        now.move_to(day)
        assert not reminding.remind(), day
    now.move_to(datetime(2027, 9, 5, 12, tzinfo=UTC))
    assert reminding.remind(), "two days in July, five in September"


@pytest.mark.parametrize(
    ("since", "today", "pause", "days"),
    [
        (date(2027, 7, 31), date(2027, 9, 1), AUGUST, 1),
        (date(2027, 8, 5), date(2027, 8, 20), AUGUST, 0),
        (date(2026, 12, 20), date(2027, 1, 10), ("12-24", "01-06"), 7),
        (date(2027, 8, 5), date(2027, 8, 20), None, 15),
        (date(2027, 8, 20), date(2027, 8, 5), AUGUST, 0),
    ],
)
def test_days_as_people_count_them(since: date, today: date, pause: patience.Pause, days: int) -> None:
    assert patience.waited(since, today, pause) == days
    if since < today and days:
        assert patience.waited(patience.first_day(days, today, pause), today, pause) == days


def test_deputies_stand_in_for_their_days_alone(
    group: WorkingGroup, association: Association, focal_point: Person, visit: Visit, now: time_machine.Traveller
) -> None:
    deputy = make_account("Dora Deputy", email="dora@example.org")
    made = add_affiliation(deputy.id, association.id, None, "deputy", date(2026, 12, 1), None)
    request = asked(group, association, State.TO_ENDORSE, 0)
    browser = visit(deputy)
    assert browser.open("/associations/VVSG/desk").status == 403
    now.move_to(datetime(2026, 12, 1, 12, tzinfo=UTC))
    page = visit(deputy).open("/associations/VVSG/desk")
    assert page.status == 200 and "Dora Deputy (deputy" in page.text
    page.send(f"/memberships/{request.id}/endorse")
    assert db.session.get_one(Membership, request.id, populate_existing=True).state == State.REQUESTED
    service.end_affiliation(made.id, date(2026, 12, 24), None)
    now.move_to(datetime(2026, 12, 25, 12, tzinfo=UTC))
    assert visit(deputy).open("/associations/VVSG/desk").status == 403


def test_without_anybody_to_endorse_it_goes_to_the_coordinators_marked(
    group: WorkingGroup, association: Association, visit: Visit, admin: Person
) -> None:
    expert = make_account(association=association)
    made = service.request(expert.id, group.id, "I work on it.")
    assert (made.state, made.endorsed) == (State.REQUESTED, False)
    page = visit(admin).open("/groups/climate/members")
    assert "not endorsed" in page.text.lower()


def test_a_request_does_not_wait_for_a_focal_point_who_has_gone(
    group: WorkingGroup, association: Association, focal_point: Person, mails: Mails
) -> None:
    request = asked(group, association, State.TO_ENDORSE, 0)
    assert not deciding.pass_on_unheard()
    service.end_affiliation(focal_point.affiliations[0].id, NOON.date() - timedelta(days=1), None)
    mails()
    assert deciding.pass_on_unheard()
    assert db.session.get_one(Membership, request.id, populate_existing=True).state == State.REQUESTED
    assert addressed(mails()) == {"anna@example.org"}


def test_many_at_once_with_one_reason(
    group: WorkingGroup, association: Association, focal_point: Person, visit: Visit, mails: Mails
) -> None:
    ids = [asked(group, association, State.TO_ENDORSE, 1).id for _ in range(3)]
    page = visit(focal_point).open("/desk/decide")
    page.client.post("/memberships/decide", data={**page.form("/memberships/decide")["fields"], "move": "refuse",
                                                  "chosen": ids[:2], "reason": ""})  # fmt: skip
    states = [db.session.get_one(Membership, it, populate_existing=True).state for it in ids]
    assert states == [State.TO_ENDORSE] * 3, "a no needs a reason"
    page.client.post("/memberships/decide", data={**page.form("/memberships/decide")["fields"], "move": "refuse",
                                                  "chosen": ids[:2], "reason": "Not this year."})  # fmt: skip
    states = [db.session.get_one(Membership, it, populate_existing=True).state for it in ids]
    assert states == [State.DECLINED, State.DECLINED, State.TO_ENDORSE]
    assert sum("Not this year." in (mail.text or "") for mail in mails()) == 2


def test_a_list_that_names_anothers_is_refused_whole(
    group: WorkingGroup, association: Association, focal_point: Person, visit: Visit
) -> None:
    own = asked(group, association, State.TO_ENDORSE, 1).id
    other = asked(group, make_expert().affiliations[0].association, State.TO_ENDORSE, 1).id  # type: ignore[arg-type]
    page = visit(focal_point).open("/desk/decide")
    page.client.post("/memberships/decide", data={**page.form("/memberships/decide")["fields"], "move": "endorse",
                                                  "chosen": [own, other]})  # fmt: skip
    assert db.session.get_one(Membership, own, populate_existing=True).state == State.TO_ENDORSE


def test_a_long_list_says_that_more_wait(
    group: WorkingGroup,
    association: Association,
    focal_point: Person,
    visit: Visit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.pages.deciding.LISTED", 2)
    ids = [asked(group, association, State.TO_ENDORSE, days).id for days in (3, 9, 5)]
    page = visit(focal_point).open("/desk/decide")
    assert "These are the 2 who have waited longest." in page.text
    assert [f'name="chosen" value="{it}"' in page.text for it in ids] == [False, True, True]
