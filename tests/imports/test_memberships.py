"""Imports of memberships: seats, roles, mandates, and whose group it is."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import db
from app.core.outbox import OutboxMessage
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.imports import service
from app.imports.models import Import
from app.imports.rules import ImportKind, ImportState
from app.membership import seating
from app.membership.models import Membership, MembershipEvent, SeatGrant
from app.membership.rules import Move, Role, State
from app.people.models import Association, Person
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person
from tests.imports.conftest import brought, kinds, row_list, work

HEADS = "Group,E-mail address,Full name,Association,Role,Stands in for,First day,Last day"
MEMBERSHIPS = ImportKind.MEMBERSHIPS


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    return make_group("climate", names={"en": "Climate and energy", "fr": "Climat et énergie"}, seats_member=2)


@pytest.fixture
def anna(vvsg: Association) -> Person:
    return make_person("Anna Example", email="anna@example.org", association=vvsg)


def written(item: Import) -> list[Membership]:
    """What is in the tables after the import was confirmed and written."""
    service.confirm(item.id, leave_out=True, actor_id=item.importer_id)
    work()
    assert db.session.get_one(Import, item.id).state == ImportState.DONE
    return list(db.session.scalars(select(Membership).order_by(Membership.id)))


def reasons(item: Import) -> list[str | None]:
    return [row.reason for row in row_list(item)]


def test_known_and_new_people_take_seats(
    app: Flask, admin: Person, group: WorkingGroup, anna: Person, vvsg: Association
) -> None:
    item = brought(MEMBERSHIPS, HEADS, [
        ["climate", "anna@example.org", "", "", "Chair", "", "2026-03-01", "2029-02-28"],
        ["Climat et Énergie", "bo@example.org", "Bo Beck", "VVSG", "", "", "", ""],
        ["climate", "", "Cleo Chase", "VVSG", "observer", "", "", ""],
    ], admin)  # fmt: skip
    assert kinds(item) == ["new", "new", "new"]
    chair, member, observer = written(item)
    assert (chair.person_id, chair.role, chair.seat_number, chair.state) == (anna.id, Role.CHAIR, 1, State.ACTIVE)
    assert (chair.starts_on, chair.ends_on) == (date(2026, 3, 1), date(2029, 2, 28))
    assert (member.person.full_name, member.association_id, member.seat_number) == ("Bo Beck", vvsg.id, 2)
    assert member.ends_on is not None, "a mandate lasts as long as the group's do"
    assert [place.association_id for place in member.person.affiliations] == [vvsg.id]
    assert (observer.role, observer.seat_number) == (Role.OBSERVER, None)
    (event,) = chair.events
    assert (event.move, event.actor_id, event.role) == (Move.ENTER, admin.id, Role.CHAIR)


def test_rows_beyond_the_seats_are_faulty(app: Flask, admin: Person, group: WorkingGroup, vvsg: Association) -> None:
    make_membership(group, make_person("Held", association=vvsg), association=vvsg)
    other = make_association("OTHER")
    db.session.add(SeatGrant(group_id=group.id, association_id=other.id, number=3))
    db.session.commit()
    rows = [["climate", f"{code}{n}@example.org", f"Person {code} {n}", code, "", "", "", ""]
            for code in ("VVSG", "OTHER") for n in range(4)]  # fmt: skip
    item = brought(MEMBERSHIPS, HEADS, rows, admin)
    assert kinds(item) == ["new", *["faulty"] * 3, *["new"] * 3, "faulty"]
    assert "All seats of VVSG in this group are taken" in (reasons(item)[1] or "")
    written(item)
    assert seating.held(group.id, vvsg.id) == {1, 2}
    assert seating.held(group.id, other.id) == {1, 2, 3}


def test_a_skipped_double_leaves_its_seat_to_others(
    app: Flask, admin: Person, group: WorkingGroup, vvsg: Association
) -> None:
    make_membership(group, make_person("Held", association=vvsg), association=vvsg)
    make_person("Bo Beck")
    item = brought(MEMBERSHIPS, HEADS, [
        ["climate", "bo@example.org", "Bo Beck", "VVSG", "", "", "", ""],
        ["climate", "cy@example.org", "Cy Chase", "VVSG", "", "", "", ""],
    ], admin)  # fmt: skip
    assert kinds(item) == ["double", "new"]
    service.choose(item.id, {row_list(item)[0].id: "new"})
    work()
    assert kinds(item) == ["new", "faulty"]
    service.choose(item.id, {row_list(item)[0].id: "skip"})
    work()
    assert kinds(item) == ["skipped", "new"]


def test_present_members_change_role_and_mandate(
    app: Flask, admin: Person, group: WorkingGroup, anna: Person, vvsg: Association
) -> None:
    present = make_membership(group, anna, association=vvsg, starts_on=date(2026, 1, 5), ends_on=date(2027, 1, 4))
    other = make_membership(group, make_person("Bo", email="bo@example.org", association=vvsg), association=vvsg)
    item = brought(MEMBERSHIPS, HEADS, [
        ["climate", "anna@example.org", "", "", "vice-chair", "", "", "04/01/2030"],
        ["climate", "bo@example.org", "", "VVSG", "member", "", "", ""],
    ], admin)  # fmt: skip
    assert kinds(item) == ["changed", "unchanged"]
    assert row_list(item)[0].changes == [
        ["role", "Member", "Vice-chair"], ["ends_on", "2027-01-04", "2030-01-04"]
    ]  # fmt: skip
    assert [row.target_id for row in row_list(item)] == [present.id, other.id]
    written(item)
    present = db.session.get_one(Membership, present.id)
    assert (present.role, present.ends_on, present.seat_number) == (Role.VICE_CHAIR, date(2030, 1, 4), 1)
    moves = [event.move for event in present.events]
    assert moves[-2:] == [Move.SET_ROLE, Move.RENEW]


def test_a_seat_freed_by_one_row_is_taken_by_the_next(
    app: Flask, admin: Person, group: WorkingGroup, anna: Person, vvsg: Association
) -> None:
    make_membership(group, anna, association=vvsg)
    make_membership(group, make_person("Bo", association=vvsg), association=vvsg)
    item = brought(MEMBERSHIPS, HEADS, [
        ["climate", "anna@example.org", "", "", "observer", "", "", ""],
        ["climate", "cy@example.org", "Cy Chase", "VVSG", "", "", "", ""],
    ], admin)  # fmt: skip
    assert kinds(item) == ["changed", "new"]
    left, _bo, came = written(item)
    assert (left.role, left.seat_number, came.seat_number) == (Role.OBSERVER, None, 1)


def test_one_row_after_another_moves_on_the_same_seat(
    app: Flask, admin: Person, group: WorkingGroup, anna: Person, vvsg: Association
) -> None:
    make_membership(group, anna, association=vvsg)
    bo = make_person("Bo", email="bo@example.org", association=vvsg)
    make_membership(group, bo, association=vvsg, role=Role.ALTERNATE, seat_number=1)
    cy = make_person("Cy", email="cy@example.org", association=vvsg)
    make_membership(group, cy, association=vvsg)
    item = brought(MEMBERSHIPS, HEADS, [
        ["climate", "bo@example.org", "", "", "observer", "", "", ""],
        ["climate", "cy@example.org", "", "", "alternate", "Anna Example", "", ""],
        ["climate", "bo@example.org", "", "", "member", "", "", ""],
        ["climate", "di@example.org", "Di", "VVSG", "member", "", "", ""],
    ], admin)  # fmt: skip
    assert kinds(item) == ["changed", "changed", "faulty", "new"]
    found = {one.person.full_name: (one.role, one.seat_number) for one in written(item)}
    assert found == {
        "Anna Example": (Role.MEMBER, 1), "Bo": (Role.OBSERVER, None), "Cy": (Role.ALTERNATE, 1), "Di": (Role.MEMBER, 2)
    }  # fmt: skip


def test_alternates_share_the_seat_of_whom_they_stand_in_for(
    app: Flask, admin: Person, group: WorkingGroup, anna: Person, vvsg: Association
) -> None:
    make_membership(group, anna, association=vvsg)
    item = brought(MEMBERSHIPS, HEADS, [
        ["climate", "bo@example.org", "Bo Beck", "VVSG", "member", "", "", ""],
        ["climate", "cy@example.org", "Cy Chase", "VVSG", "alternate", "Beck, Bo", "", ""],
        ["climate", "di@example.org", "Di Dean", "VVSG", "alternate", "anna@example.org", "", ""],
        ["climate", "ed@example.org", "Ed Eagle", "VVSG", "alternate", "anna@example.org", "", ""],
        ["climate", "fi@example.org", "Fi Frost", "VVSG", "alternate", "", "", ""],
        ["climate", "gus@example.org", "Gus Green", "", "alternate", "Bo Beck", "", ""],
    ], admin)  # fmt: skip
    assert kinds(item) == ["new", "new", "new", "faulty", "faulty", "faulty"]
    assert "Someone stands in for anna@example.org already" in (reasons(item)[3] or "")
    assert "Say in “Stands in for”" in (reasons(item)[4] or "")
    assert "Only someone of an association" in (reasons(item)[5] or "")
    found = {item.person.full_name: item.seat_number for item in written(item)}
    assert found == {"Anna Example": 1, "Bo Beck": 2, "Cy Chase": 2, "Di Dean": 1}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["nowhere", "anna@example.org", "", "", "", "", "", ""], "Group: There is no group “nowhere”."),
        (["", "anna@example.org", "", "", "", "", "", ""], "Group: This is needed."),
        (["climate", "", "", "", "", "", "", ""], "E-mail address: Give an e-mail address or a name."),
        (["climate", "new@example.org", "", "", "", "", "", ""], "Please give the name."),
        (["climate", "anna@example.org", "", "OTHER", "", "", "", ""], "does not belong to this association"),
        (["climate", "anna@example.org", "", "", "king", "", "", ""], "Role: “king” is none of these"),
        (["climate", "anna@example.org", "", "", "", "", "2199-01-01", ""], "First day: Check the year"),
        (["climate", "anna@example.org", "", "", "", "", "2027-01-01", ""], "cannot begin in the future"),
        (["climate", "anna@example.org", "", "", "", "", "", "2026-01-01"], "Last day: This mandate is over already."),
        (["climate", "anna@example.org", "", "", "", "", "2015-01-01", ""], "would have ended on"),
        (["rest", "anna@example.org", "", "", "", "", "", ""], "This group rests at present"),
    ],
)  # fmt: skip
def test_faulty_rows_say_why(
    app: Flask, admin: Person, group: WorkingGroup, anna: Person, row: list[str], why: str
) -> None:
    make_association("OTHER")
    make_group("rest", status=GroupStatus.DORMANT)
    item = brought(MEMBERSHIPS, HEADS, [row], admin)
    assert kinds(item) == ["faulty"]
    assert why in (reasons(item)[0] or "")


def test_words_and_reasons_in_french(app: Flask, admin: Person, group: WorkingGroup, anna: Person) -> None:
    item = brought(MEMBERSHIPS, "Groupe,Courriel,Rôle,Nom", [
        ["Climat et énergie", "anna@example.org", "Observatrice", ""],
        ["climate", "b@example.org", "Présidence", "Bo"],
        ["climate", "c@example.org", "Roi", "Cy"],
    ], admin, language="fr")  # fmt: skip
    assert kinds(item) == ["new", "new", "faulty"]
    assert (reasons(item)[2] or "").startswith("Rôle\u00a0: ")


def test_who_has_asked_already_is_not_added(app: Flask, admin: Person, group: WorkingGroup, anna: Person) -> None:
    make_membership(group, anna, State.REQUESTED)
    item = brought(MEMBERSHIPS, HEADS, [["climate", "anna@example.org", "", "", "", "", "", ""]], admin)
    assert reasons(item) == ["Anna Example has asked to join already. Accept the request instead."]


def test_a_person_is_put_into_a_group_once(app: Flask, admin: Person, group: WorkingGroup, anna: Person) -> None:
    row = ["climate", "anna@example.org", "", "", "", "", "", ""]
    item = brought(MEMBERSHIPS, HEADS, [row, row], admin)
    assert (kinds(item), reasons(item)[1]) == (["new", "faulty"], "Row 2 puts the same person into the group.")


def test_a_new_person_in_two_groups_is_entered_once(app: Flask, admin: Person, group: WorkingGroup) -> None:
    make_group("water")
    item = brought(MEMBERSHIPS, HEADS, [
        [slug, "bo@example.org", "Bo Beck", "", "", "", "", ""] for slug in ("climate", "water")
    ], admin)  # fmt: skip
    assert kinds(item) == ["new", "new"]
    first, second = written(item)
    assert first.person_id == second.person_id


def test_a_name_alone_is_enough_for_the_one_of_it(
    app: Flask, admin: Person, group: WorkingGroup, anna: Person, vvsg: Association
) -> None:
    item = brought(MEMBERSHIPS, HEADS, [["climate", "", "ANNA EXAMPLE", "VVSG", "", "", "", ""]], admin)
    assert kinds(item) == ["new"]
    assert written(item)[0].person_id == anna.id
    make_person("Bo Beck", association=vvsg)
    make_person("Bo Beck", association=vvsg)
    item = brought(MEMBERSHIPS, HEADS, [["climate", "", "Bo Beck", "VVSG", "", "", "", ""]], admin)
    assert kinds(item) == ["double"]


class TestOneGroup:
    """Coordinators import into their group alone."""

    HEADS = "E-mail address,Full name,Group"

    def test_the_group_need_not_be_named(self, app: Flask, group: WorkingGroup, anna: Person) -> None:
        coordinator = make_account("Cleo")
        item = brought(MEMBERSHIPS, "E-mail address", [["anna@example.org"]], coordinator, group.id)
        assert kinds(item) == ["new"]
        assert written(item)[0].group_id == group.id

    def test_another_is_refused(self, app: Flask, group: WorkingGroup, anna: Person) -> None:
        make_group("water")
        item = brought(MEMBERSHIPS, self.HEADS, [
            ["anna@example.org", "", "climate"], ["bo@example.org", "Bo", "water"],
        ], make_account("Cleo"), group.id)  # fmt: skip
        assert kinds(item) == ["new", "faulty"]
        assert "into one group alone" in (reasons(item)[1] or "")


def test_a_seat_taken_meanwhile_is_seen_again(
    app: Flask, admin: Person, group: WorkingGroup, anna: Person, vvsg: Association
) -> None:
    make_membership(group, make_person(association=vvsg), association=vvsg)
    item = brought(MEMBERSHIPS, HEADS, [["climate", "anna@example.org", "", "", "", "", "", ""]], admin)
    service.confirm(item.id, leave_out=False, actor_id=admin.id)
    make_membership(group, make_person(association=vvsg), association=vvsg)
    work()
    item = db.session.get_one(Import, item.id)
    assert (item.state, kinds(item)) == (ImportState.PREVIEW, ["faulty"])
    assert "Something was changed" in (item.message or "")
    assert Counter(db.session.scalars(select(MembershipEvent.move)))[Move.ENTER] == 0


class TestMails:
    """To those who become members, if the importer says so."""

    def tell(self, admin: Person, *, tell: bool) -> list[str]:
        item = brought(MEMBERSHIPS, HEADS, [
            ["climate", "anna@example.org", "", "", "observer", "", "", ""],
            ["climate", "present@example.org", "", "", "observer", "", "", ""],
            *[["climate", f"p{n}@example.org", f"Person {n}", "", "observer", "", "", ""] for n in range(30)],
        ], admin)  # fmt: skip
        assert kinds(item) == ["new", "changed", *["new"] * 30]
        service.confirm(item.id, leave_out=False, actor_id=admin.id, tell=tell)
        work()
        while service.tell_next():
            pass
        assert service.tell_next() is False
        return list(db.session.scalars(select(OutboxMessage.recipient).order_by(OutboxMessage.id)))

    @pytest.fixture
    def present(self, group: WorkingGroup, vvsg: Association) -> Person:
        person = make_person("Present", email="present@example.org", association=vvsg)
        make_membership(group, person, association=vvsg)
        return person

    def test_each_once(self, app: Flask, admin: Person, anna: Person, present: Person) -> None:
        found = self.tell(admin, tell=True)
        assert found == ["Anna Example <anna@example.org>", *[f"Person {n} <p{n}@example.org>" for n in range(30)]]

    def test_nobody_otherwise(self, app: Flask, admin: Person, anna: Person, present: Person) -> None:
        assert self.tell(admin, tell=False) == []
