"""Read-then-write by several processes at once loses nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.core.db import db
from app.people.models import Person
from tests.factories.people import make_person
from tests.processes.installation import ROOT, Installation

pytestmark = [pytest.mark.processes, pytest.mark.database]
PROCESSES = 6


def counted(running: Installation, how: str, times: int) -> int:
    with running.app().app_context():
        person_id = make_person(job_title="0").id
    command = [sys.executable, "-m", "tests.processes.counting", str(person_id), str(times), how, str(PROCESSES)]
    done = subprocess.run(command, cwd=ROOT, env=running.environment, stderr=subprocess.PIPE, timeout=240, check=False)
    assert done.returncode == 0, done.stderr.decode()
    with running.app().app_context():
        return int(db.session.get_one(Person, person_id).job_title or 0)


def test_nothing_is_lost(running: Installation) -> None:
    assert counted(running, "decides", 100) == PROCESSES * 100


def test_deciding_on_what_was_read_before_would_lose(running: Installation) -> None:
    """The control: the processes really collide, and the test above would notice."""
    assert counted(running, "read-before", 25) < PROCESSES * 25
