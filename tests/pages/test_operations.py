"""What machines ask: health, readiness, figures, what may be crawled."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.robotparser import RobotFileParser

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from huey import RedisHuey
from prometheus_client.parser import text_string_to_metric_families

from app.core import clock
from app.core.db import db
from app.core.outbox import OutboxMessage
from tests.queries import counted_queries


@contextmanager
def settings_with(app: Flask, **values: object) -> Iterator[None]:
    before = app.config["ROUNDTABLE"]
    app.config["ROUNDTABLE"] = dataclasses.replace(before, **values)
    try:
        yield
    finally:
        app.config["ROUNDTABLE"] = before


def figures(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """{(name, label values …): value} of /metrics."""
    text = client.get("/metrics").get_data(as_text=True)
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def mail(state: str, number: int) -> OutboxMessage:
    now = clock.now()
    return OutboxMessage(
        message_id=f"<{state}{number}@localhost>",
        recipient="a@example.org",
        language="en",
        subject="s",
        state=state,
        created_at=now,
        next_attempt_at=now,
    )


def test_health_asks_no_database(client: FlaskClient) -> None:
    with counted_queries() as statements:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert statements == []
    assert "Set-Cookie" not in answer.headers
    assert client.head("/healthz").status_code == 200


def test_ready_when_schema_and_queue_are(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (200, "ready\n")


@pytest.mark.parametrize("versions", [[], ["0000"], ["9999"]])
def test_not_ready_with_another_schema(app: Flask, client: FlaskClient, versions: list[str]) -> None:
    """Neither before a migration nor, for an old process, after a newer version's."""
    with db.engine.begin() as connection:
        known = connection.scalars(sa.text("SELECT version_num FROM alembic_version")).all()
        connection.execute(sa.text("DELETE FROM alembic_version"))
        for version in versions:
            connection.execute(sa.text("INSERT INTO alembic_version VALUES (:v)"), {"v": version})
    try:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "not ready\n")
    finally:
        with db.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM alembic_version"))
            for version in known:
                connection.execute(sa.text("INSERT INTO alembic_version VALUES (:v)"), {"v": version})
    assert client.get("/readyz").status_code == 200


def test_not_ready_without_its_tables(app: Flask, client: FlaskClient) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE alembic_version RENAME TO away"))
    try:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "not ready\n")
    finally:
        with db.engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE away RENAME TO alembic_version"))
    assert client.get("/readyz").status_code == 200


def test_not_ready_without_redis(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listens on port 1. The answer tells no address, and the other figures are still shown."""
    gone = RedisHuey("roundtable", url="redis://:geheim@127.0.0.1:1/0", results=False)
    monkeypatch.setitem(app.extensions, "roundtable_queue", gone)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready\n")
    found = figures(client)
    assert ("roundtable_outbox_messages", "queued") in found
    assert ("roundtable_jobs_waiting",) not in found


def test_metrics_count_by_view_and_status_never_by_address(client: FlaskClient) -> None:
    before = figures(client)
    client.get("/healthz")
    client.get("/healthz")
    client.get("/reset-password/a-secret-of-someone/and-more")
    after = figures(client)
    healthy = ("roundtable_requests_total", "pages.healthz", "200")
    unknown = ("roundtable_requests_total", "none", "404")
    assert after[healthy] - before.get(healthy, 0) == 2
    assert after[unknown] - before.get(unknown, 0) == 1
    assert after[("roundtable_request_seconds_count", "pages.healthz")] >= 2
    assert "a-secret-of-someone" not in client.get("/metrics").text


def test_metrics_count_every_poll_of_a_feed_at_once(client: FlaskClient) -> None:
    """Also those that have no line in the log of their own."""
    polls = ("roundtable_feed_requests_total", "200")
    before = figures(client).get(polls, 0)
    for _ in range(5):
        assert client.get("/calendar.ics").status_code == 200
    assert figures(client)[polls] - before == 5


def test_metrics_show_the_outbox_and_the_jobs(client: FlaskClient) -> None:
    db.session.add_all([mail("queued", 1), mail("queued", 2), mail("failed", 1)])
    db.session.commit()
    found = figures(client)
    outbox = {key[1]: value for key, value in found.items() if key[0] == "roundtable_outbox_messages"}
    assert outbox == {"queued": 2, "failed": 1, "sent": 0}
    assert found[("roundtable_job_runs", "unfinished")] == 0
    assert found[("roundtable_jobs_waiting",)] == 0


def test_metrics_only_from_the_addresses_of_the_settings(app: Flask, client: FlaskClient) -> None:
    def status(address: str, **headers: str) -> int:
        return client.get("/metrics", environ_base={"REMOTE_ADDR": address}, headers=headers).status_code

    assert status("127.0.0.1") == 200
    assert status("192.0.2.7") == 404
    with settings_with(app, metrics_from=("192.0.2.0/24", "::1")):
        assert status("192.0.2.7") == 200
        assert status("::1") == 200
        assert status("127.0.0.1") == 404
    with settings_with(app, metrics_from=()):
        assert status("127.0.0.1") == 404


def test_metrics_not_through_a_proxy_that_is_not_trusted(client: FlaskClient) -> None:
    """Its address is local; whom it speaks for is unknown."""
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    assert client.get("/metrics", headers={"Forwarded": "for=127.0.0.1"}).status_code == 404


def test_robots_leave_private_pages_and_may_fetch_calendars(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    rules = RobotFileParser()
    rules.parse(answer.text.splitlines())
    for path in ("/", "/meetings", "/meetings/abc", "/groups/x/calendar.ics", "/calendar.ics", "/feeds/s/calendar.ics"):
        assert rules.can_fetch("Google-Calendar-Importer", path), path
    for path in ("/me/profile", "/desk", "/admin", "/admin/people", "/sign-in", "/sign-up", "/memberships/3"):
        assert not rules.can_fetch("Googlebot", path), path
    assert "Disallow: /me$" in answer.text  # not understood by Python's parser, but by RFC 9309


ONE_PROCESS = """
import sys
from pathlib import Path
import config
from app import create_app
folder = Path(sys.argv[1])
app = create_app(config.Settings(environment="development", instance_path=folder, secret_key="x" * 40,
                                 database_url=f"sqlite:///{folder}/empty.sqlite", testing=True))
app.test_client().get("/healthz")
from app.pages.operations import requests_so_far
print(requests_so_far().decode())
"""


@pytest.mark.processes
def test_processes_that_share_a_folder_answer_for_each_other(tmp_path: Path) -> None:
    """What one has counted is in the figures of the next, also when it is no more."""
    shared = tmp_path / "metrics"
    shared.mkdir()
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(shared)}
    for number in (1.0, 2.0):
        told = subprocess.run(
            [sys.executable, "-c", ONE_PROCESS, str(tmp_path)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        families = text_string_to_metric_families(told)
        counted = {
            sample.value
            for family in families
            for sample in family.samples
            if sample.name == "roundtable_requests_total" and sample.labels["endpoint"] == "pages.healthz"
        }
        assert counted == {number}
