"""`flask init`: what it refuses, and what it does with whom it knows. From nothing: tests/processes/test_init.py."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

import config
from app.core.db import db
from app.people import passwords, queries
from app.people.models import Account, Person
from app.terms import queries as terms
from tests.browsing import PASSWORD
from tests.factories.people import make_account, make_person

ADA = ("--name", "Ada Admin", "--email", "Ada@Example.org")
USABLE = {"BASE_URL": "https://groups.example.org", "SECRET_KEY": "a key of some length, and of different letters"}


def init(app: Flask, *arguments: str, password: str | None = PASSWORD, typed: str | None = None) -> tuple[int, str]:
    """(exit code, all that was said)."""
    environment = {"ROUNDTABLE_ADMIN_PASSWORD": password}
    done = app.test_cli_runner().invoke(args=["init", *arguments], env=environment, input=typed)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    db.session.rollback()
    return done.exit_code, done.output


def test_it_asks_for_what_is_not_given(app: Flask) -> None:
    typed = f"Ada Admin\nada@example.org\n{PASSWORD}\n{PASSWORD}\n"
    code, said = init(app, password=None, typed=typed)
    assert code == 0, said
    assert PASSWORD not in said
    (ada,) = queries.administrators()
    assert ada.email == "ada@example.org"


@pytest.mark.parametrize(
    ("arguments", "password", "reason"),
    [
        (ADA, "short", "at least 12 characters"),
        (ADA, "ada@example.org", "Do not use your name or address"),
        (("--name", "Ada", "--email", "nowhere"), PASSWORD, "not an e-mail address"),
        (("--name", "Αδα", "--email", "ada@example.org"), PASSWORD, "Latin letters"),
    ],
)
def test_what_a_rule_refuses_is_said(app: Flask, arguments: tuple[str, ...], password: str, reason: str) -> None:
    code, said = init(app, *arguments, password=password)
    assert code == 1
    assert reason in said
    assert queries.administrators() == []


def test_terms_come_as_drafts_and_only_once(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "conduct.en.md").write_text("Be kind.")
    code, said = init(app, *ADA, "--terms", str(tmp_path))
    assert (code, "as drafts: 1 texts" in said) == (0, True)
    [draft] = terms.versions()
    assert (draft.kind, draft.texts, draft.published_at) == ("conduct", {"en": "Be kind."}, None)
    assert "as drafts" not in init(app, *ADA)[1]


def test_examples_come_where_no_folder_is_named(app: Flask) -> None:
    assert "as drafts: 4 texts" in init(app, *ADA)[1]
    assert terms.in_force() == []


def test_a_known_person_becomes_administrator(app: Flask) -> None:
    make_person("Ada known", email="ada@example.org")
    assert init(app, *ADA)[0] == 0
    (ada,) = queries.administrators()
    assert ada.full_name == "Ada known"
    assert len(db.session.scalars(sa.select(Person)).all()) == 1


def test_an_account_that_is_there_gets_the_password_and_its_sessions_end(app: Flask) -> None:
    make_account("Ada known", email="ada@example.org")
    assert init(app, *ADA, password="another long password")[0] == 0
    account = db.session.scalars(sa.select(Account)).one()
    assert account.is_administrator
    assert account.session_epoch == 2
    assert passwords.verify(account.password_hash, "another long password")


def test_there_is_one_first_administrator_only(app: Flask) -> None:
    make_account("Bert", email="bert@example.org", administrator=True)
    code, said = init(app, *ADA)
    assert code == 0
    assert "There are administrators already: Bert <bert@example.org>." in said
    assert [person.full_name for person in queries.administrators()] == ["Bert"]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "changeme"}, "SECRET_KEY is a default or too short"),
        ({"SECRET_KEY": "a" * 64}, "SECRET_KEY is a default or too short"),
        ({"SECRET_KEY": "twenty characters ok"}, "SECRET_KEY is a default or too short"),
        ({"BASE_URL": ""}, "BASE_URL is not set"),
        ({"SMTP_URL": "mail.example.org"}, "SMTP_URL must look like"),
        ({"SMTP_URL": "smtp://"}, "SMTP_URL must look like"),
        ({"MAIL_LEASE": "soon"}, "MAIL_LEASE must be a whole number"),
    ],
)
def test_settings_of_production_that_cannot_be_used_are_refused(settings: dict[str, str | None], reason: str) -> None:
    config.load(USABLE)
    with pytest.raises(config.SettingsError, match=reason):
        config.load({key: value for key, value in {**USABLE, **settings}.items() if value is not None})
