"""What tests of date polls share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from app.groups.models import WorkingGroup
from app.people.models import Person
from app.scheduling.models import Poll
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account
from tests.factories.scheduling import make_poll
from tests.membership.conftest import mails

__all__ = ["mails"]
NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)


class World:
    """A group with its coordinator and two members, and someone outside."""

    def __init__(self) -> None:
        self.cora: Person = make_account("Cora Coordinator", email="cora@example.org")
        self.group: WorkingGroup = make_group(
            "heat", coordinators=(self.cora,), names={"en": "Heat", "fr": "Chaleur"}, seats_member=9
        )
        self.mia: Person = make_account("Mia Member", email="mia@example.org", time_zone="Europe/Helsinki")
        self.noe: Person = make_account("Noé Membre", email="noe@example.org", language="fr")
        self.otto: Person = make_account("Otto Outside", email="otto@example.org")
        for person in (self.mia, self.noe):
            make_membership(self.group, person)

    def poll(self, **values: object) -> Poll:
        """A poll of the group."""
        return make_poll(self.group, actor_id=self.cora.id, **values)  # type: ignore[arg-type]


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """At nine on the first of February 2027."""
    with time_machine.travel(NOW, tick=False):
        yield World()
