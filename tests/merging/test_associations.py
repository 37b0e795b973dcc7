"""Associations that join another, and those that come out of one; no seat ends by it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.core import addresses, dates
from app.core.audit import AuditEntry
from app.core.db import db, write
from app.core.errors import DomainError
from app.groups.catalogue import load_files
from app.membership import seating
from app.membership.models import Membership, SeatGrant
from app.membership.rules import Role, State
from app.merging.service.associations import merge_associations, split_association
from app.people import queries
from app.people.models import Affiliation, Association
from app.people.service.associations import AssociationFacts
from tests.browsing import Browser, Visit
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_affiliation, make_association, make_person


def at(code: str) -> Association:
    db.session.expire_all()
    found = queries.association_at(code)
    assert found
    return found


def seats(code: str) -> set[tuple[str, str, int | None]]:
    """(holder, role, number) of all that an association holds."""
    found = db.session.scalars(
        select(Membership).where(Membership.association_id == at(code).id, Membership.state == State.ACTIVE)
    )
    return {(item.person.full_name, str(item.role), item.seat_number) for item in found}


@pytest.mark.parametrize("order", ["ab", "ba"])
class TestMerging:
    """Whichever of the two was there first."""

    @pytest.fixture
    def two(self, app: Flask, order: str) -> tuple[int, int]:
        """(the one that joins, the one that stays)."""
        names = {"a": ("AAA", "Joining"), "b": ("BBB", "Staying")}
        made = {key: make_association(names[key][0], name=names[key][1], country="BE") for key in order}
        return made["a"].id, made["b"].id

    def test_people_seats_and_addresses(self, two: tuple[int, int]) -> None:
        joining, staying = (db.session.get_one(Association, one) for one in two)
        group = make_group(seats_member=2)
        for name, association in (("One", joining), ("Two", joining), ("Three", staying), ("Four", staying)):
            make_membership(group, make_person(name, association=association), association=association)
        stands_in = make_person("Five", association=joining)
        make_membership(group, stands_in, association=joining, role=Role.ALTERNATE, seat_number=2)
        make_membership(group, make_person("Six"), association=joining, role=Role.OBSERVER)
        make_membership(group, make_person("Past"), State.LEFT, joining)
        waiting = make_membership(group, make_person("Seven", association=joining), State.WAITING, joining)
        db.session.add(SeatGrant(group_id=group.id, association_id=joining.id, number=9))
        db.session.add(SeatGrant(group_id=make_group().id, association_id=staying.id, number=4))
        db.session.commit()
        kept = merge_associations(*two, None)
        assert (kept.id, kept.code, kept.name) == (max(two), "BBB", "Staying")
        assert seats("BBB") == {
            ("Three", "member", 1), ("Four", "member", 2), ("One", "member", 3), ("Two", "member", 4),
            ("Five", "alternate", 4), ("Six", "observer", None),
        }  # fmt: skip
        assert at("AAA").id == at("BBB").id
        assert db.session.get_one(Membership, waiting.id).state == State.WAITING
        assert db.session.get(Association, min(two)) is None
        place = seating.place_at(group.slug, "BBB")
        assert place and (place.limit, place.surplus, place.vacant) == (2, 2, 0)
        assert [grant.number for grant in db.session.scalars(select(SeatGrant))] == [4]
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "association.merged")).one()
        assert entry.details == {"former_id": min(two), "former_code": "AAA"}

    def test_seats_that_do_not_clash_keep_their_numbers(self, two: tuple[int, int]) -> None:
        joining, staying = (db.session.get_one(Association, one) for one in two)
        group = make_group()
        make_membership(group, make_person("One"), association=joining, seat_number=2)
        make_membership(group, make_person("Two"), association=staying, seat_number=1)
        merge_associations(*two, None)
        assert seats("BBB") == {("One", "member", 2), ("Two", "member", 1)}

    def test_who_belongs_to_both_belongs_to_the_one_once(self, two: tuple[int, int]) -> None:
        joining, staying = (db.session.get_one(Association, one) for one in two)
        person = make_person(association=joining)
        make_affiliation(person, staying).starts_on = date(2020, 1, 1)
        make_affiliation(person, staying, "focal_point")
        db.session.commit()
        merge_associations(*two, None)
        found = [(item.function, item.starts_on) for item in db.session.scalars(select(Affiliation))]
        assert sorted(found) == [("expert", date(2020, 1, 1)), ("focal_point", date(2026, 1, 5))]

    def test_the_old_short_name_leads_to_the_one_for_good(self, two: tuple[int, int], browser: Browser) -> None:
        merge_associations(*two, None)
        answer = browser.client.get("/associations/AAA")
        assert (answer.status_code, answer.location) == (301, "/associations/BBB")
        with pytest.raises(DomainError), write():
            addresses.claim("association", "AAA", 999)


def test_an_association_does_not_join_itself_nor_one_that_is_gone(app: Flask) -> None:
    one = make_association()
    for other in (one.id, 999):
        with pytest.raises(DomainError):
            merge_associations(one.id, other, None)


CATALOGUE = """\
code,country,name,name_en,name_fr,status
HAVN,DK,Havneforbundet,Union of Harbours,Union des ports,member
SATAMA,FI,Satamaliitto,League of Harbours,Ligue des ports,associate
"""


@pytest.mark.parametrize(("joining", "staying"), [("HAVN", "SATAMA"), ("SATAMA", "HAVN")])
def test_the_catalogue_does_not_bring_back_what_was_merged(
    app: Flask, tmp_path: Path, joining: str, staying: str
) -> None:
    file = tmp_path / "associations.csv"
    file.write_text(CATALOGUE, encoding="utf-8")
    load_files(file)
    facts = {code: (at(code).name, at(code).status) for code in (joining, staying)}
    merge_associations(at(joining).id, at(staying).id, None)
    report = load_files(file)
    assert report.merged == [f"association {joining} into {staying}"]
    assert not (report.added or report.changed or report.edited or report.unnamed)
    assert (at(staying).code, at(staying).name, at(staying).status) == (staying, *facts[staying])


def facts(code: str = "NEW") -> AssociationFacts:
    return AssociationFacts(code=code, country="BE", name="New One", names={"en": "New One"}, status="member")


class TestSplitting:
    """A new association out of another."""

    def test_people_and_seats_that_were_chosen(self, app: Flask) -> None:
        old = make_association("OLD")
        going, staying = make_person("Going", association=old), make_person("Staying", association=old)
        make_affiliation(going, old, "focal_point")
        group = make_group(seats_member=3)
        make_membership(group, staying, association=old)
        seat = make_membership(group, going, association=old)
        past = make_membership(make_group(), going, State.LEFT, old)
        asked = make_membership(make_group(), going, State.REQUESTED, old)
        with time_machine.travel("2026-11-26T10:00:00+00:00"):
            new = split_association(old.id, facts(), [going.id], [seat.id, asked.id], None)
            assert seats("NEW") == {("Going", "member", 1)}
            assert seats("OLD") == {("Staying", "member", 1)}
            assert db.session.get_one(Membership, past.id).association_id == old.id
            assert db.session.get_one(Membership, asked.id).association_id == new.id
            found = sorted(
                (item.association.code, item.function, item.starts_on, item.ends_on)
                for item in db.session.scalars(select(Affiliation).where(Affiliation.person_id == going.id))
                if item.association
            )
            assert found == [
                ("NEW", "expert", date(2026, 11, 26), None), ("NEW", "focal_point", date(2026, 11, 26), None),
                ("OLD", "expert", date(2026, 1, 5), date(2026, 11, 25)),
                ("OLD", "focal_point", date(2026, 1, 5), date(2026, 11, 25)),
            ]  # fmt: skip
        place = seating.place_at(group.slug, "OLD")
        assert place and place.vacant == 2
        actions = db.session.scalars(select(AuditEntry.action)).all()
        assert sorted(actions) == [
            "association.added", "association.split", "membership.transferred", "membership.transferred",
        ]  # fmt: skip

    def test_who_came_today_goes_along_as_they_came(self, app: Flask) -> None:
        old = make_association("OLD")
        person = make_person(association=old)
        db.session.scalars(select(Affiliation)).one().starts_on = dates.today()
        db.session.commit()
        split_association(old.id, facts(), [person.id], [], None)
        assert db.session.scalars(select(Affiliation)).one().association is at("NEW")

    def test_what_is_refused(self, app: Flask) -> None:
        old, other = make_association("OLD"), make_association("OTHER")
        person, stranger = make_person(association=old), make_person(association=other)
        group = make_group()
        seat = make_membership(group, person, association=old)
        theirs = make_membership(group, stranger, association=other)
        for people, memberships, code, field in (
            ([], [seat.id], "NEW", "seats"),
            ([person.id, stranger.id], [theirs.id], "NEW", "seats"),
            ([stranger.id], [], "NEW", "people"),
            ([person.id], [seat.id], "OTHER", "code"),
            ([person.id], [seat.id], "not a code", "code"),
        ):
            with pytest.raises(DomainError, match=field):
                split_association(old.id, facts(code), people, memberships, None)
        assert len(db.session.scalars(select(Association)).all()) == 2

    def test_a_holder_who_left_the_association_takes_the_seat_along(self, app: Flask) -> None:
        old = make_association("OLD")
        person = make_person("Former")
        seat = make_membership(make_group(), person, association=old)
        split_association(old.id, facts(), [person.id], [seat.id], None)
        assert seats("NEW") == {("Former", "member", 1)}
        assert db.session.scalars(select(Affiliation)).all() == []

    @pytest.mark.parametrize("who", ["holder", "successor", "both"])
    def test_nobody_takes_over_a_seat_of_the_other_association(self, app: Flask, who: str) -> None:
        old = make_association("OLD")
        holder, successor = make_person(association=old), make_person(association=old)
        group = make_group()
        seat = make_membership(group, holder, association=old)
        named = make_membership(group, successor, State.NOMINATED, old, predecessor_id=seat.id)
        going = [item for item, name in ((seat, "holder"), (named, "successor")) if who in (name, "both")]
        people, ids, seat_id = [item.person_id for item in going], [item.id for item in going], seat.id
        split_association(old.id, facts(), people, ids, None)
        assert db.session.get_one(Membership, named.id).predecessor_id == (seat_id if who == "both" else None)


class TestPages:
    """What administrators see and do."""

    @pytest.fixture
    def admin(self, app: Flask, visit: Visit) -> Browser:
        return visit(make_account("Alex Administrator", administrator=True))

    def test_merging_says_what_moves_before_it_does(self, admin: Browser) -> None:
        joining, staying = make_association("AAA", name="Joining"), make_association("BBB", name="Staying")
        group = make_group("heat", names={"en": "Heat", "fr": "Chaleur"})
        make_membership(group, make_person("Anna Example", association=joining), association=joining)
        db.session.add(SeatGrant(group_id=group.id, association_id=joining.id, number=9))
        db.session.commit()
        admin.open("/admin/associations/AAA/edit")
        assert "/admin/associations/AAA/merge" in admin.text
        assert "Anna Example" not in admin.open("/admin/associations/AAA/merge").text
        admin.open("/admin/associations/AAA/merge?into=BBB")
        for text in ("Anna Example", "Heat", "9 seats", "No seat ends", "The address of AAA leads to BBB"):
            assert text in admin.text
        assert seats("AAA") == {("Anna Example", "member", 1)}
        admin.send("/admin/associations/AAA/merge")
        assert admin.path == "/associations/BBB"
        assert "The two associations are one now: Staying." in admin.text
        assert staying.name == "Staying"

    @pytest.mark.parametrize("into", ["", "AAA", "ZZZ", "%00"])
    def test_merging_into_nothing(self, admin: Browser, into: str) -> None:
        make_association("AAA")
        admin.open(f"/admin/associations/AAA/merge?into={into}")
        assert admin.status == 200
        assert "What happens" not in admin.text

    def test_splitting_is_checked_before_it_is_done(self, admin: Browser) -> None:
        old = make_association("OLD")
        person = make_person("Anna Example", association=old)
        seat = make_membership(make_group(names={"en": "Heat", "fr": "Chaleur"}), person, association=old)
        admin.open("/admin/associations/OLD/split")
        assert "Anna Example (Expert)" in admin.text
        assert "Anna Example – Heat (Member)" in admin.text
        values = {"code": "new-one", "name": "New One", "people": [str(person.id)], "seats": [str(seat.id)]}
        admin.send(having="people", **values)
        assert "Check the split" in admin.text
        assert queries.association_at("NEW-ONE") is None
        form = admin.form(having="people")
        sent = {**form["fields"], "people": [str(person.id)], "seats": [str(seat.id)]}
        back = admin.client.post("/admin/associations/OLD/split", data={**sent, "step": "change"})
        assert 'value="new-one"' in back.text
        admin.page = admin.client.post("/admin/associations/OLD/split", data={**sent, "step": "save"})
        assert admin.page.location == "/associations/NEW-ONE"
        assert seats("NEW-ONE") == {("Anna Example", "member", 1)}

    def test_namesakes_are_told_apart(self, admin: Browser) -> None:
        old = make_association("OLD")
        make_person("Anna Example", association=old, email="anna@example.org")
        make_person("Anna Example", association=old)
        admin.open("/admin/associations/OLD/split")
        assert "Anna Example, anna@example.org (Expert)" in admin.text
        assert "Anna Example, no e-mail address (Expert)" in admin.text

    def test_a_code_that_is_taken(self, admin: Browser) -> None:
        make_person(association=make_association("OLD"))
        admin.open("/admin/associations/OLD/split").send(having="people", code="OLD", name="New", step="save")
        assert admin.status == 422
        assert "This address is or was in use by another" in admin.text
