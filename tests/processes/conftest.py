"""Tests with real processes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.installation import Installation, installation


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Installation]:
    """An installation, with nothing started yet."""
    if sys.platform != "linux":
        pytest.skip("these tests look at processes in /proc, which Linux has")
    with installation(tmp_path / "instance") as made:
        yield made
