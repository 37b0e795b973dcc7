"""Another umbrella association runs the same program with its own catalogue, languages and zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import config
from app import create_app
from app.core.db import db
from app.groups import queries
from app.groups.catalogue import OWN_FILES, Malformed, load_files
from app.groups.catalogue.reading import read_files
from tests.browsing import Browser
from tests.databases import fresh_database, migrate
from tests.groups.conftest import OTHER

ROOT = Path(__file__).resolve().parents[2]
SHOWN = ("app", "templates", "config.py", "wsgi.py")
EXEMPT = ("app/data", "app/demo", "app/translations", "app/static/vendor")
"""Data; and the demonstration, which plays on the catalogue that comes with the project."""


@pytest.fixture
def other_app(tmp_path: Path) -> Iterator[Flask]:
    """An installation of the invented Fjord and Summit Federation, in German first, then English."""
    with fresh_database("roundtable_other", tmp_path) as url:
        settings = config.Settings(
            environment="development",
            instance_path=tmp_path,
            instance_name="Fjord und Gipfel",
            secret_key="tests only, never anywhere else, thirty-two characters",
            database_url=url,
            base_url="http://localhost",
            languages=("de", "en"),
            default_language="de",
            default_time_zone="Atlantic/Reykjavik",
            testing=True,
        )
        app = create_app(settings)
        with app.app_context():
            migrate()
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def test_its_names_stand_on_its_pages(other_app: Flask) -> None:
    with other_app.app_context():
        report = load_files(*OTHER)
        assert (len(report.added), report.other_languages) == (2 + 4 + 6, [])
        group = queries.group_at("bookmobiles")
        assert group
        assert queries.zone_of(group) == "Atlantic/Reykjavik"
    german, english = Browser(other_app, "de"), Browser(other_app, "en")
    german.open("/")
    for text in ("Fjord und Gipfel", "Regale und Geschichten", "Jede Geschichte in Reichweite halten", "Vorlesen"):
        assert text in german.text
    assert '<html lang="de"' in german.text
    english.open("/")
    assert "Keeping every story within reach" in english.text
    assert "Reading Aloud" in english.text
    own = read_files(OWN_FILES, ("en", "fr"), "en")
    assert own.groups
    for group in own.groups:
        assert f"/groups/{group.slug}" not in english.text
    assert "Schulungen für Fahr- und Ausleihpersonal" in german.open("/groups/bookmobiles").text
    assert "Verband der Bücherboote" in german.open("/associations").text
    assert ".community-shelves { --accent: #7a3b12; }" in german.open("/theme.css").text


def test_a_catalogue_without_the_default_language_is_refused(other_app: Flask) -> None:
    with other_app.app_context(), pytest.raises(Malformed) as refused:
        load_files()
    assert "has nothing in “de”, the default language" in str(refused.value)


def test_nothing_of_this_association_is_in_the_code() -> None:
    own = read_files(OWN_FILES, ("en", "fr"), "en")
    assert own.communities and own.groups and own.associations
    words = {group.slug for group in own.groups if "-" in group.slug}
    words |= {name for group in own.groups for name in group.names.values() if " " in name}
    words |= {goal for community in own.communities for goal in community.goals.values()}
    words |= {name for one in own.associations for name in (one.name, *one.names.values())}
    words |= {one.code for one in own.associations if len(one.code) > 4}
    pattern = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in sorted(words)))
    found = []
    for top in SHOWN:
        for path in [ROOT / top] if (ROOT / top).is_file() else (ROOT / top).rglob("*"):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in (".py", ".html", ".txt", ".css", ".js", ".svg") and not name.startswith(EXEMPT):
                found += [f"{name}: {match.group()}" for match in pattern.finditer(path.read_text(encoding="utf-8"))]
    assert not found
