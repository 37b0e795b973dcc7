"""Colours that can be read, topics that are a list."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.core import countries
from app.core.errors import DomainError
from app.groups import rules

TOKENS = Path(__file__).resolve().parents[2] / "app" / "static" / "css" / "tokens.css"


def test_contrast_as_wcag_defines_it() -> None:
    assert rules.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert rules.contrast("#ffffff", "#ffffff") == pytest.approx(1)
    assert rules.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert rules.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


def test_backgrounds_are_those_of_the_style_sheet() -> None:
    light, dark = TOKENS.read_text().split("prefers-color-scheme: dark", 1)
    for colours, sheet in ((rules.LIGHT_BACKGROUNDS, light), (rules.DARK_BACKGROUNDS, dark)):
        assert f"--rt-bg: {colours[0]};" in sheet
        assert f"--rt-surface: {colours[1]};" in sheet


@pytest.mark.parametrize(("colour", "dark"), [("#1b6e45", False), ("#6fd3a0", True), ("#FFFFFF", True)])
def test_readable_colours(colour: str, dark: bool) -> None:
    rules.check_colour(colour, "colour", dark=dark)


def test_default_colours_can_be_read() -> None:
    rules.check_colour(rules.DEFAULT_LIGHT, "colour", dark=False)
    rules.check_colour(rules.DEFAULT_DARK, "colour", dark=True)


@pytest.mark.parametrize(
    ("colour", "dark", "said"),
    [
        ("#ffcc00", False, "the contrast is 1.4, 4.5 is needed. Choose a darker one."),
        ("#767676", False, "the contrast is 4.2"),  # 4.54 on white, less on grey
        ("#1b6e45", True, "Choose a lighter one."),
        ("#777", False, "# and six hexadecimal digits"),
        ("1b6e45", False, "# and six hexadecimal digits"),
        ("#1b6e4g", False, "# and six hexadecimal digits"),
        ("#1b6e45\n", False, "# and six hexadecimal digits"),
        ("red;}", False, "# and six hexadecimal digits"),
        ("", True, "# and six hexadecimal digits"),
    ],
)
def test_unreadable_colours(app: Flask, colour: str, dark: bool, said: str) -> None:
    with pytest.raises(DomainError) as refused:
        rules.check_colour(colour, "colour", dark=dark)
    assert refused.value.field == "colour"
    assert said in str(refused.value.message)


def test_topics_are_split_by_line() -> None:
    assert rules.split_topics(" waste \n\n- reuse\n• repair\nwaste\n* \n") == ["waste", "reuse", "repair"]
    assert rules.split_topics("open-data, public e-mail") == ["open-data, public e-mail"]
    assert rules.split_topics(None) == []


def test_too_many_or_too_long_topics() -> None:
    rules.check_topics({"en": ["a" * 120] * 12})
    with pytest.raises(DomainError):
        rules.check_topics({"en": [], "fr": ["a" * 121]})
    with pytest.raises(DomainError):
        rules.check_topics({"en": ["a"] * 13})


def test_countries() -> None:
    assert len(countries.codes()) == 250
    assert {"GB", "GR", "XK", "BA", "TR"} <= countries.codes()
    assert not {"UK", "EL", "EU", "XX", "ZZ", "YU", "", "gb"} & countries.codes()
