"""Feeds while many processes change what they show, and secrets after a day's traffic, on a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import datetime

import pytest
import sqlalchemy as sa

from app.calendars.feeds import FeedKind
from app.calendars.service import secrets
from app.core.db import Base, db
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account
from tests.processes.installation import PATIENCE, ROOT, Installation
from tests.processes.visitor import Visitor

pytestmark = [pytest.mark.processes, pytest.mark.database]
PROCESSES = 8
SECONDS = float(os.environ.get("TEST_FOLLOWING_SECONDS", "12"))


def prepared(running: Installation) -> tuple[str, list[int]]:
    """A secret of a member's feed, and the ids of eight meetings."""
    with running.app_context():
        group = make_group("heat", names={"en": "Heat", "fr": "Chaleur"})
        member = make_account(email="member@example.org")
        make_membership(group, member)
        ids = [make_meeting(group, datetime(2027, 3, 1 + number, 10)).id for number in range(PROCESSES)]
        for meeting_id in ids:
            db.session.execute(sa.text("UPDATE meetings SET title = :t WHERE id = :i"), {"t": "-", "i": meeting_id})
        db.session.commit()
        _made, secret = secrets.make(member.id, FeedKind.MINE, None, "phone", "", "key")
    return secret, ids


def test_no_poll_shows_a_state_before_an_accepted_change(running: Installation) -> None:
    """Eight processes change a meeting each and poll a group's feed, that of all groups and a member's, all at once."""
    secret, ids = prepared(running)
    running.serve("--workers", "2")
    command = [sys.executable, "-m", "tests.processes.following", running.address, secret, str(SECONDS)]
    done = subprocess.run(
        [*command, ",".join(map(str, ids))], cwd=ROOT, env=running.environment, capture_output=True, text=True,
        timeout=SECONDS * 10 + 120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    results = json.loads(done.stdout.splitlines()[-1])
    assert [wrong for one in results for wrong in one["wrong"]] == []
    bodies: dict[str, str] = {}
    for one in results:
        for tag, digest in one["bytes"].items():
            assert bodies.setdefault(tag, digest) == digest, "two bodies of one ETag"
    assert min(one["changes"] for one in results) >= 2
    assert len(bodies) > 20
    assert "Traceback" not in running.output


def test_a_secret_is_found_nowhere_after_traffic_of_every_kind(running: Installation) -> None:
    """In what the processes say, the metrics, the pages, a dump of the database and the files of the installation."""
    secret, _ids = prepared(running)
    running.serve("--workers", "2")
    visitor = Visitor(running.address)
    for tail in ("calendar.ics", "calendar.ics?lang=fr", "calendar.ics?lang=de", "other", "calendar.ics/x", ""):
        for method in ("GET", "HEAD", "POST", "OPTIONS"):
            request = urllib.request.Request(f"{running.address}/feeds/{secret}/{tail}", method=method)
            try:
                with visitor._opener.open(request, timeout=15 * PATIENCE) as answer:
                    assert answer.status == 200
            except urllib.error.HTTPError as error:
                with error:
                    assert error.code in (400, 404, 405)
    visitor.sign_in("member@example.org")
    for path in ("/me/feeds", "/me", "/me/data", "/metrics", f"/feeds/{secret}/nothing"):
        assert secret not in visitor.get(path).text, path
    assert "calendars.personal_calendar" in running.output
    assert secret not in running.output
    with running.app_context():
        for table in Base.metadata.sorted_tables:
            for row in db.session.execute(sa.select(table)).all():
                assert secret not in repr(tuple(row)), table.name
    for path in running.folder.rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path
