"""What the tests of people's time begin with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from app.groups.models import WorkingGroup
from app.membership.rules import Role
from app.people.models import Association, Person
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@dataclass
class Scene:
    """Two groups that share somebody: Anna chairs heat; Bert is in heat and in water; Cleo is in water alone."""

    heat: WorkingGroup
    water: WorkingGroup
    coordinator: Person
    anna: Person
    bert: Person
    cleo: Person
    belgian: Association
    bavarian: Association


@pytest.fixture
def scene(app: Flask) -> Iterator[Scene]:
    """The scene, on a Monday in March 2027."""
    with time_machine.travel(NOW, tick=False):
        coordinator = make_account("Coordinator", time_zone="Europe/Brussels")
        belgian = make_association("VVSG", country="BE")
        bavarian = make_association("BAY", country="DE", region="DE-BY")
        anna, bert, cleo = make_account("Anna"), make_account("Bert"), make_account("Cleo")
        heat = make_group("heat", coordinators=(coordinator,), names={"en": "Heat", "fr": "Chaleur"})
        water = make_group("water", names={"en": "Water", "fr": "Eau"})
        make_membership(heat, anna, association=belgian, role=Role.CHAIR)
        make_membership(heat, bert, association=bavarian)
        make_membership(water, bert, association=bavarian)
        make_membership(water, cleo, association=belgian)
        yield Scene(heat, water, coordinator, anna, bert, cleo, belgian, bavarian)
