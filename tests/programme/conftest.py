"""What tests of the work programme share."""

from __future__ import annotations

from tests.meetings.conftest import november, people

__all__ = ["november", "people"]
