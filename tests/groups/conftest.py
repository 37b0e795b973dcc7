"""What tests of groups and the catalogue share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.groups.models import Community, WorkingGroup
from app.groups.signals import group_changed
from tests.browsing import Browser
from tests.factories.people import make_account
from tests.people.helpers import signed_in

DATA = Path(__file__).resolve().parent.parent / "data"
BROKEN = DATA / "broken"
OTHER = (DATA / "other_catalogue.yaml", DATA / "other_associations.csv")

Written = Callable[..., Path]
Heard = list[str]


@pytest.fixture
def admin(app: Flask) -> Browser:
    """An administrator's browser."""
    return signed_in(app, make_account("Adam Administrator", administrator=True))


@pytest.fixture
def write_file(tmp_path: Path) -> Written:
    """`write_file(text, name)`: a file with that text."""

    def write(text: str, name: str = "catalogue.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def heard() -> Iterator[Heard]:
    """The slugs of groups and communities of which other features were told that they changed."""
    slugs: Heard = []

    def listen(changed: WorkingGroup | Community) -> None:
        slugs.append(changed.slug)

    with group_changed.connected_to(listen):
        yield slugs
