"""Erasure: what goes, what stays, and that it happens once, after its pause."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, insert, select

from app.core import audit, clock
from app.core.audit import AuditEntry
from app.core.db import Base, db, write
from app.core.errors import DomainError
from app.core.outbox import Mail, Recipient, queue
from app.groups.models import Coordinator
from app.membership import service as membership_service
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import Role, State
from app.merging.service.persons import merge_persons
from app.people import limits
from app.people.models import Account, Affiliation, Person, Photo, SignUp
from app.people.service import persons
from app.privacy import journal, queries
from app.privacy.models import ErasureState, Origin
from app.privacy.service import asking, erasing, retaining
from tests.browsing import PASSWORD, Visit
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import LONG_AGO, make_account, make_association, make_expert, make_person
from tests.factories.privacy import make_erasure
from tests.people.helpers import at_once, mails
from tests.privacy.everything import SAID, know_everything_about

HOME = "127.0.0.1"
NAME, LATIN, EMAIL = "Ελένη Δοκιμή", "Eleni O'Dokimi", "eleni@example.org"
TRACES = (NAME, LATIN, "Eleni", EMAIL, "eleni", "Chief tester", "Ministry of Tests", "unmistakable words")


def erase(person: Person) -> None:
    """Ask, and let the worker do it at once."""
    make_erasure(person)
    assert erasing.erase_due() == 1
    db.session.expire_all()


def all_values() -> str:
    """Everything in the database as one text."""
    db.session.rollback()
    rows = [db.session.execute(select(table)).all() for table in Base.metadata.sorted_tables]
    return "\n".join(str(row) for found in rows for row in found)


def make_eleni() -> Person:
    """Someone who has left traces in every table."""
    eleni = make_expert(NAME, latin_name=LATIN, email=EMAIL, job_title="Chief tester", language="fr",
                        time_zone="Europe/Athens")  # fmt: skip
    db.session.add_all(
        [
            Affiliation(person_id=eleni.id, organisation="Ministry of Tests", starts_on=date(2020, 1, 1)),
            SignUp(full_name=NAME, latin_name=LATIN, email=EMAIL, organisation="Ministry of Tests", password_hash="x",
                   language="fr", created_at=LONG_AGO),
        ]
    )  # fmt: skip
    eleni.account.pending_email = "eleni.new@example.org"
    db.session.commit()
    association = next(item.association for item in eleni.affiliations if item.association)
    coordinator = make_account(email="coordinator@example.org")
    make_membership(make_group(coordinators=(coordinator,)), eleni, association=association,
                    motivation="unmistakable words")  # fmt: skip
    make_membership(make_group(), eleni, State.DECLINED, association, motivation="unmistakable words")
    make_membership(make_group(), eleni, State.NOMINATED, association, motivation=None)
    other = make_group(coordinators=(eleni,))
    make_meeting(other, actor_id=eleni.id)
    limits.begin_sign_in(EMAIL, HOME)
    with write():
        audit.record("person.changed", eleni, eleni.id, reason="unmistakable words")
        queue(Recipient(EMAIL, NAME, "fr"), Mail(subject="To you", paragraphs=("unmistakable words",)))
        queue(
            Recipient("coordinator@example.org", "C", "en"),
            Mail(subject=f"{NAME} ({LATIN}) asks to join", paragraphs=(f"{NAME} ({LATIN}), {EMAIL}, asks.",)),
        )
    return eleni


def test_no_trace_is_left_in_any_table(app: Flask, journal_file: Path) -> None:
    eleni = make_eleni()
    before = all_values()
    assert all(trace in before for trace in TRACES)
    erase(eleni)
    after = all_values()
    assert [trace for trace in TRACES if trace in after] == []
    assert "O&#39;Dokimi" not in after
    assert limits.account_key(EMAIL) not in after


def test_no_trace_of_what_every_feature_keeps(app: Flask, journal_file: Path) -> None:
    association = make_association()
    anna = make_account("Anna Example", email="anna@example.org", association=association)
    know_everything_about(anna, make_group(), association)
    assert all_values().count(SAID) >= 4
    erase(anna)
    after = all_values()
    for trace in (SAID, "anna@example.org", "+32 2 123", "a.csv", "woman"):
        assert trace not in after, trace
    assert db.session.scalar(select(func.count()).select_from(Photo)) == 0
    assert db.session.get_one(Person, anna.id).name_key == ""


def test_records_that_were_merged_are_journalled_too(app: Flask, journal_file: Path) -> None:
    """A backup from before the merger has them by themselves."""
    one, other = make_person("Anna Example"), make_person("Anna Example")
    ids = {one.id, other.id}
    erase(merge_persons(one.id, other.id, {}, None))
    assert {line.person_id for line in journal.read()} == ids


def test_what_has_to_stay_bears_a_number(app: Flask, journal_file: Path) -> None:
    eleni = make_eleni()
    person_id, entries = eleni.id, db.session.scalar(select(func.count(AuditEntry.id)))
    erase(eleni)
    person = db.session.get_one(Person, person_id)
    assert person.display_name == person.full_name == f"Erased person {person_id}"
    with app.test_request_context("/?lang=fr"):
        assert person.full_name.endswith(str(person_id))
    assert person.recipient is None and person.account is None
    states = {item.state for item in db.session.scalars(select(Membership).where(Membership.person_id == person_id))}
    assert states == {State.LEFT, State.DECLINED}
    assert all(item.association_id for item in db.session.scalars(select(Membership)))
    events = db.session.scalars(select(MembershipEvent)).all()
    assert len(events) >= 7 and all(event.reason is None for event in events)
    assert db.session.scalars(select(Coordinator).where(Coordinator.person_id == person_id)).one().ended_at
    assert db.session.scalar(select(func.count(AuditEntry.id))) > (entries or 0)
    assert db.session.scalar(select(AuditEntry.subject_id).where(AuditEntry.action == "person.erased")) == person_id
    functions = db.session.scalars(select(Affiliation).where(Affiliation.person_id == person_id)).all()
    assert {item.function for item in functions} == {"expert"} and all(item.ends_on for item in functions)


def test_mails_to_others_say_a_number_and_mails_to_the_person_are_gone(app: Flask, journal_file: Path) -> None:
    eleni = make_eleni()
    number = f"Erased person {eleni.id}"
    erase(eleni)
    assert mails(EMAIL) == []
    asks, *about = mails("coordinator@example.org")
    assert asks.subject == f"{number} asks to join"
    assert f"{number}, {number}, asks." in (asks.text or "")
    assert any(mail.subject.startswith(f"{number} has left") for mail in about)


def test_a_name_within_other_words_is_left_alone(app: Flask, journal_file: Path) -> None:
    li = make_account("Li", email="li@example.org")
    with write():
        queue(Recipient("c@example.org", "C", "en"), Mail(subject="Li asks about Lille", paragraphs=("Li.",)))
    erase(li)
    assert mails("c@example.org")[0].subject == f"Erased person {li.id} asks about Lille"


def test_mails_to_similar_addresses_stay(app: Flask, journal_file: Path) -> None:
    ann = make_account("Ann Example", email="ann@example.org")
    with write():
        queue(Recipient("joann@example.org", "", "en"), Mail(subject="s", paragraphs=("t",)))
        queue(Recipient("joann@example.org", "Jo", "en"), Mail(subject="s", paragraphs=("t",)))
        queue(Recipient("ann@example.org", "", "en"), Mail(subject="s", paragraphs=("t",)))
    erase(ann)
    assert [mail.recipient for mail in mails("ann@example.org")] == ["joann@example.org", "Jo <joann@example.org>"]


def test_the_freed_seat_is_offered_to_the_first_in_line(app: Flask, journal_file: Path) -> None:
    association, coordinator = make_association(), make_account(email="coordinator@example.org")
    group = make_group(coordinators=(coordinator,), seats_member=1)
    leaving, waiting = make_account("Anna Example", association=association), make_account("Ben Sample")
    make_membership(group, leaving, association=association)
    make_membership(group, waiting, State.WAITING, association)
    erase(leaving)
    subjects = [mail.subject for mail in mails("coordinator@example.org")]
    assert any("Ben Sample" in (mail.text or "") for mail in mails("coordinator@example.org")), subjects


def test_sessions_and_links_die(app: Flask, visit: Visit, journal_file: Path) -> None:
    person = make_account(email="anna@example.org")
    browser = visit(person)
    assert browser.open("/me/data").status == 200
    erase(person)
    assert browser.open("/me/data").path.startswith("/sign-in")
    assert db.session.scalars(select(Account)).all() == []
    assert not browser.sign_in("anna@example.org").path.startswith("/me")


def test_a_session_of_an_account_that_is_no_more_fits_no_other(app: Flask) -> None:
    """SQLite gives the highest id again once it is free."""
    epochs = set()
    for number in range(5):
        person = make_person(email=f"p{number}@example.org")
        account = Account(person_id=person.id, password_hash="x", created_at=LONG_AGO)
        db.session.add(account)
        db.session.commit()
        epochs.add(account.session_epoch)
    assert len(epochs) == 5


def test_the_erased_can_be_changed_by_nobody(app: Flask, journal_file: Path) -> None:
    person = make_person()
    facts, version = persons.facts_of(person), person.version
    erase(person)
    with pytest.raises(DomainError):
        persons.edit_person(person.id, facts, version, None)
    with pytest.raises(DomainError):
        asking.ask_by_letter(person.id, None)


def test_whoever_signs_up_with_the_address_again_is_someone_new(app: Flask, journal_file: Path) -> None:
    person = make_account(email="anna@example.org")
    erase(person)
    new = make_account(email="anna@example.org")
    assert new.id != person.id


def test_it_waits_for_the_end_of_the_pause(app: Flask, journal_file: Path) -> None:
    person = make_account()
    erasure = asking.ask(person.account.id, PASSWORD, HOME)
    assert erasure.due_at - erasure.asked_at == timedelta(days=14)
    assert erasing.erase_due() == 0
    with time_machine.travel(clock.now() + timedelta(days=14, minutes=1)):
        assert erasing.erase_due() == 1
        assert erasing.erase_due() == 0
    assert [line.person_id for line in journal.read()] == [person.id]
    assert queries.counts()[ErasureState.DONE] == 1


def test_asking_twice_is_asking_once(app: Flask) -> None:
    person = make_account()
    account_id = person.account.id
    first = asking.ask(account_id, PASSWORD, HOME)
    assert asking.ask(account_id, PASSWORD, HOME).id == first.id
    assert len(mails()) == 1


def test_asked_twice_at_once(app: Flask) -> None:
    account_id = make_account().account.id
    outcomes = at_once(app, *[lambda: asking.ask(account_id, PASSWORD, HOME).id] * 2)
    assert outcomes[0] == outcomes[1] and isinstance(outcomes[0], int), outcomes
    assert len(mails()) == 1


def test_whoever_asks_to_join_at_that_moment_gets_no_seat_as_a_number(app: Flask, journal_file: Path) -> None:
    for _ in range(4):
        expert, group = make_expert(), make_group()
        person_id, group_id = expert.id, group.id
        make_erasure(expert)
        outcomes = at_once(
            app, erasing.erase_due, lambda p=person_id, g=group_id: membership_service.request(p, g, "I know a lot.")
        )
        db.session.expire_all()
        assert db.session.get_one(Person, person_id).erased_at, outcomes
        found = db.session.scalars(select(Membership).where(Membership.person_id == person_id)).all()
        assert all(item.state == State.WITHDRAWN and item.motivation is None for item in found), outcomes


def test_two_workers_erase_once(app: Flask, journal_file: Path) -> None:
    people = [make_account() for _ in range(4)]
    for person in people:
        make_erasure(person)
    outcomes = at_once(app, erasing.erase_due, erasing.erase_due)
    assert sum(int(outcome) for outcome in outcomes) == 4, outcomes  # type: ignore[call-overload]
    assert sorted(line.person_id for line in journal.read()) == sorted(person.id for person in people)
    db.session.expire_all()
    assert db.session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "person.erased")) == 4


def test_withdrawn_while_it_is_done(app: Flask, journal_file: Path) -> None:
    for _ in range(3):
        someone = make_account()
        person_id, erasure_id = someone.id, make_erasure(someone).id
        done, withdrawn = at_once(app, erasing.erase_due, lambda it=erasure_id: asking.withdraw(it, None))
        db.session.expire_all()
        person = db.session.get_one(Person, person_id)
        if done == 1:
            assert isinstance(withdrawn, DomainError) and person.erased_at
        else:
            assert withdrawn is True and person.erased_at is None


def test_nobody_is_erased_where_the_journal_cannot_be_written(
    app: Flask, journal_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_account("Anna Example")
    make_erasure(person)

    def full(*_args: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(journal.os, "write", full)
    with pytest.raises(OSError, match="No space"):
        erasing.erase_due()
    db.session.expire_all()
    assert person.full_name == "Anna Example" and queries.pending_of(person.id)


def test_the_last_administrator_stays(app: Flask, journal_file: Path) -> None:
    boss, other = make_account(administrator=True), make_account(administrator=True)
    erasure = asking.ask(boss.account.id, PASSWORD, HOME)
    with pytest.raises(asking.LastAdministrator):
        other.account.is_administrator = False
        db.session.commit()
        asking.ask(boss.account.id, PASSWORD, HOME)
    with time_machine.travel(clock.now() + timedelta(days=15)):
        assert erasing.erase_due() == 0
    db.session.expire_all()
    assert erasure.is_pending and boss.erased_at is None


def test_one_who_cannot_be_erased_holds_up_nobody(app: Flask, journal_file: Path) -> None:
    make_erasure(make_account(administrator=True))
    make_erasure(make_account())
    assert erasing.erase_due() == 1


def test_a_failure_with_one_is_said_and_holds_up_nobody(
    app: Flask, journal_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_account("Anna Example"), make_account("Ben Sample")
    make_erasure(first)
    make_erasure(second)
    keep = first.id

    def broken(person: Person) -> None:
        if person.id == keep:
            raise RuntimeError("broken")

    from app.meetings import personal_data

    monkeypatch.setattr(personal_data, "erase", broken)
    with pytest.raises(RuntimeError):
        erasing.erase_due()
    db.session.expire_all()
    assert first.full_name == "Anna Example" and second.erased_at


def test_the_worker_erases_and_forgets_by_itself() -> None:
    from app.running.worker import PERIODIC

    assert {erasing.erase_due, retaining.retain} <= {job.run for job in PERIODIC}


def test_the_wrong_password_asks_for_nothing(app: Flask) -> None:
    person = make_account()
    with pytest.raises(DomainError) as refusal:
        asking.ask(person.account.id, "not my password at all", HOME)
    assert refusal.value.field == "password"
    assert queries.pending_of(person.id) is None


def test_by_letter_only_for_those_without_an_account(app: Flask) -> None:
    admin, person = make_account(administrator=True), make_person(email="anna@example.org")
    erasure = asking.ask_by_letter(person.id, admin.id)
    assert (erasure.origin, erasure.asked_by_id) == (Origin.LETTER, admin.id)
    assert "/keep-my-data/" in (mails("anna@example.org")[0].text or "")
    with pytest.raises(DomainError):
        asking.ask_by_letter(make_account().id, admin.id)


def test_decisions_about_others_keep_their_reasons(app: Flask, journal_file: Path) -> None:
    """They are part of the other's history; only the name of who decided goes."""
    coordinator, expert = make_account("Anna Example"), make_account()
    group = make_group(coordinators=(coordinator, make_account()))
    membership = make_membership(group, expert, State.REQUESTED)
    membership_service.decline(membership.id, coordinator.id, "The group is full.")
    erase(coordinator)
    event = db.session.scalars(select(MembershipEvent).where(MembershipEvent.move == "decline")).one()
    assert event.reason == "The group is full."
    assert event.actor and event.actor.display_name == f"Erased person {coordinator.id}"


