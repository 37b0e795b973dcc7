"""The figures about gender: frozen when they are made, renewed by the rule, and shown nowhere else."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from app.core import clock as core_clock
from app.core.audit import AuditEntry
from app.core.db import db, violated, write
from app.groups.models import WorkingGroup
from app.membership.models import Membership
from app.membership.rules import Role, State
from app.people.models import Person
from app.representation.disclosure import FEWEST
from app.representation.models import BalanceCount, BalanceFigure, GenderDeclaration
from app.representation.rules import Answer, Part
from app.representation.service import declare, renew_figures, withdraw
from tests.browsing import Visit
from tests.factories.groups import make_community, make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_person
from tests.representation.reading import rows

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def groups(app: Flask) -> list[WorkingGroup]:
    """Two groups of one community and one of another."""
    blue, red = make_community("blue", names={"en": "BLUE"}), make_community("red", names={"en": "RED"}, position=2)
    return [
        make_group("water", community=blue, names={"en": "Water"}),
        make_group("air", community=blue, names={"en": "Air"}),
        make_group("fire", community=red, names={"en": "Fire"}),
    ]


def fill(
    group: WorkingGroup, women: int, men: int, silent: int = 0, another: int = 0, role: Role = Role.MEMBER
) -> list[int]:
    """People who sit there, by what they answered; their ids."""
    answers = [Answer.WOMAN] * women + [Answer.MAN] * men + [None] * silent + [Answer.ANOTHER] * another
    people = [Person(full_name="Somebody", created_at=core_clock.now()) for _answer in answers]
    db.session.add_all(people)
    db.session.flush()
    for person, answer in zip(people, answers, strict=True):
        if answer:
            db.session.add(GenderDeclaration(person_id=person.id, answer=answer, answered_at=core_clock.now()))
        db.session.add(
            Membership(group_id=group.id, person_id=person.id, state=State.ACTIVE, role=role,
                       began_at=core_clock.now(), moved_at=core_clock.now())
        )  # fmt: skip
    db.session.commit()
    return [person.id for person in people]


def shown() -> list[tuple[str, int | None, int | None, int, int, int]]:
    """The figures of today."""
    found = db.session.scalars(select(BalanceFigure).where(BalanceFigure.replaced_on.is_(None)))
    return [(one.part, one.group_id, one.community_id, one.women, one.men, one.others) for one in found]


class TestWhatIsShown:
    """Large groups alone, small ones together, the smallest not at all."""

    def test_a_group_of_which_enough_have_answered(self, groups: list[WorkingGroup]) -> None:
        fill(groups[0], women=9, men=7, silent=6)
        assert renew_figures()
        assert shown() == [(Part.MEMBER, groups[0].id, None, 9, 7, 6)]

    @pytest.mark.parametrize(("women", "men", "silent"), [(4, 30, 30), (30, 4, 30), (7, 7, 0), (0, 0, 60)])
    def test_not_where_one_number_would_be_small(
        self, groups: list[WorkingGroup], women: int, men: int, silent: int
    ) -> None:
        fill(groups[0], women, men, silent)
        assert not renew_figures()
        assert shown() == []

    def test_who_is_of_another_gender_is_among_those_who_did_not_say(self, groups: list[WorkingGroup]) -> None:
        fill(groups[0], women=8, men=8, silent=3, another=2)
        renew_figures()
        assert shown() == [(Part.MEMBER, groups[0].id, None, 8, 8, 5)]

    def test_where_everybody_answered_some_are_left_out_by_lot(self, groups: list[WorkingGroup]) -> None:
        fill(groups[0], women=20, men=20)
        renew_figures()
        ((_part, _group, _community, women, men, others),) = shown()
        assert others == FEWEST
        assert women + men + others == 40
        assert women <= 20 >= men

    def test_small_groups_together_in_their_community(self, groups: list[WorkingGroup]) -> None:
        fill(groups[0], women=4, men=3, silent=3)
        fill(groups[1], women=3, men=4, silent=3)
        fill(groups[2], women=2, men=2, silent=2)
        renew_figures()
        assert shown() == [(Part.MEMBER, None, groups[0].community_id, 7, 7, 6)]

    def test_small_communities_in_the_sum(self, groups: list[WorkingGroup]) -> None:
        fill(groups[0], women=3, men=3, silent=3)
        fill(groups[2], women=3, men=3, silent=3)
        renew_figures()
        assert shown() == [(Part.MEMBER, None, None, 6, 6, 6)]

    def test_who_sits_twice_protects_nobody(self, groups: list[WorkingGroup]) -> None:
        for person_id in fill(groups[0], women=8, men=8, silent=8):
            make_membership(groups[2], db.session.get_one(Person, person_id))
        renew_figures()
        assert [one[1:3] for one in shown()] == [(None, None)]

    def test_chairs_are_counted_by_themselves(self, groups: list[WorkingGroup]) -> None:
        fill(groups[0], women=6, men=6, silent=6)
        fill(groups[0], women=5, men=5, silent=5, role=Role.CHAIR)
        renew_figures()
        assert {one[0]: one[3:] for one in shown()} == {Part.MEMBER: (6, 6, 6), Part.LEADING: (5, 5, 5)}

    def test_the_database_refuses_a_small_one(self, groups: list[WorkingGroup]) -> None:
        with pytest.raises(IntegrityError) as refused, write() as session:
            session.add(BalanceFigure(part=Part.MEMBER, taken_on=date(2026, 11, 24), women=4, men=9, others=9))
        assert violated(refused.value) == "ck_balance_figures_fewest"


class TestOverTime:
    """A figure stays as it is until enough new people have come."""

    def test_stays_when_somebody_leaves_joins_or_changes_the_answer(self, groups: list[WorkingGroup]) -> None:
        people = fill(groups[0], women=9, men=7, silent=6)
        renew_figures()
        before = shown()
        db.session.execute(delete(Membership).where(Membership.person_id == people[0]))
        db.session.commit()
        fill(groups[0], women=1, men=0)
        declare(people[1], Answer.MAN)
        withdraw(people[2])
        assert not renew_figures()
        assert shown() == before

    def test_is_renewed_when_enough_have_come(
        self, groups: list[WorkingGroup], clock: time_machine.Coordinates
    ) -> None:
        fill(groups[0], women=9, men=7, silent=6)
        renew_figures()
        fill(groups[0], women=5, men=5, silent=4)
        clock.move_to(NOW + timedelta(days=30))
        fill(groups[0], women=0, men=0, silent=1)
        assert renew_figures()
        # without the fifteen who stand for the first figure alone
        assert shown() == [(Part.MEMBER, groups[0].id, None, 9 - 5 + 5, 7 - 5 + 5, 6 - 5 + 5)]
        old = db.session.scalars(select(BalanceFigure).order_by(BalanceFigure.id)).first()
        assert old
        assert (old.taken_on, old.replaced_on) == (date(2026, 11, 24), date(2026, 12, 24))

    def test_running_twice_changes_nothing(self, groups: list[WorkingGroup]) -> None:
        fill(groups[0], women=20, men=20, silent=20)
        renew_figures()
        before = shown()
        assert not renew_figures()
        assert shown() == before

    def test_a_group_that_grows_is_not_counted_twice(self, groups: list[WorkingGroup]) -> None:
        fill(groups[0], women=3, men=3, silent=3)
        fill(groups[1], women=3, men=3, silent=3)
        renew_figures()
        fill(groups[0], women=8, men=8, silent=8)
        renew_figures()
        assert [one[1:3] for one in shown()] == [(groups[0].id, None)]

    def test_ends_with_its_group_and_with_age(
        self, groups: list[WorkingGroup], clock: time_machine.Coordinates
    ) -> None:
        people = fill(groups[0], women=6, men=6, silent=6)
        fill(groups[2], women=6, men=6, silent=6)
        renew_figures()
        db.session.execute(delete(Membership).where(Membership.person_id.in_(people)))
        db.session.commit()
        renew_figures()
        assert [one[1] for one in shown()] == [groups[2].id]
        clock.move_to(NOW + timedelta(days=5 * 365))
        renew_figures()
        assert shown() == []


class TestPage:
    """Tables of sums of what is stored, and nothing else."""

    def test_shows_figures_and_says_where_there_are_none(self, groups: list[WorkingGroup], visit: Visit) -> None:
        fill(groups[0], women=9, men=6, silent=6)
        fill(groups[2], women=2, men=2, silent=2)
        renew_figures()
        browser = visit(make_account()).open("/representation/balance")
        by_role, by_group = rows(browser.text), rows(browser.text, 1)
        assert by_role["Members"][1:5] == ["21", "9", "6", "6"]
        assert by_role["Members"][5] == "60%"
        assert by_group["Water"][1:5] == by_group["BLUE"][1:5] == ["21", "9", "6", "6"]
        assert by_group["Fire"] == by_group["RED"] == by_role["Observers"] == ["too few to be shown alone"]

    def test_does_not_look_at_the_answers(self, groups: list[WorkingGroup], visit: Visit) -> None:
        fill(groups[0], women=9, men=6, silent=6)
        renew_figures()
        browser = visit(make_account())
        before = rows(browser.open("/representation/balance").text)
        db.session.execute(delete(GenderDeclaration))
        db.session.commit()
        assert rows(browser.open("/representation/balance").text) == before

    def test_takes_no_filter(self, groups: list[WorkingGroup], visit: Visit) -> None:
        fill(groups[0], women=9, men=6, silent=6)
        renew_figures()
        browser = visit(make_account())
        plain = rows(browser.open("/representation/balance").text, 1)
        for query in ("community=blue", "country=GR", "status=member", "on=2026-01-01", "group=water"):
            assert rows(browser.open(f"/representation/balance?{query}").text, 1) == plain

    def test_earlier_dates_are_sums_of_what_was_shown_then(
        self, groups: list[WorkingGroup], visit: Visit, clock: time_machine.Coordinates
    ) -> None:
        fill(groups[0], women=6, men=6, silent=6)
        renew_figures()
        clock.move_to(NOW + timedelta(days=60))
        fill(groups[2], women=7, men=5, silent=5)
        renew_figures()
        history = rows(visit(make_account()).open("/representation/balance").text, 2)
        assert {day: cells[2:5] for day, cells in history.items()} == {
            "Sat 23 January 2027": ["13", "11", "11"], "Tue 24 November 2026": ["6", "6", "6"],
        }  # fmt: skip

    def test_files_say_the_same(self, groups: list[WorkingGroup], visit: Visit) -> None:
        fill(groups[0], women=9, men=6, silent=6)
        renew_figures()
        page = visit(make_account()).open("/representation/balance?format=csv").page
        assert page
        lines = list(csv.reader(io.StringIO(page.data.decode("utf-8-sig"))))
        assert ["Group", "Water", "21", "9", "6", "6", "60", "2026-11-24"] in lines
        assert ["Group", "Fire", "", "", "", "", "", ""] in lines

    def test_before_anybody_has_answered(self, groups: list[WorkingGroup], visit: Visit) -> None:
        assert "Too few have answered yet" in visit(make_account()).open("/representation/balance").text


class TestDeclaration:
    """One's own answer, given and taken back."""

    def test_is_given_changed_and_deleted(self, app: Flask, visit: Visit) -> None:
        person = make_account()
        browser = visit(person).open("/me/gender")
        assert "It is up to you" in browser.text
        browser.send(having="answer", answer="woman")
        assert "Thank you" in browser.text
        assert browser.form(having="answer")["fields"]["answer"] == "woman"
        browser.send(having="answer", answer="unsaid")
        assert db.session.get_one(GenderDeclaration, person.id).answer == Answer.UNSAID
        browser.send("/me/gender/withdraw")
        assert "Your answer is deleted" in browser.text
        assert db.session.get(GenderDeclaration, person.id) is None

    def test_needs_an_answer_of_the_list(self, app: Flask, visit: Visit) -> None:
        browser = visit(make_account()).open("/me/gender").send(having="answer")
        assert browser.status == 422
        assert "This is needed" in browser.text
        browser.open("/me/gender").send(having="answer", answer="none of these")
        assert browser.status == 422

    def test_leaves_no_trace_that_others_can_read(self, app: Flask, visit: Visit) -> None:
        person, admin = make_account("Asked Person"), make_account(administrator=True)
        visit(person).open("/me/gender").send(having="answer", answer="another")
        assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0
        text = visit(admin).open(f"/admin/people/{person.id}").text
        assert "gender" not in text.lower()
        assert "Another" not in text

    def test_leads_there_from_ones_own_page(self, app: Flask, visit: Visit) -> None:
        assert "/me/gender" in visit(make_account()).open("/me").text


