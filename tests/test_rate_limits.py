"""Limits on forms that cost something each time they are sent: by network, or by person once signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

import config
from app import create_app
from app.extensions import limiter
from tests.browsing import Browser, Client
from tests.factories.groups import make_group
from tests.factories.people import make_expert

VISITORS, PERSON = 300, 30
Limited = Callable[..., Flask]


@pytest.fixture
def limited(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Limited]:
    """`limited(**settings)`: the application with its limits in force, as everywhere but in tests."""
    plain = config.Settings.flask
    monkeypatch.setattr(config.Settings, "flask", lambda self: {**plain(self), "RATELIMIT_ENABLED": True})

    def make(**settings: object) -> Flask:
        made = create_app(replace(app.config["ROUNDTABLE"], **settings))
        made.test_client_class = Client
        return made

    yield make
    limiter.enabled = False


def send_often(browser: Browser, path: str, times: int, address: str = "192.0.2.1") -> set[int]:
    """The statuses of a page's form that is sent again and again, empty."""
    browser.client.environ_base["REMOTE_ADDR"] = address
    token = browser.open(path).form()["fields"]["csrf_token"]
    return {browser.client.post(path, data={"csrf_token": token}).status_code for _ in range(times)}


def test_only_tests_go_without(app: Flask) -> None:
    settings = app.config["ROUNDTABLE"]
    assert settings.flask()["RATELIMIT_ENABLED"] is False
    assert replace(settings, testing=False).flask()["RATELIMIT_ENABLED"] is True


def test_what_visitors_send_is_counted_together_by_network(limited: Limited) -> None:
    browser = Browser(limited())
    assert send_often(browser, "/sign-in", VISITORS - 1, "2001:db8::1") == {422}
    assert send_often(browser, "/sign-up", 1, "2001:db8::2") == {422}
    for path in ("/sign-in", "/sign-up", "/forgotten-password"):
        assert send_often(browser, path, 1, "2001:db8::3") == {429}
        assert browser.open(path).status == 200
    assert send_often(browser, "/sign-in", 1, "2001:db8:0:1::1") == {422}


def test_asking_to_join_is_counted_by_person(limited: Limited) -> None:
    group = make_group()
    anna, ben = make_expert(email="anna@example.org"), make_expert(email="ben@example.org")
    app = limited()
    path = f"/groups/{group.slug}/join"
    first, second = (Browser(app).sign_in(str(email)) for email in (anna.email, ben.email))
    assert send_often(first, path, PERSON) == {422}
    assert send_often(first, path, 1, "198.51.100.7") == {429}
    assert send_often(second, path, 1) == {422}


def test_a_counter_that_does_not_answer_keeps_nobody_out(limited: Limited) -> None:
    browser = Browser(limited(redis_url="redis://127.0.0.1:1/0"))
    assert send_often(browser, "/sign-in", 2) == {422}
