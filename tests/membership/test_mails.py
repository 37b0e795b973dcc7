"""Who is written to at each step, in which language, and what no mail says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.core.db import db
from app.core.outbox import OutboxMessage
from app.groups.models import Coordinator
from app.membership import service
from app.membership.rules import Role, State
from app.people.service.persons import NewPerson
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import LONG_AGO, make_account, make_association, make_expert, make_person
from tests.membership.conftest import Mails, addressed


def by_address(written: list[OutboxMessage], address: str) -> OutboxMessage:
    return next(mail for mail in written if addressed([mail]) == {address})


def test_a_request(app: Flask, mails: Mails) -> None:
    association = make_association(name="Association of Examples")
    expert = make_account("Émilie Exemple", email="emilie@example.org", language="fr", association=association)
    anna = make_account("Anna", email="anna@example.org", language="en")
    luc = make_account("Luc", email="luc@example.org", language="fr")
    former = make_account("Former", email="former@example.org")
    group = make_group("climate", coordinators=(anna, luc), names={"en": "Climate", "fr": "Climat"})
    db.session.add(Coordinator(group_id=group.id, person_id=former.id, appointed_at=LONG_AGO, ended_at=LONG_AGO))
    db.session.commit()
    make_account(email="admin@example.org", administrator=True)
    made = service.request(expert.id, group.id, "I know a lot.\nEven <b>more</b>.")

    written = list(mails())
    assert addressed(written) == {"anna@example.org", "luc@example.org", "emilie@example.org"}
    to_anna, to_luc, to_emilie = (by_address(written, f"{name}@example.org") for name in ("anna", "luc", "emilie"))
    assert [mail.language for mail in (to_anna, to_luc, to_emilie)] == ["en", "fr", "fr"]
    assert "Climate" in to_anna.subject and "Climat " not in to_anna.subject
    assert "Climat" in to_luc.subject and "Climate" not in to_luc.subject
    assert "Climate" not in to_emilie.subject
    assert "Émilie Exemple – Association of Examples" in (to_anna.text or "")
    assert "> I know a lot.\n> Even <b>more</b>." in (to_anna.text or "")
    assert "Even &lt;b&gt;more&lt;/b&gt;." in (to_anna.html or "")
    assert "http://localhost/groups/climate/members" in (to_anna.text or "")
    assert f"http://localhost/memberships/{made.id}" in (to_emilie.text or "")


@pytest.mark.parametrize("reachable", [False, True])
def test_a_group_nobody_coordinates(app: Flask, mails: Mails, reachable: bool) -> None:
    coordinator = make_person("Without address", email="carla@example.org" if reachable else None)
    admin = make_account(email="admin@example.org", administrator=True)
    group = make_group(coordinators=(coordinator,))
    service.request(make_expert(email="expert@example.org").id, group.id, "Hello.")
    asked = addressed(mails()) - {"expert@example.org"}
    assert asked == ({"carla@example.org"} if reachable else {admin.email})


def test_a_coordinator_who_joins_is_not_told_what_they_did(app: Flask, mails: Mails) -> None:
    anna, ben = make_expert(email="anna@example.org"), make_account(email="ben@example.org")
    group = make_group(coordinators=(anna, ben))
    service.request(anna.id, group.id, "I want to be a member too.")
    written = mails()
    assert len(written) == 2
    assert addressed(written) == {"anna@example.org", "ben@example.org"}


STEPS: dict[str, tuple[State, Callable[[int, int, int], object], str, str]] = {
    "accept": (State.REQUESTED, lambda it, expert, anna: service.accept(it, anna), "expert", "was accepted"),
    "decline": (
        State.REQUESTED,
        lambda it, expert, anna: service.decline(it, anna, "No room."),
        "expert",
        "> No room.",
    ),
    "withdraw": (State.REQUESTED, lambda it, expert, anna: service.withdraw(it, expert), "anna", "has withdrawn"),
    "leave": (State.ACTIVE, lambda it, expert, anna: service.leave(it, expert), "anna", "has left"),
    "end": (State.ACTIVE, lambda it, expert, anna: service.end(it, anna, "It is over."), "expert", "> It is over."),
    "role": (State.ACTIVE, lambda it, expert, anna: service.set_role(it, Role.CHAIR, anna), "expert", "now: Chair"),
}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_tells_the_other_side(app: Flask, mails: Mails, step: str) -> None:
    state, command, told, says = STEPS[step]
    expert = make_account("Eve Expert", email="expert@example.org", language="en")
    anna = make_account("Anna", email="anna@example.org", language="en")
    group = make_group(coordinators=(anna,))
    membership = make_membership(group, expert, state)
    command(membership.id, expert.id, anna.id)
    (mail,) = mails()
    assert addressed([mail]) == {f"{told}@example.org"}
    assert says in (mail.text or "")
    other = {"expert": "anna", "anna": "expert"}[told]
    assert f"{other}@example.org" not in f"{mail.subject}{mail.text}{mail.html}"


def test_each_speaks_the_language_of_who_reads(app: Flask, mails: Mails) -> None:
    expert = make_account(email="expert@example.org", language="fr")
    anna = make_account(language="en")
    for state, command, told, _ in STEPS.values():
        if told == "expert":
            membership = make_membership(make_group(names={"en": "Climate", "fr": "Climat"}), expert, state)
            command(membership.id, expert.id, anna.id)
            (mail,) = mails()
            assert mail.language == "fr"
            assert "Climat" in mail.subject
            assert "Climate" not in f"{mail.subject}{mail.text}"


def test_someone_added(app: Flask, mails: Mails) -> None:
    anna, group = make_account("Anna Example", email="anna@example.org"), make_group("climate")
    known = make_account(email="kim@example.org")
    service.enter(group.id, NewPerson("", None, known.email, None, None, None), Role.MEMBER, anna.id)
    service.enter(group.id, NewPerson("Nora", None, "nora@example.org", None, None, None), Role.CHAIR, anna.id)
    service.enter(group.id, NewPerson("Silent", None, None, None, None, None), Role.MEMBER, anna.id)
    to_kim, to_nora = mails()
    assert addressed([to_kim, to_nora]) == {"kim@example.org", "nora@example.org"}
    assert "Anna Example has added you" in (to_kim.text or "")
    assert "http://localhost/groups/climate" in (to_kim.text or "")
    assert "Chair" in (to_nora.text or "")
    assert "http://localhost/sign-up" in (to_nora.text or "")


def test_nothing_is_written_for_what_was_refused(app: Flask, mails: Mails) -> None:
    membership = make_membership(make_group(coordinators=(make_account(),)), make_account(), State.LEFT)
    with pytest.raises(service.AlreadyMoved):
        service.end(membership.id, make_account().id, "It is over.")
    assert mails() == []
