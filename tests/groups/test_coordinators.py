"""Appointing and dismissing those who coordinate a group."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import DomainError
from app.groups import policy, queries, service
from app.groups.models import Coordinator
from app.people.models import Account
from app.people.viewer import SignedIn, Visitor
from tests.browsing import Browser
from tests.factories.groups import make_group
from tests.factories.people import make_account, make_person
from tests.people.helpers import at_once, signed_in
from tests.queries import counted_queries


def test_appointing_and_dismissing_again_and_again(app: Flask) -> None:
    group, person = make_group(), make_person("Cora", email="cora@example.org")
    for _time in range(2):
        assert service.appoint_coordinator(group.id, " Cora@Example.ORG ", 1).id == person.id
        assert [one.id for one in queries.coordinators_of(group.id)] == [person.id]
        service.dismiss_coordinator(group.id, person.id, 1)
        assert not queries.coordinators_of(group.id)
    assert db.session.scalar(select(func.count()).select_from(Coordinator)) == 2
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["coordinator.appointed", "coordinator.dismissed"] * 2
    assert all("Cora" not in str(entry.details) and entry.subject_type == "coordinators" for entry in entries)


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("nobody@example.org", "Nobody here has this address."),
        ("no address", "This is not an e-mail address."),
        ("cora@example.org", "Cora coordinates this group already."),
    ],
)
def test_whom_one_cannot_appoint(app: Flask, email: str, said: str) -> None:
    group = make_group(coordinators=(make_person("Cora", email="cora@example.org"),))
    with pytest.raises(DomainError) as refused:
        service.appoint_coordinator(group.id, email, None)
    assert refused.value.field == "email"
    assert said in str(refused.value.message)


def test_whom_one_cannot_dismiss(app: Flask) -> None:
    with pytest.raises(DomainError):
        service.dismiss_coordinator(make_group().id, make_person().id, None)


def test_two_appoint_the_same_person_at_once(app: Flask) -> None:
    group_id = make_group().id
    make_person("Cora", email="cora@example.org")
    appoint = [lambda: service.appoint_coordinator(group_id, "cora@example.org", None)] * 3
    outcomes = at_once(app, *appoint)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DomainError", "DomainError", "Person"]
    assert db.session.scalar(select(func.count()).select_from(Coordinator)) == 1


def test_two_dismiss_at_once(app: Flask) -> None:
    person = make_person("Cora")
    group_id, person_id = make_group(coordinators=(person,)).id, person.id
    outcomes = at_once(app, *[lambda: service.dismiss_coordinator(group_id, person_id, None)] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DomainError", "NoneType"]


def test_what_being_coordinator_lets_one_do(app: Flask) -> None:
    cora, admin = make_account("Cora"), make_account("Adam", administrator=True)
    hers, other = make_group(coordinators=(cora,)), make_group()

    def viewer(person_id: int) -> SignedIn:
        return SignedIn(db.session.scalars(select(Account).where(Account.person_id == person_id)).one())

    assert policy.coordinate(viewer(cora.id), hers)
    assert not policy.coordinate(viewer(cora.id), other)
    assert not policy.coordinate(Visitor(), hers)
    assert policy.coordinate(viewer(admin.id), other)
    assert not policy.manage_catalogue(viewer(cora.id))
    service.dismiss_coordinator(hers.id, cora.id, None)
    assert not policy.coordinate(viewer(cora.id), hers)


def test_coordinators_by_group_is_one_statement(app: Flask) -> None:
    persons = [make_person(name) for name in ("Zoe", "Ann", "Bob")]
    groups = [make_group(coordinators=tuple(persons)) for _number in range(3)]
    without = make_group()
    service.dismiss_coordinator(groups[0].id, persons[2].id, None)
    db.session.rollback()
    with counted_queries() as statements:
        listed = queries.coordinators_by_group()
        names = {group_id: [one.person.full_name for one in found] for group_id, found in listed.items()}
    assert len(statements) == 1
    assert names == {groups[0].id: ["Ann", "Zoe"], groups[1].id: ["Ann", "Bob", "Zoe"], groups[2].id: ["Ann", "Bob", "Zoe"]}  # fmt: skip # noqa: E501
    assert without.id not in names


def test_appointing_on_the_page(app: Flask, admin: Browser) -> None:
    make_group("alpha", names={"en": "Alpha"}, coordinators=(make_person("Zoe Zander"),))
    make_account("Cora Coordinator", email="cora@example.org")
    admin.open("/admin/groups/alpha/coordinators/new")
    assert "Zoe Zander" in admin.text
    admin.send(email="nobody@example.org")
    assert admin.status == 422
    assert "Nobody here has this address." in admin.text
    assert 'value="nobody@example.org"' in admin.text
    admin.send(email="cora@example.org")
    assert (admin.path, admin.status) == ("/admin/coordinators", 200)
    assert "Cora Coordinator now coordinates Alpha." in admin.text
    assert "no account yet" not in admin.text


def test_appointing_someone_without_an_account_says_what_to_do(app: Flask, admin: Browser) -> None:
    make_group("alpha")
    make_person("Cora Coordinator", email="cora@example.org")
    admin.open("/admin/groups/alpha/coordinators/new").send(email="cora@example.org")
    assert "Cora Coordinator has no account yet: ask them to sign up with this address." in admin.text


def test_dismissing_on_the_page(app: Flask, admin: Browser) -> None:
    cora, zoe = make_account("Cora Coordinator"), make_person("Zoe Zander")
    group = make_group("alpha", names={"en": "Alpha"}, coordinators=(cora, zoe))
    address = f"/admin/groups/alpha/coordinators/{cora.id}/dismiss"
    admin.open(address)
    assert "Dismiss Cora Coordinator as coordinator?" in admin.text
    assert "Zoe Zander" in admin.text
    assert [one.id for one in queries.coordinators_of(group.id)] == [cora.id, zoe.id]
    twice = admin.form()
    admin.send()
    assert admin.path == "/admin/coordinators"
    assert "Cora Coordinator no longer coordinates Alpha." in admin.text
    again = admin.client.post(twice["action"], data=twice["fields"])
    assert again.status_code == 303
    assert admin.open(address).path == "/admin/coordinators"
    admin.open(f"/admin/groups/alpha/coordinators/{zoe.id}/dismiss")
    assert "The group will have no coordinator." in admin.text
    assert admin.open(f"/admin/groups/alpha/coordinators/{make_person().id}/dismiss").status == 404
    assert admin.open(f"/admin/groups/beta/coordinators/{zoe.id}/dismiss").status == 404
    assert signed_in(app, cora).open(address).status == 403
