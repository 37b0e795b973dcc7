"""The yearly review: what is confirmed, by whom, and who is reminded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError
from app.core.settings import settings
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.membership import queries, review_rules, reviews
from app.membership.models import RosterConfirmation, RosterReview
from app.membership.rules import Role, State
from app.membership.service import leave, reviewing, set_role
from app.people.models import Association, Person
from tests.browsing import Visit
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_affiliation, make_association, make_person
from tests.membership.conftest import Mails, addressed
from tests.people.helpers import at_once
from tests.queries import counted_queries

NOW = datetime(2027, 9, 6, 9, tzinfo=UTC)
DUE = date(2027, 10, 6)


@pytest.fixture(autouse=True)
def _now(app: Flask) -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def own(app: Flask) -> Association:
    return make_association("OWN", name="Our association")


@pytest.fixture
def focal(own: Association) -> Person:
    return make_account("Fay Focal", email="fay@example.org", association=own, function="focal_point")


@pytest.fixture
def cora(app: Flask) -> Person:
    return make_account("Cora Coordinator", email="cora@example.org")


@pytest.fixture
def group(cora: Person) -> WorkingGroup:
    return make_group("heat", coordinators=(cora,), names={"en": "Heat", "fr": "Chaleur"})


def seen_of(association: Association) -> str:
    return review_rules.fingerprint(review_rules.snapshot(queries.members_of_associations([association.id])))


class TestRules:
    """Snapshots, without a database."""

    def test_what_has_become_different(self, group: WorkingGroup, own: Association) -> None:
        stays, goes, changes = (make_membership(group, make_person(), association=own) for _ in range(3))
        before = review_rules.snapshot([goes, stays, changes])
        assert [entry["membership"] for entry in before] == sorted(one.id for one in (stays, goes, changes))
        assert before[0]["role"] == "member" and "name" not in before[0]
        comes = make_membership(group, make_person(), association=own)
        changes.role = Role.CHAIR
        found = review_rules.since(before, [stays, changes, comes])
        assert [entry["membership"] for entry in found.gone] == [goes.id]
        assert (found.come, found.other_role) == ([comes.id], [changes.id])
        assert not review_rules.since(before, [stays, goes, make_like(changes)])

    def test_a_fingerprint_tells_lists_apart(self, group: WorkingGroup, own: Association) -> None:
        one = make_membership(group, make_person(), association=own)
        before = review_rules.fingerprint(review_rules.snapshot([one]))
        one.role = Role.CHAIR
        assert review_rules.fingerprint(review_rules.snapshot([one])) != before
        assert review_rules.fingerprint([]) != before


def make_like(changed: object) -> object:
    """The same membership with the role it had."""
    changed.role = Role.MEMBER  # type: ignore[attr-defined]
    return changed


class TestOpening:
    """By an administrator, or by itself."""

    def test_everyone_with_a_list_is_written_to_once(
        self, own: Association, focal: Person, group: WorkingGroup, cora: Person, mails: Mails
    ) -> None:
        make_affiliation(cora, own, "deputy")
        make_group("old", coordinators=(make_account(email="old@example.org"),), status=GroupStatus.CLOSED)
        first = reviewing.open_round(DUE, None)
        assert reviewing.open_round(DUE + timedelta(days=3), None).id == first.id
        written = mails()
        assert addressed(written) == {"fay@example.org", "cora@example.org"}
        to_cora = next(mail for mail in written if "cora@" in mail.recipient)
        assert "Our association" in (to_cora.text or "") and "Heat" in (to_cora.text or "")

    @pytest.mark.parametrize("days", [-1, 400])
    def test_with_a_last_day_that_can_be(self, days: int) -> None:
        with pytest.raises(DomainError, match="due_on"):
            reviewing.open_round(NOW.date() + timedelta(days=days), None)

    @pytest.mark.parametrize(("month", "opens"), [(9, True), (10, False), (0, False)])
    def test_by_itself_in_its_month_once(self, app: Flask, month: int, opens: bool) -> None:
        before = settings()
        app.config["ROUNDTABLE"] = replace(before, roster_review_month=month)
        try:
            assert reviewing.open_by_itself() is opens
            assert not reviewing.open_by_itself()
        finally:
            app.config["ROUNDTABLE"] = before
        found = [(one.year, one.due_on) for one in reviews.rounds()]
        assert found == ([(2027, DUE)] if opens else [])


class TestConfirming:
    """Kept with the list, once a round."""

    def test_it_stands_whatever_changes(self, own: Association, focal: Person, group: WorkingGroup) -> None:
        sits = make_membership(group, make_account(), association=own)
        make_membership(group, make_account(), State.REQUESTED, own)
        review = reviewing.open_round(DUE, None)
        made = reviewing.confirm_association(own.id, focal.id, seen_of(own))
        assert [(one["membership"], one["person"], one["role"]) for one in made.snapshot] == [
            (sits.id, sits.person_id, "member")
        ]
        leave(sits.id, sits.person_id)
        known = reviews.confirmation(review.id, association_id=own.id)
        assert known and (known.person_id, known.at) == (focal.id, NOW)
        again = reviewing.confirm_association(own.id, make_account().id, "whatever")
        assert again.id == made.id

    def test_what_was_not_seen_is_not_confirmed(self, own: Association, focal: Person, group: WorkingGroup) -> None:
        reviewing.open_round(DUE, None)
        seen = seen_of(own)
        sits = make_membership(group, make_account(), association=own)
        with pytest.raises(DomainError):
            reviewing.confirm_association(own.id, focal.id, seen)
        seen = seen_of(own)
        set_role(sits.id, Role.CHAIR, None)
        with pytest.raises(DomainError):
            reviewing.confirm_association(own.id, focal.id, seen)
        assert db.session.scalars(select(RosterConfirmation)).all() == []

    def test_how_many_lists_are_overdue(self, own: Association, focal: Person, group: WorkingGroup) -> None:
        assert reviews.overdue_count(DUE) == 0
        reviewing.open_round(DUE, None)
        assert [reviews.overdue_count(DUE + timedelta(days=days)) for days in (0, 1)] == [0, 2]
        reviewing.confirm_association(own.id, focal.id, seen_of(own))
        assert reviews.overdue_count(DUE + timedelta(days=1)) == 1

    def test_only_while_a_review_is_on(self, own: Association, focal: Person) -> None:
        with pytest.raises(DomainError):
            reviewing.confirm_association(own.id, focal.id, seen_of(own))

    def test_by_two_at_once(self, app: Flask, own: Association, focal: Person) -> None:
        reviewing.open_round(DUE, None)
        seen, own_id, ids = seen_of(own), own.id, (focal.id, make_account().id)
        made = at_once(app, *[lambda who=who: reviewing.confirm_association(own_id, who, seen).id for who in ids])
        assert len(set(made)) == 1, made


class TestReminding:
    """Every so many days, until some time after the last one."""

    def test_who_has_not_confirmed_and_in_the_end_the_administrators(
        self, own: Association, focal: Person, group: WorkingGroup, cora: Person, mails: Mails
    ) -> None:
        make_account(email="admin@example.org", administrator=True)
        other = make_association()
        done = make_account(email="done@example.org", association=other, function="focal_point")
        reviewing.open_round(DUE, None)
        reviewing.confirm_association(other.id, done.id, seen_of(other))
        mails()
        told = {}
        for days in range(1, 70):
            with time_machine.travel(NOW + timedelta(days=days), tick=False):
                reviewing.remind()
                assert not reviewing.remind()
            if written := mails():
                told[days] = addressed(written)
        both = {"fay@example.org", "cora@example.org"}
        assert told == {14: both, 28: both, 42: both | {"admin@example.org"}, 56: both | {"admin@example.org"}}

    def test_nobody_while_everybody_is_away(self, own: Association, focal: Person) -> None:
        with time_machine.travel("2027-07-20T09:00:00+00:00", tick=False):
            reviewing.open_round(date(2027, 9, 1), None)
        for day in ("2027-08-10", "2027-09-02"):
            with time_machine.travel(f"{day}T09:00:00+00:00", tick=False):
                assert not reviewing.remind()
        with time_machine.travel("2027-09-04T09:00:00+00:00", tick=False):
            assert reviewing.remind()

    def test_nothing_without_a_review(self) -> None:
        assert not reviewing.remind()


class TestPages:
    """As people use them."""

    def test_from_the_desk_to_the_confirmation(
        self, visit: Visit, own: Association, focal: Person, group: WorkingGroup, cora: Person
    ) -> None:
        sits = make_membership(group, make_account("Ida Inside"), association=own)
        fay = visit(focal)
        assert "Yearly review: to be confirmed" not in fay.open("/desk").text
        assert "No review is on" in fay.open("/associations/OWN/review").text
        admin = visit(make_account(administrator=True)).open("/admin/reviews").send(due_on="2027-10-06")
        assert "The review is on" in admin.text
        for page, path in ((fay, "/desk"), (fay, "/associations/OWN/desk")):
            assert "/associations/OWN/review" in page.open(path).text
            assert "Yearly review: to be confirmed" in page.text
        fay.open("/associations/OWN/review")
        assert "Ida Inside" in fay.text and f"/memberships/{sits.id}/replace" in fay.text
        fay.send(having="seen")
        assert "Confirmed for 2027" in fay.text and "Fay Focal" in fay.text
        assert "Yearly review: to be confirmed" not in fay.open("/desk").text
        coordinator = visit(cora)
        assert "/groups/heat/review" in coordinator.open("/desk").text
        coordinator.open("/groups/heat/review").send(having="seen")
        assert "Confirmed for 2027" in coordinator.text
        assert admin.open("/admin/reviews").text.count("Confirmed</span>") == 2
        leave(sits.id, sits.person_id)
        make_membership(group, make_account("Nora New"), association=own)
        fay.open("/associations/OWN/review")
        assert "Ida Inside no longer sits there" in fay.text and "Nora New has come" in fay.text

    def test_a_list_that_has_changed_meanwhile_is_shown_again(
        self, visit: Visit, own: Association, focal: Person, group: WorkingGroup
    ) -> None:
        reviewing.open_round(DUE, None)
        page = visit(focal).open("/associations/OWN/review")
        make_membership(group, make_account("Nora New"), association=own)
        page.send(having="seen")
        assert page.status == 422
        assert "The list has changed" in page.text and "Nora New" in page.text
        page.send(having="seen")
        assert "Confirmed for 2027" in page.text

    def test_administrators_see_who_has_not(self, visit: Visit, own: Association, focal: Person) -> None:
        page = visit(make_account(administrator=True)).open("/admin/reviews").send(due_on="2026-01-01")
        assert page.status == 422 and 'id="due_on-error"' in page.text
        page.send(due_on="2027-09-20")
        assert "Not yet" in page.text and "0 of 1" in page.text
        db.session.add(RosterReview(year=2026, opened_at=NOW, due_on=date(2026, 10, 1)))
        db.session.commit()
        assert "Overdue" in page.open("/admin/reviews?year=2026").text
        assert "Overdue" not in page.open("/admin/reviews?year=nonsense").text
        assert 'href="/admin/reviews"' in page.open("/admin").text

    def test_number_of_statements_does_not_grow(
        self, visit: Visit, own: Association, focal: Person, group: WorkingGroup, cora: Person
    ) -> None:
        reviewing.open_round(DUE, None)
        pages = (
            (visit(focal), "/associations/OWN/review"),
            (visit(cora), "/groups/heat/review"),
            (visit(make_account(administrator=True)), "/admin/reviews"),
        )

        def fill(number: int) -> None:
            for _ in range(number):
                other = make_association()
                speaker = make_account(association=other, function="focal_point")
                make_membership(group, make_account(), association=own)
                make_membership(make_group(), make_account(), association=own)
                make_membership(group, make_account(), association=other)
                reviewing.confirm_association(other.id, speaker.id, seen_of(other))

        def count() -> list[int]:
            counted = []
            for page, path in pages:
                with counted_queries() as statements:
                    assert page.open(path).status == 200
                counted.append(len(statements))
            return counted

        fill(2)
        few = count()
        fill(6)
        assert count() == few
        assert max(few) <= 14, few
