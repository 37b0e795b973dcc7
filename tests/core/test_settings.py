"""Settings are read once and checked; the manual lists them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import config

GOOD = {"BASE_URL": "https://groups.example.org", "SECRET_KEY": "k3Yq-7Lw_2ZrTn9Xb4Vd8Hs6Mf1Gc5Jp0"}


def test_what_production_goes_by(tmp_path: Path) -> None:
    settings = config.load({**GOOD, "INSTANCE_PATH": str(tmp_path)})
    assert settings.production
    assert settings.flask()["SESSION_COOKIE_SECURE"] is True
    assert settings.database_url == f"sqlite:///{tmp_path / 'roundtable.sqlite'}"


@pytest.mark.parametrize(
    ("name", "value"),
    [("ROUNDTABLE_ENV", "staging"), ("DATABASE_URL", "mysql://host/name"), ("DEFAULT_LANGUAGE", "de")],
)
def test_what_cannot_be_used_is_named(name: str, value: str) -> None:
    """Secrets, addresses and numbers: see tests/running/test_init.py."""
    with pytest.raises(config.SettingsError, match=name):
        config.load({**GOOD, name: value})


def test_development_makes_a_secret_once(tmp_path: Path) -> None:
    environ = {"ROUNDTABLE_ENV": "development", "INSTANCE_PATH": str(tmp_path), "PORT": "8123"}
    settings = config.load(environ)
    assert config.load(environ).secret_key == settings.secret_key
    assert len(settings.secret_key) >= config.SHORTEST_SECRET
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    assert settings.base_url == "http://127.0.0.1:8123"


@pytest.mark.parametrize("given", ["postgres://host/name", "postgresql://host/name", "postgresql+psycopg://host/name"])
def test_postgresql_by_any_of_its_names(given: str) -> None:
    assert config.load({**GOOD, "DATABASE_URL": given}).database_url == "postgresql+psycopg://host/name"


def test_secrets_are_not_shown() -> None:
    shown = repr(config.load({**GOOD, "SMTP_URL": "smtps://user:hidden@mail.example.org", "DEMO_PASSWORD": "hidden"}))
    assert "hidden" not in shown
    assert GOOD["SECRET_KEY"] not in shown


def test_the_manual_lists_every_setting() -> None:
    read = set(re.findall(r'env(?:\.get\(|, )"([A-Z_]+)"', (config.ROOT / "config.py").read_text()))
    listed = set(re.findall(r"^\| `([A-Z_]+)`", (config.ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    assert read <= listed
