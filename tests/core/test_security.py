"""Headers of every answer."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.people import make_account


def test_every_answer_carries_the_headers(client: FlaskClient) -> None:
    for path in ("/healthz", "/no-such-page"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "strict-origin"
        assert "no-" in headers["Cache-Control"]


def test_static_files_are_kept_only_with_a_version_and_only_if_they_exist(client: FlaskClient) -> None:
    def kept(path: str) -> str:
        answer = client.get(path)
        answer.close()
        return answer.headers["Cache-Control"]

    assert "immutable" in kept("/static/css/base.css?v=1")
    assert kept("/static/css/base.css") == "no-cache"
    assert "immutable" not in kept("/static/css/none.css?v=1")


def test_a_form_without_its_token_changes_nothing(client: FlaskClient) -> None:
    assert client.post("/admin/outbox/1/retry").status_code == 400


def test_addresses_behind_a_proxy(app: Flask) -> None:
    from app.core.security import client_address

    with app.test_request_context("/", environ_base={"REMOTE_ADDR": "192.0.2.7"}):
        assert client_address() == "192.0.2.7"
    with app.test_request_context("/", headers={"X-Forwarded-For": "203.0.113.1"}):
        assert client_address() != "203.0.113.1", "only proxies that the settings trust are believed"


def test_answers_for_everybody_carry_nobodys_cookie(app: Flask, client: FlaskClient) -> None:
    person = make_account()
    assert person.account
    with client.session_transaction() as session:
        session.permanent = True
        session["_user_id"] = f"{person.account.id}:{person.account.session_epoch}"
    assert "Set-Cookie" in client.get("/me").headers, "this one is renewed with every page"
    for path in ("/theme.css?lang=fr", "/robots.txt", "/static/css/base.css?v=1"):
        answer = client.get(path)
        answer.close()
        assert answer.cache_control.public
        assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("name", ["email", "password"])
def test_files_and_json_in_place_of_typed_text_are_no_text(client: FlaskClient, name: str) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert found
    typed = {"email": "someone@example.org", "password": "correct horse"}
    file = (BytesIO(b"someone@example.org"), "email.txt")
    answer = client.post("/sign-in", data={**typed, name: file, "csrf_token": found[1]})
    assert (answer.status_code, "This is needed" in answer.get_data(as_text=True)) == (422, True)
    for body in ({**typed, name: 7}, {**typed, name: "\ud800"}, [1], "x"):
        answer = client.post("/sign-in", json=body, headers={"X-CSRFToken": found[1]})
        assert answer.status_code == 422
    answer = client.post(
        "/sign-in", data="[" * 100_000, content_type="application/json", headers={"X-CSRFToken": found[1]}
    )
    assert answer.status_code == 422