def test_whom_a_figure_counts_is_kept_without_the_answers(groups: list[WorkingGroup]) -> None:
    fill(groups[0], women=6, men=6, silent=6)
    renew_figures()
    assert {column.name for column in BalanceCount.__table__.columns} == {"figure_id", "person_id", "alone"}
    alone = select(func.count()).select_from(BalanceCount).where(BalanceCount.alone)
    assert db.session.scalar(alone) == 3 * FEWEST


def test_the_lot_is_drawn_anew(groups: list[WorkingGroup]) -> None:
    """Who is left out does not follow from who is there."""
    from app.representation.disclosure import Past, Place, edition

    places = [Place(one, 1, 1, Part.MEMBER) for one in range(60)]
    answers = {one: Answer.WOMAN if one % 2 else Answer.MAN for one in range(60)}
    found = {edition(places, answers, Past(), random.Random(seed)).figures[0].alone for seed in range(5)}
    assert len(found) == 5


def test_make_person_is_not_counted_without_a_seat(groups: list[WorkingGroup]) -> None:
    fill(groups[0], women=6, men=6, silent=6)
    make_person()
    make_membership(groups[0], make_person(), State.REQUESTED)
    renew_figures()
    assert shown() == [(Part.MEMBER, groups[0].id, None, 6, 6, 6)]