def test_roles_end_too(app: Flask, journal_file: Path) -> None:
    association = make_association()
    chair, group = make_account(association=association), make_group()
    membership = make_membership(group, chair, association=association, role=Role.CHAIR)
    erase(chair)
    assert db.session.get_one(Membership, membership.id).state == State.LEFT


def test_erasing_among_many_people_costs_no_more_statements(app: Flask, journal_file: Path) -> None:
    from tests.queries import counted_queries

    def statements() -> int:
        make_erasure(make_account())
        with counted_queries() as sent:
            assert erasing.erase_due() == 1
        return len(sent)

    few = statements()
    rows = [{"stored_name": f"P {n}", "demo": True, "created_at": LONG_AGO, "version": 1} for n in range(200)]
    db.session.execute(insert(Person), rows)
    db.session.commit()
    assert statements() == few


def test_the_audit_can_be_told_from_its_numbers(app: Flask, journal_file: Path) -> None:
    person = make_account()
    asking.ask(person.account.id, PASSWORD, HOME)
    with time_machine.travel(clock.now() + timedelta(days=15)):
        erasing.erase_due()
    db.session.rollback()
    found = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_type == "persons", AuditEntry.subject_id == person.id)
        .order_by(AuditEntry.id)
    )
    assert [entry.action for entry in found] == ["erasure.asked", "person.erased"]
    line = json.loads(journal.path().read_text())
    assert set(line) == {"person", "at"}
