"""Headers of every answer."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient


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
