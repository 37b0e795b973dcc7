"""Input that no form of ours sends gets an answer like any other, never an error of the server."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import Browser
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.people import make_account


@pytest.fixture
def coordinator(app: Flask) -> Browser:
    """A signed-in coordinator of the group at /groups/climate."""
    anna = make_account("Anna Example", email="anna@example.org")
    make_meeting(make_group("climate", coordinators=(anna,)), title="Spring meeting")
    return Browser(app).sign_in("anna@example.org")


@pytest.mark.parametrize(
    "address", ["/meetings/%00", "/milestones/%00", "/groups/%00", "/communities/%00/", "/associations/%00"]
)
def test_a_nul_in_an_address_is_nowhere(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_json_in_place_of_a_form(browser: Browser) -> None:
    browser.open("/sign-in")
    token = browser.form(having="password")["fields"]["csrf_token"]
    answer = browser.client.post(
        "/sign-in", json={"email": ["a"], "password": 7, "csrf_token": token}, headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 422


def test_brackets_without_end_in_a_hidden_field(coordinator: Browser) -> None:
    page = coordinator.open("/groups/climate/edit").send(opened="[" * 100_000, version="0", topics__en="other")
    assert page.status == 422


def test_an_answer_for_everybody_carries_no_session(coordinator: Browser) -> None:
    answer = coordinator.client.get("/theme.css?lang=fr")
    assert answer.cache_control.public
    assert "Set-Cookie" not in answer.headers


def test_a_key_with_control_characters(coordinator: Browser) -> None:
    page = coordinator.open("/groups/climate/meetings/new").send(
        title="Summer", starts_on="2031-03-12", starts_time="10:00", ends_time="12:00", creation_key="a\x00b"
    )
    assert page.status == 200
    assert page.send(step="save").status == 200
