"""Imports of people: what rows are taken for, and what is written."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import DomainError
from app.imports import service
from app.imports.models import Import, ImportRow
from app.imports.rules import ImportKind, ImportState
from app.people.models import Affiliation, Association, Person
from tests.factories.people import make_account, make_association, make_person
from tests.imports.conftest import brought, kinds, row_list, work

HEADS = "Full name,Name in Latin letters,E-mail address,Job title,Language,Association,Function,First day"
PEOPLE = ImportKind.PEOPLE


def person(email: str) -> Person:
    return db.session.scalars(select(Person).where(Person.email == email)).one()


def test_new_people_are_entered_with_where_they_belong(app: Flask, admin: Person, vvsg: Association) -> None:
    item = brought(PEOPLE, HEADS, [
        ["Anna Example", "", "Anna@Example.org", "Planner", "French", "vvsg", "Focal point", "01/03/2026"],
        ["Ελένη Παππά", "Eleni Pappa", "eleni@example.org", "", "", "", "", ""],
    ], admin)  # fmt: skip
    assert (item.state, kinds(item), item.content) == (ImportState.PREVIEW, ["new", "new"], None)
    assert db.session.scalar(select(func.count(Person.id))) == 1, "nothing is written before it is confirmed"
    service.confirm(item.id, leave_out=False, actor_id=admin.id)
    work()
    anna = person("anna@example.org")
    assert (anna.full_name, anna.job_title, anna.language) == ("Anna Example", "Planner", "fr")
    (place,) = anna.affiliations
    assert (place.association_id, place.function, str(place.starts_on)) == (vvsg.id, "focal_point", "2026-03-01")
    assert person("eleni@example.org").search_text == "eleni pappa eleni pappa eleni@example.org"
    assert db.session.get_one(Import, item.id).state == ImportState.DONE
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["import.brought", "import.confirmed", "person.entered", "person.entered", "import.written"]


def test_known_people_are_recognised_and_corrected(app: Flask, admin: Person, vvsg: Association) -> None:
    anna = make_person("Anna Example", email="anna@example.org", association=vvsg, job_title="Planner")
    make_person("Bo", email="bo@example.org", association=vvsg)
    item = brought(PEOPLE, HEADS, [
        ["Anna Example-Sample", "", "ANNA@example.org", "", "", "VVSG", "", ""],
        ["Bo", "", "bo@example.org", "", "", "VVSG", "expert", ""],
    ], admin)  # fmt: skip
    assert kinds(item) == ["changed", "unchanged"]
    first = row_list(item)[0]
    assert first.changes == [["full_name", "Anna Example", "Anna Example-Sample"]]
    assert first.target_id == anna.id
    service.confirm(item.id, leave_out=False, actor_id=admin.id)
    work()
    assert (person("anna@example.org").full_name, person("anna@example.org").job_title) == (
        "Anna Example-Sample", "Planner"
    ), "an empty cell leaves what is there"  # fmt: skip
    assert db.session.scalar(select(func.count(Affiliation.id))) == 2


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["", "", "a@example.org", "", "", "", "", ""], "Full name: This is needed."),
        (["Anna", "", "no address", "", "", "", "", ""], "E-mail address: This is not an e-mail address"),
        (["Anna", "", "", "", "", "NOWHERE", "", ""], "Association: There is no association “NOWHERE”."),
        (["Anna", "", "", "", "Klingon", "", "", ""], "Language: “Klingon” is not one of the languages here."),
        (["Anna", "", "", "", "", "VVSG", "boss", ""], "Function: “boss” is none of these: Expert, Focal point"),
        (["Anna", "", "", "", "", "", "Focal point", ""], "Function: Only associations have focal points"),
        (["Anna", "", "", "", "", "VVSG", "", "03/31/2026"], "First day: There is no day 03/31/2026."),
        (["Anna", "", "", "", "", "VVSG", "", "soon"], "First day: “soon” is not a day"),
        (["Ελένη", "", "", "", "", "", "", ""], "please give it in Latin letters too"),
        (["A" * 201, "", "", "", "", "", "", ""], "Full name: At most 200 characters."),
        (["Anna", "", "", "", "", "", "", "", "more"], "The row has more cells than there are headings."),
        (["123", "", "", "", "", "", "", ""], "A name has letters."),
    ],
)  # fmt: skip
def test_faulty_rows_say_why(app: Flask, admin: Person, vvsg: Association, row: list[str], why: str) -> None:
    item = brought(PEOPLE, HEADS, [row], admin)
    assert kinds(item) == ["faulty"]
    assert why in (row_list(item)[0].reason or "")


def test_all_that_is_wrong_is_said_at_once(app: Flask, admin: Person) -> None:
    item = brought(PEOPLE, HEADS, [["", "", "x", "", "", "NOWHERE", "", ""]], admin)
    reason = row_list(item)[0].reason or ""
    assert "Full name:" in reason and "E-mail address:" in reason and "Association:" in reason


def test_headings_and_words_in_the_other_language(app: Flask, admin: Person, vvsg: Association) -> None:
    item = brought(PEOPLE, "ADRESSE ELECTRONIQUE,Nom complet,Association,Rôle,Couleur", [
        ["anna@example.org", "Anna Example", "VVSG", "Point focal", "bleu"],
    ], admin, language="fr")  # fmt: skip
    assert (item.state, item.message, kinds(item), item.unread) == (
        ImportState.PREVIEW, None, ["new"], ["Couleur"]
    )  # fmt: skip
    assert item.language == "fr"


def test_a_file_without_what_is_needed_is_refused(app: Flask, admin: Person) -> None:
    item = brought(PEOPLE, "E-mail,Function", [["a@example.org", "expert"]], admin)
    assert item.state == ImportState.REFUSED
    assert "Missing: Full name" in (item.message or "")
    twice = brought(PEOPLE, "Full name,Name,E-mail", [["A", "B", "a@example.org"]], admin)
    assert "two columns for “Full name”" in (twice.message or "")
    assert row_list(twice) == []


class TestHomonyms:
    """Perhaps someone known: the importer decides."""

    @pytest.fixture
    def anna(self, vvsg: Association) -> Person:
        return make_person("Anna Éxample", email="anna@example.org", association=vvsg)

    def test_same_name_is_a_possible_double(self, app: Flask, admin: Person, anna: Person) -> None:
        item = brought(PEOPLE, HEADS, [
            ["Anna Example", "", "other@example.org", "", "", "", "", ""],
            ["Example, Anna", "", "", "", "", "", "", ""],
        ], admin)  # fmt: skip
        assert kinds(item) == ["double", "double"]
        assert [row.candidates for row in row_list(item)] == [[anna.id], [anna.id]]
        with pytest.raises(DomainError):
            service.confirm(item.id, leave_out=True, actor_id=admin.id)

    def test_same_name_within_the_file(self, app: Flask, admin: Person) -> None:
        item = brought(PEOPLE, HEADS, [
            ["Bo Beck", "", "bo@example.org", "", "", "", "", ""],
            ["Bo Beck", "", "bo2@example.org", "", "", "", "", ""],
            ["Bo Beck", "", "bo@example.org", "", "", "", "", ""],
        ], admin)  # fmt: skip
        assert kinds(item) == ["new", "double", "faulty"]
        assert row_list(item)[1].reason == "Someone of this name stands in row 2 too."
        assert row_list(item)[2].reason == "The same stands in row 2."

    def test_each_answer_does_what_it_says(self, app: Flask, admin: Person, anna: Person) -> None:
        again = make_person("Anna Example")
        item = brought(PEOPLE, HEADS, [
            ["Anna Example", "", "new@example.org", "Planner", "", "", "", ""],
            ["Anna Example", "", "second@example.org", "Mayor", "", "", "", ""],
            ["Anna Example", "", "", "", "", "", "", ""],
        ], admin)  # fmt: skip
        first, second, third = row_list(item)
        assert first.candidates == [anna.id, again.id]
        service.choose(item.id, {first.id: f"same:{again.id}", second.id: "new", third.id: "skip"})
        work()
        assert kinds(item) == ["changed", "new", "skipped"]
        service.confirm(item.id, leave_out=False, actor_id=admin.id)
        work()
        assert person("new@example.org").id == again.id
        assert person("second@example.org").job_title == "Mayor"
        assert db.session.scalar(select(func.count(Person.id))) == 4
        assert db.session.get_one(Person, anna.id).job_title is None

    def test_an_address_that_is_known_stays(self, app: Flask, admin: Person, anna: Person) -> None:
        item = brought(PEOPLE, HEADS, [["Anna Example", "", "changed@example.org", "Planner", "", "", "", ""]], admin)
        service.choose(item.id, {row_list(item)[0].id: f"same:{anna.id}"})
        work()
        assert [change[0] for change in row_list(item)[0].changes] == ["full_name", "job_title"]

    def test_nobody_else_can_be_chosen(self, app: Flask, admin: Person, anna: Person) -> None:
        stranger = make_person("Someone Else")
        item = brought(PEOPLE, HEADS, [["Anna Example", "", "", "", "", "", "", ""]], admin)
        for choice in (f"same:{stranger.id}", "same:x", "other", "same:"):
            with pytest.raises(DomainError):
                service.choose(item.id, {row_list(item)[0].id: choice})

    def test_a_row_that_says_nothing_new_needs_no_answer(
        self, app: Flask, admin: Person, anna: Person, vvsg: Association
    ) -> None:
        item = brought(PEOPLE, HEADS, [["Anna Éxample", "", "", "", "", "VVSG", "", ""]], admin)
        assert kinds(item) == ["unchanged"]

    def test_the_rest_at_once(self, app: Flask, admin: Person, anna: Person) -> None:
        item = brought(PEOPLE, HEADS, [["Anna Example", "", f"a{n}@example.org", "", "", "", "", ""]
                                       for n in range(3)], admin)  # fmt: skip
        service.choose(item.id, {row_list(item)[0].id: "new"}, "skip")
        work()
        assert kinds(item) == ["new", "skipped", "skipped"]


def test_who_belongs_to_several_bodies_has_several_rows(app: Flask, admin: Person, vvsg: Association) -> None:
    make_association("OTHER")
    known = make_person("Bo", email="bo@example.org", association=vvsg)
    item = brought(PEOPLE, HEADS, [
        ["Anna", "", "anna@example.org", "", "", "VVSG", "", ""],
        ["Anna", "", "anna@example.org", "", "", "OTHER", "", ""],
        ["Anna", "", "anna@example.org", "Mayor", "", "OTHER", "deputy", ""],
        ["Bo", "", "bo@example.org", "", "", "VVSG", "", ""],
        ["Bo", "", "bo@example.org", "", "", "OTHER", "", ""],
    ], admin)  # fmt: skip
    assert kinds(item) == ["new", "new", "faulty", "unchanged", "changed"]
    service.confirm(item.id, leave_out=True, actor_id=admin.id)
    work()
    codes = {place.association.code for place in person("anna@example.org").affiliations if place.association}
    assert codes == {"VVSG", "OTHER"}
    assert len(db.session.get_one(Person, known.id).affiliations) == 2


def test_faulty_rows_are_left_out_only_if_one_says_so(app: Flask, admin: Person) -> None:
    item = brought(PEOPLE, HEADS, [
        ["Anna Example", "", "anna@example.org", "", "", "", "", ""], ["", "", "bo@example.org", "", "", "", "", ""],
    ], admin)  # fmt: skip
    with pytest.raises(DomainError):
        service.confirm(item.id, leave_out=False, actor_id=admin.id)
    service.confirm(item.id, leave_out=True, actor_id=admin.id)
    work()
    assert person("anna@example.org")
    assert db.session.scalar(select(func.count(Person.id))) == 2


def test_what_changed_meanwhile_is_shown_again(app: Flask, admin: Person, vvsg: Association) -> None:
    item = brought(PEOPLE, HEADS, [
        ["Anna Example", "", "anna@example.org", "", "", "", "", ""], ["Bo", "", "bo@example.org", "", "", "", "", ""],
    ], admin)  # fmt: skip
    service.confirm(item.id, leave_out=False, actor_id=admin.id)
    make_person("Anna Example", email="anna@example.org", job_title="Mayor")
    work()
    item = db.session.get_one(Import, item.id)
    assert item.state == ImportState.PREVIEW
    assert "Something was changed" in (item.message or "")
    assert kinds(item) == ["unchanged", "new"]
    assert db.session.scalar(select(func.count(Person.id))) == 2, "nothing was written"
    service.confirm(item.id, leave_out=False, actor_id=admin.id)
    work()
    assert person("bo@example.org")


def test_giving_up_deletes_the_file_and_its_rows(app: Flask, admin: Person) -> None:
    item = brought(PEOPLE, HEADS, [["Anna Example", "", "", "", "", "", "", ""]], admin)
    service.cancel(item.id, admin.id)
    assert db.session.scalar(select(func.count(ImportRow.id))) == 0
    assert db.session.scalar(select(func.count(Import.id))) == 0
    service.cancel(item.id, admin.id)


def test_old_imports_are_forgotten(app: Flask, admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from app.core import clock

    brought(PEOPLE, HEADS, [["Anna Example", "", "", "", "", "", "", ""]], admin)
    service.forget_old()
    assert db.session.scalar(select(func.count(Import.id))) == 1
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    service.forget_old()
    assert db.session.scalar(select(func.count(Import.id))) == 0
    assert db.session.scalar(select(func.count(ImportRow.id))) == 0


def test_only_so_many_at_a_time(app: Flask, admin: Person) -> None:
    for _number in range(5):
        brought(PEOPLE, HEADS, [["Anna Example", "", "", "", "", "", "", ""]], admin)
    with pytest.raises(DomainError):
        brought(PEOPLE, HEADS, [["Anna Example", "", "", "", "", "", "", ""]], admin)
    brought(PEOPLE, HEADS, [["Anna Example", "", "", "", "", "", "", ""]], make_account(administrator=True))


def test_codes_of_before_a_rename_count(app: Flask, admin: Person) -> None:
    from app.core.addresses import Address

    body = make_association("NEWCODE")
    db.session.add(Address(kind="association", slug="OLDCODE", target_id=body.id))
    db.session.commit()
    item = brought(PEOPLE, HEADS, [["Anna", "", "", "", "", "oldcode", "", ""]], admin)
    assert kinds(item) == ["new"]
