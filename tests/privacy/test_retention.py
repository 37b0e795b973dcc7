"""Forgetting by itself: each period of the settings, and that a dry run changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.core import audit
from app.core.audit import AuditEntry
from app.core.db import db, write
from app.core.outbox import SENT, Mail, OutboxMessage, Recipient, queue
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import State
from app.people import limits
from app.people.models import Account, Attempt, Person, SignUp
from app.privacy import queries
from app.privacy.models import ErasureState, Origin
from app.privacy.service import asking, erasing
from app.privacy.service.retaining import retain
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import LONG_AGO, make_account, make_association, make_person
from tests.people.helpers import mails

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _now(app: Flask) -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def due() -> dict[str, int]:
    """{setting: how much would be forgotten}, without zeros."""
    found: dict[str, int] = {}
    for line in retain(dry_run=True):
        found[line.setting] = found.get(line.setting, 0) + line.number
    return {setting: number for setting, number in found.items() if number}


def test_an_empty_database_has_nothing_to_forget(app: Flask) -> None:
    assert due() == {}
    assert all(line.number == 0 for line in retain())


def test_motivations_and_reasons_of_requests_that_came_to_nothing(app: Flask) -> None:
    group = make_group()
    old = make_membership(group, make_person(), State.DECLINED, moved_at=NOW - 366 * DAY)
    gone = make_membership(group, make_person(), State.WITHDRAWN, moved_at=NOW - 366 * DAY)
    young = make_membership(group, make_person(), State.DECLINED, moved_at=NOW - 364 * DAY)
    sits = make_membership(group, make_person(), State.ACTIVE, moved_at=NOW - 9999 * DAY)
    ids = [old.id, gone.id, young.id, sits.id]
    assert due() == {"MOTIVATION_KEPT_DAYS": 2 + 3}
    assert [db.session.get_one(Membership, key).motivation is None for key in ids] == [False] * 4
    retain()
    db.session.expire_all()
    assert [db.session.get_one(Membership, key).motivation is None for key in ids] == [True, True, False, False]
    blanked = {
        event.membership_id for event in db.session.scalars(select(MembershipEvent)) if event.reason is None
    } - set(ids[2:])
    assert blanked == set(ids[:2])
    assert due() == {}


def test_reasons_of_memberships_that_ended(app: Flask) -> None:
    group = make_group()
    old = make_membership(group, make_person(), State.ENDED, moved_at=NOW - 1096 * DAY)
    make_membership(group, make_person(), State.ENDED, moved_at=NOW - 1094 * DAY)
    assert due() == {"REASON_KEPT_DAYS": 1 + 2}
    retain()
    db.session.expire_all()
    assert all(event.reason is None for event in db.session.get_one(Membership, old.id).events)


def test_reasons_in_the_audit(app: Flask) -> None:
    person = make_person(email="anna@example.org")
    for days in (1096, 1094):
        with time_machine.travel(NOW - days * DAY), write():
            audit.record("person.changed", person, person.id, reason="Some words.")
    assert due() == {"REASON_KEPT_DAYS": 1}
    retain()
    reasons = db.session.scalars(select(AuditEntry.reason).order_by(AuditEntry.id)).all()
    assert reasons == [None, "Some words."]


def test_mails(app: Flask) -> None:
    for days in (91, 89):
        with time_machine.travel(NOW - days * DAY), write():
            queue(Recipient("anna@example.org", "", "en"), Mail(subject=str(days), paragraphs=())).state = SENT
    with time_machine.travel(NOW - 999 * DAY), write():
        queue(Recipient("anna@example.org", "", "en"), Mail(subject="waits", paragraphs=()))
    assert due() == {"MAIL_KEPT_DAYS": 1}
    retain()
    assert set(db.session.scalars(select(OutboxMessage.subject))) == {"89", "waits"}


def test_sign_ups_and_attempts(app: Flask) -> None:
    for hours in (73, 71):
        db.session.add(SignUp(full_name="A", email="a@example.org", organisation="O", password_hash="x", language="en",
                              created_at=NOW - timedelta(hours=hours)))  # fmt: skip
    db.session.commit()
    for minutes in (61, 59):
        with time_machine.travel(NOW - timedelta(minutes=minutes)):
            limits.begin_sign_in("a@example.org", "127.0.0.1")
    assert due() == {"": 1, "ATTEMPTS_KEPT_HOURS": 1}
    retain()
    assert len(db.session.scalars(select(SignUp)).all()) == len(db.session.scalars(select(Attempt)).all()) == 1


def test_attempts_are_kept_for_as_long_as_they_count_whatever_the_setting(
    app: Flask, set_settings: Callable[..., None]
) -> None:
    set_settings(attempts_kept_hours=0)
    with time_machine.travel(NOW - timedelta(minutes=59)):
        limits.begin_sign_in("a@example.org", "127.0.0.1")
    assert due() == {}
    set_settings(attempts_kept_hours=48)
    with time_machine.travel(NOW - timedelta(hours=47)):
        limits.begin_sign_in("a@example.org", "127.0.0.1")
    assert due() == {}


def silent(**values: Any) -> Person:
    """Someone of whom nothing was heard for four years."""
    person = make_account(**values)
    person.created_at = person.account.created_at = NOW - timedelta(days=4 * 366)
    db.session.commit()
    return person


def test_whoever_was_silent_for_long_gets_a_pause_and_a_mail(app: Flask, journal_file: Path) -> None:
    person, known = silent(email="anna@example.org"), make_account()
    assert due() == {"INACTIVE_MONTHS": 1}
    retain()
    retain()
    pending = queries.pending_of(person.id)
    assert pending and pending.origin == Origin.RETENTION and pending.asked_by_id is None
    assert queries.pending_of(known.id) is None
    (mail,) = mails("anna@example.org")
    assert "for a long time" in (mail.text or "")
    with time_machine.travel(NOW + 15 * DAY):
        assert erasing.erase_due() == 1


def test_signing_in_during_the_pause_is_a_sign_of_life(app: Flask, journal_file: Path) -> None:
    person = silent()
    retain()
    with time_machine.travel(NOW + DAY):
        db.session.get_one(Account, person.account.id).last_sign_in_at = NOW + DAY
        db.session.commit()
    with time_machine.travel(NOW + 15 * DAY):
        assert erasing.erase_due() == 0
        assert queries.counts()[ErasureState.WITHDRAWN] == 1
        assert due() == {}


def test_keeping_ones_data_by_the_link_is_one_too(app: Flask) -> None:
    person = silent()
    retain()
    pending = queries.pending_of(person.id)
    assert pending
    asking.withdraw(pending.id, person.id)
    assert due() == {}


def test_signing_in_does_not_withdraw_what_the_person_asked_for(app: Flask, journal_file: Path) -> None:
    person = silent()
    with write():
        asking.begin(db.session.get_one(Person, person.id), Origin.PERSON, person.id)
    db.session.get_one(Account, person.account.id).last_sign_in_at = NOW + DAY
    db.session.commit()
    with time_machine.travel(NOW + 15 * DAY):
        assert erasing.erase_due() == 1


def test_whoever_is_something_here_stays(app: Flask) -> None:
    association = make_association()
    silent(administrator=True)
    silent(association=association, function="focal_point")
    make_group(coordinators=(silent(),))
    make_membership(make_group(), silent())
    make_membership(make_group(), silent(), State.REQUESTED)
    make_membership(make_group(), silent(), State.ENDED, moved_at=NOW - 35 * 30 * DAY)
    assert due() == {}
    make_membership(make_group(), silent(), State.ENDED, moved_at=NOW - 37 * 31 * DAY)
    assert due()["INACTIVE_MONTHS"] == 1


def test_people_without_an_account_are_forgotten_too(app: Flask) -> None:
    person = make_person()
    person.created_at = NOW - timedelta(days=4 * 366)
    db.session.commit()
    assert due() == {"INACTIVE_MONTHS": 1}


def test_never_where_the_settings_say_so(app: Flask, set_settings: Callable[..., None]) -> None:
    silent()
    set_settings(inactive_months=0)
    assert due() == {}
    retain()
    assert mails() == []


def test_the_command_says_what_it_would_do_and_then_does_it(app: Flask) -> None:
    make_membership(make_group(), make_person(), State.DECLINED, moved_at=LONG_AGO - 999 * DAY, motivation="Words.")
    run = app.test_cli_runner().invoke
    said = run(args=["privacy", "retention", "--dry-run"])
    assert said.exit_code == 0, said.output
    assert "1  Motivations of requests that came to nothing (MOTIVATION_KEPT_DAYS)" in said.output
    assert "Nothing was changed." in said.output
    db.session.expire_all()
    assert db.session.scalars(select(Membership.motivation)).one() == "Words."
    assert run(args=["privacy", "retention"]).output.endswith("Done.\n")
    db.session.rollback()
    assert db.session.scalars(select(Membership.motivation)).one() is None
