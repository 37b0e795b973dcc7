"""Logs name the view, never the address."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog
from flask import Flask

from app.core import logs


@pytest.fixture
def lines() -> object:
    """What is logged, as lines of JSON."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    logs.configure(production=True, quiet=False)
    stream = io.StringIO()
    root.handlers[0].setStream(stream)  # type: ignore[attr-defined]
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = kept, level
    structlog.reset_defaults()


def test_a_request_is_logged_by_its_view(app: Flask, lines) -> None:  # type: ignore[no-untyped-def]
    answer = app.test_client().get("/healthz?token=hidden-token", headers={"Referer": "http://x/hidden-too"})
    (line,) = [line for line in lines() if line["event"] == "request"]
    assert line["endpoint"] == "pages.healthz"
    assert line["status"] == 200
    assert line["request"] == answer.headers["X-Request-Id"]
    assert "hidden" not in json.dumps(lines())


def test_an_unknown_address_is_not_logged_either(app: Flask, lines) -> None:  # type: ignore[no-untyped-def]
    app.test_client().get("/feeds/hidden-secret/x")
    assert "hidden" not in json.dumps(lines())
    assert lines()[-1]["status"] == 404


def test_what_is_given_as_extra_stands_in_the_line(app: Flask, lines) -> None:  # type: ignore[no-untyped-def]
    logging.getLogger("x").warning("mail failed", extra={"message_id": "<1@x>"})
    assert lines()[-1]["message_id"] == "<1@x>"
    assert lines()[-1]["level"] == "warning"
