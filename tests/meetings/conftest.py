"""What tests of meetings share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from app.groups.models import WorkingGroup
from app.membership.rules import Role
from app.people.models import Person
from tests.browsing import Browser
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def november() -> Iterator[None]:
    """It is 25 November 2026, ten o'clock in Brussels."""
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass
class Cast:
    """A group with everyone who may look at its meetings."""

    group: WorkingGroup
    coordinator: Person
    chair: Person
    vice_chair: Person
    member: Person
    elsewhere: Person
    """Coordinates another group and is a member of a third."""
    expert: Person
    administrator: Person


@pytest.fixture
def people(app: Flask, november: None) -> Cast:
    """One person of each role."""
    coordinator, elsewhere = make_account("Cora Coordinator"), make_account("Otto Elsewhere")
    group = make_group("climate", coordinators=(coordinator,))
    make_group("other", coordinators=(elsewhere,))
    chair, vice_chair, member = make_account("Chira Chair"), make_account("Vico Vice"), make_account("Memo Member")
    make_membership(group, chair).role = Role.CHAIR
    make_membership(group, vice_chair).role = Role.VICE_CHAIR
    make_membership(group, member)
    make_membership(make_group("third"), elsewhere)
    return Cast(
        group, coordinator, chair, vice_chair, member, elsewhere, make_account("Exa Expert"),
        make_account("Adam Administrator", administrator=True),
    )  # fmt: skip


def signed_in(app: Flask, person: Person | None, language: str = "en") -> Browser:
    """A browser in which the person has signed in, without going through the page."""
    browser = Browser(app, language)
    if person is not None:
        assert person.account is not None
        with browser.client.session_transaction() as session:
            session["_user_id"] = f"{person.account.id}:{person.account.session_epoch}"
            session["_fresh"] = True
    return browser
