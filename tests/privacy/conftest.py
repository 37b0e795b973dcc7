"""What tests of personal data share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.privacy import journal


@pytest.fixture
def journal_file(app: Flask) -> Iterator[Path]:
    """Where the journal of erasures is written; empty at the beginning."""
    path = journal.path()
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


@pytest.fixture
def set_settings(app: Flask) -> Iterator[Any]:
    """`set_settings(name=value)`: other settings until the end of the test."""
    before = app.config["ROUNDTABLE"]

    def change(**values: object) -> None:
        app.config["ROUNDTABLE"] = replace(app.config["ROUNDTABLE"], **values)

    yield change
    app.config["ROUNDTABLE"] = before
