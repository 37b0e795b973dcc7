"""Two records of one person become one, with all that hangs on them."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import DomainError
from app.groups.models import Coordinator
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import Role, State
from app.merging.queries import likely_doubles
from app.merging.service.persons import FIELDS, keep_apart, merge_persons
from app.people import queries
from app.people.models import Account, Affiliation, DistinctPersons, MergedPerson, Person, Photo
from app.people.rules import Audience
from app.people.service import persons
from tests.browsing import PASSWORD, Browser, Visit
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import (
    LONG_AGO,
    make_account,
    make_affiliation,
    make_association,
    make_keyword,
    make_person,
    make_photo,
)
from tests.people.helpers import at_once, mails
from tests.queries import counted_queries


def all_from(person: Person) -> dict[str, int]:
    return dict.fromkeys(FIELDS, person.id)


def merged(one: Person, other: Person, **chosen: int) -> Person:
    one_id = one.id
    merge_persons(one_id, other.id, all_from(one) | chosen, None)
    db.session.expire_all()
    found = queries.person_at(one_id)
    assert found
    return found


def states(person: Person) -> dict[str, str]:
    found = db.session.scalars(select(Membership).where(Membership.person_id == person.id))
    return {f"{item.group.slug} {item.role}": str(item.state) for item in found}


def test_the_chosen_values_stay_and_the_other_number_leads_to_the_one(app: Flask) -> None:
    one = make_person(
        "Ελένη", latin_name="Eleni", email="one@example.org", job_title="Adviser", phone="+32 2 111 11 11"
    )
    other = make_person("Eleni Paradeigma", email="other@example.org", biography="About", language="fr")
    other_id, one_id = other.id, one.id
    person = merged(one, other, email=other_id, biography=other_id, language=other_id)
    assert (person.full_name, person.latin_name, person.email) == ("Ελένη", "Eleni", "other@example.org")
    assert (person.job_title, person.phone, person.biography) == ("Adviser", "+32 2 111 11 11", "About")
    assert person.language == "fr"
    assert person.search_text == "eleni eleni other@example.org"
    assert " ελενη" in person.name_key and " paradeigma" not in person.name_key
    assert person.id == max(one_id, other_id)
    assert queries.present_id(min(one_id, other_id)) == person.id
    assert db.session.get(Person, min(one_id, other_id)) is None
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "person.merged")).one()
    assert (entry.subject_id, entry.details) == (person.id, {"former_id": min(one_id, other_id)})


def test_the_number_that_is_free_is_never_given_again(app: Flask) -> None:
    first, second, third = make_person("A"), make_person("B"), make_person("C")
    third_id, second_id = third.id, second.id
    assert merged(third, second).id == third_id
    assert merged(first, db.session.get_one(Person, third_id)).id == third_id
    assert make_person("D").id == third_id + 1
    assert queries.present_id(second_id) == third_id
    assert sorted(queries.former_ids(third_id)) == [second_id - 1, second_id]


def test_all_seats_and_the_history(app: Flask) -> None:
    one, other = make_person("One"), make_person("Other")
    decider = make_account("Decider")
    make_membership(make_group("a"), one)
    make_membership(make_group("b"), other, role=Role.CHAIR)
    make_membership(make_group("c"), other, State.LEFT)
    make_membership(make_group("d"), make_person("Someone"), decided_by=other)
    make_meeting(make_group("e"), actor_id=other.id)
    make_meeting(make_group("f"), actor_id=one.id)
    events = len(db.session.scalars(select(MembershipEvent.id)).all())
    other_id, one_id = other.id, one.id
    person = merged(one, other)
    assert states(person) == {"a member": "active", "b chair": "active", "c member": "left"}
    assert len(db.session.scalars(select(MembershipEvent.id)).all()) == events
    actors = set(db.session.scalars(select(MembershipEvent.actor_id)))
    assert min(one_id, other_id) not in actors
    assert max(one_id, other_id) in actors
    assert decider.id not in {one_id, other_id}


@pytest.mark.parametrize(
    ("first", "second", "staying", "ended"),
    [
        ((State.ACTIVE, Role.MEMBER), (State.REQUESTED, Role.MEMBER), 0, "declined"),
        ((State.WAITING, Role.MEMBER), (State.ACTIVE, Role.ALTERNATE), 1, "declined"),
        ((State.ACTIVE, Role.MEMBER), (State.ACTIVE, Role.CHAIR), 1, "ended"),
        ((State.ACTIVE, Role.MEMBER), (State.ACTIVE, Role.MEMBER), 0, "ended"),
        ((State.TO_ENDORSE, Role.MEMBER), (State.ACTIVE, Role.OBSERVER), 1, "declined"),
        ((State.NOMINATED, Role.MEMBER), (State.ACTIVE, Role.MEMBER), 1, "withdrawn"),
        ((State.ACTIVE, Role.MEMBER), (State.ENDED, Role.MEMBER), 0, "ended"),
    ],
)
def test_a_group_where_both_are_keeps_the_one_that_is_further(
    app: Flask, first: tuple[State, Role], second: tuple[State, Role], staying: int, ended: str
) -> None:
    association = make_association()
    one, other = make_person("One", association=association), make_person("Other", association=association)
    group = make_group()
    ids = [
        make_membership(group, person, state, association, role=role,
                        seat_number=number if role != Role.OBSERVER and state == State.ACTIVE else None).id
        for number, (person, (state, role)) in enumerate(((one, first), (other, second)), start=1)
    ]  # fmt: skip
    person = merged(one, other)
    found = {item.id: item for item in db.session.scalars(select(Membership))}
    assert {item.person_id for item in found.values()} == {person.id}
    assert found[ids[staying]].state == State.ACTIVE
    lesser = found[ids[1 - staying]]
    assert lesser.state == ended
    if second[0] != State.ENDED:
        assert "Two records of one person were merged" in (lesser.events[-1].reason or "")


def test_affiliations_that_mean_the_same_become_one(app: Flask) -> None:
    vvsg, vng = make_association("VVSG"), make_association("VNG")
    one, other = make_person("One", association=vvsg), make_person("Other", association=vvsg)
    make_affiliation(other, vvsg, "focal_point")
    make_affiliation(one, vng, ends_on=date(2026, 2, 1))
    later = make_affiliation(other, vng)
    later.starts_on = date(2026, 6, 1)
    for person, name in ((one, "The Lab"), (other, "the lab")):
        last = date(2026, 3 if person is one else 9, 1)
        days = {"starts_on": date(2026, 1, 1), "ends_on": last}
        db.session.add(Affiliation(person_id=person.id, organisation=name, function="expert", **days))
    earlier = next(item for item in one.affiliations if item.association is vvsg)
    earlier.starts_on = date(2020, 1, 1)
    db.session.commit()
    person = merged(one, other)
    found = sorted(
        (item.association.code if item.association else "lab", item.function, item.starts_on, item.ends_on)
        for item in person.affiliations
    )
    assert found == [
        ("VNG", "expert", date(2026, 1, 5), date(2026, 2, 1)),
        ("VNG", "expert", date(2026, 6, 1), None),
        ("VVSG", "expert", date(2020, 1, 1), None),
        ("VVSG", "focal_point", date(2026, 1, 5), None),
        ("lab", "expert", date(2026, 1, 1), date(2026, 9, 1)),
    ]


def test_coordination_expertise_and_who_was_told_apart(app: Flask) -> None:
    one, other, third = make_person("One"), make_person("Other"), make_person("Third")
    group = make_group(coordinators=(one, other))
    make_group(coordinators=(other,))
    make_keyword("waste", one, other)
    make_keyword("water", other)
    keep_apart(one.id, third.id, None)
    keep_apart(third.id, other.id, None)
    keep_apart(one.id, other.id, None)
    third_id = third.id
    person = merged(one, other)
    open_places = db.session.scalars(select(Coordinator).where(Coordinator.person_id == person.id)).all()
    assert len(open_places) == 2
    assert [item.appointed_at for item in open_places if item.group_id == group.id] == [LONG_AGO]
    assert {item.slug for item in person.keywords} == {"waste", "water"}
    told = db.session.execute(select(DistinctPersons.first_id, DistinctPersons.second_id)).all()
    assert [tuple(row) for row in told] == [tuple(sorted((third_id, person.id)))]


class TestAccounts:
    """Credentials of both."""

    def test_the_only_account_goes_along(self, app: Flask, browser: Browser) -> None:
        one, other = make_person("One", email="one@example.org"), make_account("Other", email="other@example.org")
        person = merged(one, other)
        assert person.account and person.email == "one@example.org"
        assert browser.sign_in("one@example.org").path == "/sign-in", "whoever made the double knows that password"
        assert browser.sign_in("other@example.org").path == "/sign-in"

    def test_the_account_of_the_chosen_address_keeps_its_password(self, app: Flask, browser: Browser) -> None:
        one, other = make_account("One", email="one@example.org"), make_person("Other", email="other@example.org")
        person = merged(one, other)
        assert person.account and person.email == "one@example.org"
        assert browser.sign_in("one@example.org").path == "/me"

    def test_of_two_accounts_one_is_left(self, app: Flask, visit: Visit, browser: Browser) -> None:
        one = make_account("One", email="one@example.org", administrator=True)
        other = make_account("Other", email="other@example.org")
        kept = db.session.scalars(select(Account).where(Account.person_id == one.id)).one()
        hash_of_one = kept.password_hash
        latest = max(db.session.scalars(select(Account.id)))
        sessions = [visit(one), visit(other)]
        person = merged(one, other)
        account = db.session.scalars(select(Account)).one()
        assert (account.person_id, account.id, account.password_hash) == (person.id, latest, hash_of_one)
        assert account.is_administrator
        for session in sessions:
            assert session.open("/me").path.startswith("/sign-in")
        assert browser.sign_in("one@example.org", PASSWORD).path == "/me"

    def test_the_password_of_the_address_that_stays(self, app: Flask) -> None:
        one, other = make_account("One"), make_account("Other")
        for person, text in ((one, "one"), (other, "other")):
            db.session.scalars(select(Account).where(Account.person_id == person.id)).one().password_hash = text
        db.session.commit()
        other_id = other.id
        merged(one, other, email=other_id)
        assert db.session.scalars(select(Account.password_hash)).all() == ["other"]

    def test_the_address_that_counts_no_more_is_told(self, app: Flask) -> None:
        merged(make_account("One", email="one@example.org"), make_account("Other", email="other@example.org"))
        merged(make_account("Two", email="two@example.org"), make_person("Entered", email="entered@example.org"))
        assert [mail.recipient for mail in mails()] == ["Other <other@example.org>"]

    def test_who_signs_in_needs_an_address(self, app: Flask) -> None:
        one, other = make_person("One"), make_account("Other")
        with pytest.raises(DomainError, match="email"):
            merge_persons(one.id, other.id, all_from(one), None)
        db.session.rollback()
        assert db.session.get(Person, other.id)


def test_of_what_is_private_the_smaller_audience_counts(app: Flask) -> None:
    one = make_person("One", phone="+32 2 111 11 11", phone_audience=Audience.PUBLIC, email_audience=Audience.MEMBERS)
    other = make_person("Other", phone_audience=Audience.MEMBERS, email_audience=Audience.PUBLIC)
    person = merged(one, other)
    assert (person.phone_audience, person.email_audience) == (Audience.MEMBERS, Audience.MEMBERS)
    assert person.biography_audience == Audience.COORDINATORS


@pytest.mark.parametrize("which", [0, 1])
def test_the_photo_that_is_chosen(app: Flask, which: int) -> None:
    people = [make_person("One"), make_person("Other")]
    digests = [make_photo(person).digest for person in people]
    chosen_id = people[which].id
    person = merged(*people, photo=chosen_id)
    photo = db.session.scalars(select(Photo)).one()
    assert (photo.person_id, photo.digest) == (person.id, digests[which])


def test_only_two_that_are_there_and_chosen_from(app: Flask) -> None:
    one, other, third = make_person("One"), make_person("Other"), make_person("Third")
    for pair, chosen in (((one.id, one.id), {}), ((one.id, 999), {}), ((one.id, other.id), {"name": third.id})):
        with pytest.raises(DomainError):
            merge_persons(*pair, chosen, None)
    assert len(db.session.scalars(select(Person)).all()) == 3
    assert db.session.scalars(select(MergedPerson)).all() == []


def test_two_administrators_who_merge_at_once(app: Flask) -> None:
    one, other = make_person("One"), make_person("Other")
    make_membership(make_group(), one)
    chosen = all_from(one)
    ids = one.id, other.id
    results = at_once(app, lambda: merge_persons(*ids, chosen, None), lambda: merge_persons(*ids, chosen, None))
    assert sorted(type(result).__name__ for result in results) == ["DomainError", "Person"]
    assert len(db.session.scalars(select(Person)).all()) == 1


class TestPages:
    """What administrators see and do."""

    @pytest.fixture
    def admin(self, app: Flask, visit: Visit) -> Browser:
        return visit(make_account("Alex Administrator", administrator=True))

    def test_found_told_apart_and_remembered(self, admin: Browser) -> None:
        assert "No doubles" in admin.open("/admin/people/doubles").text
        one, other = make_person("Anna Example"), make_person("Ánna Example")
        admin.open("/admin/people").open("/admin/people/doubles")
        assert "same name" in admin.text
        admin.send(f"/admin/people/{one.id}/apart/{other.id}")
        assert "They are two people." in admin.text
        assert "No doubles" in admin.text

    def test_compared_and_merged(self, admin: Browser) -> None:
        association = make_association("VVSG")
        one = make_person("Anna Example", email="anna@example.org", association=association)
        other = make_account("Anna Example", email="other@example.org", job_title="Adviser", association=association)
        group = make_group("heat", names={"en": "Heat", "fr": "Chaleur"})
        make_membership(group, one, association=association)
        make_membership(group, other, State.REQUESTED, association)
        page = admin.open("/admin/people/doubles").text
        assert "same name" in page and "same association" in page
        admin.open(f"/admin/people/{one.id}/merge/{other.id}")
        assert "Both are in Heat." in admin.text
        assert "Waiting for a decision" in admin.text
        fields = admin.form(having="job_title")["fields"]
        assert fields["job_title"] == str(other.id)  # where the first says nothing, the second is chosen
        assert fields["name"] == str(one.id)
        former, kept = sorted((one.id, other.id))
        admin.send(having="job_title")
        assert admin.path == f"/admin/people/{kept}"
        assert "The two records of Anna Example are one now." in admin.text
        assert "merged another record into that of" in admin.text
        answer = admin.client.get(f"/admin/people/{former}")
        assert (answer.status_code, answer.location) == (301, f"/admin/people/{kept}")
        answer = admin.client.get(f"/people/{former}?lang=fr")
        assert (answer.status_code, answer.location) == (301, f"/people/{kept}?lang=fr")

    def test_a_refusal_stands_beside_its_field(self, admin: Browser) -> None:
        one, other = make_person("Anna Example"), make_account("Anna Example")
        admin.open(f"/admin/people/{one.id}/merge/{other.id}").send(having="email", email=str(one.id))
        assert admin.status == 422
        assert "so there has to be one" in admin.text

    def test_any_other_record_can_be_looked_for(self, admin: Browser) -> None:
        one, other = make_person("Anna Example"), make_person("A. Example")
        admin.open(f"/admin/people/{one.id}").open(f"/admin/people/{one.id}/merge?q=exam")
        assert f"/admin/people/{one.id}/merge/{other.id}" in admin.text
        assert f"/admin/people/{one.id}/merge/{one.id}" not in admin.text
        assert admin.open(f"/admin/people/{one.id}/merge/{one.id}").status == 404

    def test_what_the_former_record_did_is_shown_as_the_persons(self, admin: Browser) -> None:
        one, other = make_account("Anna Example"), make_account("Anna Example")
        subject = make_person("Subject")
        for actor in (one, other):
            facts = persons.PersonFacts(**{**vars(persons.facts_of(subject)), "job_title": f"T{actor.id}"})
            persons.edit_person(subject.id, facts, subject.version, actor.id)
            db.session.refresh(subject)
        merged(one, other)
        page = admin.open(f"/admin/people/{subject.id}").text
        assert page.count("Anna Example") >= 2
        assert "no longer here" not in page

    def test_the_statements_do_not_grow_with_the_people(self, app: Flask) -> None:
        numbers = []
        for _round in range(2):
            for number in range(8):
                make_person(f"Anna Example {number % 4}", association=make_association())
            with counted_queries() as statements:
                likely_doubles(1)
            numbers.append(len(statements))
        assert numbers[0] == numbers[1]
