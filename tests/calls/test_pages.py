"""The pages of calls, as people use them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.calls.models import Call, Candidacy
from app.calls.rules import CallState, Standing
from app.core.db import db
from app.groups.models import WorkingGroup
from app.membership import queries as membership
from app.membership.rules import State
from app.people.models import Association, Person
from tests.browsing import Browser, Visit
from tests.factories.calls import in_days, make_call, make_candidacy
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person
from tests.membership.conftest import Mails, addressed
from tests.queries import counted_queries

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(app: Flask) -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def coordinator(app: Flask) -> Person:
    return make_account("Cora Coordinator", email="cora@example.org")


@pytest.fixture
def group(coordinator: Person) -> WorkingGroup:
    return make_group("heat", coordinators=(coordinator,), names={"en": "Heat", "fr": "Chaleur"}, seats_member=1)


@pytest.fixture
def own(app: Flask) -> Association:
    return make_association("OWN", name="Our association")


@pytest.fixture
def focal(own: Association) -> Person:
    return make_account("Fay Focal", email="fay@example.org", association=own, function="focal_point")


@pytest.fixture
def expert(own: Association) -> Person:
    return make_account("Eve Expert", email="eve@example.org", association=own)


WRITTEN = {
    "titles__en": "Heat experts", "titles__fr": "Experts en chaleur", "texts__en": "Two **meetings**.",
    "texts__fr": "Deux réunions.", "seats": "2", "deadline_on": "2027-02-10", "deadline_time": "17:00",
    "reserve_until": "2027-09-01",
}  # fmt: skip


def only_call() -> Call:
    db.session.rollback()
    return db.session.scalars(select(Call)).one()


def test_a_call_from_the_first_word_to_the_seat(
    visit: Visit, browser: Browser, group: WorkingGroup, coordinator: Person, own: Association, focal: Person,
    expert: Person, mails: Mails, _now: time_machine.Traveller,
) -> None:  # fmt: skip
    cora = visit(coordinator).open("/groups/heat/calls/new").send(**WRITTEN)
    call = only_call()
    assert cora.path == f"/calls/{call.id}"
    assert browser.open(f"/calls/{call.id}").status == 404, "a draft is for the coordinators"
    assert "Heat experts" not in browser.open("/groups/heat/calls").text
    cora.open(f"/calls/{call.id}/open").send()
    assert "The call is open" in cora.text
    assert addressed(mails()) == {"fay@example.org"}
    for path in ("/", "/calls", "/groups/heat", "/groups/heat/calls"):
        assert "Heat experts" in browser.open(path).text, path
    assert "<strong>meetings</strong>" in browser.open(f"/calls/{call.id}").text
    eve = visit(expert)
    assert "Heat experts" in eve.open("/me").text
    eve.open(f"/calls/{call.id}/apply").send(motivation="I know heat.")
    assert "sent to your association" in eve.text
    fay = visit(focal)
    for path in ("/desk", "/associations/OWN/desk"):
        assert "Eve Expert" in fay.open(path).text
    fay.open(f"/calls/{call.id}/nominate")
    assert "I know heat." in fay.text
    fay.send(action="/endorse")
    fay.send(having="nominees", nominees="new@example.org, New Nominee", recommendation="The best.")
    assert "1 person was nominated" in fay.text
    ids = {one.person.full_name: one.id for one in db.session.scalars(select(Candidacy))}
    fay.send(action="/rank?association=OWN", **{f"place-{ids['New Nominee']}": "1", f"place-{ids['Eve Expert']}": "2"})
    assert [(one.person.full_name, one.preference) for one in _placed()] == [("New Nominee", 1), ("Eve Expert", 2)]
    assert "New Nominee" not in browser.open(f"/calls/{call.id}").text, "who stands is no public matter"
    mails()
    cora.open(f"/calls/{call.id}/choose")
    assert "Choose once its deadline has passed" in cora.text
    _now.move_to(datetime(2027, 2, 10, 16, tzinfo=UTC))
    assert "The deadline of this call has passed" in visit(expert).open(f"/calls/{call.id}/apply").text
    assert "Heat experts" in cora.open("/desk").text
    cora.open(f"/calls/{call.id}/choose")
    for words in ("New Nominee", "Eve Expert", "preference 1", "1 of 1 seats free", "I know heat.", "The best."):
        assert words in cora.text, words
    cora.send(action="/choose", step="check")
    assert cora.status == 422
    cora.send(action="/choose", step="check", chosen=str(ids["Eve Expert"]))
    assert "Eve Expert" in cora.text and "New Nominee" not in cora.text
    cora.send(action="/choose", step="save")
    assert "everyone was written to" in cora.text
    assert addressed(mails()) == {"cora@example.org", "eve@example.org", "new@example.org", "fay@example.org"}
    seat = membership.open_membership(expert.id, group.id)
    assert seat and seat.state == State.ACTIVE
    assert "On the reserve list" in cora.text
    cora.send(action="/take")
    assert "All seats of OWN in this group are taken" in cora.text


def _placed() -> list[Candidacy]:
    db.session.rollback()
    found = select(Candidacy).where(Candidacy.preference.is_not(None)).order_by(Candidacy.preference)
    return list(db.session.scalars(found))


class TestWriting:
    """Writing, changing, extending, cancelling."""

    def test_errors_stand_beside_their_fields_and_keep_what_was_typed(
        self, visit: Visit, group: WorkingGroup, coordinator: Person
    ) -> None:
        page = visit(coordinator).open("/groups/heat/calls/new")
        page.send(**{**WRITTEN, "seats": "99", "deadline_on": "2027-02-30", "titles__en": ""})
        assert page.status == 422
        for name in ("seats", "deadline_on", "titles-en"):
            assert f'id="{name}-error"' in page.text
        assert "Experts en chaleur" in page.text
        page.send(**{**WRITTEN, "deadline_on": "2027-03-28", "deadline_time": "02:30"})
        assert 'id="deadline_time-error"' in page.text
        assert db.session.scalars(select(Call)).all() == []

    def test_sent_twice_is_one_call(self, visit: Visit, group: WorkingGroup, coordinator: Person) -> None:
        page = visit(coordinator).open("/groups/heat/calls/new")
        form = page.form(having="seats")
        for _time in range(2):
            page.client.post("/groups/heat/calls/new", data={
                **{key: value for key, value in form["fields"].items() if value is not None},
                **{key.replace("__", "-"): value for key, value in WRITTEN.items()},
            })  # fmt: skip
        assert only_call().seats == 2

    def test_only_for_some_associations(
        self, visit: Visit, group: WorkingGroup, coordinator: Person, own: Association, expert: Person
    ) -> None:
        other = make_association("OTHER")
        visit(coordinator).open("/groups/heat/calls/new").send(**WRITTEN, limited_to=[str(other.id)])
        call = only_call()
        assert [one.code for one in call.limited_to] == ["OTHER"]
        visit(coordinator).open(f"/calls/{call.id}/open").send()
        eve = visit(expert)
        assert "Heat experts" not in eve.open("/me").text
        assert "This call is for other associations" in eve.open(f"/calls/{call.id}/apply").text

    def test_is_not_opened_half_written(self, visit: Visit, group: WorkingGroup, coordinator: Person) -> None:
        call = make_call(group, CallState.DRAFT, texts={"en": "Only English."})
        page = visit(coordinator).open(f"/calls/{call.id}/open").send()
        assert page.status == 422
        assert "Missing: Français" in page.text

    def test_once_open_the_deadline_is_put_off_by_itself(
        self, visit: Visit, group: WorkingGroup, coordinator: Person
    ) -> None:
        call = make_call(group, deadline=datetime(2027, 2, 10, 17))
        page = visit(coordinator).open(f"/calls/{call.id}/edit")
        assert "deadline_on" not in page.form(having="seats")["fields"]
        page.send(seats="3", titles__en="Other words")
        assert (only_call().seats, only_call().deadline_local) == (3, datetime(2027, 2, 10, 17))
        page.open(f"/calls/{call.id}/extend").send(deadline_on="2027-02-09", deadline_time="17:00")
        assert page.status == 422
        page.send(deadline_on="2027-02-20", deadline_time="17:00")
        assert "extended" in page.text
        assert only_call().deadline_local == datetime(2027, 2, 20, 17)

    def test_two_edit_at_once(self, visit: Visit, group: WorkingGroup, coordinator: Person) -> None:
        call = make_call(group, CallState.DRAFT)
        one, other = visit(coordinator), visit(make_account(administrator=True))
        one.open(f"/calls/{call.id}/edit")
        other.open(f"/calls/{call.id}/edit").send(seats="5")
        one.send(seats="4")
        assert one.status == 422
        assert "Saved meanwhile" in one.text
        one.send(seats="4")
        assert only_call().seats == 4

    def test_cancelled_with_a_reason_that_everybody_reads(
        self, visit: Visit, browser: Browser, group: WorkingGroup, coordinator: Person
    ) -> None:
        call = make_call(group)
        page = visit(coordinator).open(f"/calls/{call.id}/cancel").send(reason="")
        assert page.status == 422
        page.send(reason="There is no money.")
        assert "There is no money." in browser.open(f"/calls/{call.id}").text
        assert "This call was cancelled" in page.open(f"/calls/{call.id}/extend").text


class TestStanding:
    """Applying, refusing, withdrawing."""

    def test_what_one_wrote_can_be_changed(self, visit: Visit, group: WorkingGroup, expert: Person) -> None:
        call = make_call(group)
        page = visit(expert).open(f"/calls/{call.id}/apply").send(motivation="")
        assert page.status == 422
        page.send(motivation="First.")
        page.open(f"/calls/{call.id}/apply")
        assert "First." in page.text
        page.send(motivation="Second.")
        assert db.session.scalars(select(Candidacy)).one().motivation == "Second."

    def test_withdrawn_and_back(self, visit: Visit, group: WorkingGroup, own: Association, expert: Person) -> None:
        made = make_candidacy(make_call(group), expert, association=own)
        page = visit(expert).open(f"/calls/{made.call_id}")
        assert "In the running" in page.text
        page.open(f"/candidacies/{made.id}/withdraw").send()
        assert "You have withdrawn" in page.text
        assert ">Apply</a>" in page.text

    def test_not_endorsed_with_a_reason(
        self, visit: Visit, group: WorkingGroup, own: Association, focal: Person, expert: Person
    ) -> None:
        made = make_candidacy(make_call(group), expert, Standing.TO_ENDORSE, own)
        page = visit(focal).open(f"/candidacies/{made.id}/refuse").send(reason="")
        assert page.status == 422
        page.send(reason="Nobody to spare.")
        assert "Nobody to spare." in visit(expert).open(f"/calls/{made.call_id}").text
        page.send(action="/endorse")
        assert "is endorsed" in page.text

    def test_a_list_that_cannot_be_read_is_said_line_by_line(
        self, visit: Visit, group: WorkingGroup, own: Association, focal: Person
    ) -> None:
        call = make_call(group)
        page = (
            visit(focal)
            .open(f"/calls/{call.id}/nominate")
            .send(having="nominees", nominees="good@example.org, Good\nnonsense")
        )
        assert page.status == 422
        assert "Line 2" in page.text and "good@example.org, Good" in page.text

    def test_focal_points_see_only_their_own(
        self, visit: Visit, group: WorkingGroup, own: Association, focal: Person, expert: Person
    ) -> None:
        call, other = make_call(group), make_association("OTHER")
        make_candidacy(call, make_person("Someone Else"), association=other)
        make_candidacy(call, expert, association=own)
        page = visit(focal)
        for path in (f"/calls/{call.id}", f"/calls/{call.id}/nominate", f"/calls/{call.id}/nominate?association=OTHER"):
            assert "Eve Expert" in page.open(path).text
            assert "Someone Else" not in page.text

    def test_administrators_choose_the_association(self, visit: Visit, group: WorkingGroup, own: Association) -> None:
        call = make_call(group)
        make_association("AAA")
        page = visit(make_account(administrator=True)).open(f"/calls/{call.id}/nominate?association=OWN")
        page.send(having="nominees", nominees="new@example.org, New")
        assert db.session.scalars(select(Candidacy)).one().association_id == own.id


class TestChoosing:
    """The page on which is chosen, and the reserve list."""

    def test_a_refusal_is_said_and_the_choice_kept(
        self, visit: Visit, group: WorkingGroup, coordinator: Person, own: Association, expert: Person
    ) -> None:
        call = make_call(group, CallState.CLOSED)
        make_membership(group, make_person("Sits There"), association=own)
        made = make_candidacy(call, expert, association=own)
        page = visit(coordinator).open(f"/calls/{call.id}/choose")
        assert "Sits There" in page.text and "No seat is free" in page.text
        page.send(action="/choose", step="check", chosen=str(made.id))
        page.send(action="/choose", step="save")
        assert page.status == 422
        assert "All seats of OWN in this group are taken" in page.text
        assert page.form(having="chosen")["fields"]["chosen"] == str(made.id)

    def test_changed_before_it_is_made(
        self, visit: Visit, group: WorkingGroup, coordinator: Person, own: Association, expert: Person
    ) -> None:
        call = make_call(group, CallState.CLOSED)
        made = make_candidacy(call, expert, association=own)
        page = visit(coordinator).open(f"/calls/{call.id}/choose")
        page.send(action="/choose", step="check", chosen=str(made.id)).send(action="/choose", step="change")
        assert page.form(having="chosen")["fields"]["chosen"] == str(made.id)
        assert only_call().state == CallState.CLOSED

    def test_decided_twice(
        self, visit: Visit, group: WorkingGroup, coordinator: Person, own: Association, expert: Person, mails: Mails
    ) -> None:
        call = make_call(group, CallState.CLOSED)
        made = make_candidacy(call, expert, association=own)
        pages = [visit(coordinator), visit(make_account(administrator=True))]
        for page in pages:
            page.open(f"/calls/{call.id}/choose").send(action="/choose", step="check", chosen=str(made.id))
        for page in pages:
            page.send(action="/choose", step="save")
        assert "everyone was written to" in pages[0].text
        assert "This call is decided" in pages[1].text
        assert addressed(mails()) == {"eve@example.org"}

    def test_from_the_reserve_list(
        self, visit: Visit, group: WorkingGroup, coordinator: Person, own: Association, expert: Person
    ) -> None:
        call = make_call(group, CallState.DECIDED, reserve_until=in_days(5))
        make_candidacy(call, expert, Standing.RESERVE, own)
        assert "The reserve list lasts until" in visit(expert).open(f"/calls/{call.id}").text
        page = visit(coordinator).open(f"/calls/{call.id}").send(action="/take")
        assert "is taken from the reserve list" in page.text
        assert "Your membership" in visit(expert).open(f"/calls/{call.id}").text


class TestReading:
    """Lists, languages and how much is asked of the database."""

    def test_pages_of_calls(self, browser: Browser, group: WorkingGroup) -> None:
        for number in range(22):
            make_call(group, titles={"en": f"Call {number:02}"}, deadline=datetime(2027, 3, 1 + number, 17))
        assert "Call 00<" in browser.open("/calls").text
        assert "Call 20<" not in browser.text
        assert "Call 20<" in browser.open("/calls?page=2").text
        assert "Call 21<" in browser.open("/groups/heat/calls").text
        assert "Call 21<" not in browser.open("/groups/heat/calls?page=2").text

    def test_in_french(self, visit: Visit, group: WorkingGroup) -> None:
        call = make_call(group)
        page = visit(make_account(), language="fr").open(f"/calls/{call.id}")
        assert "Experts en chaleur" in page.text and "Heat experts" not in page.text

    def test_the_deadline_by_ones_own_clock(self, visit: Visit, group: WorkingGroup) -> None:
        call = make_call(group, deadline=datetime(2027, 2, 10, 17))
        page = visit(make_account(time_zone="Europe/Athens")).open(f"/calls/{call.id}")
        assert "18:00 (Athens)" in page.text and "17:00 (Brussels)" in page.text

    @pytest.mark.parametrize("who", ["visitor", "coordinator", "focal"])
    def test_number_of_statements_does_not_grow(
        self, visit: Visit, browser: Browser, group: WorkingGroup, coordinator: Person, own: Association,
        focal: Person, who: str,
    ) -> None:  # fmt: skip
        page = {"visitor": browser}.get(who) or visit(coordinator if who == "coordinator" else focal)
        now_open, closed = make_call(group), make_call(group, CallState.CLOSED)
        paths = ["/calls", "/groups/heat/calls", f"/calls/{now_open.id}", f"/calls/{closed.id}"]
        if who == "coordinator":
            paths += [f"/calls/{closed.id}/choose", "/desk"]
        if who == "focal":
            paths += [f"/calls/{now_open.id}/nominate", "/associations/OWN/desk", "/me"]

        def fill(number: int) -> None:
            for _ in range(number):
                make_call(group, deadline=datetime(2027, 3, 1, 17))
                for call in (now_open, closed):
                    body = make_association()
                    make_candidacy(call, make_account(association=own), Standing.TO_ENDORSE, own)
                    make_candidacy(call, make_account(association=body), association=body)
                make_membership(group, make_account(), association=make_association())

        def count() -> dict[str, int]:
            counted = {}
            for path in paths:
                with counted_queries() as statements:
                    assert page.open(path).status == 200
                counted[path] = len(statements)
            return counted

        fill(2)
        few = count()
        fill(6)
        assert count() == few
        assert max(few.values()) <= 20, few


def test_long_words_break_nothing(visit: Visit, group: WorkingGroup, coordinator: Person) -> None:
    call = make_call(group, titles={"en": "<script>alert(1)</script>" + "x" * 150}, texts={"en": "<b>no</b>"})
    page = visit(coordinator).open(f"/calls/{call.id}")
    assert "<script>alert" not in page.text and "<b>no" not in page.text


def test_an_administrator_finds_no_one_elses_call_open_after_its_deadline(
    visit: Visit, group: WorkingGroup, _now: time_machine.Traveller
) -> None:
    call = make_call(group)
    _now.shift(timedelta(days=11))
    assert "Deadline passed" in visit(make_account(administrator=True)).open(f"/calls/{call.id}").text


def test_who_applied_waits_where_the_focal_point_decides(
    visit: Visit, group: WorkingGroup, own: Association, focal: Person, expert: Person, coordinator: Person
) -> None:
    def waiting(page: Browser) -> bool:
        return "count-badge" in page.open("/").text.partition("</header>")[0]

    fay = visit(focal)
    assert not waiting(fay) and "Nobody waits" in fay.open("/desk/decide").text
    made = make_candidacy(make_call(group), expert, Standing.TO_ENDORSE, own)
    assert waiting(fay)
    assert not waiting(visit(coordinator)), "it is not yet for the coordinator to decide"
    for path in ("/desk", "/desk/decide"):
        page = fay.open(path).text
        assert "Eve Expert" in page and f"/calls/{made.call_id}/nominate" in page and "Nobody waits" not in page
    fay.open(f"/calls/{made.call_id}/nominate?association=OWN").send(f"/candidacies/{made.id}/endorse")
    assert db.session.get_one(Candidacy, made.id, populate_existing=True).state == Standing.READY
    assert not waiting(fay)
