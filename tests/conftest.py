"""Fixtures that all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

import config
from app import create_app
from app.core.db import db
from app.people import passwords
from app.people.models import Account, Person
from tests.browsing import Browser, Client, Visit
from tests.databases import empty_all_tables, fresh_database, hurry, migrate

passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""As weak as Argon2 can be: what a hash costs is no matter of these tests, and there are thousands."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Where every part must run, a test that was skipped is said to have failed."""
    if os.environ.get("TEST_EVERYTHING") == "1" and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("Tests were skipped although every part must run.", red=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks a database: the rest finds the same whichever it is, and `scripts/test.py` runs it once."""
    for item in items:
        assert isinstance(item, pytest.Function)
        if "_app" in item.fixturenames or {"create_app", "fresh_database", "empty_app"} & vars(item.module).keys():
            item.add_marker("database")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """See `pytest_terminal_summary`."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("TEST_EVERYTHING") == "1" and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instance folder of this test process."""
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session")
def _app(instance: Path) -> Iterator[Flask]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with fresh_database(f"roundtable_test_{worker}", instance) as url:
        settings = config.Settings(
            environment="development",
            instance_path=instance,
            secret_key="tests only, never anywhere else, thirty-two characters",
            database_url=url,
            base_url="http://localhost",
            testing=True,
        )
        application = create_app(settings)
        application.test_client_class = Client
        with application.app_context():
            hurry()
            migrate()
        yield application
        with application.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(_app: Flask) -> Iterator[Flask]:
    """The application on an empty database, in an application context."""
    with _app.app_context():
        yield _app
        _app.extensions["roundtable_door"].usage.written()  # by its thread, which would meet us at the tables
        empty_all_tables()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A bare HTTP client."""
    return app.test_client()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A client that fills in forms as they stand on the page."""
    return Browser(app)


@pytest.fixture
def visit(app: Flask) -> Visit:
    """`visit(person)`: a browser in which this person is signed in."""

    def sign_in(person: Person, language: str = "en") -> Browser:
        account = db.session.scalars(select(Account).where(Account.person_id == person.id)).one()
        browser = Browser(app, language)
        with browser.client.session_transaction() as session:
            session["_user_id"] = f"{account.id}:{account.session_epoch}"
        return browser

    return sign_in
