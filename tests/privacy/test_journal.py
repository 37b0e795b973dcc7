"""The journal of erasures."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.privacy import journal
from app.privacy.rules import Erased

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_what_is_appended_is_read_in_order(journal_file: Path) -> None:
    assert journal.read() == []
    journal.append(Erased(7, NOW))
    journal.append(Erased(3, NOW))
    assert journal.read() == [Erased(7, NOW), Erased(3, NOW)]
    assert journal_file.stat().st_mode & 0o077 == 0


def test_a_line_that_was_cut_off_spoils_no_other_and_is_named(journal_file: Path) -> None:
    journal.append(Erased(7, NOW))
    with journal_file.open("a") as file:
        file.write('{"person": 8, "a')
    journal.append(Erased(9, NOW))
    with pytest.raises(journal.JournalUnreadable, match="line 2"):
        journal.read()
    lines = journal_file.read_text().splitlines()
    journal_file.write_text("\n".join([lines[0], lines[2]]) + "\n")
    assert [line.person_id for line in journal.read()] == [7, 9]
