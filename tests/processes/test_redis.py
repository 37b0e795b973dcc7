"""Where REDIS_URL is set, Redis is really used: wake-ups go through it, and limits are counted there."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from redis import Redis

from app.core import jobs
from app.core.db import after_commit, db, write
from app.core.policy import anyone, guard
from app.extensions import limiter
from tests.mail.conftest import make_mail
from tests.mail.smtp import smtp_server
from tests.processes.installation import Installation, wait_for

URL = os.environ.get("TEST_REDIS_URL")
pytestmark = [
    pytest.mark.redis,
    pytest.mark.skipif(not URL, reason="TEST_REDIS_URL names no Redis server (redis://127.0.0.1:6379/15)"),
]


@pytest.fixture
def redis() -> Iterator[Redis]:
    with Redis.from_url(URL or "") as server:
        server.flushdb()
        yield server
        server.flushdb()


@pytest.fixture
def app(running: Installation, redis: Redis) -> Iterator[Flask]:
    running.more["REDIS_URL"] = URL or ""
    application = running.app()
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


def test_wake_ups_go_through_redis_and_do_not_pile_up(app: Flask, redis: Redis, running: Installation) -> None:
    for _ in range(3):
        with write():
            after_commit(jobs.wake)
    assert redis.llen("huey.redis.roundtable") == 1
    assert not (running.folder / "wake.sqlite").exists()


def test_a_mail_is_sent_within_a_second(app: Flask, running: Installation) -> None:
    with smtp_server() as server:
        running.more["SMTP_URL"] = f"smtp://127.0.0.1:{server.port}"
        running.start("worker", "--pause", "120")
        make_mail()
        wait_for(lambda: len(server.ids) == 1)
        time.sleep(0.5)
        for number in range(2, 5):
            began = time.monotonic()
            make_mail()
            wait_for(lambda number=number: len(server.ids) == number, seconds=5, pause=0.01)  # type: ignore[misc]
            assert time.monotonic() - began < 1


def test_a_redis_that_went_away_costs_no_mail(app: Flask, running: Installation) -> None:
    """Commits go through, and the worker finds the mail at its next round."""
    running.more["REDIS_URL"] = "redis://127.0.0.1:9/0"
    with smtp_server() as server:
        running.more["SMTP_URL"] = f"smtp://127.0.0.1:{server.port}"
        away = running.app()
        with away.app_context():
            began = time.monotonic()
            make_mail()
            assert time.monotonic() - began < 3
        running.start("worker", "--pause", "0.5")
        wait_for(lambda: len(server.ids) == 1)
        assert "no wake-ups: the queue does not answer" in running.output


def test_limits_are_counted_in_redis(app: Flask, redis: Redis) -> None:
    app.config["RATELIMIT_ENABLED"] = limiter.enabled = True  # off in tests otherwise
    try:
        limiter.init_app(app)
        assert type(limiter.storage).__name__ == "RedisStorage"
        _meets_the_limit(app, redis)
    finally:
        limiter.enabled = False


def _meets_the_limit(app: Flask, redis: Redis) -> None:
    guarded = limiter.limit("2 per minute")(guard(anyone)(lambda: "ok"))
    guarded.permission = anyone  # type: ignore[attr-defined]
    app.add_url_rule("/limited", "limited", guarded)
    client = app.test_client()
    assert [client.get("/limited").status_code for _ in range(3)] == [200, 200, 429]
    assert any(b"limited" in key for key in redis.keys("*"))
