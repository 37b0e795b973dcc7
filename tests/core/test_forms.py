"""Text as it is kept."""

from __future__ import annotations

import pytest

from app.core.forms import clean_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  one\t line \n of  text ", "one line of text"),
        ("Réunion de travail\u00a0: l’énergie", "Réunion de travail\u00a0: l’énergie"),
        ("«\u202fmobilité\u202f»\u202f?", "«\u202fmobilité\u202f»\u202f?"),
        ("Anna\u00a0Berg", "Anna Berg"),
        ("Thème \u00a0: eau", "Thème : eau"),
        ("\u00a0: ", ":"),
    ],
)
def test_a_line_has_one_blank_at_a_time_and_keeps_french_spacing(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept
